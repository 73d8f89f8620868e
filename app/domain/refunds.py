"""What is paid back for returned goods, to the minor unit, and the tax in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.domain.amounts import half_up
from app.domain.orders import Order


@dataclass(frozen=True)
class TaxBack:
    """Of one of an order's taxes, by its place among them from 0: what it is no longer due on, and how much it is."""

    row_no: int
    base: int
    tax: int


@dataclass(frozen=True)
class MoneyBack:
    """`refund` with tax. `taxes`: none where the order keeps them by nothing but its one rate, else one at least."""

    refund: int
    taxes: tuple[TaxBack, ...] = ()


def money_back(order: Order, before: Mapping[int, int], units: Mapping[int, int], refunded: int) -> MoneyBack:
    """What to pay back for `units` by line number that come back, when those `before` came already.

    Each line gives back its share of what was paid for it, with its taxes, rounded half up on the sum of what came of
    it, so that nothing is lost or paid twice whatever comes in which parts. With the last unit everything that is left
    goes back, shipping too. `refunded`: what was paid back of the order so far.
    """
    after = {line.line_no: before.get(line.line_no, 0) + units.get(line.line_no, 0) for line in order.lines}
    then, now = _until(order, before), _until(order, after)
    refund = max(0, min(now.refund, order.total) - refunded)
    known = {one.row_no: one for one in then.taxes}
    taxes = tuple(_less(one, known.get(one.row_no)) for one in now.taxes)
    return MoneyBack(refund, tuple(one for one in taxes if one.base or one.tax) or taxes[:1])


def _less(now: TaxBack, then: TaxBack | None) -> TaxBack:
    return now if then is None else TaxBack(now.row_no, max(0, now.base - then.base), max(0, now.tax - then.tax))


def _until(order: Order, units: Mapping[int, int]) -> MoneyBack:
    """All that is paid back when so many units of each line have come, at whatever times."""
    if all(units.get(line.line_no, 0) >= line.quantity for line in order.lines):
        return MoneyBack(order.total, tuple(TaxBack(at, row.base, row.tax) for at, row in enumerate(order.taxes)))
    if any(line.taxes is None for line in order.lines):  # of an earlier release, or imported
        return MoneyBack(_share_of_total(order, units))
    refund = 0
    rows: dict[int, TaxBack] = {}
    for line in order.lines:
        came = min(units.get(line.line_no, 0), line.quantity)
        goods = _share(line.total - line.discount, came, line.quantity)
        taxes = [(row_no, _share(tax, came, line.quantity)) for row_no, tax in line.taxes or ()]
        within = sum(tax for _, tax in taxes) if order.tax_included else 0
        refund += goods + (0 if order.tax_included else sum(tax for _, tax in taxes))
        for row_no, tax in taxes:
            row = rows.get(row_no, TaxBack(row_no, 0, 0))
            rows[row_no] = TaxBack(row_no, row.base + max(0, goods - within), row.tax + tax)
    return MoneyBack(refund, tuple(rows[row_no] for row_no in sorted(rows)) if order.taxes else ())


def _share(amount: int, units: int, of: int) -> int:
    return (2 * amount * units + of) // (2 * of)


def _share_of_total(order: Order, units: Mapping[int, int]) -> int:
    """By list prices, rounded half up."""
    came = sum(line.unit_price * min(units.get(line.line_no, 0), line.quantity) for line in order.lines)
    return half_up(Decimal(order.total) * came / order.subtotal) if order.subtotal else 0
