"""The live snapshot: what wall, overview and stock charts show of this moment."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any

from cachetools import TTLCache, cachedmethod

from app.domain import NON_MERCHANDISE, Demand, Period, Product, order_number
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.sales import WEEK, SalesAnalytics, SalesTotals, add_up, by_hour
from app.services.analytics.stock import days_of_cover, is_calm, most_urgent
from app.services.wall.facts import WallFacts
from app.services.wall.ports import LatestMovement, LatestOrder, LiveReader, NetSales

ORDERS = 8
TOP = 6
LOW = 8
MOVEMENTS = 30
PEAK_ORDERS = 400
# A whole day of last week does not change, but for what is folded late.
LAST_WEEK_SECONDS = 60.0
_KEY_DIGITS = 16


class LiveSnapshots:
    """Builds snapshots. `products` gives the active products, `demands` what is expected of them, `reorder_points` at
    how many units left something is ordered.

    `facts`: what a snapshot holds for the wall beside. `median`: of the orders of a period. `secret_key`: what makes
    keys of orders that say nothing, the same in all processes that know it.
    """

    def __init__(
        self,
        reader: LiveReader,
        sales: SalesAnalytics,
        formats: Formats,
        products: Callable[[], tuple[Product, ...]],
        demands: Callable[[], Mapping[str, Demand]],
        facts: WallFacts | None = None,
        now: Callable[[], datetime] = utc_now,
        reorder_points: Callable[[], Mapping[str, int]] = dict,
        median: Callable[[Period], int | None] = lambda period: None,
        secret_key: str | None = None,
    ) -> None:
        self._key = (secret_key or secrets.token_hex()).encode()
        self._reader = reader
        self._sales = sales
        self._formats = formats
        self._products = products
        self._demands = demands
        self._reorder_points = reorder_points
        self._facts = facts
        self._now = now
        self._median = median
        self._last_week: TTLCache[Hashable, list[int]] = TTLCache(1, LAST_WEEK_SECONDS)  # the hub alone reads it

    def read(self) -> dict[str, Any]:
        """JSON-ready; money in minor units, times as ISO text in UTC. Costs a few indexed reads."""
        now = self._now()
        day = self._formats.today(now)
        # A little more than is shown, in case charges that are no merchandise lead the list.
        rows = self._reader.live(
            self._formats.day_start(day), day, orders=ORDERS, top=TOP + len(NON_MERCHANDISE), movements=MOVEMENTS
        )
        products = {p.product_id: p for p in self._products()}
        demands, points = self._demands(), self._reorder_points()
        urgent = most_urgent(products.values(), demands)
        trade = self._sales.trade(now)
        beside = self._facts.read(now, rows.today, rows.countries, products, trade) if self._facts else {}
        return beside | {
            "as_of": now.isoformat(),
            "day": day.isoformat(),
            "today": _totals(add_up(rows.today)) | {"median": self._median(Period.of_day(day))},
            "last_week": _totals(self._sales.last_week_until(now)),
            "hours": by_hour(rows.today, self._formats),
            "hours_last_week": self._hours_last_week(day),
            "latest": [self._order(order) for order in rows.orders],
            "top": _top(rows.top, products),
            "top_units": _top(rows.top_units, products),
            "low": [_low(p, days_of_cover(p, demands), points.get(p.product_id)) for p in urgent[:LOW]],
            "low_count": len(urgent),
            "quiet_since": self._formats.day(trade.anchor) if trade.is_quiet else None,
            "quiet_days": (day - trade.anchor).days,
            "has_sold": trade.last_day is not None or bool(rows.orders),
            "stock": [_movement(m, products.get(m.product_id), demands) for m in reversed(rows.movements)],
            "currency": {
                "code": self._formats.currency,
                "digits": self._formats.digits,
                "locale": self._formats.locale.replace("_", "-"),
            },
        }

    def busiest_hour(self) -> dict[str, Any]:
        """The hour of today with the most sales, and its first orders as in a snapshot; no orders on a day without."""
        now = self._now()
        day = self._formats.today(now)
        hours = self._sales.hours(day, now)
        start = datetime.combine(day, clock(hours.index(max(hours))), tzinfo=self._formats.zone).astimezone(UTC)
        orders = self._reader.orders_between(start, start + timedelta(hours=1), PEAK_ORDERS) if any(hours) else []
        return {"start": start.isoformat(), "latest": [self._order(order) for order in orders]}

    def _order(self, order: LatestOrder) -> dict[str, Any]:
        """First name and city or country at most: it is shown where everybody sees it."""
        return {
            "key": self._opaque(order.order_id),
            "order_id": order.order_id,
            "number": order_number(order.order_id, order.external_id),
            "at": order.paid_at.isoformat(),
            "name": shown_name(order.name),
            "place": order.city or self._formats.country(order.country),
            "total": order.total,
            "units": order.units,
        }

    def _opaque(self, order_id: int) -> str:
        """Tells an order from others, and neither its number nor its place among them."""
        return hmac.new(self._key, f"wall order\0{order_id}".encode(), hashlib.sha256).hexdigest()[:_KEY_DIGITS]

    @cachedmethod(lambda self: self._last_week)
    def _hours_last_week(self, day: date) -> list[int]:
        return self._sales.hours(day - timedelta(days=WEEK))


def _totals(totals: SalesTotals) -> dict[str, float | None]:
    return {
        "gross": totals.gross,
        "net": totals.net,
        "orders": totals.orders,
        "units": totals.units,
        "aov": totals.aov,
        "returns": totals.returns,
        "units_an_order": totals.units_an_order,
    }


def shown_name(name: str) -> str:
    """The first name; customers who came with an imported history have a number instead, which says who it is."""
    first, _, rest = name.strip().partition(" ")
    return f"{first} {rest}" if first == "Customer" and rest.isalnum() and rest[0].isdigit() else first


def _top(rows: Sequence[NetSales], products: dict[str, Product]) -> list[dict[str, Any]]:
    def named(row: NetSales) -> dict[str, Any]:
        product = products.get(row.product_id)
        name = product.name if product else row.product_id
        left = None if product is None else max(0, product.stock)
        return {"product_id": row.product_id, "name": name, "units": row.units, "net": row.net, "left": left}

    return [named(row) for row in rows if row.product_id not in NON_MERCHANDISE][:TOP]


def _low(product: Product, cover: float | None, reorder_point: int | None) -> dict[str, Any]:
    """`cover`: days left; null where nothing is expected to sell. `is_calm`: low, and yet nothing to order."""
    return {
        "product_id": product.product_id,
        "name": product.name,
        "available": product.stock,
        "threshold": product.threshold,
        "cover": cover,
        "is_calm": is_calm(product.stock, product.threshold, reorder_point),
    }


def _movement(movement: LatestMovement, product: Product | None, demands: Mapping[str, Demand]) -> dict[str, Any]:
    """`on_hand` after it; what is available now, and so on, of a product that is in the store."""
    moved = {"product_id": movement.product_id, "at": movement.at.isoformat(), "on_hand": movement.on_hand}
    if product is None:
        return moved
    demand = demands.get(product.product_id)
    runs_out = demand.runs_out(product.stock) if demand else None
    return moved | {
        "available": product.stock,
        "level": product.level,
        "cover": days_of_cover(product, demands),
        "runs_out": None if runs_out is None else runs_out.isoformat(),
    }
