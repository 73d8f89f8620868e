"""What forecasts are made from: lines of orders, what came back of them, and when nothing was on hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple, Protocol

CANCELLED_WITHIN = 7  # days after it was sold


class SoldLine(NamedTuple):
    """A line of a paid order; `price` of a unit, minor units."""

    day: date
    order_id: int
    user_id: int | None
    product_id: str
    units: int
    price: int


class GivenBack(NamedTuple):
    """A line of a return; without `order_id` where an import named none."""

    day: date
    order_id: int | None
    user_id: int | None
    product_id: str
    units: int


class Absence(NamedTuple):
    """A time with nothing on hand; `ended_at` None while it lasts."""

    product_id: str
    began_at: datetime
    ended_at: datetime | None


class HistoryReader(Protocol):
    def sold_lines(self, start: date, end: date) -> Iterator[list[SoldLine]]:
        """Of the days `[start, end)`, some weeks at a time."""

    def given_back(self, start: date, end: date) -> list[GivenBack]:
        """Returned lines of these days, by day."""

    def absences(self, start: datetime, end: datetime) -> list[Absence]:
        """Those that were there in `[start, end)`."""


class InferredStockReader(Protocol):
    def inferred_stock(self) -> dict[str, datetime | None]:
        """The products whose first stock an import booked, and when somebody first counted one since; None: not yet."""


class FirstStockReader(Protocol):
    def first_stocked(self) -> dict[str, datetime]:
        """When each product first had stock."""
