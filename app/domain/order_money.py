"""What an order comes to: lines, discounts, shipping and tax, each part an integer of minor units.

Lines at list price; then line discounts; then the order's discount, split over the lines by largest remainder; then
shipping; then tax per rate on what remains, rounded half up once per rate. Where prices include tax it is taken out of
them by the same rule. `total = subtotal - discount + shipping + tax`, whatever goes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.domain.amounts import nearest, split


class TaxMode(StrEnum):
    ADDED = "added"  # on top of prices
    INCLUDED = "included"  # prices hold it


@dataclass(frozen=True)
class TaxRate:
    """A tax that goods bear; `name` as customers read it, "" for one that is just called tax. `rate`: 0.05 is 5 %."""

    rate: Decimal
    name: str = ""


@dataclass(frozen=True)
class MoneyLine:
    """`amount` at list price, `discount` the line's own, both for all its units. It bears all of `rates`."""

    amount: int
    rates: tuple[TaxRate, ...] = ()
    discount: int = 0


@dataclass(frozen=True)
class Shipping:
    """What delivery costs. `rates` None: it bears those of the goods, by what the lines come to."""

    amount: int
    rates: tuple[TaxRate, ...] | None = None


NO_SHIPPING = Shipping(0)


@dataclass(frozen=True)
class TaxRow:
    """What one rate came to: on `base`, which never holds the tax itself; shipping's part of both apart."""

    name: str
    rate: Decimal
    base: int
    tax: int
    shipping_base: int = 0
    shipping_tax: int = 0


@dataclass(frozen=True)
class LineMoney:
    """A line's part of an order: `discount` with its share of the order's.

    `taxes`: for each rate that it bears the place among the order's, from 0, and the line's share of that tax.
    `tax_included`: what it was charged holds so much tax, and `list_tax` its amount at list price.
    """

    amount: int
    discount: int
    taxes: tuple[tuple[int, int], ...]
    tax_included: int = 0
    list_tax: int = 0


@dataclass(frozen=True)
class OrderMoney:
    """`tax` comes on top, `tax_included` is in the prices: one of them is 0. `lines` are in the order given."""

    subtotal: int
    discount: int
    shipping: int
    tax: int
    tax_included: int
    total: int
    taxes: tuple[TaxRow, ...]
    lines: tuple[LineMoney, ...]

    @property
    def tax_rows(self) -> tuple[TaxRow, ...]:
        return self.taxes

    @property
    def list_tax(self) -> int:
        """The tax that the subtotal holds: what is left is sales at list price, before tax."""
        return sum(line.list_tax for line in self.lines)

    @property
    def is_plain(self) -> bool:
        """Whether subtotal, tax and one rate say all of it."""
        if len(self.taxes) != 1:
            return not self.taxes
        (row,) = self.taxes
        return not (row.name or self.tax_included or self.shipping) and row.base == self.subtotal

    @property
    def main_rate(self) -> Decimal:
        """That of most goods, for whoever can name only one."""
        return max(self.taxes, key=lambda row: row.base).rate if self.taxes else Decimal(0)


@dataclass(frozen=True)
class _Part:
    """What is taxed alike: of a line, or of shipping (`line` None)."""

    amount: int
    rates: tuple[TaxRate, ...]
    line: int | None

    def tax_of(self, rate: TaxRate, mode: TaxMode) -> Fraction:
        """To the last fraction."""
        exact = self.amount * Fraction(rate.rate)
        if mode is TaxMode.INCLUDED:
            exact /= 1 + sum((Fraction(one.rate) for one in self.rates), Fraction(0))
        return exact


def order_money(
    lines: Sequence[MoneyLine], *, order_discount: int = 0, shipping: Shipping = NO_SHIPPING, mode: TaxMode
) -> OrderMoney:
    """What these come to. An order discount above what is left after the lines' own takes what is left.

    Raises ValueError for amounts, discounts or rates below zero, and for a line's discount above its amount.
    """
    _refuse_negative(lines, order_discount, shipping)
    left = [line.amount - line.discount for line in lines]
    discounts = split(min(order_discount, sum(left)), left)
    net = [amount - less for amount, less in zip(left, discounts, strict=True)]
    parts = [_Part(amount, line.rates, at) for at, (amount, line) in enumerate(zip(net, lines, strict=True))]
    parts += _shipped(shipping, lines, net)
    rates = list(dict.fromkeys(rate for part in parts for rate in part.rates))
    rows = tuple(_row(rate, parts, mode) for rate in rates)
    taxes = sum(row.tax for row in rows)
    added, included = (taxes, 0) if mode is TaxMode.ADDED else (0, taxes)
    subtotal = sum(line.amount for line in lines)
    discount = subtotal - sum(net)
    shares = [_tax_by_line(rate, row, parts, mode) for rate, row in zip(rates, rows, strict=True)]
    return OrderMoney(
        subtotal=subtotal,
        discount=discount,
        shipping=shipping.amount,
        tax=added,
        tax_included=included,
        total=subtotal - discount + shipping.amount + added,
        taxes=rows,
        lines=tuple(_line(line, net[at], _taxes_at(at, shares), mode) for at, line in enumerate(lines)),
    )


def _line(line: MoneyLine, net: int, taxes: tuple[tuple[int, int], ...], mode: TaxMode) -> LineMoney:
    """The tax in its discount is rounded by itself: list price less discount is, before tax too, what was charged."""
    discount = line.amount - net
    if mode is TaxMode.ADDED:
        return LineMoney(line.amount, discount, taxes)
    # Of several taxes on a line of a minor unit or two, each may have been rounded up.
    within = min(net, sum(tax for _, tax in taxes))
    off = _Part(discount, line.rates, None)
    of_discount = nearest(sum((off.tax_of(rate, mode) for rate in line.rates), Fraction(0)))
    return LineMoney(line.amount, discount, taxes, within, within + of_discount)


def _refuse_negative(lines: Sequence[MoneyLine], order_discount: int, shipping: Shipping) -> None:
    if any(not 0 <= line.discount <= line.amount for line in lines) or order_discount < 0 or shipping.amount < 0:
        raise ValueError("an amount is below zero, or a line's discount above what it costs")
    if any(rate.rate < 0 for rates in (*(line.rates for line in lines), shipping.rates or ()) for rate in rates):
        raise ValueError("a tax rate is below zero")


def _shipped(shipping: Shipping, lines: Sequence[MoneyLine], net: Sequence[int]) -> list[_Part]:
    """Shipping by what it bears. Where goods cost nothing, it bears what the first line does."""
    if not shipping.amount:
        return []
    if shipping.rates is not None:
        return [_Part(shipping.amount, shipping.rates, None)]
    borne: dict[tuple[TaxRate, ...], int] = {}
    for line, amount in zip(lines, net, strict=True):
        borne[line.rates] = borne.get(line.rates, 0) + amount
    if not sum(borne.values()):
        return [_Part(shipping.amount, next(iter(borne), ()), None)]
    amounts = split(shipping.amount, list(borne.values()))
    return [_Part(amount, rates, None) for rates, amount in zip(borne, amounts, strict=True) if amount]


def _row(rate: TaxRate, parts: Sequence[_Part], mode: TaxMode) -> TaxRow:
    bearing = [part for part in parts if rate in part.rates]
    shipped = [part for part in bearing if part.line is None]
    exact = [sum((part.tax_of(rate, mode) for part in some), Fraction(0)) for some in (bearing, shipped)]
    tax = nearest(exact[0])
    shipping_tax = min(nearest(exact[1]), tax)
    return TaxRow(
        name=rate.name,
        rate=rate.rate,
        base=_base(bearing, mode),
        tax=tax,
        shipping_base=_base(shipped, mode),
        shipping_tax=shipping_tax,
    )


def _base(parts: Sequence[_Part], mode: TaxMode) -> int:
    """What they come to without the tax in them, of every rate that they bear."""
    amount = sum(part.amount for part in parts)
    if mode is TaxMode.ADDED:
        return amount
    rates = dict.fromkeys(rate for part in parts for rate in part.rates)
    within = (sum((p.tax_of(rate, mode) for p in parts if rate in p.rates), Fraction(0)) for rate in rates)
    return max(0, amount - sum(nearest(tax) for tax in within))


def _tax_by_line(rate: TaxRate, row: TaxRow, parts: Sequence[_Part], mode: TaxMode) -> dict[int, int]:
    """The row's tax on goods, split over the lines that bear it, by their place."""
    exact = {part.line: part.tax_of(rate, mode) for part in parts if part.line is not None and rate in part.rates}
    return dict(zip(exact, split(row.tax - row.shipping_tax, list(exact.values())), strict=True))


def _taxes_at(line: int, shares: Sequence[dict[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple((row_no, of_row[line]) for row_no, of_row in enumerate(shares) if line in of_row)
