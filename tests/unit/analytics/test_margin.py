"""Margin: over the lines whose cost is known, with the share of sales of which it is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.domain import Period, Product
from app.domain.orders import LineCosts, OrderLine, ReturnLine, costs_of_return, costs_of_sale
from app.services.analytics.abc import abc_classes
from app.services.analytics.margin import Margin, margin_of
from app.services.analytics.ports import DaySales, ProductSales
from app.services.analytics.sales import SalesTotals, add_up, daily, summed
from components.admin import margin as words
from tests.unit.analytics.test_sales_analytics import INDIA as INR

DAY = date(2026, 3, 1)


class TestMarginOf:
    def test_of_what_has_a_known_cost(self) -> None:
        made = margin_of(SalesTotals(gross=1_000, returns=150, cost=400, costed=800, costed_returns=100))
        assert (made.amount, made.rate, made.unknown) == (300, 300 / 700, 0.2)

    @pytest.mark.parametrize(
        ("sums", "amount", "rate", "unknown"),
        [
            (SalesTotals(), None, None, None),  # nothing sold
            (SalesTotals(gross=100), None, None, 1.0),  # no cost is known
            (SalesTotals(gross=100, costed=100), 100, 1.0, 0.0),  # it cost nothing
            (SalesTotals(gross=100, cost=130, costed=100), -30, -0.3, 0.0),  # more than it brought
            (SalesTotals(returns=90, cost=-40, costed_returns=90), -50, None, None),  # only gave back
            (SalesTotals(gross=90, returns=90, cost=40, costed=90, costed_returns=90), -40, None, 0.0),
        ],
    )
    def test_what_is_odd(
        self, sums: SalesTotals, amount: int | None, rate: float | None, unknown: float | None
    ) -> None:
        made = margin_of(sums)
        assert (made.amount, made.rate, made.unknown) == (amount, rate, unknown)

    def test_the_sums_of_days_are_those_of_the_period(self) -> None:
        days = [DaySales(DAY, 1, 2, 200, 0, 20, 90, 150, 20), DaySales(date(2026, 3, 2), 1, 1, 100, 0, 0, 30, 100, 0)]
        frame = daily(Period(DAY, date(2026, 3, 4)), days)
        assert summed(frame) == add_up(days)
        assert summed(frame).margin == Margin(net=230, cost=120, gross=300, unknown=50 / 300, is_known=True)


class TestCostsOfLines:
    def test_a_line_without_a_cost_is_in_neither_sum(self) -> None:
        lines = [OrderLine(1, "a", "A", 100, 3, unit_cost=40), OrderLine(2, "b", "B", 70, 1)]
        assert costs_of_sale(lines) == LineCosts(120, 300)

    def test_units_that_are_not_put_back_bring_no_cost_back(self) -> None:
        lines = [ReturnLine(1, "a", "A", 2, 200, True, 40), ReturnLine(1, "a", "A", 1, 100, False, 40)]
        assert costs_of_return([*lines, ReturnLine(2, "b", "B", 1, 70, True)]) == LineCosts(80, 300)


class TestAbcByMargin:
    def classes(self, **made: tuple[int, int | None]) -> list[tuple[str, str, Any]]:
        """By name: gross sales and cost."""
        products = [Product(name, name.title(), 100, 1, 1) for name in made]
        sold = {
            name: ProductSales(name, 1, gross, *((cost, gross, 0) if cost is not None else ()))
            for name, (gross, cost) in made.items()
        }
        frame = abc_classes(products, sold, "margin")
        return list(zip(frame["product_id"], frame["abc"], frame["margin"], strict=True))

    def test_what_earns_most_is_first_whatever_it_sells(self) -> None:
        assert self.classes(big=(1_000, 985), small=(100, 15)) == [("small", "A", 85), ("big", "C", 15)]

    def test_a_loss_and_an_unknown_cost_bring_nothing(self) -> None:
        found = self.classes(loss=(100, 130), unknown=(900, None), fair=(100, 60))
        assert found == [("fair", "A", 40), ("loss", "C", -30), ("unknown", "C", None)]

    def test_without_any_margin_all_are_c(self) -> None:
        assert [row[1] for row in self.classes(a=(100, 100), b=(100, None))] == ["C", "C"]


class TestWords:
    def made(self, **sums: int) -> Margin:
        return margin_of(SalesTotals(**sums))

    def test_how_much_is_unknown_is_always_said(self) -> None:
        assert words.rate_words(self.made(gross=100, cost=60, costed=100), INR) == (
            "40% of net; 0% of sales have no known cost"
        )
        assert words.rate_words(self.made(gross=100), INR) == "100% of sales have no known cost"

    def test_nearly_all_and_nearly_none_are_neither(self) -> None:
        nearly = self.made(gross=10_000, cost=1, costed=9_999)
        assert words.unknown_words(nearly, INR) == "less than 1% of sales have no known cost"
        assert words.margin_words(nearly, INR) == "100% margin, less than 1% without cost"
        hardly = self.made(gross=10_000, cost=1, costed=1)
        assert words.unknown_words(hardly, INR) == "more than 99% of sales have no known cost"

    def test_of_a_product_in_a_sentence(self) -> None:
        assert words.earned_words(self.made(gross=10_000, cost=6_000, costed=10_000), 28, INR) == (
            "Margin of the last 28 days: ₹40; 40% of net; 0% of sales have no known cost."
        )
        assert words.earned_words(self.made(), 28, INR) == ""

    @pytest.mark.parametrize(
        ("known_then", "said"),
        [(1_000, "then 90% without cost"), (9_400, "then 6% without cost"), (9_600, "than before"), (0, "then 100%")],
    )
    def test_amounts_are_compared_only_of_about_the_same_part_of_sales(self, known_then: int, said: str) -> None:
        now = SalesTotals(orders=400, gross=10_000, cost=6_000, costed=10_000)
        then = SalesTotals(orders=400, gross=10_000, cost=known_then * 6 // 10, costed=known_then)
        shown = str(words.margin_total(now, then, "the 28 days before", INR, 400))
        tile = str(words.margin_tile(now, then, "before", INR, 400))
        assert said in shown
        assert said in tile
        assert ("more" in shown) == (said == "than before")

    def test_a_row_without_a_cost_says_so_and_one_without_sales_nothing(self) -> None:
        assert words.margin_words(self.made(gross=100), INR) == "no known cost"
        assert words.margin_words(self.made(), INR) == ""
