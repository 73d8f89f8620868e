"""Stock: how fast it sells, how long it lasts, how it moved."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

import pandas as pd
from cachetools import TTLCache, cachedmethod

from app.domain import NON_MERCHANDISE, Demand, Forecast, Period, Product, ProductStatus, StockMovement
from app.errors import InvalidInput
from app.frames import typed_frame
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.anchor import Anchor
from app.services.analytics.answer_cache import SHARE_OF_THE_PAST, AnswerCache
from app.services.analytics.periods import days_around
from app.services.analytics.ports import SalesReader, StockPoint, StockReader

VELOCITY_DAYS = 28
LED_TO, CAME_AFTER = 25, 8  # movements around one minute
FIRST_MINUTE = datetime(1990, 1, 1)  # noqa: DTZ001 - wall time
VELOCITY_SECONDS = 60.0  # it counts full days: a minute does not show
MOST_MOVEMENTS = 10_000
MOST_POINTS = 1500  # of one chart; beyond it one point per hour
COLUMNS = {
    "product_id": "object",
    "name": "object",
    "category": "object",
    "available": "int64",
    "held": "int64",
    "on_hand": "int64",
    "threshold": "int64",
    "level": "object",
    "velocity": "float64",
    "days_of_cover": "float64",
    "runs_out": "object",
    "a_day": "float64",
    "sold_28d": "int64",
}


Forecasts = Callable[[Collection[str] | None], Mapping[str, Forecast]]


def no_forecasts(_product_ids: Collection[str] | None) -> Mapping[str, Forecast]:
    return {}


class StockAndSales(StockReader, SalesReader, Protocol):
    """Reads stock and sales. Velocity is a number of sales about stock, so it reads both."""


def days_of_cover(product: Product, demands: Mapping[str, Demand]) -> float | None:
    """Days until it is sold out by what is expected of it; None where nothing is."""
    demand = demands.get(product.product_id)
    return None if demand is None else demand.cover(product.stock)


def is_merchandise(product: Product) -> bool:
    """In the store, and goods: postage and fees are sold, but are no stock."""
    return product.status is ProductStatus.ACTIVE and product.product_id not in NON_MERCHANDISE


def sold_out(products: Iterable[Product]) -> list[Product]:
    """The merchandise of which nothing can be sold now: what every page, file, call, alert and the wall means by it."""
    return [product for product in products if is_merchandise(product) and product.level == "out"]


def is_calm(available: int, threshold: int, reorder_point: int | None) -> bool:
    """Low, and yet nothing to order: what is available lasts until an order would have come."""
    return 0 < available < threshold and reorder_point is not None and available > reorder_point


def most_urgent(products: Iterable[Product], demands: Mapping[str, Demand]) -> list[Product]:
    """Merchandise low on stock: what sells by days of cover, the sold out first, then what does not sell.

    Equal cover goes by what is expected a day, no sales by the share of the threshold.
    """

    def urgency(product: Product) -> tuple[Any, ...]:
        cover = days_of_cover(product, demands)
        if cover is None:
            return (1, product.stock / product.threshold, -product.threshold, product.name, product.product_id)
        return (0, cover, -demands[product.product_id].a_day, product.name, product.product_id)

    return sorted((p for p in products if p.is_low and is_merchandise(p)), key=urgency)


def fastest(overview: pd.DataFrame, limit: int = 10) -> pd.DataFrame:
    """The rows of an overview that sell fastest; those without sales are left out."""
    selling = overview[overview["velocity"] > 0]
    return selling.sort_values(["velocity", "product_id"], ascending=[False, True], ignore_index=True).head(limit)


@dataclass(frozen=True)
class AtMinute:
    """A product at the minute `at`, and the days of `period` around it (`history` as `StockAnalytics.history` has it).

    `begins` and `until`: its first and its last minute that has come, in the store's wall time.

    `before`: the movements that led to what was on hand, newest first; `after`: the first that came, oldest first.
    """

    at: datetime
    on_hand: int
    before: list[StockMovement]
    after: list[StockMovement]
    period: Period
    history: pd.DataFrame
    begins: datetime
    until: datetime


class StockAnalytics:
    """Stock as analytics see it: its speed, its cover, its low and dead products.

    `products` gives the catalogue's snapshot, `held` the units held per product, `forecasts` those of these products,
    or of all.
    """

    def __init__(
        self,
        reader: StockAndSales,
        formats: Formats,
        products: Callable[[], tuple[Product, ...]],
        held: Callable[[], dict[str, int]],
        now: Callable[[], datetime] = utc_now,
        *,
        forecasts: Forecasts = no_forecasts,
        anchor: Anchor | None = None,
    ) -> None:
        self._reader = reader
        self._formats = formats
        self._products = products
        self._held = held
        self._now = now
        self._anchor = anchor or Anchor(reader, formats, now)
        self._forecasts = forecasts
        self._selling: TTLCache[Hashable, Mapping[str, float]] = TTLCache(1, VELOCITY_SECONDS)
        self._selling_lock = threading.Lock()
        # Several parts of a page ask for them; full days are over.
        self._stocked: AnswerCache[dict[str, datetime]] = AnswerCache()
        self._sold_in: AnswerCache[dict[str, int]] = AnswerCache(share=SHARE_OF_THE_PAST)
        self._demands: AnswerCache[Mapping[str, Demand]] = AnswerCache()

    def overview(self) -> pd.DataFrame:
        """One row per active product, by name.

        Columns: product_id, name, category, available, held, on_hand, threshold (units), level (see
        `stock_level`), velocity (units per day; NaN before one full day of stock), days_of_cover, runs_out and a_day
        (see `Demand`; NaN or None where nothing is expected), sold_28d (units over the last 28 full days).
        """
        products = [p for p in self._products() if is_merchandise(p)]
        held = self._held()
        end = self._anchor.trade().full_end
        sold = self._sold(end)
        velocity, demands = self._velocity(products, sold, end), self.demands()
        rows = [
            _row(p, held.get(p.product_id, 0), velocity[p.product_id], demands, sold.get(p.product_id, 0))
            for p in products
        ]
        frame = typed_frame(rows, COLUMNS)
        return frame.sort_values(["name", "product_id"], ignore_index=True)

    def velocity_of(self, product_id: str) -> float | None:
        """Units per day of one product; None before one full day of stock."""
        end = self._anchor.trade().full_end
        first = self._first_stocked().get(product_id)
        days = self._full_days_since(first, end)
        if days == 0:
            return None
        rows = self._reader.product_days({product_id}, end - timedelta(days=days), end)
        return sum(row.units for row in rows) / days

    def demands(self) -> Mapping[str, Demand]:
        """What is expected of each product in the store that has a forecast or sells.

        By its forecast, where it has none by its velocity, from today on or from the day after a quiet shop's last one.
        """
        today = self._anchor.trade().full_end
        return self._demands.get(today, lambda: self._expected(today, self.velocities(), self._forecasts(None)))

    def demand_of(self, product_id: str) -> Demand:
        """The same of one product."""
        today, velocity = self._anchor.trade().full_end, self.velocity_of(product_id)
        speeds = {} if velocity is None else {product_id: velocity}
        found = self._expected(today, speeds, self._forecasts([product_id]))
        return found.get(product_id) or Demand.by_velocity(0.0, today)

    def _expected(
        self, today: date, velocities: Mapping[str, float], made: Mapping[str, Forecast]
    ) -> dict[str, Demand]:
        by_velocity = {id_: Demand.by_velocity(velocity, today) for id_, velocity in velocities.items()}
        return by_velocity | {id_: Demand.by_forecast(one, today) for id_, one in made.items() if one.last_day >= today}

    def velocities(self) -> Mapping[str, float]:
        """Units a day of the active products that sell; at most a minute old."""
        return self._velocities_until(self._anchor.trade().full_end)

    @cachedmethod(lambda self: self._selling, lock=lambda self: self._selling_lock)
    def _velocities_until(self, end: date) -> Mapping[str, float]:
        products = [p for p in self._products() if is_merchandise(p)]
        every = self._velocity(products, self._sold(end), end)
        return {product_id: velocity for product_id, velocity in every.items() if velocity > 0}

    def first_day(self, product_id: str) -> date | None:
        """The store day on which the product was first stocked."""
        first = self._first_stocked().get(product_id)
        return None if first is None else self._formats.store_day(first)

    def low(self) -> tuple[Product, ...]:
        """Active products below their threshold, most urgent first."""
        return tuple(most_urgent(self._products(), self.demands()))

    def sold_out(self) -> tuple[Product, ...]:
        """See `sold_out`."""
        return tuple(sold_out(self._products()))

    def movements(self, product_id: str, start: datetime, end: datetime) -> list[StockMovement]:
        """Every movement of a product in `[start, end)`, oldest first. Raises InvalidInput for more than 10,000."""
        if end < start:
            raise InvalidInput("The period ends before it starts.", "end")
        found = self._reader.movements(product_id, start, end, MOST_MOVEMENTS + 1)
        if len(found) > MOST_MOVEMENTS:
            raise InvalidInput(f"These are more than {MOST_MOVEMENTS} movements. Ask for a shorter period.", "start")
        return found

    def until(self, product_id: str, at: datetime, limit: int = 25) -> list[StockMovement]:
        """The movements that led to the count at `at`, those of its minute included; newest first, `limit` at most."""
        minute = at.replace(second=0, microsecond=0)
        return self._reader.movements_before(product_id, minute + timedelta(minutes=1), max(1, min(limit, 200)))

    def since(self, product_id: str, at: datetime, limit: int = 10) -> list[StockMovement]:
        """The first ones after the minute of `at`, oldest first."""
        after = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return self._reader.movements(product_id, after, self._now() + timedelta(days=1), max(1, min(limit, 200)))

    def minute(self, wanted: datetime | None) -> datetime:
        """The minute to look at, in the store's wall time like `wanted`; of one that has not come the present one.

        Without any the present one, or a quiet shop's last evening: since then nothing moved.
        """
        now = self._now().astimezone(self._formats.zone).replace(tzinfo=None, second=0, microsecond=0)
        if wanted is not None:
            return min(max(wanted, FIRST_MINUTE), now)
        trade = self._anchor.trade()
        return datetime.combine(trade.anchor, time(23, 59)) if trade.is_quiet else now

    def at_minute(self, product_id: str, wall: datetime, days: int, first: date | None = None) -> AtMinute:
        """A product at a minute of the store's wall time, within so many days: from `first` on if that holds it."""
        now = self._now().astimezone(self._formats.zone).replace(tzinfo=None, second=0, microsecond=0)
        at = wall.replace(tzinfo=self._formats.zone).astimezone(UTC)
        before = self.until(product_id, at, LED_TO)
        period = days_around(wall.date(), days, now.date())
        if first is not None and first <= wall.date() < first + timedelta(days=days):
            period = Period(first, first + timedelta(days=days))
        begins, ends = (datetime.combine(day, time()) for day in (period.start, period.end))
        return AtMinute(
            at=at,
            on_hand=before[0].on_hand if before else 0,
            before=before,
            after=self.since(product_id, at, CAME_AFTER),
            period=period,
            history=self.history(product_id, period),
            begins=begins,
            until=max(min(ends - timedelta(minutes=1), now), wall),
        )

    def history(self, product_id: str, period: Period) -> pd.DataFrame:
        """On hand of a product as a step line: at (aware UTC), on_hand (int64), ascending.

        The first row is the period's start when there was stock by then, the last the period's end
        or now. Empty for a product that never moved.
        """
        start, end = self._formats.day_start(period.start), self._formats.day_start(period.end)
        end = min(end, self._now())
        points = self._steps(product_id, start, end) if start < end else []
        return typed_frame(points, {"at": "datetime64[us, UTC]", "on_hand": "int64"})

    def _steps(self, product_id: str, start: datetime, end: datetime) -> list[StockPoint]:
        before = self._reader.on_hand_before(product_id, start)
        points = [] if before is None else [StockPoint(start, before)]
        points += self._reader.stock_points(product_id, start, end, MOST_POINTS)
        if points and points[-1].at < end:
            points.append(StockPoint(end, points[-1].on_hand))
        return points

    def _sold(self, end: date) -> dict[str, int]:
        """Units per product over the 28 full store days before `end`."""
        start = end - timedelta(days=VELOCITY_DAYS)
        return self._sold_in.get(
            end, lambda: {row.product_id: row.units for row in self._reader.best_sellers(start, end)}
        )

    def _first_stocked(self) -> dict[str, datetime]:
        return self._stocked.get("all", self._reader.first_stocked)

    def _velocity(self, products: list[Product], sold: Mapping[str, int], end: date) -> dict[str, float]:
        full_days = self._full_days(products, end)
        young = {product_id for product_id, days in full_days.items() if 0 < days < VELOCITY_DAYS}
        sold_since: dict[str, int] = defaultdict(int)
        if young:
            for row in self._reader.product_days(young, end - timedelta(days=VELOCITY_DAYS), end):
                if row.day >= end - timedelta(days=full_days[row.product_id]):
                    sold_since[row.product_id] += row.units
        return {
            product_id: (sold_since if product_id in young else sold).get(product_id, 0) / days if days else math.nan
            for product_id, days in full_days.items()
        }

    def _full_days(self, products: list[Product], end: date) -> dict[str, int]:
        """Full store days from each product's first stock to `end`, 28 at most; 0 when it never had any."""
        first = self._first_stocked()
        return {p.product_id: self._full_days_since(first.get(p.product_id), end) for p in products}

    def _full_days_since(self, first: datetime | None, end: date) -> int:
        if first is None:
            return 0
        day = self._formats.store_day(first)
        if first > self._formats.day_start(day):
            day += timedelta(days=1)  # the day of the first stock was no full one
        return max(0, min(VELOCITY_DAYS, (end - day).days))


def _row(product: Product, held: int, velocity: float, demands: Mapping[str, Demand], sold: int) -> tuple[Any, ...]:
    demand = demands.get(product.product_id)
    cover = demand.cover(product.stock) if demand else None
    return (
        product.product_id, product.name, product.category, product.stock, held, product.stock + held,
        product.threshold, product.level, velocity, math.nan if cover is None else cover,
        demand.runs_out(product.stock) if demand else None, demand.a_day if demand else 0.0, sold,
    )  # fmt: skip
