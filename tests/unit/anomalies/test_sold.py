"""What an order counts at the most, and what it costs to know it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.services.anomalies.ports import DayValue
from app.services.anomalies.sold import CAP_DAYS, CAP_SHARE, sold_of
from tests.unit.anomalies.test_detecting import END, FIRST, year


def cap(values: list[DayValue]) -> float:
    worth = sorted(one.value for one in values for _ in range(one.orders))
    return worth[-(-round(CAP_SHARE * 100) * len(worth) // 100) - 1]


def test_nine_in_ten_orders_of_the_sixty_days_before_are_worth_no_more() -> None:
    values = [one._replace(value=one.value + one.day.toordinal() % 97) for one in year()]
    sold = sold_of(values, FIRST, END)
    for number in (1, CAP_DAYS, CAP_DAYS + 1, 300, 500):
        day = FIRST + timedelta(days=number)
        before = [one for one in values if day - timedelta(days=CAP_DAYS) <= one.day < day]
        assert sold.caps[number] == cap(before)
        of_day = [one for one in values if one.day == day]
        assert sold.orders[number] == sum(one.orders for one in of_day)
        assert sold.gross[number] == sum(one.value * one.orders for one in of_day)
        assert sold.capped[number] == sum(min(one.value, sold.caps[number]) * one.orders for one in of_day)


def test_the_first_day_is_measured_by_itself_and_a_shop_without_sales_by_nothing() -> None:
    assert sold_of(year(), FIRST, END).caps[0] == cap([one for one in year() if one.day == FIRST])
    assert sold_of([], FIRST, END).caps.sum() == 0


class Looked(DayValue):
    looks = 0

    def __getattribute__(self, name: str) -> Any:
        if name == "value":
            Looked.looks += 1
        return super().__getattribute__(name)


def test_each_value_is_looked_at_once_and_not_again_for_each_of_sixty_days() -> None:
    rows = [Looked(*one) for one in year()]
    sold_of(rows, FIRST, END)
    assert Looked.looks <= len(rows)
