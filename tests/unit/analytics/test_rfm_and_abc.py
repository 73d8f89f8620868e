"""Segments, ABC classes and buckets of periods, by their definitions in METRICS."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain import Period, Product
from app.errors import InvalidInput
from app.services.analytics.abc import abc_classes
from app.services.analytics.buckets import MOST_BUCKETS, cut, is_whole
from app.services.analytics.customer_ports import Standing
from app.services.analytics.ports import ProductSales
from app.services.analytics.rfm import classified, segment_of

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def standing(user_id: int, days: float = 0, orders: int = 1, lifetime: int = 100) -> Standing:
    return Standing(user_id, orders, lifetime, NOW - timedelta(days=days))


class TestScores:
    def test_five_customers_get_the_five_scores(self) -> None:
        frame = classified([standing(n, days=10 * n, orders=n, lifetime=100 * n) for n in range(1, 6)], NOW)
        assert frame["r"].to_list() == [5, 4, 3, 2, 1]
        assert frame["f"].to_list() == frame["m"].to_list() == [1, 2, 3, 4, 5]

    def test_equal_values_get_equal_scores_and_are_not_worse_than_each_other(self) -> None:
        frame = classified([standing(n, orders=1 if n < 4 else 2) for n in range(5)], NOW)
        assert frame["f"].to_list() == [1, 1, 1, 1, 5]
        assert frame["r"].to_list() == [1] * 5

    def test_recency_is_in_whole_days_rounded_down(self) -> None:
        frame = classified([standing(1, days=0.99), standing(2, days=0.01), standing(3, days=1.0)], NOW)
        assert frame["recency"].to_list() == [0, 0, 1]
        assert frame["r"].to_list() == [2, 2, 1]

    def test_a_lifetime_value_below_zero_is_the_worst(self) -> None:
        frame = classified([standing(1, lifetime=-5), standing(2, lifetime=0)], NOW)
        assert frame["m"].to_list() == [1, 3]

    def test_one_customer_alone_is_hibernating(self) -> None:
        assert classified([standing(1)], NOW)["segment"].to_list() == ["Hibernating"]

    def test_nobody_is_no_error(self) -> None:
        assert classified([], NOW).empty


@pytest.mark.parametrize(
    ("scores", "segment"),
    [
        ((5, 5, 5), "Champions"),
        ((5, 3, 4), "Champions"),  # 3.5 is rounded up
        ((4, 4, 4), "Loyal"),
        ((3, 5, 5), "Loyal"),
        ((5, 2, 2), "Potential loyalist"),
        ((4, 3, 2), "Potential loyalist"),
        ((5, 1, 1), "New"),
        ((4, 1, 1), "Promising"),
        ((3, 3, 3), "Needs attention"),
        ((3, 1, 2), "About to sleep"),
        ((2, 5, 5), "Can't lose"),
        ((1, 4, 3), "At risk"),
        ((2, 2, 1), "Hibernating"),
    ],
)
def test_segments_by_score(scores: tuple[int, int, int], segment: str) -> None:
    assert segment_of(*scores) == segment


def test_every_combination_of_scores_has_a_segment() -> None:
    assert all(segment_of(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6))


class TestAbc:
    def classes(self, **gross: int) -> list[tuple[str, str]]:
        products = [Product(name, name.title(), 100, 1, 1) for name in gross]
        sold = {name: ProductSales(name, 1, amount) for name, amount in gross.items() if amount}
        frame = abc_classes(products, sold)
        return list(zip(frame["product_id"], frame["abc"], strict=True))

    def test_shares_up_to_and_including_the_bounds(self) -> None:
        assert self.classes(a=80, b=15, c=5) == [("a", "A"), ("b", "B"), ("c", "C")]

    def test_a_bound_that_a_float_would_miss(self) -> None:
        # 0.1 + 0.7 is 0.7999999999999999 in floats; 0.7 + 0.1 + 0.15 is 0.9500000000000001.
        assert self.classes(a=700, b=100, c=150, d=50) == [("a", "A"), ("c", "B"), ("b", "B"), ("d", "C")]

    def test_the_first_is_always_a(self) -> None:
        assert self.classes(a=99, b=1) == [("a", "A"), ("b", "C")]

    def test_equal_sales_go_by_id_and_none_are_c(self) -> None:
        assert self.classes(z=50, b=50, a=0) == [("b", "A"), ("z", "C"), ("a", "C")]

    def test_without_any_sales_all_are_c(self) -> None:
        assert self.classes(b=0, a=0) == [("a", "C"), ("b", "C")]


class TestBuckets:
    def test_the_ends_are_cut_off_by_the_period(self) -> None:
        parts = cut(Period(date(2026, 1, 30), date(2026, 3, 2)), "month")
        assert [(p.start.day, p.end.month) for p in parts] == [(30, 2), (1, 3), (1, 3)]
        assert [is_whole(p, "month") for p in parts] == [False, True, False]

    def test_weeks_begin_on_monday(self) -> None:
        parts = cut(Period(date(2026, 3, 4), date(2026, 3, 17)), "week")
        assert [p.start.isoformat() for p in parts] == ["2026-03-04", "2026-03-09", "2026-03-16"]

    def test_no_days_are_no_buckets(self) -> None:
        assert cut(Period(date(2026, 3, 4), date(2026, 3, 4)), "day") == []

    def test_what_is_wrong_with_a_period_is_named(self) -> None:
        with pytest.raises(InvalidInput, match="ends before it starts") as backwards:
            cut(Period(date(2026, 3, 4), date(2026, 3, 3)), "day")
        assert backwards.value.field == "end"
        with pytest.raises(InvalidInput, match=f"more than {MOST_BUCKETS} rows.*grain=month"):
            cut(Period(date(1976, 1, 1), date(2026, 1, 1)), "day")
