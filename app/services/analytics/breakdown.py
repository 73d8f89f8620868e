"""Sales by what they are made of: categories, countries, products and hours; all of them, or of a part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import pandas as pd

from app.domain import NON_MERCHANDISE, Period, Product
from app.errors import InvalidInput
from app.frames import records, typed_frame
from app.kept import kept
from app.money import Formats
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.breakdown_ports import BreakdownReader, CountrySales, FilteredDay, HourSales, ProductSums
from app.services.analytics.margin import Margin, margin_of
from app.services.analytics.ports import DaySales
from app.services.analytics.sales import SalesAnalytics, daily

NO_CATEGORY = "Other"


@dataclass(frozen=True)
class Part:
    """Which sales are looked at; empty: all of them. `category`, `country` and `product_id` hold together."""

    category: str = ""
    country: str = ""
    product_id: str = ""

    def __bool__(self) -> bool:
        return bool(self.category or self.country or self.product_id)

    @property
    def of_products(self) -> bool:
        """An order may hold other products too: of these, orders are not counted."""
        return bool(self.category or self.product_id)


class CategorySales(NamedTuple):
    category: str
    units: int
    gross: int
    returns: int
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0

    @property
    def margin(self) -> Margin:
        return margin_of(self)


class ProductSales(NamedTuple):
    """What was sold of a product, and what of it came back on the same days, whenever it had been sold."""

    product_id: str
    units: int
    gross: int
    returned_units: int
    returns: int
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0

    @property
    def margin(self) -> Margin:
        return margin_of(self)

    @property
    def net(self) -> int:
        return self.gross - self.returns

    @property
    def kept_units(self) -> int:
        return self.units - self.returned_units


class Slice(NamedTuple):
    """What one category or country sold; `share`: of the gross sales of all of them."""

    key: str
    units: int
    gross: int
    share: float
    margin: Margin | None = None


class Largest(NamedTuple):
    """The first of some slices, and what the others are together."""

    shown: list[Slice]
    others: int
    others_share: float


class Breakdowns:
    """Sales by category, country, product and hour.

    `products` gives the catalogue's snapshot, those that left the store too.
    """

    def __init__(
        self,
        reader: BreakdownReader,
        sales: SalesAnalytics,
        formats: Formats,
        products: Callable[[], tuple[Product, ...]],
    ) -> None:
        self._reader = reader
        self._sales = sales
        self._formats = formats
        self._products = products
        # Several parts of a page ask for the same.
        self._product_sums: AnswerCache[list[ProductSums]] = AnswerCache()
        self._country_sums: AnswerCache[list[CountrySales]] = AnswerCache()
        self._day_sums: AnswerCache[list[FilteredDay]] = AnswerCache()
        self._hour_sums: AnswerCache[list[HourSales]] = AnswerCache()

    def by_day(self, period: Period, part: Part) -> pd.DataFrame:
        """As `SalesAnalytics.by_day`, of a part; orders and AOV are 0 where a part is of products.

        Raises InvalidInput when the period ends before it starts.
        """
        if not part:
            return self._sales.by_day(period)
        return daily(period, _sales(self._days(period, part)))

    def categories(self, period: Period, part: Part) -> list[CategorySales]:
        """By gross sales, the most first; of the part without its own category."""
        _check(period)
        of = {p.product_id: p.category or NO_CATEGORY for p in self._products()}
        sums: dict[str, list[int]] = {}
        for row in self._of_products(period, part):
            if part.product_id and row.product_id != part.product_id:
                continue
            cell = sums.setdefault(of.get(row.product_id, NO_CATEGORY), [0] * 6)
            numbers = row.units, row.gross, row.returns, row.cost, row.costed, row.costed_returns
            for place, number in enumerate(numbers):
                cell[place] += number
        found = [CategorySales(category, *numbers) for category, numbers in sums.items()]
        return sorted(found, key=lambda row: (-row.gross, row.category))

    def countries(self, period: Period, part: Part) -> list[CountrySales]:
        """By gross sales, the most first; of the part without its own country."""
        _check(period)
        ids = self.product_ids(part)
        key = (period.start, period.end, part.category, part.product_id)
        found = self._country_sums.get(key, lambda: self._reader.countries(period.start, period.end, ids))
        return sorted(found, key=lambda row: (-row.gross, row.country))

    def category_shares(self, period: Period, part: Part) -> list[Slice]:
        """Those of `categories` that sold."""
        return _slices((row.category, row) for row in self.categories(period, part))

    def country_shares(self, period: Period, part: Part) -> list[Slice]:
        """Those of `countries` that sold."""
        return _slices((row.country, row) for row in self.countries(period, part))

    def known_countries(self) -> set[str]:
        """Those that anything was ever sent to."""
        trade = self._sales.trade()
        if trade.first_day is None:
            return set()
        ever = Period(trade.first_day, Period.of_day(trade.today).end)
        return {row.country for row in self.countries(ever, Part())}

    def products(self, period: Period, part: Part) -> list[ProductSales]:
        """Whatever sold or came back, by net sales, the most first: also what left the store, and charges.

        So the rows add up to the sales of the same days and part.
        """
        _check(period)
        ids = self.product_ids(part)
        rows = [ProductSales(*row) for row in self._of_products(period, part) if ids is None or row.product_id in ids]
        return sorted(rows, key=lambda row: (-row.net, -row.gross, row.product_id))

    def margin_of_product(self, period: Period, product_id: str) -> Margin:
        """In all countries."""
        sold = self.products(period, Part(product_id=product_id))
        return sold[0].margin if sold else margin_of(ProductSales(product_id, 0, 0, 0, 0))

    def best(self, period: Period, part: Part, limit: int = 10) -> list[ProductSales]:
        """The merchandise among `products` that earned something, less what came back, the first `limit`."""
        sold = (
            row
            for row in self.products(period, part)
            if row.units > 0 and row.net > 0 and row.product_id not in NON_MERCHANDISE
        )
        return list(islice(sold, limit))

    def hours_of_week(self, period: Period) -> pd.DataFrame:
        """All sales by weekday (0 Monday) and hour of the store's clocks, 168 rows: weekday, hour, orders, gross."""
        _check(period)
        start, end = self._formats.day_start(period.start), self._formats.day_start(period.end)
        sums = self._hour_sums.get(period, lambda: self._reader.hours_of_week(start, end, self._formats.zone))
        return _whole_week(sums)

    def product_ids(self, part: Part) -> frozenset[str] | None:
        """The products of a part; None where it is of all of them."""
        if not part.of_products:
            return None
        return frozenset(
            p.product_id
            for p in self._products()
            if (not part.category or (p.category or NO_CATEGORY) == part.category)
            and (not part.product_id or p.product_id == part.product_id)
        )

    def _days(self, period: Period, part: Part) -> list[FilteredDay]:
        _check(period)
        ids = self.product_ids(part)
        country = part.country or None
        return self._day_sums.get(
            (period.start, period.end, part),
            lambda: self._reader.days(period.start, period.end, country=country, product_ids=ids),
        )

    def _of_products(self, period: Period, part: Part) -> list[ProductSums]:
        """Of all products, in the part's country."""
        key = (period.start, period.end, part.country)
        return self._product_sums.get(
            key, lambda: self._reader.products(period.start, period.end, part.country or None)
        )


def largest(slices: Sequence[Slice], limit: int, chosen: str = "") -> Largest:
    """The first `limit` and the `chosen` one; the others counted together."""
    shown = [one for number, one in enumerate(slices) if number < limit or one.key == chosen]
    others = [one for one in slices if one not in shown]
    return Largest(shown, len(others), sum(one.share for one in others))


class BusiestHours(NamedTuple):
    """Weekday (0 Monday) and hour with the most orders, and with the most gross sales: one large order makes these."""

    by_orders: tuple[int, int]
    by_gross: tuple[int, int]


@kept(16)
def busiest_hours(hours: pd.DataFrame) -> BusiestHours | None:
    """Of `Breakdowns.hours_of_week`; None without sales."""
    sold = [row for row in records(hours) if row.orders and row.gross]
    if not sold:
        return None
    most, best = max(sold, key=lambda row: row.orders), max(sold, key=lambda row: row.gross)
    return BusiestHours((most.weekday, most.hour), (best.weekday, best.hour))


@kept(16)
def _whole_week(sums: Sequence[HourSales]) -> pd.DataFrame:
    known = {row.hour: row for row in sums}
    rows = [
        (hour // 24, hour % 24, known[hour].orders, known[hour].gross)
        if hour in known
        else (hour // 24, hour % 24, 0, 0)
        for hour in range(7 * 24)
    ]
    return typed_frame(rows, dict.fromkeys(("weekday", "hour", "orders", "gross"), "int64"))


def _slices(sums: Iterable[tuple[str, CategorySales | CountrySales]]) -> list[Slice]:
    sold = [(key, row) for key, row in sums if row.gross > 0]
    total = sum(row.gross for _, row in sold)
    return [Slice(key, row.units, row.gross, row.gross / total, row.margin) for key, row in sold]


def _sales(rows: Iterable[FilteredDay]) -> list[DaySales]:
    return [
        DaySales(
            row.day, row.orders or 0, row.units, row.gross, 0, row.returns, row.cost, row.costed, row.costed_returns
        )
        for row in rows
    ]


def _check(period: Period) -> None:
    if period.end < period.start:
        raise InvalidInput("The period ends before it starts.", "period")
