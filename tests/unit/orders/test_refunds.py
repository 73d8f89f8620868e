"""What comes back of an order in parts: never more than was paid, and with the last unit all of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import Address, Order, OrderLine, OrderStatus
from app.domain.order_money import MoneyLine, Shipping, TaxMode, TaxRate, order_money
from app.domain.orders import with_money
from app.domain.refunds import MoneyBack, money_back

VAT, REDUCED = TaxRate(Decimal("0.2"), "VAT"), TaxRate(Decimal("0.05"), "VAT")
SETS = ((VAT,), (REDUCED,), (TaxRate(Decimal("0.09"), "CGST"), TaxRate(Decimal("0.09"), "SGST")))
patiently = settings(max_examples=100, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def order_of(
    lines: list[tuple[int, int, int]], discount: int = 0, shipping: int = 0, mode: TaxMode = TaxMode.ADDED
) -> Order:
    """Lines of (unit price, units, number of a set of rates)."""
    money = order_money(
        [MoneyLine(price * units, SETS[rates]) for price, units, rates in lines],
        order_discount=discount, shipping=Shipping(shipping), mode=mode,
    )  # fmt: skip
    bought = [OrderLine(at, f"p{at}", "x", price, units) for at, (price, units, _) in enumerate(lines, start=1)]
    return Order(
        1, "guest#1", OrderStatus.PAID, None, Address("A", "", "", "", "IN"), with_money(bought, money), "INR",
        money.subtotal, money.tax, money.total, str(money.main_rate), datetime(2026, 11, 30, tzinfo=UTC),
        discount=money.discount, shipping=money.shipping, tax_included=money.tax_included, taxes=money.taxes,
    )  # fmt: skip


def given_back(order: Order, parts: list[dict[int, int]]) -> list[MoneyBack]:
    came: Counter[int] = Counter()
    refunds: list[MoneyBack] = []
    for units in parts:
        refunds.append(money_back(order, came, units, sum(one.refund for one in refunds)))
        came.update(units)
    return refunds


@st.composite
def returned(draw: st.DrawFn) -> tuple[Order, list[dict[int, int]]]:
    rows = st.tuples(st.integers(0, 10**6), st.integers(1, 5), st.integers(0, len(SETS) - 1))
    lines = draw(st.lists(rows, min_size=1, max_size=4))
    order = order_of(lines, draw(st.integers(0, 10**6)), draw(st.integers(0, 10**4)), draw(st.sampled_from(TaxMode)))
    units = draw(st.permutations([line.line_no for line in order.lines for _ in range(line.quantity)]))
    return order, [{line_no: 1} for line_no in units]


@patiently
@given(returned())
def test_unit_by_unit_all_that_was_paid_comes_back_and_never_more(case):
    order, parts = case
    refunds = given_back(order, parts)
    assert all(one.refund >= 0 for one in refunds)
    assert sum(one.refund for one in refunds) == order.total
    for row_no, row in enumerate(order.taxes):
        back = [tax for one in refunds for tax in one.taxes if tax.row_no == row_no]
        assert sum(tax.tax for tax in back) == row.tax
        assert sum(tax.base for tax in back) == row.base or order.tax_included
        assert all(tax.tax >= 0 and tax.base >= 0 for tax in back)


@patiently
@given(returned(), st.integers(1, 4))
def test_in_whichever_parts_they_come_the_sum_is_the_same(case, size):
    order, parts = case
    half = parts[: len(parts) // 2 or 1]
    at_once: Counter[int] = Counter()
    for units in half:
        at_once.update(units)
    singly, together = given_back(order, half), given_back(order, [dict(at_once)])
    assert sum(one.refund for one in singly) == together[0].refund


def test_each_line_gives_back_its_own_tax():
    order = order_of([(10_000, 2, 0), (10_000, 1, 1)])
    assert given_back(order, [{2: 1}])[0].refund == 10_500
    (back,) = given_back(order, [{1: 1}])
    assert (back.refund, [(tax.row_no, tax.base, tax.tax) for tax in back.taxes]) == (12_000, [(0, 10_000, 2_000)])


def test_shipping_goes_back_with_the_last_unit():
    order = order_of([(10_000, 2, 0)], shipping=500)
    first, last = given_back(order, [{1: 1}, {1: 1}])
    assert (first.refund, last.refund) == (12_000, 12_000 + 600)


def test_prices_that_hold_tax_give_it_back_within():
    order = order_of([(12_000, 1, 0), (1_050, 1, 1)], mode=TaxMode.INCLUDED)
    (back,) = given_back(order, [{1: 1}])
    assert (back.refund, [(tax.base, tax.tax) for tax in back.taxes]) == (12_000, [(10_000, 2_000)])
