"""The parts of an order's money in words."""

from __future__ import annotations

from decimal import Decimal

from app.domain.amount_rows import amount_rows
from app.domain.order_money import MoneyLine, TaxMode, TaxRate, order_money
from tests.support.order_money import flat_money, rich_money


def percent(rate: Decimal) -> str:
    return f"{rate:.0%}"


def shown(of: object, refunded: int = 0) -> list[tuple[str, int, str]]:
    return [(row.words, row.minor, row.kind) for row in amount_rows(of, percent, refunded)]  # type: ignore[arg-type]


def test_tax_that_comes_on_top_stands_above_the_total():
    assert shown(flat_money(1_000), 200) == [
        ("Subtotal", 1_000, "part"), ("Tax (5%)", 50, "part"), ("Total", 1_050, "total"), ("Refunded", -200, "refund"),
    ]  # fmt: skip


def test_discount_shipping_and_each_rate_have_a_row():
    money = rich_money()
    assert shown(money) == [
        ("Subtotal", 10_990, "part"), ("Discount", -490, "part"), ("Shipping", 500, "part"),
        ("VAT (20%)", money.taxes[0].tax, "part"), ("VAT (5%)", money.taxes[1].tax, "part"),
        ("Total", money.total, "total"),
    ]  # fmt: skip
    parts = [minor for _, minor, kind in shown(money) if kind == "part"]
    assert sum(parts) == money.total


def test_tax_that_prices_hold_stands_below_the_total_which_has_it():
    money = rich_money(TaxMode.INCLUDED)
    assert shown(money)[3:] == [
        ("Total", money.total, "total"), ("including VAT (20%)", money.taxes[0].tax, "within"),
        ("including VAT (5%)", money.taxes[1].tax, "within"),
    ]  # fmt: skip


def test_what_is_nothing_has_no_row():
    money = order_money([MoneyLine(500, (TaxRate(Decimal(0)),))], mode=TaxMode.ADDED)
    assert [words for words, _, _ in shown(money)] == ["Subtotal", "Total"]
