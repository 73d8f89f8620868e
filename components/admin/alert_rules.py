"""Alert rules and the times in which they held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import html

from app.domain import AlertEpisode, AlertRule, Comparison
from app.domain.webhooks import Endpoint
from app.money import Formats
from components.kit.ui import badge, empty_state, field

ItemId = Callable[[str, Any], Any]
COMPARISONS = (
    (Comparison.BELOW.value, "is below"),
    (Comparison.ABOVE.value, "is above"),
    (Comparison.FALLS_BY.value, "falls by, %"),
    (Comparison.RISES_BY.value, "rises by, %"),
)
SPANS = (("1h", "in an hour"), ("24h", "in 24 hours"), ("7d", "in 7 days"))
NOBODY = "none"  # in place of an endpoint
SNOOZES = ((1, "1 hour"), (8, "8 hours"), (24, "1 day"), (168, "1 week"))


class Metric(Protocol):
    @property
    def words(self) -> str: ...


def rule_form(
    ids: Callable[[str], str], metrics: Mapping[str, Metric], currency: str, endpoints: Sequence[Endpoint]
) -> html.Div:
    """A new rule; its errors come under it. `endpoints`: webhooks that can hear of its alerts."""

    def select(name: str, options: Sequence[tuple[str, str]], value: str) -> dbc.Select:
        return dbc.Select(id=ids(name), value=value, options=[{"value": k, "label": w} for k, w in options])

    named = [(key, metric.words) for key, metric in metrics.items()]
    told = [(NOBODY, "No webhook"), *((str(one.endpoint_id), one.name) for one in endpoints)]
    return html.Div(
        [
            html.Div(
                [
                    field(
                        "Name",
                        dbc.Input(id=ids("name"), maxLength=80, placeholder="Sales are falling"),
                        for_id=ids("name"),
                        hint="The subject of the alert.",
                    ),
                    field("Number", select("metric", named, "gross"), for_id=ids("metric")),
                    field("Over", select("span", SPANS, "24h"), for_id=ids("span")),
                    field("When it", select("comparison", COMPARISONS, "below"), for_id=ids("comparison")),
                    field(
                        "Limit",
                        dbc.Input(id=ids("threshold"), inputMode="decimal", maxLength=40, placeholder="5000"),
                        for_id=ids("threshold"),
                        hint=f"{currency}, a count, or per cent; none for a day",
                    ),
                    field(
                        "Also tell",
                        select("endpoint", told, NOBODY),
                        for_id=ids("endpoint"),
                        hint="A program or a chat, from Webhooks.",
                    ),
                ],
                className="rule-form",
            ),
            html.P(id=ids("fired"), className="field-hint", role="status"),
            html.Div(id=ids("rule-error"), className="field-error", role="alert"),
            html.Button("Add the rule", id=ids("add"), className="btn btn-primary", type="button", n_clicks=0),
        ]
    )


class Fired(Protocol):
    """How often a rule would have begun to hold since a day, and when last; or why that cannot be said."""

    @property
    def times(self) -> int: ...
    @property
    def since(self) -> date | None: ...
    @property
    def latest(self) -> tuple[date, ...]: ...
    @property
    def why_not(self) -> str: ...


def fired_words(found: Fired, formats: Formats) -> str:
    if found.why_not or found.since is None:
        return found.why_not
    since = formats.day(found.since)
    if not found.times:
        return f"Since {since} this rule would not have fired."
    times = "once" if found.times == 1 else f"{formats.number(found.times)} times"
    last = ", ".join(formats.day(day) for day in found.latest)
    return f"Since {since} this rule would have fired {times}, last on {last}."


def rule_list(
    rules: Sequence[AlertRule],
    words: Mapping[int, str],
    running: set[int],
    now: datetime,
    item: ItemId,
    formats: Formats,
) -> Any:
    """`words`: what each rule says, by its id; `running`: ids of those that hold now."""
    if not rules:
        return empty_state(
            "No rules yet", "Add one to be told when a number leaves the range you expect.", icon_name="bell"
        )
    return html.Ul([_rule(rule, words, running, now, item, formats) for rule in rules], className="rule-list")


def _rule(
    rule: AlertRule, words: Mapping[int, str], running: set[int], now: datetime, item: ItemId, formats: Formats
) -> html.Li:
    if not rule.is_on:
        state = badge("Off", "neutral", "slash-circle")
    elif rule.snoozed_until and rule.is_snoozed(now):
        state = badge(f"Snoozed until {formats.moment(rule.snoozed_until)}", "neutral", "moon")
    elif rule.rule_id in running:
        state = badge("Active now", "warn", "bell")
    else:
        state = badge("Quiet", "good", "check2")
    return html.Li(
        [
            html.Div(
                [html.Span(rule.name, className="name"), html.Span(words.get(rule.rule_id, ""), className="sub")],
                className="grow",
            ),
            state,
            dbc.DropdownMenu(
                [
                    dbc.DropdownMenuItem(label, id=item("snooze", f"{rule.rule_id}:{hours}"), n_clicks=0)
                    for hours, label in SNOOZES
                ],
                label="Snooze",
                size="sm",
                color="light",
                toggleClassName="btn-quiet",
                disabled=not rule.is_on,
            ),
            html.Button(
                "Turn off" if rule.is_on else "Turn on",
                id=item("switch", f"{rule.rule_id}:{'off' if rule.is_on else 'on'}"),
                className="btn btn-quiet btn-sm",
                type="button",
                n_clicks=0,
            ),
            html.Button(
                "Remove",
                id=item("remove", rule.rule_id),
                className="btn btn-danger-quiet btn-sm",
                type="button",
                n_clicks=0,
                **{"aria-label": f"Remove the rule {rule.name}"},
            ),
        ],
        className="" if rule.is_on else "rule-off",
    )


def episode_list(episodes: Sequence[AlertEpisode], names: Mapping[int, str], item: ItemId, formats: Formats) -> Any:
    """`names`: of the rules, by id; those of removed ones are left out."""
    if not episodes:
        return empty_state("No alerts yet", "Each alert of a rule is listed here.", icon_name="check2-circle")
    return html.Ul([_episode(one, names, item, formats) for one in episodes], className="rule-list")


def _episode(one: AlertEpisode, names: Mapping[int, str], item: ItemId, formats: Formats) -> html.Li:
    since = f"since {formats.moment(one.opened_at)}"
    if one.closed_at is not None:
        since = f"{formats.moment(one.opened_at)} to {formats.moment(one.closed_at)}"
    if one.acknowledged_by:
        care: Any = html.Span(f"{one.acknowledged_by} is handling it", className="muted")
    elif one.closed_at is not None:
        care = None
    else:
        care = html.Button(
            "I am handling it",
            id=item("acknowledge", one.episode_id),
            className="btn btn-quiet btn-sm",
            type="button",
            n_clicks=0,
        )
    return html.Li(
        [
            html.Div(
                [
                    html.Span(names.get(one.rule_id, "A rule that was removed"), className="name"),
                    html.Span(f"{one.words} {since[:1].upper()}{since[1:]}.", className="sub"),
                ],
                className="grow",
            ),
            badge("Over", "neutral", "check2") if one.closed_at else badge("Active now", "warn", "bell"),
            care,
        ]
    )
