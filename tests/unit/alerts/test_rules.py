"""When a rule holds, what is said of it, and what no rule can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Actor, AlertEpisode, AlertRule, Comparison, Message
from app.domain.fulfilment import Backlog
from app.errors import InvalidInput, NotFound
from app.money import Formats
from app.services.alerts.rules import RuleService, rule_words
from app.services.analytics.ports import MinuteSales
from app.services.messages.notifications import Letterhead

NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
WHO = Actor("asha@shop.example")
INR = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
HEAD = Letterhead("Shop", "https://shop.example", "stock@shop.example", INR)


class Store:
    def __init__(self, *rules: AlertRule) -> None:
        self.all = list(rules)
        self.opened: list[tuple[int, int, str]] = []
        self.running: set[int] = set()

    def rules(self) -> list[AlertRule]:
        return self.all

    def open_rules(self) -> set[int]:
        return set(self.running)

    def open(self, rule_id: int, value: int, words: str) -> int:
        self.opened.append((rule_id, value, words))
        self.running.add(rule_id)
        return len(self.opened)

    def close(self, rule_id: int) -> bool:
        self.running.discard(rule_id)
        return True

    def add(self, rule: AlertRule, audited: Any) -> int:
        self.all.append(replace(rule, rule_id=9))
        audited(9)
        return 9

    def change(self, rule_id: int, audited: Any, **values: Any) -> bool:
        self.all = [replace(r, **values) if r.rule_id == rule_id else r for r in self.all]
        return True

    def episode(self, episode_id: int) -> AlertEpisode | None:
        return AlertEpisode(1, 1, 5, "Gross sales: ₹5.00.", NOW) if episode_id == 1 else None


class Sales:
    """Gross `now` in the last days, `before` in those a week earlier; `orders` each."""

    def __init__(self, now: int, before: int = 0, orders: int = 1) -> None:
        self.now, self.before, self.orders = now, before, orders

    def day_bounds(self) -> tuple[date, date] | None:
        return None

    def between(self, start: datetime, end: datetime) -> MinuteSales:
        gross = self.now if end == NOW else self.before
        return MinuteSales(start, *((self.orders, 1, gross, 0, 0) if gross else (0,) * 5))


class Sender:
    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        self.sent.append(message)


def rule(comparison: Comparison = Comparison.BELOW, threshold: int = 500, **more: Any) -> AlertRule:
    return AlertRule(1, "Dry", more.pop("metric", "gross"), comparison, threshold, "24h", **more)


def service(sales: Sales, *rules: AlertRule) -> tuple[RuleService, Store, Sender]:
    store, sender = Store(*rules), Sender()
    stock = SimpleNamespace(low=lambda: (1, 2), sold_out=lambda: (1,))
    holdings = SimpleNamespace(value=lambda: SimpleNamespace(dead_value=70_000))
    backlog = Backlog(9, 3, 1, NOW - timedelta(hours=52, minutes=59))
    made = RuleService(
        store,
        sales,
        stock,
        holdings,
        sender,
        HEAD,
        lambda: NOW,
        backlog=lambda: backlog,  # type: ignore[arg-type]
    )
    return made, store, sender


@pytest.mark.parametrize(
    ("comparison", "threshold", "now", "before", "holds"),
    [
        (Comparison.BELOW, 500, 499, 0, True),
        (Comparison.BELOW, 500, 500, 0, False),
        (Comparison.ABOVE, 500, 501, 0, True),
        (Comparison.ABOVE, 500, 500, 0, False),
        (Comparison.FALLS_BY, 30, 700, 1_000, True),
        (Comparison.FALLS_BY, 30, 701, 1_000, False),
        (Comparison.FALLS_BY, 100, 0, 1_000, True),
        (Comparison.FALLS_BY, 0, 1_000, 1_000, False),
        (Comparison.RISES_BY, 30, 1_300, 1_000, True),
        (Comparison.RISES_BY, 30, 1_299, 1_000, False),
        (Comparison.FALLS_BY, 30, 0, 0, False),
        (Comparison.RISES_BY, 30, 5_000, 0, False),
    ],
)
def test_holds_at_its_limit_to_the_minor_unit(
    comparison: Comparison, threshold: int, now: int, before: int, holds: bool
) -> None:
    made, store, _ = service(Sales(now, before), rule(comparison, threshold))
    made.check()
    assert bool(store.opened) is holds


def test_one_alert_while_it_lasts_and_another_the_next_time() -> None:
    sales = Sales(10)
    made, store, _ = service(sales, rule())
    assert [made.check(), made.check()] == [1, 0]
    sales.now = 900
    assert made.check() == 1
    sales.now = 10
    made.check()
    assert len(store.opened) == 2


@pytest.mark.parametrize("more", [{"is_on": False}, {"snoozed_until": NOW + timedelta(seconds=1)}])
def test_off_or_snoozed_it_says_nothing(more: dict[str, Any]) -> None:
    made, store, _ = service(Sales(10), rule(**more))
    assert made.check() == 0
    assert store.opened == []


def test_after_the_snooze_it_speaks_again() -> None:
    made, store, _ = service(Sales(10), rule(snoozed_until=NOW))
    made.check()
    assert store.opened


@pytest.mark.parametrize(
    ("metric", "value"),
    [("low_stock", 2), ("sold_out", 1), ("dead_stock", 70_000), ("late_orders", 3), ("oldest_unshipped", 52)],
)
def test_what_is_so_now_needs_no_time(metric: str, value: int) -> None:
    made, store, _ = service(Sales(0), rule(Comparison.ABOVE, 0, metric=metric))
    made.check()
    assert store.opened[0][1] == value


def test_says_what_was_found_and_against_what() -> None:
    made, store, _ = service(Sales(60_000, 100_000, orders=10), rule(Comparison.FALLS_BY, 30))
    made.check()
    assert store.opened[0][2] == "Gross sales: ₹600.00 in 24 hours, 40% less than ₹1,000.00 a week before."


def test_of_a_few_orders_it_says_both_amounts_and_no_percentage() -> None:
    made, store, _ = service(Sales(60_000, 100_000, orders=4), rule(Comparison.FALLS_BY, 30))
    made.check()
    assert store.opened[0][2] == "Gross sales: ₹600.00 in 24 hours, down from ₹1,000.00 a week before."
    assert rule_words(rule(Comparison.FALLS_BY, 30), INR) == (
        "Gross sales in 24 hours fall by 30% or more against a week before"
    )
    assert rule_words(rule(Comparison.ABOVE, 3, metric="sold_out"), INR) == "Products sold out above 3"


def test_the_alert_names_the_rule_and_leads_to_it() -> None:
    made, _, sender = service(Sales(0), rule())
    made.send(1)
    made.send(1, copy=2)
    first, again = sender.sent
    assert (first.key, again.key, first.kind, first.to) == ("rule:1", "rule:1:again:2", "rule", HEAD.alert_email)
    assert first.subject == "Alert: Dry"
    assert "/admin/alerts" in first.html
    assert "Gross sales: ₹5.00." in first.text
    with pytest.raises(NotFound):
        made.send(99)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"metric": "shoes"},
        {"comparison": "near"},
        {"span": "1y"},
        {"threshold": -1},
        {"threshold": 10**16},
        {"comparison": "falls_by", "threshold": 101},
        {"comparison": "rises_by", "metric": "low_stock"},
    ],
)
def test_what_no_rule_can_be_is_refused(wrong: dict[str, Any]) -> None:
    made, store, _ = service(Sales(0))
    asked = {"name": "Dry", "metric": "gross", "comparison": "below", "threshold": 5, "span": "24h"} | wrong
    with pytest.raises(InvalidInput):
        made.add(**asked, actor=WHO)
    assert store.all == []


def test_late_orders_are_watched_as_far_as_they_are_counted() -> None:
    made, store, _ = service(Sales(0))
    with pytest.raises(InvalidInput, match="up to 1,000") as refused:
        made.add("Late", "late_orders", "above", 1_000, "24h", WHO)
    assert refused.value.field == "threshold"
    made.add("Late", "late_orders", "above", 999, "24h", WHO)
    assert len(store.all) == 1


def test_a_snooze_is_for_one_of_the_times_shown() -> None:
    made, store, _ = service(Sales(0), rule())
    with pytest.raises(InvalidInput):
        made.snooze(1, 5, WHO)
    assert made.snooze(1, 8, WHO) == NOW + timedelta(hours=8)
    assert store.all[0].snoozed_until == NOW + timedelta(hours=8)
    with pytest.raises(NotFound):
        made.snooze(2, 8, WHO)
