"""What analytics and the live hub read: rollups and a few indexed rows, never the lines of a period.

Money is minor units, times are aware UTC, days are store days. All ranges are half-open.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol

CustomerSort = Literal["lifetime", "orders", "recent", "name"]


class DaySales(NamedTuple):
    day: date
    orders: int
    units: int
    gross: int
    tax: int
    returns: int


class MinuteSales(NamedTuple):
    """Sales from `at` on, for a minute or less."""

    at: datetime
    orders: int
    units: int
    gross: int
    tax: int
    returns: int


class ProductSales(NamedTuple):
    product_id: str
    units: int
    gross: int


class ProductDay(NamedTuple):
    product_id: str
    day: date
    units: int


class CustomerRow(NamedTuple):
    """A person's totals of all time; `lifetime` = gross - returns. Times are None without an order."""

    user_id: int
    full_name: str
    email: str | None
    country: str | None
    orders: int
    units: int
    gross: int
    returns: int
    lifetime: int
    first_order_at: datetime | None
    last_order_at: datetime | None


class CustomerSpending(NamedTuple):
    """What a person bought, all time: units and gross sales (before tax, returns not taken off)."""

    user_id: int
    full_name: str
    email: str | None
    units: int
    gross: int


class CustomerTotals(NamedTuple):
    """`customers` have an account or an order, `buyers` an order, `returning` a later one too."""

    customers: int
    buyers: int
    returning: int
    lifetime: int


class StockPoint(NamedTuple):
    at: datetime
    on_hand: int


class LatestOrder(NamedTuple):
    order_id: int
    external_id: str | None
    name: str
    city: str
    country: str
    units: int
    total: int
    paid_at: datetime


class LatestMovement(NamedTuple):
    movement_id: int
    product_id: str
    at: datetime
    kind: str
    quantity: int
    on_hand: int


class OutboxBacklog(NamedTuple):
    """Effects not done yet, effects given up, and the age of the oldest that is due, 0 without one."""

    waiting: int
    failed: int
    oldest_seconds: float


@dataclass(frozen=True)
class LiveRows:
    """One consistent look at what is going on."""

    today: Sequence[MinuteSales]
    orders: Sequence[LatestOrder]  # newest first
    top: Sequence[ProductSales]
    movements: Sequence[LatestMovement]  # newest first


class SalesReader(Protocol):
    def days(self, start: date, end: date) -> list[DaySales]:
        """Days with sales or returns, ascending."""

    def day_bounds(self) -> tuple[date, date] | None:
        """First and last day with sales or returns; None before any."""

    def minutes(self, start: datetime, end: datetime) -> list[MinuteSales]:
        """Ascending; exact to the instant, also where `end` cuts a minute."""

    def best_sellers(
        self, start: date, end: date, limit: int | None = None, by: Literal["gross", "units"] = "gross",
        leave_out: Collection[str] = (),
    ) -> list[ProductSales]:  # fmt: skip
        """Products sold on these days, best first (ties: product id)."""


class CustomerReader(Protocol):
    def customers(
        self, q: str, sort: CustomerSort, limit: int, offset: int, by_email: bool = True
    ) -> tuple[list[CustomerRow], int]:
        """A slice of those whose name, country or (`by_email`) e-mail holds `q`, and how many there are."""

    def spending(self, q: str, limit: int, after: int) -> list[CustomerSpending]:
        """Customers as in `customers`, by id, those beyond `after`; in one query."""

    def customer_totals(self) -> CustomerTotals: ...


class StockReader(Protocol):
    def product_days(self, product_ids: Collection[str], start: date, end: date) -> list[ProductDay]:
        """Units sold per product and day."""

    def first_stocked(self) -> dict[str, datetime]:
        """When each product first had stock."""

    def on_hand_before(self, product_id: str, at: datetime) -> int | None:
        """On hand after the last movement before `at`; None when there was none."""

    def stock_points(self, product_id: str, start: datetime, end: datetime, most: int) -> list[StockPoint]:
        """On hand after every movement, or, when these are more than `most`, at the end of every hour with one."""


class LiveReader(Protocol):
    def live(self, start: datetime, day: date, *, orders: int, top: int, movements: int) -> LiveRows:
        """What happened since `start`, the beginning of store day `day`, and the latest of each kind."""
