"""Alerts by rules: what staff want to be told, what holds now, and who is handling it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dash import ALL, Input, Output, State, ctx, html, no_update

from app import numbers
from app.domain import Access, AlertRule, Comparison
from app.errors import InvalidInput, NotFound, ShopError
from app.money import parse_money
from app.services import services
from app.services.alerts.rules import ANOMALY, METRICS, check_rule, rule_words
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import alert_rules as parts
from components.admin.overview import quiet_notice
from components.kit.feedback import toast
from components.kit.ui import card, page_head
from pages.admin._common import text_of

page = Page("admin-alerts", path="/admin/alerts", title="Alerts", access=Access.ADMIN, frame="admin")


@page.layout
def layout(**_: Any) -> html.Div:
    where = "the subscribers of the SNS topic" if services().alerts.has_topic else "the mailbox under Notifications"
    return html.Div(
        [
            page_head("Alerts", f"You get one alert each time a rule's condition becomes true. Alerts go to {where}."),
            quiet_notice(services().sales.trade(), services().formats),
            html.Div(
                [
                    card("Rules", html.Div(_rules(), id=page.id("rules")), class_name="card-flush"),
                    card(
                        "New rule",
                        parts.rule_form(page.id, METRICS, services().formats.currency, services().rules.endpoints()),
                    ),
                ],
                className="cols",
            ),
            card("Alert history", html.Div(_episodes(), id=page.id("episodes")), class_name="card-flush"),
        ]
    )


@page.callback(
    Output(page.id("fired"), "children"),
    Input(page.id("metric"), "value"),
    Input(page.id("comparison"), "value"),
    Input(page.id("threshold"), "value"),
    Input(page.id("span"), "value"),
)
def preview(metric: Any, comparison: Any, threshold: Any, span: Any) -> Any:
    """When the rule would have fired, before it is saved; what cannot be a rule yet says nothing here."""
    try:
        metric, comparison, span = text_of(metric), text_of(comparison), text_of(span)
        limit = _limit(threshold, metric, comparison)
        check_rule(metric, comparison, limit, span, services().formats)
    except ShopError:
        return ""
    return parts.fired_words(services().rule_history.fired(metric, comparison, limit, span), services().formats)


@page.callback(
    Output(page.id("rules"), "children"),
    Output(page.id("rule-error"), "children"),
    Output(page.id("name"), "value"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("add"), "n_clicks"),
    State(page.id("name"), "value"),
    State(page.id("metric"), "value"),
    State(page.id("comparison"), "value"),
    State(page.id("threshold"), "value"),
    State(page.id("span"), "value"),
    State(page.id("endpoint"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("add"), "disabled"), True, False)],
)
def add(
    clicks: Any, name: Any, metric: Any, comparison: Any, threshold: Any, span: Any, endpoint: Any
) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    try:
        name, metric, comparison = text_of(name, field="name"), text_of(metric), text_of(comparison)
        limit = _limit(threshold, metric, comparison)
        told = _endpoint(endpoint)
        rule = services().rules.add(name, metric, comparison, limit, text_of(span), current_actor(), told)
    except ShopError as error:
        return no_update, error.message, no_update, no_update
    return _rules(), "", "", toast(f"{rule.name} is saved: you will be alerted.")


@page.callback(
    Output(page.id("rules"), "children", allow_duplicate=True),
    Output(page.id("episodes"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("switch", ALL), "n_clicks"),
    Input(page.item("remove", ALL), "n_clicks"),
    Input(page.item("snooze", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def change(*_clicks: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    if not triggered or not ctx.triggered[0]["value"]:
        return (no_update,) * 3
    rules, actor, kind = services().rules, current_actor(), triggered["type"]
    if kind == page.item("snooze", 0)["type"]:
        rule_id, hours = _snooze(triggered["key"])
        until = rules.snooze(rule_id, hours, actor)
        words = f"Snoozed until {services().formats.moment(until)}."
    else:
        if kind == page.item("remove", 0)["type"]:
            rules.remove(_number(triggered["key"]), actor)
            words = "The rule is removed."
        else:
            rule_id, is_on = _switch(triggered["key"])
            rules.switch(rule_id, is_on, actor)
            words = "The rule is on." if is_on else "The rule is off."
    return _rules(), _episodes(), toast(words)


@page.callback(
    Output(page.id("episodes"), "children"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("acknowledge", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def acknowledge(clicks: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    if not triggered or not any(clicks or []):
        return no_update, no_update
    services().rules.acknowledge(_number(triggered["key"]), current_actor())
    return _episodes(), toast("The others see that you are handling it.")


def _limit(value: Any, metric: str, comparison: str) -> int:
    """Minor units for money, else a whole number."""
    text = text_of(value, 40, "threshold").strip()
    if metric == ANOMALY:
        return 0
    is_money = metric in METRICS and METRICS[metric].kind == "money"
    if is_money and comparison in (Comparison.BELOW, Comparison.ABOVE):
        return parse_money(text, services().formats.digits, "Limit")
    limit = numbers.natural(text)
    if limit is None:
        raise InvalidInput("The limit must be a whole number of 0 or more.", "threshold")
    return limit


def _endpoint(value: Any) -> int | None:
    """The webhook that hears of a rule's alerts too; None: there is none."""
    if value == parts.NOBODY:
        return None
    found = numbers.row_id(value)
    if found is None:
        raise InvalidInput("Choose one of the webhooks shown.", "endpoint")
    return found


def _number(value: Any) -> int:
    found = numbers.row_id(value)
    if found is None:
        raise NotFound("There is no such rule.")
    return found


def _switch(value: Any) -> tuple[int, bool]:
    """The rule and what its button said, of a key "12:off": somebody else may have pressed theirs meanwhile."""
    rule_id, _, wanted = value.partition(":") if isinstance(value, str) else ("", "", "")
    rule = numbers.natural(rule_id)
    if rule is None or wanted not in ("on", "off"):
        raise NotFound("There is no such rule.")
    return rule, wanted == "on"


def _snooze(value: Any) -> tuple[int, int]:
    """The rule and the hours of a key "12:8"."""
    rule_id, _, hours = value.partition(":") if isinstance(value, str) else ("", "", "")
    rule, length = numbers.natural(rule_id), numbers.natural(hours)
    if rule is None or length is None:
        raise NotFound("There is no such rule.")
    return rule, length


def _rules() -> Any:
    rules, formats = services().rules.rules(), services().formats
    names = {one.endpoint_id: one.name for one in services().rules.endpoints()}
    words = {rule.rule_id: _words(rule, names) for rule in rules}
    running = {one.rule_id for one in services().rules.episodes() if one.closed_at is None}
    return parts.rule_list(rules, words, running, datetime.now(UTC), page.item, formats)


def _words(rule: AlertRule, endpoints: Mapping[int, str]) -> str:
    told = endpoints.get(rule.endpoint_id) if rule.endpoint_id else None
    words = rule_words(rule, services().formats)
    return f"{words}. Also tells {told}." if told else words


def _episodes() -> Any:
    names = {rule.rule_id: rule.name for rule in services().rules.rules()}
    return parts.episode_list(services().rules.episodes(), names, page.item, services().formats)
