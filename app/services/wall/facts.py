"""What the wall shows beside the live numbers: goal, curve and close of the day, countries, stock, visitors, carts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any, Generic, TypeVar

import pycountry
from cachetools import TTLCache, cachedmethod

from app.domain import NON_MERCHANDISE, Anomaly, CartDemand, Product, Trade
from app.domain.fulfilment import NO_BACKLOG, PackingNow
from app.errors import ShopError
from app.money import Formats
from app.services.analytics.ports import MinuteSales, SalesReader
from app.services.anomalies.words import anomaly_words
from app.services.cart.ports import Carts
from app.services.forecasts.day_close import QUARTERS, forecast_day
from app.services.wall.history import History
from app.services.wall.ports import CountryOrders
from app.services.wall.visitors import VisitorCount

log = logging.getLogger(__name__)

T = TypeVar("T")

PAST_DAYS = 8
PAST_SECONDS = 900.0
FACT_SECONDS = 4.0
LATELY = timedelta(minutes=30)
WANTED = 8
COUNTRIES = 10
NOTHING_TO_PACK = PackingNow(NO_BACKLOG, (), 0, 0)


class LastKnown(Generic[T]):
    """The last known value of a fact that is read now and then; when that fails the last one is kept, and grows old.

    A cache that forgets what is too old (cachetools) would have nothing to show then, and knows no ages.
    """

    def __init__(self, read: Callable[[], T], every_seconds: float, *, beside: bool = False) -> None:
        """`beside`: what may take seconds is read by a thread of its own, and nobody who asks waits for it."""
        self._read = read
        self._beside = beside
        self._is_reading = False
        self._every = every_seconds
        self._found: tuple[float, T] | None = None
        self._tried_at = float("-inf")

    def get(self) -> tuple[T | None, float]:
        """The fact, None before the first, and its age in seconds."""
        if time.monotonic() - self._tried_at >= self._every and not self._is_reading:
            self._tried_at = time.monotonic()
            self._is_reading = True
            if self._beside:
                threading.Thread(target=self._try, daemon=True, name="fact").start()
            else:
                self._try()
        if self._found is None:
            return None, 0.0
        return self._found[1], time.monotonic() - self._found[0]

    def _try(self) -> None:
        try:
            self._found = (time.monotonic(), self._read())
        except ShopError as error:
            log.info("a fact of the wall cannot be read now: %s", error)
        finally:
            self._is_reading = False


class WallFacts:
    """The numbers that a wall needs beside the day's sales.

    Per process and second a few indexed reads, whatever the number of screens.

    `goal` gives the goal of a day, `visitors` how many there were in the last minutes.
    """

    def __init__(
        self,
        sales: SalesReader,
        carts: Carts,
        formats: Formats,
        goal: Callable[[date], int | None],
        visitors: Callable[[], VisitorCount],
        now: Callable[[], datetime],
        odd_days: Callable[[], Sequence[Anomaly]] = tuple,
        packing: Callable[[], PackingNow] | None = None,
    ) -> None:
        """`odd_days` gives the running day and yesterday, the later first, if they are not as expected."""
        self._sales = sales
        self._odd_days = LastKnown(odd_days, FACT_SECONDS, beside=True)
        self._formats = formats
        self._packing = LastKnown(packing or (lambda: NOTHING_TO_PACK), FACT_SECONDS)
        self._past: TTLCache[Hashable, list[list[int]]] = TTLCache(1, PAST_SECONDS)  # the hub alone reads it
        self._carts = LastKnown(lambda: carts.demand(now() - LATELY), FACT_SECONDS)
        self._orders_lately = LastKnown(lambda: sales.between(now() - LATELY, now()).orders, FACT_SECONDS)
        self._history = History(sales)
        self._visitors = LastKnown(visitors, FACT_SECONDS)
        self._goal_of = LastKnown(lambda: goal(formats.today(now())), FACT_SECONDS)
        self._complete = LastKnown(sales.complete_until, 1.0)

    def read(
        self,
        now: datetime,
        today: Sequence[MinuteSales],
        countries: Iterable[CountryOrders],
        products: Mapping[str, Product],
        trade: Trade,
    ) -> dict[str, Any]:
        """JSON-ready, as parts of the snapshot: `wall`, money in minor units, and `ages`, in seconds at `now`."""
        visitors, visitors_age = self._visitors.get()
        carts, carts_age = self._carts.get()
        complete_until, _ = self._complete.get()
        # Sums that the worker keeps are older than what is read of the orders themselves.
        behind = 0.0 if complete_until is None else (now - complete_until).total_seconds()
        packing, packing_age = self._packing.get()
        ages = {"visitors": visitors_age, "carts": carts_age, "sums": behind, "packing": packing_age}
        wall = {
            "odd": self._odd(now),
            "goal": self._goal_of.get()[0],
            "curve": self._curve(now, today),
            "countries": [self._country(one) for one in _largest(countries)],
            "health": _health(products.values()),
            "visitors": None if visitors is None else visitors.together,
            "visitors_by_minute": [] if visitors is None else list(visitors.by_minute),
            "carts": _carts(carts, products),
            "orders_lately": self._orders_lately.get()[0],
            "history": self._history.read(trade, today),
            "packing": self._to_pack(packing or NOTHING_TO_PACK),
        }
        return {"wall": wall, "ages": {name: max(0, int(age)) for name, age in ages.items()}}

    def _to_pack(self, found: PackingNow) -> dict[str, Any]:
        waits, country = found.backlog, self._formats.country
        return {
            "to_pack": waits.to_pack,
            "late": waits.late,
            "held": waits.held,
            "mails_failed": found.mails_failed,
            "mails_waiting": found.mails_waiting,
            "queue": [
                {
                    "number": one.number,
                    "since": one.since.isoformat(),
                    "place": one.place or country(one.country),
                    "units": one.units,
                }
                for one in found.queue
            ],
        }

    def _odd(self, now: datetime) -> str:
        """What is not as expected, in words without amounts: every screen may show them."""
        today = self._formats.today(now)
        found = self._odd_days.get()[0] or ()
        return anomaly_words(found[0], today, self._formats, with_money=False) if found else ""

    def _curve(self, now: datetime, today: Sequence[MinuteSales]) -> dict[str, Any]:
        """Running sums at the end of each quarter of an hour: of today so far, of last week, and as expected; and
        `closes`, the sales of the same weekdays before, the latest last, and after them what is expected of this one.
        """
        past = self._past_days(self._formats.today(now))
        elapsed = _elapsed(now, self._formats)
        so_far = self._by_quarter(today)
        found = forecast_day(sum(so_far), elapsed, past)
        return {
            "elapsed": round(elapsed, 3),
            "today": list(accumulate(so_far))[: int(elapsed) + 1],
            "before": list(accumulate(past[0])) if past else [0] * QUARTERS,
            "closes": [*(sum(day) for day in reversed(past)), *([] if found is None else [found.close])],
            "forecast": None if found is None else found._asdict(),
        }

    @cachedmethod(lambda self: self._past)
    def _past_days(self, day: date) -> list[list[int]]:
        """Sales per quarter of the same weekdays before, the latest first; read again every quarter of an hour."""
        return [self._day(day - timedelta(weeks=week)) for week in range(1, PAST_DAYS + 1)]

    def _day(self, day: date) -> list[int]:
        start, end = self._formats.day_start(day), self._formats.day_start(day + timedelta(days=1))
        return self._by_quarter(self._sales.minutes(start, end))

    def _by_quarter(self, rows: Iterable[MinuteSales]) -> list[int]:
        quarters = [0] * QUARTERS
        for row in rows:
            local = row.at.astimezone(self._formats.zone)
            quarters[local.hour * 4 + local.minute // 15] += row.gross
        return quarters

    def _country(self, one: CountryOrders) -> dict[str, Any]:
        name = self._formats.country(one.country)
        return {"code": alpha3(one.country), "name": name, "orders": one.orders, "gross": one.gross}


def alpha3(country: str) -> str:
    """The three letters by which maps know a country of two (ISO 3166); nothing for what is no country."""
    found = pycountry.countries.get(alpha_2=country)
    return "" if found is None else found.alpha_3


def _elapsed(now: datetime, formats: Formats) -> float:
    """Quarters of an hour of the store's day that are over, by its clock; to the minute, so as to be news as often."""
    local = now.astimezone(formats.zone)
    return local.hour * 4 + local.minute / 15


def _largest(countries: Iterable[CountryOrders]) -> list[CountryOrders]:
    return sorted(countries, key=lambda one: (-one.orders, -one.gross, one.country))[:COUNTRIES]


def _health(products: Iterable[Product]) -> dict[str, int]:
    """Products by how their stock is: out, below the threshold, well; and the units that can be sold."""
    found = {"well": 0, "low": 0, "out": 0, "units": 0}
    for product in products:
        if product.product_id in NON_MERCHANDISE:
            continue
        found["well" if product.level == "ok" else product.level] += 1
        found["units"] += max(0, product.stock)
    return found


def _carts(demand: CartDemand | None, products: Mapping[str, Product]) -> dict[str, Any]:
    """Carts, the units in them, and the products of which they hold most against what can be sold."""
    if demand is None:
        return {"count": None, "units": None, "wanted": []}
    wanted = [
        (products[id_], units) for id_, units in demand.units.items() if id_ in products and id_ not in NON_MERCHANDISE
    ]
    wanted.sort(key=lambda one: (-one[1] / (max(0, one[0].stock) + 1), -one[1], one[0].name))
    rows = [
        {"product_id": product.product_id, "name": product.name, "units": units, "available": max(0, product.stock)}
        for product, units in wanted[:WANTED]
    ]
    return {"count": demand.carts, "units": sum(demand.units.values()), "wanted": rows}
