"""What comes back of an order in parts: never more than was paid, and with the last unit all of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import Address, Order, OrderLine, OrderReturn, OrderStatus, ReturnLine
from app.domain.order_money import MoneyLine, Shipping, TaxMode, TaxRate, order_money
from app.domain.orders import with_money
from app.domain.refunds import MoneyBack, money_back
from app.services.orders.orders import OrderService
from app.web.api import writing
from app.web.api.answers import OrderAnswer

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


@pytest.mark.parametrize(
    ("mode", "first", "last"),
    [
        (TaxMode.ADDED, (1_000, 200, False), (1_500, 300, True)),
        (TaxMode.INCLUDED, (833, 167, False), (1_250, 250, True)),
    ],
)
def test_what_is_said_of_a_refund_are_its_own_parts(mode: TaxMode, first: object, last: object):
    """Tax that the prices hold is no money beside them, and what delivery cost is no tax."""
    order, came = order_of([(1_000, 2, 0)], shipping=500, mode=mode), list[OrderReturn]()
    service: Any = OrderService(*[None] * 6)  # type: ignore[arg-type]
    service._returns = SimpleNamespace(of_order=lambda _: came)
    said = service.refund_of(order, {1: 1})
    assert (said.before_tax, said.tax, said.has_delivery) == first
    line = ReturnLine(1, "p1", "x", 1, 1_000, False)
    came.append(OrderReturn(1, 1, order.created_at, "a", "r", (line,), said.total))
    said = service.refund_of(order, {1: 1})
    assert (said.before_tax, said.tax, said.has_delivery) == last


@pytest.mark.parametrize("mode", list(TaxMode))
def test_the_parts_that_programs_get_of_an_order_add_up_to_its_total(monkeypatch: pytest.MonkeyPatch, mode: TaxMode):
    monkeypatch.setattr(writing, "amount", lambda minor: minor / 100)
    rich = writing.order_json(order_of([(9_990, 1, 0), (1_000, 1, 1)], 400, 500, mode))
    OrderAnswer.model_validate(rich)
    sums = round(rich["subtotal"] - rich["discount"] + rich["shipping"] + rich["tax"], 2)
    assert sums == rich["total"]
    assert round(sum(row["tax"] for row in rich["taxes"]), 2) == round(rich["tax"] + rich.get("tax_included", 0), 2)
    plain = replace(order_of([(1_000, 1, 0)]), taxes=())
    assert not {"shipping", "discount", "tax_included", "taxes"} & writing.order_json(plain).keys()
