"""What analytics and the live hub read: rollups and a few indexed rows, never the lines of a period.

Money is minor units, times are aware UTC, days are store days. All ranges are half-open. `cost`, `costed` and
`costed_returns` are those of `app.services.analytics.margin.Costed`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol

from app.domain import Grain, StockMovement


class DaySales(NamedTuple):
    day: date
    orders: int
    units: int
    gross: int
    tax: int
    returns: int
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0


class MinuteSales(NamedTuple):
    """Sales from `at` on, for a minute or less."""

    at: datetime
    orders: int
    units: int
    gross: int
    tax: int
    returns: int
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0


class ProductSales(NamedTuple):
    product_id: str
    units: int
    gross: int
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0


class ProductDay(NamedTuple):
    product_id: str
    day: date
    units: int


class StockPoint(NamedTuple):
    at: datetime
    on_hand: int


class SalesReader(Protocol):
    def complete_until(self) -> datetime:
        """The instant up to which rollups are complete: now, or when the oldest event happened that is not in them."""

    def days(self, start: date, end: date) -> list[DaySales]:
        """Days with sales or returns, ascending."""

    def day_bounds(self) -> tuple[date, date] | None:
        """First and last day with sales or returns; None before any."""

    def last_sale_day(self) -> date | None:
        """The last day with a sale; None before any."""

    def last_sales_by_month(self) -> list[date]:
        """The last day with a sale, a guest's too, of each month that has one; ascending."""

    def minutes(self, start: datetime, end: datetime) -> list[MinuteSales]:
        """Ascending; exact to the instant, also where `end` cuts a minute."""

    def between(self, start: datetime, end: datetime) -> MinuteSales:
        """The sums of `minutes`; with many sales far quicker to read."""

    def customer_periods(self, grain: Grain, start: date, end: date) -> list[PeriodCustomers]:
        """The days, weeks (from Monday) or months that begin on these days, with an order of a customer; ascending."""

    def customers_between(self, start: date, end: date) -> PeriodCustomers:
        """The same of these days as one period."""

    def best_sellers(
        self, start: date, end: date, limit: int | None = None, by: Literal["gross", "units"] = "gross",
        leave_out: Collection[str] = (),
    ) -> list[ProductSales]:  # fmt: skip
        """Products sold on these days, best first (ties: product id)."""


class StockReader(Protocol):
    def product_days(self, product_ids: Collection[str], start: date, end: date) -> list[ProductDay]:
        """Units sold per product and day."""

    def first_stocked(self) -> dict[str, datetime]:
        """When each product first had stock."""

    def on_hand_before(self, product_id: str, at: datetime) -> int | None:
        """On hand after the last movement before `at`; None when there was none."""

    def movements(self, product_id: str, start: datetime, end: datetime, most: int) -> list[StockMovement]:
        """The first `most` movements of a product in `[start, end)`, oldest first."""

    def movements_before(self, product_id: str, at: datetime, most: int) -> list[StockMovement]:
        """The last `most` movements of a product before `at`, newest first."""

    def stock_points(self, product_id: str, start: datetime, end: datetime, most: int) -> list[StockPoint]:
        """On hand after every movement, or, when these are more than `most`, at the end of every hour with one."""


class PeriodCustomers(NamedTuple):
    """Customers with an order in the period that begins on `first_day`, and with one later than their first ever."""

    first_day: date
    customers: int
    returning: int
