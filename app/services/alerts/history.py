"""When a rule would have fired over the last year, before it is saved: by the sums of days and hours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from app.domain import Anomaly, Comparison
from app.money import Formats
from app.services.alerts.ports import HourReader
from app.services.alerts.rules import ANOMALY, METRICS, holds, wanted_of
from app.services.analytics.anchor import Anchor
from app.services.analytics.ports import DaySales, MinuteSales, SalesReader
from app.services.analytics.sales import add_up

YEAR = 365
WEEK = 7
LATEST = 5
NOT_KEPT = "How this number stood on earlier days is not kept, so it cannot be said when the rule would have fired."

Value = tuple[date, int | None, int | None]  # the number up to some day, and a week before


@dataclass(frozen=True)
class Fired:
    """How often a rule would have begun to hold since `since`, and when last, the latest first.

    `why_not`: why that cannot be said, if so.
    """

    times: int = 0
    since: date | None = None
    latest: tuple[date, ...] = ()
    why_not: str = ""


class RuleHistory:
    """`odd_days` gives the days of the last year that were not as expected, each first one of days in a row."""

    def __init__(
        self,
        sales: SalesReader,
        hours: HourReader,
        odd_days: Callable[[], Sequence[Anomaly]],
        formats: Formats,
        anchor: Anchor,
    ) -> None:
        self._sales = sales
        self._hours = hours
        self._odd_days = odd_days
        self._formats = formats
        self._anchor = anchor

    def fired(self, metric: str, comparison: str, threshold: int, span: str) -> Fired:
        """Of a rule that `RuleService.add` would take. At most a year of days or hours is read."""
        trade = self._anchor.trade()
        if trade.first_day is None:
            return Fired(why_not="There are no sales yet by which it could be said.")
        end = trade.full_end
        since = max(trade.first_day, end - timedelta(days=YEAR))
        if metric == ANOMALY:
            is_drop = wanted_of(comparison)
            return self._found(since, [one.day for one in self._odd_days() if one.is_drop == is_drop])
        if not METRICS[metric].over_time or (span == "1h" and metric == "returns"):
            return Fired(why_not=NOT_KEPT)
        values = self._by_hour(metric, since, end) if span == "1h" else self._by_day(metric, since, end, span)
        return self._found(since, list(_beginnings(values, Comparison(comparison), threshold)))

    def _found(self, since: date, days: list[date]) -> Fired:
        return Fired(len(days), since, tuple(reversed(days[-LATEST:])))

    def _by_day(self, metric: str, since: date, end: date, span: str) -> Iterable[Value]:
        """A window of whole days ends with each day."""
        length = 1 if span == "24h" else WEEK
        rows = {row.day: row for row in self._sales.days(since - timedelta(days=2 * WEEK), end)}

        def over(last: date) -> int | None:
            days = (last - timedelta(days=back) for back in range(length))
            return _of([rows[day] for day in days if day in rows], metric)

        for number in range((end - since).days):
            day = since + timedelta(days=number)
            yield day, over(day), over(day - timedelta(days=WEEK))

    def _by_hour(self, metric: str, since: date, end: date) -> Iterable[Value]:
        start = self._formats.day_start(since)
        rows = {row.at: row for row in self._hours.hours(start - timedelta(days=WEEK), self._formats.day_start(end))}
        # The hours of UTC, also where a store day begins within one.
        at, until = start.astimezone(UTC).replace(minute=0), self._formats.day_start(end)
        while at < until:
            now, before = rows.get(at), rows.get(at - timedelta(days=WEEK))
            present, earlier = (_of([row] if row else [], metric) for row in (now, before))
            yield self._formats.store_day(at), present, earlier
            at += timedelta(hours=1)


def _of(rows: Sequence[DaySales | MinuteSales], metric: str) -> int | None:
    found: int | None = getattr(add_up(rows), metric)
    return found


def _beginnings(values: Iterable[Value], comparison: Comparison, threshold: int) -> Iterable[date]:
    """The days on which a rule begins to hold, not having held just before."""
    held = False
    for day, value, before in values:
        now = value is not None and holds(comparison, threshold, value, before)
        if now and not held:
            yield day
        held = now
