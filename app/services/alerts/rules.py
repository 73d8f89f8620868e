"""Alerts by rules: a number, what it is compared with, over which time. One alert each time a rule begins to hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from app.domain import (
    Actor,
    AlertEpisode,
    AlertRule,
    Anomaly,
    AuditAction,
    Change,
    Comparison,
    Message,
    change_words,
    effects,
)
from app.domain.fulfilment import NO_BACKLOG, Backlog
from app.domain.webhooks import Endpoint
from app.errors import InvalidInput, NotFound
from app.mail import rule_alert
from app.money import Formats
from app.services.alerts.ports import RuleStore
from app.services.analytics import utc_now
from app.services.analytics.anchor import Anchor
from app.services.analytics.holdings import Holdings
from app.services.analytics.ports import SalesReader
from app.services.analytics.sales import add_up
from app.services.analytics.stock import StockAnalytics
from app.services.anomalies.words import anomaly_words
from app.services.audit.log import entry_of
from app.services.checks import line
from app.services.fulfilment.fulfilment import MOST_COUNTED
from app.services.messages.notifications import Letterhead
from app.services.messages.ports import Sender

WEEK = timedelta(days=7)
SPANS = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
IN_DAYS = frozenset({"7d"})  # these end with a quiet shop's last day of trade, as on pages; hours with the clock
SNOOZE_HOURS = (1, 8, 24, 24 * 7)
MOST_RULES = 50
MOST_THRESHOLD = 10**15
NAME_LENGTH = 80
LISTED = 50


@dataclass(frozen=True)
class Metric:
    """A number that a rule can watch. `over_time`: summed over a span; else as it is now."""

    words: str
    kind: Literal["money", "count"]
    over_time: bool


@dataclass(frozen=True)
class WeekBefore:
    """The same number a week before, and of how many orders it was."""

    value: int
    orders: int


ANOMALY = "anomaly"  # without a limit: "below" is a day that sells less than expected, "above" one that sells more
LATE, OLDEST = "late_orders", "oldest_unshipped"
METRICS: dict[str, Metric] = {
    "gross": Metric("Gross sales", "money", True),
    "orders": Metric("Orders", "count", True),
    "units": Metric("Units sold", "count", True),
    "aov": Metric("Average order", "money", True),
    "returns": Metric("Returns", "money", True),
    "low_stock": Metric("Products low on stock", "count", False),
    "sold_out": Metric("Products sold out", "count", False),
    "dead_stock": Metric("Cash in dead stock", "money", False),
    LATE: Metric("Orders late to be shipped", "count", False),
    OLDEST: Metric("Hours that the oldest order waits to be shipped", "count", False),
    ANOMALY: Metric("Day against expected", "count", False),
}


class RuleService:
    """Checks the shop's rules and alerts when one begins to hold. `alerts`: how an alert goes out."""

    def __init__(
        self,
        store: RuleStore,
        sales: SalesReader,
        stock: StockAnalytics,
        holdings: Holdings,
        alerts: Sender,
        letterhead: Letterhead,
        now: Callable[[], datetime] = utc_now,
        anchor: Anchor | None = None,
        odd_days: Callable[[], Sequence[Anomaly]] = tuple,
        endpoints: Callable[[], Sequence[Endpoint]] = tuple,
        backlog: Callable[[], Backlog] = lambda: NO_BACKLOG,
    ) -> None:
        """`odd_days` gives the running day and yesterday, the later first, if they are not as expected.

        `endpoints`: the webhooks that can hear of alerts; `backlog`: what waits to be packed.
        """
        self._backlog = backlog
        self._endpoints = endpoints
        self._store = store
        self._odd_days = odd_days
        self._sales = sales
        self._stock = stock
        self._holdings = holdings
        self._alerts = alerts
        self._letterhead = letterhead
        self._now = now
        self._anchor = anchor or Anchor(sales, letterhead.formats, now)

    # --- what the worker does ---------------------------------------------------------------------

    def check(self) -> int:
        """Look at every rule that is on and not snoozed; how many episodes began or ended."""
        now, running, changed = self._now(), self._store.open_rules(), 0
        for rule in self._store.rules():
            if not rule.is_on or rule.is_snoozed(now):
                continue
            if rule.metric == ANOMALY:
                changed += self._check_days(rule, now, is_running=rule.rule_id in running)
                continue
            value, before = self._value(rule, now)
            # An average of no orders is none: nothing can be said of it, and so nothing holds.
            is_met = value is not None and holds(
                rule.comparison, rule.threshold, value, before.value if before else None
            )
            if value is not None and is_met and rule.rule_id not in running:
                changed += self._store.open(rule.rule_id, value, self._found(rule, value, before)) is not None
            elif not is_met and rule.rule_id in running:
                changed += self._store.close(rule.rule_id)
        return changed

    def _check_days(self, rule: AlertRule, now: datetime, *, is_running: bool) -> bool:
        """One alert of a day, and of days in a row: what was told of today stays told until the day is over."""
        formats = self._letterhead.formats
        wanted, today = wanted_of(rule.comparison), formats.today(now)
        found = next((one for one in self._odd_days() if one.is_drop == wanted), None)
        if found and not is_running:
            words = anomaly_words(found, today, formats)
            return self._store.open(rule.rule_id, found.orders, words) is not None
        if found or not is_running:
            return False
        open_ones = (one for one in self._store.episodes(MOST_RULES) if one.rule_id == rule.rule_id)
        opened = next((one.opened_at for one in open_ones if one.closed_at is None), None)
        return (opened is None or formats.store_day(opened) < today) and self._store.close(rule.rule_id)

    def send(self, episode_id: int, copy: int = 0) -> None:
        """Tell of an episode, once per copy; of a rule that was removed meanwhile nobody is told."""
        episode = self._store.episode(episode_id)
        if episode is None:
            raise NotFound(f"There is no episode {episode_id} of a rule.")
        rule = self._rule_of(episode)
        if rule is None:
            return
        head = self._letterhead
        message: Message = rule_alert(
            rule.name,
            episode,
            rule_words(rule, head.formats),
            key=effects.copy_key(effects.rule_alert(episode_id).key, copy),
            to=head.alert_email,
            store_name=head.store_name,
            base_url=head.base_url,
            formats=head.formats,
            frame=head.frame,
        )
        self._alerts.send(message)

    def alert(self, episode_id: int) -> tuple[AlertEpisode, AlertRule] | None:
        """An episode and its rule; None once one of them is gone."""
        episode = self._store.episode(episode_id)
        rule = self._rule_of(episode) if episode else None
        return None if episode is None or rule is None else (episode, rule)

    def _rule_of(self, episode: AlertEpisode) -> AlertRule | None:
        return next((r for r in self._store.rules() if r.rule_id == episode.rule_id), None)

    def _value(self, rule: AlertRule, now: datetime) -> tuple[int | None, WeekBefore | None]:
        """What the rule's metric is now, None for a ratio of nothing; and for changes what it was a week before."""
        if not METRICS[rule.metric].over_time:
            return self._present(rule.metric), None
        span = SPANS[rule.span]
        if rule.span in IN_DAYS:
            now = min(now, self._letterhead.formats.day_start(self._anchor.trade(now).end))
        value = getattr(add_up([self._sales.between(now - span, now)]), rule.metric)
        if rule.comparison not in (Comparison.FALLS_BY, Comparison.RISES_BY):
            return value, None
        then = add_up([self._sales.between(now - WEEK - span, now - WEEK)])
        return value, WeekBefore(getattr(then, rule.metric), then.orders)

    def _present(self, metric: str) -> int:
        if metric == LATE:
            return self._backlog().late
        if metric == OLDEST:
            oldest = self._backlog().oldest
            return 0 if oldest is None else int((self._now() - oldest) / timedelta(hours=1))
        if metric == "dead_stock":
            return self._holdings.value().dead_value
        return len(self._stock.low() if metric == "low_stock" else self._stock.sold_out())

    def _found(self, rule: AlertRule, value: int, before: WeekBefore | None) -> str:
        formats, metric = self._letterhead.formats, METRICS[rule.metric]
        shown = f"{_amount(metric, value, formats)}{_over(rule)}{self._until(rule)}"
        if before is None:
            return f"{metric.words}: {shown}."
        then = _amount(metric, before.value, formats)
        change = Change(value, before.value, before.orders if metric.kind == "money" else None)
        words = change_words(change, formats, lambda _: then)
        return f"{metric.words}: {shown}, {words if change.is_of_few else f'{words} than {then}'} a week before."

    def _until(self, rule: AlertRule) -> str:
        """With which day the days of a quiet shop's number end; nothing while it trades, or of hours."""
        if not (rule.span in IN_DAYS if METRICS[rule.metric].over_time else rule.metric == "dead_stock"):
            return ""
        trade = self._anchor.trade()
        return f" up to {self._letterhead.formats.day(trade.anchor)}" if trade.is_quiet else ""

    # --- what people do -----------------------------------------------------------------------------

    def rules(self) -> list[AlertRule]:
        return self._store.rules()

    def episodes(self) -> list[AlertEpisode]:
        """The latest fifty, open ones first."""
        return self._store.episodes(LISTED)

    def endpoints(self) -> Sequence[Endpoint]:
        """The webhooks that can hear of alerts, by name."""
        return self._endpoints()

    def add(
        self,
        name: str,
        metric: str,
        comparison: str,
        threshold: int,
        span: str,
        actor: Actor,
        endpoint_id: int | None = None,
    ) -> AlertRule:
        """Raises InvalidInput for what no rule can be, and for more than fifty rules."""
        name = line(name, "name", NAME_LENGTH, required="Give the rule a name: it is the subject of the alert.")
        check_rule(metric, comparison, threshold, span, self._letterhead.formats)
        if len(self._store.rules()) >= MOST_RULES:
            raise InvalidInput(f"There are {MOST_RULES} rules already. Remove one first.", "name")
        endpoint = next((one for one in self._endpoints() if one.endpoint_id == endpoint_id), None)
        if endpoint is None and endpoint_id is not None:
            raise InvalidInput("This webhook is gone. Choose another one.", "endpoint")
        rule = AlertRule(
            0, name, metric, Comparison(comparison), threshold, span, actor=actor.name, endpoint_id=endpoint_id
        )
        words = rule_words(rule, self._letterhead.formats)
        after: dict[str, object] = {"rule": words, **({"webhook": endpoint.name} if endpoint else {})}
        rule_id = self._store.add(
            rule,
            lambda new: entry_of(actor, AuditAction.RULE_ADD, "rule", new, name, after=after),
        )
        return replace(rule, rule_id=rule_id)

    def remove(self, rule_id: int, actor: Actor) -> None:
        """Raises NotFound."""
        rule = self._rule(rule_id)
        entry = entry_of(actor, AuditAction.RULE_REMOVE, "rule", rule_id, rule.name)
        if not self._store.remove(rule_id, entry):
            raise NotFound("This rule was removed already.")

    def switch(self, rule_id: int, is_on: bool, actor: Actor) -> None:
        """On, or off with its episode ended. Raises NotFound."""
        rule = self._rule(rule_id)
        entry = entry_of(
            actor, AuditAction.RULE_SWITCH, "rule", rule_id, rule.name, {"is_on": rule.is_on}, {"is_on": is_on}
        )
        self._store.change(rule_id, entry, is_on=is_on, snoozed_until=None)

    def snooze(self, rule_id: int, hours: int, actor: Actor) -> datetime:
        """Say nothing of a rule for some hours; until when. Raises NotFound, InvalidInput."""
        rule = self._rule(rule_id)
        if hours not in SNOOZE_HOURS:
            raise InvalidInput("Choose one of the times shown.", "hours")
        until = self._now() + timedelta(hours=hours)
        after: dict[str, object] = {"hours": hours}
        self._store.change(
            rule_id,
            entry_of(actor, AuditAction.RULE_SNOOZE, "rule", rule_id, rule.name, after=after),
            snoozed_until=until,
        )
        return until

    def acknowledge(self, episode_id: int, actor: Actor) -> None:
        """Say that one is handling it. Raises NotFound for one that is gone, or that somebody looks after."""
        episode = self._store.episode(episode_id)
        rule = next((r for r in self._store.rules() if episode and r.rule_id == episode.rule_id), None)
        name = rule.name if rule else f"episode {episode_id}"
        entry = entry_of(actor, AuditAction.RULE_ACKNOWLEDGE, "rule_episode", episode_id, name)
        if not self._store.acknowledge(episode_id, entry):
            raise NotFound("Somebody is handling it already.")

    def _rule(self, rule_id: int) -> AlertRule:
        rule = next((r for r in self._store.rules() if r.rule_id == rule_id), None)
        if rule is None:
            raise NotFound("There is no such rule any more.")
        return rule


def check_rule(metric: str, comparison: str, threshold: int, span: str, formats: Formats) -> None:
    """Raises InvalidInput for what no rule can be."""
    if metric not in METRICS or comparison not in set(Comparison) or span not in SPANS:
        raise InvalidInput("Choose one of the numbers, comparisons and times shown.", "metric")
    relative = comparison in (Comparison.FALLS_BY, Comparison.RISES_BY)
    if relative and not METRICS[metric].over_time:
        raise InvalidInput("This number has no week before to compare with: choose below or above.", "comparison")
    if not 0 <= threshold <= MOST_THRESHOLD or (comparison == Comparison.FALLS_BY and threshold > 100):
        raise InvalidInput("The limit must be 0 or more, and nothing falls by more than 100 %.", "threshold")
    if metric == LATE and threshold >= MOST_COUNTED:
        most = formats.number(MOST_COUNTED)
        raise InvalidInput(f"Late orders are counted up to {most}: choose a lower limit.", "threshold")


def rule_words(rule: AlertRule, formats: Formats) -> str:
    """ "Gross sales in 24 hours below ₹5,000", "Orders in an hour fall by 30 % or more against a week before"."""
    metric = METRICS[rule.metric]
    if rule.metric == ANOMALY:
        return f"A day sells {'less' if wanted_of(rule.comparison) else 'more'} than could be expected of it"
    start = f"{metric.words}{_over(rule)}"
    if rule.comparison is Comparison.FALLS_BY:
        return f"{start} fall by {formats.percent(rule.threshold / 100)} or more against a week before"
    if rule.comparison is Comparison.RISES_BY:
        return f"{start} rise by {formats.percent(rule.threshold / 100)} or more against a week before"
    return f"{start} {rule.comparison.value} {_amount(metric, rule.threshold, formats)}"


def _over(rule: AlertRule) -> str:
    words = {"1h": " in an hour", "24h": " in 24 hours", "7d": " in 7 days"}
    return words[rule.span] if METRICS[rule.metric].over_time else ""


def _amount(metric: Metric, value: int, formats: Formats) -> str:
    return formats.money(value) if metric.kind == "money" else formats.number(value)


def wanted_of(comparison: str) -> bool:
    """Whether a rule about days that are not as expected is about those that sell less."""
    return comparison == Comparison.BELOW


def holds(comparison: Comparison, threshold: int, value: int, before: int | None) -> bool:
    """In whole numbers. A change from nothing is none: there is no per cent of it."""
    if comparison is Comparison.BELOW:
        return value < threshold
    if comparison is Comparison.ABOVE:
        return value > threshold
    if not before or before < 0:
        return False
    change = 100 * (value - before)
    limit = threshold * before
    return -change >= limit and change < 0 if comparison is Comparison.FALLS_BY else change >= limit and change > 0
