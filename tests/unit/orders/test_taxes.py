"""Which tax goods bear: by place, class, day and buyer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.order_money import TaxMode
from app.domain.taxes import TAX_CLASSES, Buyer, Goods, TaxRules, Treatment, one_rate
from app.errors import InvalidInput
from app.settings.tax_lines import parse_rates, rates_text

TODAY = date(2026, 11, 30)
GERMAN = """
DE, , standard, 19, MwSt
DE, , reduced, 7, MwSt
FR, , standard, 20, TVA
IN, , standard, 18, IGST
IN, Karnataka, standard, 9, CGST
IN, Karnataka, standard, 9, SGST
"""
BOUGHT = st.builds(Goods, st.integers(0, 10**6), st.integers(1, 9), st.sampled_from(list(TAX_CLASSES)))
patiently = settings(max_examples=100, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def rules(text: str = GERMAN, home: str = "DE", **more: object) -> TaxRules:
    return TaxRules(parse_rates(text, "tax_rates"), Buyer(home), **more).on(TODAY)  # type: ignore[arg-type]


def rates_of(found: TaxRules, tax_class: str, country: str = "", region: str = "") -> list[str]:
    return [f"{rate.rate} {rate.name}".strip() for rate in found.rates_for(tax_class, Buyer(country, region))]


class TestPlaces:
    def test_the_narrowest_place_counts_and_all_names_there_are_due_together(self):
        assert rates_of(rules(), "standard", "IN") == ["0.18 IGST"]
        assert rates_of(rules(), "standard", "IN", "Karnataka") == ["0.09 CGST", "0.09 SGST"]
        assert rates_of(rules(), "standard", "IN", "karnataka") == ["0.09 CGST", "0.09 SGST"]
        assert rates_of(rules(), "standard", "IN", "Goa") == ["0.18 IGST"]

    def test_where_no_country_is_known_it_is_the_shops(self):
        assert rates_of(rules(), "reduced") == ["0.07 MwSt"]

    def test_a_country_or_class_without_a_rate_bears_none_unless_there_is_one_for_everywhere(self):
        assert rates_of(rules(), "standard", "US") == ["0"]
        assert rates_of(rules(), "zero", "DE") == ["0"]
        assert rates_of(rules(GERMAN + "*, , standard, 10, Tax"), "standard", "US") == ["0.1 Tax"]

    def test_the_rate_of_the_environment_holds_everywhere_and_for_all_but_the_zero_class(self):
        known = one_rate(Decimal("0.05"), "IN")
        assert [rates_of(known, tax_class, "US") for tax_class in TAX_CLASSES] == [["0.05"], ["0.05"], ["0.05"], ["0"]]

    def test_a_rate_holds_from_its_first_to_its_last_day(self):
        text = "DE, , standard, 16, MwSt, 2026-07-01, 2026-12-31\nDE, , standard, 19, MwSt, 2027-01-01"
        known = TaxRules(parse_rates(text, "x"), Buyer("DE"))
        days = (date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 1))
        assert [rates_of(known.on(day), "standard") for day in days] == [
            ["0"],
            ["0.16 MwSt"],
            ["0.16 MwSt"],
            ["0.19 MwSt"],
        ]


class TestBuyers:
    BUSINESS = Buyer("FR", vat_number="FR40303265045")

    @pytest.mark.parametrize(
        ("buyer", "home", "expected"),
        [
            (BUSINESS, "DE", Treatment.REVERSE_CHARGE),
            (Buyer("FR"), "DE", Treatment.TAXED),  # a person
            (Buyer("DE", vat_number="DE136695976"), "DE", Treatment.TAXED),  # at home
            (Buyer("CH", vat_number="CHE107787577"), "DE", Treatment.TAXED),
            (BUSINESS, "GB", Treatment.TAXED),
            (Buyer("FR", vat_number="FR40303265045", is_exempt=True), "DE", Treatment.EXEMPT),
        ],
    )
    def test_the_reverse_charge_is_for_businesses_in_another_country_of_the_eu(self, buyer, home, expected):
        assert rules(home=home, reverse_charge=True).treatment_of(buyer) is expected

    def test_without_the_setting_there_is_none(self):
        assert rules().treatment_of(self.BUSINESS) is Treatment.TAXED

    @pytest.mark.parametrize("buyer", [BUSINESS, Buyer("DE", is_exempt=True)])
    def test_a_buyer_who_pays_no_tax_buys_at_the_price_without_it(self, buyer):
        known = rules(mode=TaxMode.INCLUDED, reverse_charge=True)
        order = known.order([Goods(11_900, 2), Goods(1_070, 1, "reduced")], buyer, shipping=595)
        assert order.unit_prices == (10_000, 1_000)
        assert (order.money.subtotal, order.money.shipping, order.money.total) == (21_000, 500, 21_500)
        assert (order.money.tax, order.money.tax_included) == (0, 0)
        (row,) = order.money.taxes
        assert (row.rate, row.base, row.tax) == (0, 21_500, 0)
        assert row.name in ("Reverse charge", "Exempt from tax")

    def test_prices_with_tax_are_the_same_in_every_country(self):
        known = rules(mode=TaxMode.INCLUDED)
        orders = [known.order([Goods(12_000, 1)], Buyer(country)) for country in ("DE", "FR", "US")]
        assert [order.money.total for order in orders] == [12_000] * 3
        assert [order.money.tax_included for order in orders] == [1_916, 2_000, 0]


class TestShipping:
    GOODS = (Goods(10_000, 1), Goods(10_000, 1, "reduced"))

    @pytest.mark.parametrize(
        ("how", "tax"),
        [("goods", 1_900 + 700 + 95 + 35), ("standard", 1_900 + 700 + 190), ("reduced", 2_670), ("none", 2_600),
         ("zero", 2_600)],
    )  # fmt: skip
    def test_is_taxed_as_the_goods_or_as_a_class_or_not(self, how, tax):
        assert rules(shipping=how).order(self.GOODS, Buyer("DE"), shipping=1_000).money.tax == tax

    @patiently
    @given(
        st.lists(BOUGHT, min_size=1, max_size=5),
        st.sampled_from(TaxMode), st.sampled_from(["goods", "none", *TAX_CLASSES]), st.integers(0, 10**6),
        st.integers(0, 10**5), st.sampled_from(["DE", "FR", "IN", "US"]), st.booleans(),
    )  # fmt: skip
    def test_whatever_is_bought_by_whomever_parts_add_up(self, goods, mode, how, discount, shipping, country, exempt):
        known = rules(mode=mode, shipping=how, reverse_charge=True)
        order = known.order(goods, Buyer(country, is_exempt=exempt), order_discount=discount, shipping=shipping)
        money = order.money
        assert money.total == money.subtotal - money.discount + money.shipping + money.tax
        assert min(money.total, money.tax, money.tax_included, money.shipping, money.discount) >= 0
        assert money.shipping <= shipping
        assert all(0 <= price <= one.unit_price for price, one in zip(order.unit_prices, goods, strict=True))
        if exempt:
            assert money.tax == money.tax_included == 0


class TestLines:
    def test_are_written_one_way(self):
        text = "de,, Standard ,19.00%,MwSt\n\n*\t\tREDUCED_2\t5.5\nIN, karnataka, reduced 2, 1"
        assert rates_text(parse_rates(text, "x")).splitlines() == [
            "DE, , standard, 19, MwSt", "*, , reduced_2, 5.5", "IN, Karnataka, reduced_2, 1",
        ]  # fmt: skip
        assert rates_text(parse_rates(GERMAN, "x")) == GERMAN.strip()

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("DE", "write country"), ("DE,,standard", "write country"), ("XX,,standard,5", "no country"),
            (",,standard,5", "no country"), ("DE,,luxury,5", "no class"), ("DE,,standard,nineteen", "from 0 to 100"),
            ("DE,,standard,101", "from 0 to 100"), ("DE,,standard,-1", "from 0 to 100"),
            ("DE,,standard,NaN", "from 0 to 100"), ("DE,,standard,1.23456", "from 0 to 100"),
            ("*,Bavaria,standard,5", "needs its country"), ("IN,Bavaria,standard,5", "no region"),
            ("DE,,standard,5,VAT,31.1.2027", "no day"),
            ("DE,,standard,5,VAT,2027-02-01,2027-01-01", "before its first"),
            ("DE,,standard,5," + "x" * 41, "at most 40"), ("DE,,standard,5,VAT,,,,", "write country"),
        ],
    )  # fmt: skip
    def test_a_wrong_line_is_named(self, line, words):
        with pytest.raises(InvalidInput, match=f"Line 2.*{words}") as refused:
            parse_rates(f"FR, , standard, 20, TVA\n{line}", "tax_rates")
        assert refused.value.field == "tax_rates"

    def test_the_same_tax_twice_on_one_day_is_refused(self):
        apart = "DE, , standard, 16, MwSt, , 2026-12-31\nDE, , standard, 19, MwSt, 2027-01-01"
        assert len(parse_rates(apart, "x")) == 2
        with pytest.raises(InvalidInput, match="Line 2: there is a rate of this place"):
            parse_rates(apart.replace("2026-12-31", "2027-01-01"), "x")
