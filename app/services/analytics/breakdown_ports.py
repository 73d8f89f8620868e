"""What the breakdowns of sales and stock read. Money is minor units, times are aware UTC, days are
store days; costs as in `app.services.analytics.margin.Costed`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple, Protocol

from app.services.analytics.margin import Margin, margin_of

BEFORE = timedelta(days=28)  # over which the speed before a stock-out is measured


class ProductSums(NamedTuple):
    product_id: str
    units: int
    gross: int
    returned_units: int
    returns: int
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0


class CountrySales(NamedTuple):
    """The sales of one country. `orders` None: an order of several products is not a country's of one of them."""

    country: str
    orders: int | None
    units: int
    gross: int
    returns: int
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0

    @property
    def margin(self) -> Margin:
        return margin_of(self)


class FilteredDay(NamedTuple):
    """The sales of one day, of a part of the trade. `orders` None as above."""

    day: date
    orders: int | None
    units: int
    gross: int
    returns: int
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0


class HourSales(NamedTuple):
    """The sales of one hour of the week. `hour` of the week, from 0 (Monday, the hour after midnight) to 167."""

    hour: int
    orders: int
    gross: int


class Level(NamedTuple):
    product_id: str
    on_hand: int
    first_stocked_at: datetime | None
    last_sold_at: datetime | None


class StockSums(NamedTuple):
    """The ledger's sums for one product. `net` is what all movements add up to; the others are signed, but `sold`."""

    product_id: str
    net: int
    sold: int
    received: int
    returned: int = 0
    corrected: int = 0
    written_off: int = 0


class StockOut(NamedTuple):
    """A time with nothing on hand; `ended_at` None while it lasts.

    `sold_before`: units over the 28 days before, with those that emptied the shelf.
    `unit_price` of the sale that took the last unit, if one did.
    """

    product_id: str
    began_at: datetime
    ended_at: datetime | None
    sold_before: int
    unit_price: int | None


class BreakdownReader(Protocol):
    def products(self, start: date, end: date, country: str | None = None) -> list[ProductSums]:
        """What was sold or came back on these days, by product."""

    def countries(self, start: date, end: date, product_ids: Collection[str] | None = None) -> list[CountrySales]:
        """The same by country, of all products or of these."""

    def days(
        self, start: date, end: date, *, country: str | None = None, product_ids: Collection[str] | None = None
    ) -> list[FilteredDay]:
        """The same by day, ascending, of a country, of some products, or of both."""

    def hours_of_week(self, start: datetime, end: datetime, zone: tzinfo) -> list[HourSales]:
        """Sales in `[start, end)` by the hour of the week on the clocks of `zone`; hours without any are left out."""

    def levels(self) -> list[Level]:
        """Every product that ever moved."""

    def stock_sums(self, start: date, end: date, product_ids: Collection[str] | None = None) -> list[StockSums]:
        """Movements of these days, by product; of some products only, if given."""

    def stock_days(
        self, start: date, end: date, product_ids: Collection[str] | None = None
    ) -> list[tuple[date, StockSums]]:
        """The same of each of these days with a movement, ascending."""

    def stock_changes(self, grain: str, start: date, end: date) -> list[tuple[date, str, int]]:
        """(first day, product, net) of each day or month that begins on these days."""

    def inferred_stock(self) -> dict[str, datetime | None]:
        """The products whose first stock an import booked, and when somebody first counted one since; None: not yet."""

    def stock_outs(self, start: datetime, end: datetime, product_ids: Collection[str] | None = None) -> list[StockOut]:
        """Those that were there in `[start, end)`, by their beginning; of some products only, if given."""
