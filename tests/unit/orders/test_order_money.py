"""What an order comes to: by examples worked out by hand, and by what must hold of any."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.amounts import half_up, split, tax_on
from app.domain.order_money import MoneyLine, OrderMoney, Shipping, TaxMode, TaxRate, order_money

VAT, REDUCED, ZERO = (TaxRate(Decimal(rate), "VAT") for rate in ("0.20", "0.05", "0"))
CGST, SGST = TaxRate(Decimal("0.09"), "CGST"), TaxRate(Decimal("0.09"), "SGST")
SETS = ((VAT,), (REDUCED,), (ZERO,), (CGST, SGST), (), (TaxRate(Decimal("0.07"), "MwSt"), REDUCED))
ADDED, INCLUDED = TaxMode.ADDED, TaxMode.INCLUDED


# How long drawing takes says how busy the machine is.
patiently = settings(max_examples=100, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def baskets(draw: st.DrawFn) -> dict[str, object]:
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        amount = draw(st.integers(0, 10**7))
        lines.append(MoneyLine(amount, draw(st.sampled_from(SETS)), draw(st.integers(0, amount))))
    shipping = Shipping(draw(st.integers(0, 10**5)), draw(st.sampled_from((*SETS, None))))
    discount = draw(st.one_of(st.just(0), st.integers(0, 10**8)))
    return {"lines": lines, "order_discount": discount, "shipping": shipping, "mode": draw(st.sampled_from(TaxMode))}


def money_of(basket: dict[str, object]) -> OrderMoney:
    return order_money(**basket)  # type: ignore[arg-type]


class TestParts:
    @patiently
    @given(baskets())
    def test_add_up_and_none_is_negative(self, basket):
        money = money_of(basket)
        assert money.total == money.subtotal - money.discount + money.shipping + money.tax
        assert money.discount == sum(line.discount for line in money.lines)
        assert money.tax + money.tax_included == sum(row.tax for row in money.taxes)
        assert 0 in (money.tax, money.tax_included)
        assert min(money.subtotal, money.discount, money.shipping, money.tax, money.tax_included, money.total) >= 0
        for line, given_line in zip(money.lines, basket["lines"], strict=True):
            assert given_line.discount <= line.discount <= line.amount == given_line.amount

    @patiently
    @given(baskets())
    def test_the_tax_of_a_row_is_that_of_its_lines_and_of_shipping(self, basket):
        money = money_of(basket)
        for row_no, row in enumerate(money.taxes):
            of_lines = sum(tax for line in money.lines for at, tax in line.taxes if at == row_no)
            assert row.tax == of_lines + row.shipping_tax
            assert 0 <= row.shipping_base <= row.base
            assert 0 <= row.shipping_tax <= row.tax
            assert min((tax for line in money.lines for _, tax in line.taxes), default=0) >= 0

    @patiently
    @given(baskets())
    def test_lines_hold_the_tax_of_their_prices(self, basket):
        money = money_of(basket)
        for line in money.lines:
            assert 0 <= line.tax_included <= line.amount - line.discount
            assert 0 <= line.list_tax - line.tax_included <= line.discount
        of_goods = money.tax_included - sum(row.shipping_tax for row in money.taxes) * bool(money.tax_included)
        held = sum(line.tax_included for line in money.lines)
        # A line of a minor unit or two may have had each of its taxes rounded up.
        assert held == of_goods or (held < of_goods and any(line.amount - line.discount < 4 for line in money.lines))
        if basket["mode"] is not INCLUDED:
            assert held == money.list_tax == 0

    @patiently
    @given(baskets())
    def test_tax_is_rounded_half_up_once_per_rate(self, basket):
        basket["shipping"] = Shipping(basket["shipping"].amount, (VAT,))
        money = money_of(basket)
        for row in money.taxes:
            bearing = [
                (line.amount - line.discount, given_line.rates)
                for line, given_line in zip(money.lines, basket["lines"], strict=True)
            ] + [(money.shipping, (VAT,))]
            exact = Fraction(0)
            for amount, rates in bearing:
                if TaxRate(row.rate, row.name) in rates:
                    whole = 1 + sum(Fraction(rate.rate) for rate in rates) if basket["mode"] is INCLUDED else 1
                    exact += amount * Fraction(row.rate) / whole
            assert abs(row.tax - exact) <= Fraction(1, 2)
            assert row.tax == (exact + Fraction(1, 2)).__floor__()

    @patiently
    @given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.sampled_from(("0", "0.05", "0.175", "0.2")))
    def test_with_one_rate_and_nothing_else_it_is_subtotal_and_tax(self, amounts, rate):
        money = order_money([MoneyLine(one, (TaxRate(Decimal(rate)),)) for one in amounts], mode=ADDED)
        subtotal = sum(amounts)
        assert (money.subtotal, money.tax, money.total) == (
            subtotal, tax_on(subtotal, Decimal(rate)), subtotal + tax_on(subtotal, Decimal(rate)),
        )  # fmt: skip
        assert (money.discount, money.shipping, money.tax_included) == (0, 0, 0)

    @patiently
    @given(baskets())
    def test_where_prices_hold_one_tax_base_and_tax_are_what_was_paid(self, basket):
        basket["lines"] = [MoneyLine(one.amount, (VAT,), one.discount) for one in basket["lines"]]
        basket["shipping"], basket["mode"] = Shipping(basket["shipping"].amount), INCLUDED
        money = money_of(basket)
        (row,) = money.taxes
        assert row.base + row.tax == money.total
        assert row.shipping_base + row.shipping_tax == money.shipping


class TestExamples:
    def test_added_by_two_rates_with_a_discount_and_shipping_that_follows_the_lines(self):
        money = order_money(
            [MoneyLine(10_000, (VAT,), 1_000), MoneyLine(3_000, (REDUCED,))],
            order_discount=1_200, shipping=Shipping(600), mode=ADDED,
        )  # fmt: skip
        # 9000 + 3000 less 1200: 900 and 300. Shipping 450 and 150. 8550 at 20 %, 2850 at 5 %.
        assert [(row.base, row.tax, row.shipping_base, row.shipping_tax) for row in money.taxes] == [
            (8_550, 1_710, 450, 90), (2_850, 143, 150, 8),
        ]  # fmt: skip
        assert (money.subtotal, money.discount, money.shipping, money.tax) == (13_000, 2_200, 600, 1_853)
        assert money.total == 13_253
        assert [line.taxes for line in money.lines] == [((0, 1_620),), ((1, 135),)]

    def test_taken_out_of_prices(self):
        money = order_money([MoneyLine(12_000, (VAT,)), MoneyLine(1_050, (REDUCED,))], mode=INCLUDED)
        assert [(row.base, row.tax) for row in money.taxes] == [(10_000, 2_000), (1_000, 50)]
        assert (money.tax, money.tax_included, money.total) == (0, 2_050, 13_050)

    def test_two_taxes_of_one_line_are_both_on_what_it_costs_without_them(self):
        added = order_money([MoneyLine(10_000, (CGST, SGST))], mode=ADDED)
        held = order_money([MoneyLine(11_800, (CGST, SGST))], mode=INCLUDED)
        for money in (added, held):
            assert [(row.name, row.base, row.tax) for row in money.taxes] == [
                ("CGST", 10_000, 900),
                ("SGST", 10_000, 900),
            ]
        assert (added.total, held.total) == (11_800, 11_800)

    def test_shipping_of_goods_that_cost_nothing_bears_their_tax(self):
        money = order_money([MoneyLine(0, (VAT,))], shipping=Shipping(500), mode=ADDED)
        assert (money.tax, money.total) == (100, 600)

    def test_an_order_discount_never_takes_more_than_there_is(self):
        money = order_money([MoneyLine(500, (VAT,), 100)], order_discount=10_000, shipping=Shipping(50, ()), mode=ADDED)
        assert (money.discount, money.tax, money.total) == (500, 0, 50)

    @pytest.mark.parametrize("wrong", [
        {"lines": [MoneyLine(-1)]}, {"lines": [MoneyLine(5, (), 6)]}, {"lines": [MoneyLine(5, (), -1)]},
        {"lines": [], "order_discount": -1}, {"lines": [], "shipping": Shipping(-1)},
        {"lines": [MoneyLine(5, (TaxRate(Decimal(-1)),))]},
    ])  # fmt: skip
    def test_amounts_below_zero_are_refused(self, wrong):
        with pytest.raises(ValueError, match="below zero"):
            order_money(**wrong, mode=ADDED)


class TestSplit:
    @patiently
    @given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
    def test_is_exact_and_each_is_within_one_of_its_share(self, amount, weights):
        if not sum(weights):
            weights = [1]
        shares = split(amount, weights)
        assert sum(shares) == amount
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share - Fraction(amount * weight, sum(weights))) < 1

    def test_the_largest_remainders_get_what_is_left(self):
        assert split(100, [1, 1, 1]) == [34, 33, 33]
        assert split(10, [6, 7, 7]) == [3, 4, 3]
        assert half_up(Decimal("0.5")) == 1
