"""Yesterday and the running day against what was expected of them, and the same for each day of the last year."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.blocking import offload
from app.domain import Anomaly, KnownDay
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.anchor import Anchor
from app.services.analytics.answer_cache import SHARE_OF_THE_PAST, AnswerCache
from app.services.analytics.ports import SalesReader
from app.services.anomalies.detecting import LOOKS, Days, days_of, verdict
from app.services.anomalies.expecting import (
    JUDGED_BY,
    LEARNED_DAYS,
    LEAST_VALUE,
    Distances,
    distances,
    score,
    shares,
)
from app.services.anomalies.explaining import Explainer
from app.services.anomalies.ports import ValueReader
from app.services.anomalies.sold import Sold, sold_of
from app.services.calendar.ports import KnownDays

WEEK = 7
PAST_WEEKS = 8
YEAR = 365
READ_DAYS = 14
BEFORE = JUDGED_BY + LEARNED_DAYS  # days that a first judgement needs
CLEARLY_SOME = 5  # orders expected: that none comes by chance is less than one in a hundred
LEAST_SHARE = 0.3  # of a day that is usually over before the rest of it is judged


@dataclass(frozen=True)
class Known:
    """The days from some day on, up to and without `end`, and how far each was from what was expected of it."""

    days: Days
    end: date
    apart: tuple[Distances, Distances]  # of orders, of sales

    def number(self, day: date) -> int:
        return (day - self.days.first).days

    def scores(self, number: int) -> tuple[float, float]:
        orders, sales = (self._score(which, number) for which in (0, 1))
        return orders, sales

    def _score(self, which: int, number: int) -> float:
        found = self.apart[which]
        return score(found.measure, found.weekdays, number, found.logs[number])


class AnomalyService:
    """Finds days that are not as expected. What is read and worked out does not grow with the number of orders."""

    def __init__(
        self,
        values: ValueReader,
        sales: SalesReader,
        known_days: KnownDays,
        explainer: Explainer,
        formats: Formats,
        anchor: Anchor,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._values = values
        self._sales = sales
        self._known_days = known_days
        self._explainer = explainer
        self._formats = formats
        self._anchor = anchor
        self._now = now
        self._recent: AnswerCache[tuple[Anomaly, ...]] = AnswerCache(one_at_a_time=True)
        self._sold: AnswerCache[Sold] = AnswerCache(share=SHARE_OF_THE_PAST, one_at_a_time=True)
        self._bases: AnswerCache[Known] = AnswerCache(share=SHARE_OF_THE_PAST, one_at_a_time=True)

    def recent(self) -> tuple[Anomaly, ...]:
        """Of the running day and of yesterday, the later first; empty while they are as expected, or nothing sells."""
        return self._recent.get(self._known_days.version(), self._read_recent)

    def of_last_year(self) -> list[Anomaly]:
        """Each day of the last year by the days before it, ascending, without reasons. Days in a row are each there."""
        known = self._known(self._last_day() + timedelta(days=1), YEAR)
        if known is None:
            return []
        first = max(0, known.number(known.end) - YEAR)
        found = (self._past(known, number, explain=False) for number in range(first, known.number(known.end)))
        return [one for one in found if one is not None]

    def _last_day(self) -> date:
        """The last one that is over."""
        return self._anchor.trade(self._now()).full_end - timedelta(days=1)

    def _read_recent(self) -> tuple[Anomaly, ...]:
        now = self._now()
        trade = self._anchor.trade(now)
        if trade.first_day is None or trade.is_quiet:
            return ()
        today = trade.today
        known = self._known(today + timedelta(days=1), 2)
        if known is None:
            return ()
        found = (self._running(known, now), self._past(known, known.number(today) - 1, explain=True))
        return tuple(one for one in found if one is not None)

    def _known(self, end: date, judged: int) -> Known | None:
        """What is known of the days before `end`, the last `judged` of which are judged; None before any trade."""
        bounds = self._sales.day_bounds()
        if bounds is None:
            return None
        first = max(bounds[0], end - timedelta(days=judged + BEFORE))
        version = self._known_days.version()
        return self._bases.get((first, end, version), lambda: self._learn(first, end))

    def _learn(self, first: date, end: date) -> Known:
        sold = self._sold.get((first, end), lambda: self._read_sold(first, end))
        return offload(judged, sold, self._known_days.known_days(first, end))

    def _read_sold(self, first: date, end: date) -> Sold:
        """In parts, so that nobody else waits for the reading of them all."""
        starts = [first + timedelta(days=number) for number in range(0, (end - first).days, READ_DAYS)]
        parts = (self._values.values_by_day(start, min(end, start + timedelta(days=READ_DAYS))) for start in starts)
        return offload(sold_of, [one for part in parts for one in part], first, end)

    def _past(self, known: Known, number: int, *, explain: bool) -> Anomaly | None:
        if number < 0:
            return None
        found = verdict(known.scores(number))
        if found.is_drop is None:
            return None
        day, orders = known.days.day(number), known.apart[0]
        gross = int(known.days.gross[number])
        expected = int(known.apart[1].expected[number] * known.days.usual_tail(number))
        made = Anomaly(
            day, found.is_drop, True, found.watched, int(known.days.orders.values[number]),
            round(float(orders.expected[number])), gross, expected,
        )  # fmt: skip
        return self._explained(made, float(expected)) if explain else made

    def _running(self, known: Known, now: datetime) -> Anomaly | None:
        """Today by now: what usually is sold by this time of a day like it, of what is expected of the whole day."""
        today = self._formats.today(now)
        number = known.number(today)
        share, spread = self._share_by_now(today, now)
        if math.isnan(share) or share < LEAST_SHARE or number >= len(known.days.gross):
            return None
        so_far = self._sales.between(self._formats.day_start(today), now)
        fresh = self._values.values_by_day(today, today + timedelta(days=1))
        capped = sum(min(one.value, known.days.caps[number]) * one.orders for one in fresh)
        expected = [one.expected[number] * share for one in known.apart]
        if any(math.isnan(one) or one <= 0 for one in expected):
            return None
        scores = [
            score(one.measure, one.weekdays, number, math.log(max(value, LEAST_VALUE) / usual), more=spread)
            for one, value, usual in zip(known.apart, (so_far.orders, capped), expected, strict=True)
        ]
        found = verdict((scores[0], scores[1]), LOOKS)
        if found.is_drop is None:
            return None
        usual_sales = expected[1] * known.days.usual_tail(number)
        made = Anomaly(
            today, found.is_drop, False, found.watched, so_far.orders, round(expected[0]), so_far.gross,
            int(usual_sales),
        )  # fmt: skip
        return self._explained(made, usual_sales)

    def _share_by_now(self, today: date, now: datetime) -> tuple[float, float]:
        """How much of a day's orders there usually are by this time, by the same weekdays before."""
        found = []
        for week in range(1, PAST_WEEKS + 1):
            day = today - timedelta(weeks=week)
            start, end = self._formats.day_start(day), self._formats.day_start(day + timedelta(days=1))
            whole = self._sales.between(start, end).orders
            until = self._formats.same_clock_time(now, week * WEEK)
            found.append(self._sales.between(start, until).orders / whole if whole else 0.0)
        return shares(found)

    def _explained(self, found: Anomaly, expected: float) -> Anomaly:
        values = self._values.values_by_day(found.day, found.day + timedelta(days=1))
        largest = max((one.value for one in values), default=0)
        reasons = self._explainer.reasons(found.day, expected, float(found.difference), largest)
        return replace(found, reasons=reasons)


def judged(sold: Sold, calendar: Mapping[date, KnownDay]) -> Known:
    """Each day by those before it: half a second for two years.

    A day without a sale on which some were to be expected was closed or broken: no measure of how usual days differ.
    """
    days = days_of(sold, calendar)
    end = sold.first + timedelta(days=len(sold.orders))
    orders, sales = distances(days.orders), distances(days.sales)
    silent = (sold.orders == 0) & (orders.expected >= CLEARLY_SOME)
    return Known(days, end, (orders.without(silent), sales.without(silent)))


def in_a_row(found: list[Anomaly]) -> list[Anomaly]:
    """Of days in a row that went the same way only the first: one thing happened, and one alert tells of it."""
    first: list[Anomaly] = []
    for number, one in enumerate(found):
        before = found[number - 1] if number else None
        goes_on = before and before.is_drop == one.is_drop and one.day - before.day == timedelta(days=1)
        if not goes_on:
            first.append(one)
    return first
