"""The table of stock: what is urgent, fast and slow, what earns, and what it all comes to."""

from __future__ import annotations

import pandas as pd
import pytest

from app.domain import Product, stock_level
from app.services.analytics.holdings import StockValue
from app.services.analytics.stock_table import (
    MatrixCell,
    first_shown,
    matrix_of,
    most_urgent_first,
    speeds_of,
    summary_of,
)
from app.services.forecasts.forecasts import ToOrder

NAN = float("nan")


def overview_rows(*rows: tuple[str, int, int, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "product_id": name,
                "name": name,
                "category": "c",
                "available": available,
                "held": 0,
                "on_hand": available,
                "threshold": threshold,
                "level": stock_level(available, threshold),
                "velocity": velocity,
                "days_of_cover": cover,
                "a_day": velocity,
                "runs_out": None,
                "sold_28d": 0,
            }
            for name, available, threshold, velocity, cover in rows
        ]
    )


class TestUrgency:
    def test_what_sells_comes_in_order_of_time_and_what_lies_idle_after_it_low_or_not(self):
        frame = overview_rows(
            ("dust", 90, 5, 0.0, NAN), ("plenty", 90, 5, 1.0, 90.0), ("calm", 4, 5, 0.1, 40.0),
            ("soon", 10, 5, 5.0, 2.0), ("idle", 0, 10, 0.0, NAN), ("out", 0, 9, 1.0, 0.0), ("faster", 0, 9, 2.0, 0.0),
        )  # fmt: skip
        ordered = most_urgent_first(frame)
        assert ordered["name"].tolist() == ["faster", "out", "soon", "calm", "plenty", "idle", "dust"]
        assert first_shown(ordered) == "soon", "nothing moves of what is sold out"

    def test_opens_on_what_sells_although_something_idle_is_lower(self):
        ordered = most_urgent_first(overview_rows(("idle", 0, 10, 0.0, NAN), ("calm", 90, 5, 1.0, 90.0)))
        assert ordered["name"].tolist() == ["calm", "idle"]
        assert first_shown(ordered) == "calm"
        assert first_shown(overview_rows(("idle", 0, 10, 0.0, NAN))) == "idle"


@pytest.mark.parametrize(("available", "level"), [(-1, "out"), (0, "out"), (4, "low"), (5, "ok")])
def test_low_means_below_the_threshold(available: int, level: str):
    assert stock_level(available, 5) == level
    assert Product("p", "Mug", 100, available, 5).level == level


class TestClasses:
    frame = pd.DataFrame(
        {
            "product_id": ["a", "b", "c", "d"],
            "velocity": [4.0, 1.0, 0.0, 2.0],
            "sold_28d": [112, 28, 0, 56],
            "on_hand": [1, 2, 3, 4],
            "level": ["ok", "out", "out", "low"],
        }
    )

    def test_speed_is_told_by_the_median_of_what_sells(self):
        assert speeds_of(self.frame) == ["fast", "slow", "still", "fast"]
        assert speeds_of(self.frame.assign(sold_28d=0)) == ["still"] * 4

    def test_the_matrix_counts_products_and_what_they_are_worth(self):
        table = self.frame.assign(abc=["A", "A", "C", "A"], speed=["fast", "slow", "still", "fast"])
        products = [Product(name, name, 99, 0, 5, cost=10 * n) for n, name in enumerate("abcd", start=1)]
        found = matrix_of(table, products)
        assert found.cells == {
            ("A", "fast"): MatrixCell(2, 170),
            ("A", "slow"): MatrixCell(1, 40),
            ("C", "still"): MatrixCell(1, 90),
        }
        assert (found.products, found.earning) == (4, 3)

    def test_all_that_is_sold_out_counts_and_how_much_of_it_sold_lately(self):
        found = summary_of(self.frame, 345, StockValue(1, 2, 3, 4, 5, 6), ToOrder(5, 6, 7, 8))
        assert (found.sold_out, found.sold_out_wanted, found.lost) == (2, 1, 345)
