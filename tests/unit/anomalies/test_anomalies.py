"""Yesterday and the running day of a shop, by its service."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import Anomaly, KnownDay, Reason, Trade
from app.money import Formats
from app.services.analytics.ports import MinuteSales
from app.services.anomalies.anomalies import AnomalyService
from app.services.anomalies.ports import DayValue
from tests.support.concurrency import at_once
from tests.unit.anomalies.test_detecting import SIZES, replaced, year

FORMATS = Formats("GBP", 2, "en_GB", ZoneInfo("Europe/London"))
TODAY = date(2026, 11, 30)
YESTERDAY = TODAY - timedelta(days=1)
FIRST = date(2025, 6, 2)


def of_day(day: date, orders: int) -> list[DayValue]:
    return [DayValue(day, size, orders // len(SIZES)) for size in SIZES]


class Shop:
    """Sells from 8 to 20 o'clock, evenly; `values` as they are, today's up to now."""

    def __init__(self, values: list[DayValue], now: datetime, *, is_quiet: bool = False) -> None:
        self.values, self.now = values, now
        self.calendar: dict[date, KnownDay] = {}
        self.read: list[date] = []
        last = TODAY - timedelta(days=60) if is_quiet else TODAY
        self.trade = Trade(FIRST, last, TODAY)

    def values_by_day(self, start: date, end: date) -> list[DayValue]:
        self.read.append(start)
        return [one for one in self.values if start <= one.day < end]

    def day_bounds(self) -> tuple[date, date]:
        return FIRST, TODAY

    def between(self, start: datetime, end: datetime) -> MinuteSales:
        day = FORMATS.store_day(start)
        rows = [one for one in self.values if one.day == day]
        opened = FORMATS.day_start(day) + timedelta(hours=8)
        part = 1.0 if day == TODAY else min(1.0, max(0.0, (end - opened) / timedelta(hours=12)))
        orders, gross = sum(one.orders for one in rows), sum(one.value * one.orders for one in rows)
        return MinuteSales(start, round(orders * part), 0, round(gross * part), 0, 0)

    def service(self) -> AnomalyService:
        me: Any = self
        calendar: Any = SimpleNamespace(known_days=lambda *_: self.calendar, version=lambda: len(self.calendar))
        explainer: Any = SimpleNamespace(reasons=lambda *_: (Reason("category", "Lighting", 0.7),))
        anchor: Any = SimpleNamespace(trade=lambda now=None: self.trade)
        return AnomalyService(me, me, calendar, explainer, FORMATS, anchor, lambda: self.now)

    def recent(self) -> list[tuple[date, bool, bool]]:
        return [(one.day, one.is_drop, one.is_over) for one in self.service().recent()]


def at(hour: int) -> datetime:
    return datetime(2026, 11, 30, hour, tzinfo=UTC)


def quiet(today: int, yesterday: int = 70) -> list[DayValue]:
    """Usually some 75 orders on a Sunday and 125 on a Monday."""
    return replaced(replaced(year(), YESTERDAY, of_day(YESTERDAY, yesterday)), TODAY, of_day(TODAY, today))


def test_days_that_are_as_expected_are_no_news() -> None:
    assert Shop(quiet(today=60), at(14)).recent() == []


def test_yesterday_is_told_with_what_explains_it() -> None:
    found = Shop(quiet(today=60, yesterday=20), at(14)).service().recent()
    assert [(one.day, one.is_over, one.orders, one.reasons[0].name) for one in found] == [
        (YESTERDAY, True, 20, "Lighting")
    ]
    assert 60 < found[0].expected_orders < 95
    assert found[0].difference < 0


def test_the_running_day_is_held_against_its_part_by_now() -> None:
    half = Shop(quiet(today=15), at(14)).service().recent()
    assert [(one.day, one.is_drop, one.is_over) for one in half] == [(TODAY, True, False)]
    assert 45 < half[0].expected_orders < 80, "half of a Monday"
    assert Shop(quiet(today=240), at(14)).recent() == [(TODAY, False, False)]


def test_in_the_morning_nothing_is_said_of_a_day() -> None:
    assert Shop(quiet(today=0), at(9)).recent() == []


def test_of_a_quiet_shop_nothing_is_said() -> None:
    assert Shop(quiet(today=0, yesterday=0), at(20), is_quiet=True).recent() == []


def test_the_last_year_has_each_day() -> None:
    found: list[Anomaly] = Shop(quiet(today=60, yesterday=20), at(14)).service().of_last_year()
    assert found[-1].day == YESTERDAY
    assert all(TODAY - timedelta(days=365) <= one.day < TODAY for one in found)


def test_a_day_that_is_put_down_as_closed_is_no_news_from_then_on() -> None:
    shop = Shop(quiet(today=60, yesterday=20), at(14))
    service = shop.service()
    assert [one.day for one in service.recent()] == [YESTERDAY]
    shop.calendar[YESTERDAY] = KnownDay(YESTERDAY, is_closed=True)
    shop.read.clear()
    assert service.recent() == ()
    assert set(shop.read) <= {TODAY}, "the orders of the year before are not read again"


def test_who_asks_while_the_year_is_learned_waits_for_it() -> None:
    shop = Shop(quiet(today=60, yesterday=20), at(14))
    service = shop.service()
    at_once(4, lambda _: service.recent())
    assert shop.read.count(min(shop.read)) == 1
