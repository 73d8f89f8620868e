"""Rules about days that are not as expected, and when any rule would have fired over the last year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain import AlertEpisode, Anomaly, Comparison, Trade
from app.services.alerts.history import NOT_KEPT, RuleHistory
from app.services.alerts.rules import ANOMALY, RuleService, rule_words
from app.services.analytics.ports import DaySales, MinuteSales
from tests.unit.alerts.test_rules import HEAD, INR, Sales, Sender, Store, rule

NOON = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
TODAY = date(2026, 11, 25)


def odd(day: date, *, is_drop: bool = True) -> Anomaly:
    return Anomaly(day, is_drop, day < TODAY, ("orders",), 23, 47, 1_500_000, 5_500_000)


class KeepingStore(Store):
    """Which remembers when an episode was opened."""

    def __init__(self, *rules: Any) -> None:
        super().__init__(*rules)
        self.now = NOON
        self.kept: list[AlertEpisode] = []

    def open(self, rule_id: int, value: int, words: str) -> int:
        self.kept.append(AlertEpisode(len(self.kept) + 1, rule_id, value, words, self.now))
        return super().open(rule_id, value, words)

    def episodes(self, limit: int) -> list[AlertEpisode]:
        return [one for one in self.kept if one.rule_id in self.running][-limit:]


class Days:
    """A rule about days that sell less, looked at again and again."""

    def __init__(self, comparison: Comparison = Comparison.BELOW) -> None:
        self.odd: tuple[Anomaly, ...] = ()
        self.store = KeepingStore(rule(comparison, 0, metric=ANOMALY))
        none: Any = SimpleNamespace()
        self.rules = RuleService(
            self.store, Sales(0), none, none, Sender(), HEAD, lambda: self.store.now, odd_days=lambda: self.odd
        )  # type: ignore[arg-type]

    def check(self, now: datetime, *found: Anomaly) -> int:
        self.store.now, self.odd = now, found
        self.rules.check()
        return len(self.store.opened)


class TestDays:
    def test_an_odd_day_is_told_once_with_what_explains_it(self) -> None:
        days = Days()
        assert [days.check(NOON, odd(TODAY)), days.check(NOON + timedelta(hours=1), odd(TODAY))] == [1, 1]
        assert days.store.opened[0][2] == "Today so far: 23 orders, some 47 expected; sales ₹40,000 below."

    def test_what_was_told_of_today_is_not_told_again_when_it_comes_back(self) -> None:
        days = Days()
        days.check(NOON, odd(TODAY))
        days.check(NOON + timedelta(hours=1))
        assert days.check(NOON + timedelta(hours=2), odd(TODAY)) == 1

    def test_days_in_a_row_are_one_alert_and_a_later_day_is_another(self) -> None:
        days = Days()
        days.check(NOON, odd(TODAY))
        assert days.check(NOON + timedelta(days=1), odd(TODAY + timedelta(days=1)), odd(TODAY)) == 1
        days.check(NOON + timedelta(days=3))
        assert days.check(NOON + timedelta(days=5), odd(TODAY + timedelta(days=5))) == 2

    def test_a_day_that_sells_more_is_no_matter_of_a_rule_about_less(self) -> None:
        assert Days().check(NOON, odd(TODAY, is_drop=False)) == 0
        assert Days(Comparison.ABOVE).check(NOON, odd(TODAY, is_drop=False)) == 1

    def test_its_words(self) -> None:
        assert rule_words(rule(Comparison.BELOW, 0, metric=ANOMALY), INR) == (
            "A day sells less than could be expected of it"
        )


FIRST = TODAY - timedelta(days=400)


class Trading:
    """1,000 a day, but for some days."""

    def __init__(self, other: dict[date, int]) -> None:
        self.other = other

    def days(self, start: date, end: date) -> list[DaySales]:
        days = [start + timedelta(days=number) for number in range((end - start).days)]
        return [DaySales(day, 2, 4, self.other.get(day, 1_000), 0, 0) for day in days if day >= FIRST]

    def hours(self, start: datetime, end: datetime) -> list[MinuteSales]:
        """At two hours of one day."""
        at = datetime(2026, 11, 20, 10, tzinfo=UTC)
        return [MinuteSales(at + timedelta(hours=hour), 9, 9, 900, 0, 0) for hour in (0, 1, 5)]


def history(other: dict[date, int] | None = None, odd_days: Sequence[Anomaly] = ()) -> RuleHistory:
    trading: Any = Trading(other or {})
    anchor: Any = SimpleNamespace(trade=lambda: Trade(FIRST, TODAY, TODAY))
    return RuleHistory(trading, trading, lambda: odd_days, INR, anchor)


DIPS = {TODAY - timedelta(days=back): 100 for back in (3, 4, 40)}


class TestFired:
    def test_days_on_which_it_would_have_begun_to_hold(self) -> None:
        found = history(DIPS).fired("gross", "below", 500, "24h")
        assert (found.times, found.since) == (2, TODAY - timedelta(days=365))
        assert found.latest == (TODAY - timedelta(days=4), TODAY - timedelta(days=40))

    def test_a_week_is_of_seven_days(self) -> None:
        assert history(DIPS).fired("gross", "below", 5_300, "7d").times == 1
        assert history(DIPS).fired("gross", "below", 6_500, "7d").times == 2

    def test_against_a_week_before(self) -> None:
        found = history(DIPS).fired("gross", "falls_by", 50, "24h")
        assert found.times == 2
        assert history(DIPS).fired("gross", "rises_by", 50, "24h").latest == (TODAY - timedelta(days=33),)

    def test_by_the_hour(self) -> None:
        found = history().fired("gross", "above", 800, "1h")
        assert (found.times, found.latest) == (2, (date(2026, 11, 20), date(2026, 11, 20)))

    def test_days_that_were_not_as_expected(self) -> None:
        days = [odd(TODAY - timedelta(days=9)), odd(TODAY - timedelta(days=5), is_drop=False)]
        assert history(odd_days=days).fired(ANOMALY, "below", 0, "24h").latest == (TODAY - timedelta(days=9),)

    @pytest.mark.parametrize(("metric", "span"), [("low_stock", "24h"), ("dead_stock", "7d"), ("returns", "1h")])
    def test_what_is_not_kept_cannot_be_said(self, metric: str, span: str) -> None:
        assert history().fired(metric, "above", 1, span).why_not == NOT_KEPT
