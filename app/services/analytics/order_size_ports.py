"""What is read of single orders' sizes. Money is minor units, times are aware UTC, days are store days, half-open."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, Protocol


class OrderValue(NamedTuple):
    """How many orders are worth so much: gross sales, rounded to three significant digits."""

    value: int
    orders: int


class LargeOrder(NamedTuple):
    order_id: int
    external_id: str | None
    user_id: int | None
    paid_at: datetime
    value: int  # gross sales


class Quantities(NamedTuple):
    """Units of an order by product, and those that its customer gave back of these within the time asked for."""

    bought: dict[str, int]
    given_back: dict[str, int]


class OrderSizeReader(Protocol):
    def order_values(self, start: date, end: date) -> list[OrderValue]:
        """The orders of these days by their value, the smallest first."""

    def largest_orders(self, start: date, end: date, most: int) -> list[LargeOrder]:
        """The largest orders of these days, the largest first."""

    def quantities(self, order: LargeOrder, until: datetime) -> Quantities:
        """What came back from its payment on, before `until`: of the order, or by its customer without naming one."""
