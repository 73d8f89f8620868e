"""When a product runs out, what to order, and the settings that this follows from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Demand, OnOrder, ReorderRule, RuleKey, RuleLevel
from app.money import Formats
from components.admin import notes
from components.kit.ui import explain, facts, field

SERVICE_LEVELS = (80, 90, 95, 98, 99)
INHERIT = "inherit"  # an empty value would show as nothing chosen


class Settings(Protocol):
    @property
    def lead_days(self) -> int: ...
    @property
    def safety_stock(self) -> int | None: ...
    @property
    def review_days(self) -> int: ...
    @property
    def service(self) -> int: ...
    @property
    def pack(self) -> int: ...
    @property
    def sources(self) -> Mapping[str, RuleKey]: ...


class Plan(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def earliest(self) -> date | None: ...
    @property
    def reorder_point(self) -> int: ...
    @property
    def safety_stock(self) -> int: ...
    @property
    def order_units(self) -> int: ...
    @property
    def expected(self) -> float: ...
    @property
    def order_by(self) -> date | None: ...
    @property
    def on_order(self) -> OnOrder | None: ...


def runs_out_words(available: int, cover: float | None, runs_out: date | None, formats: Formats) -> str:
    """`cover` in days, None where nothing is expected to sell; `runs_out`: so many days from now, if that is soon."""
    if available <= 0:
        return "sold out"
    if cover is None:
        return "no sales"
    if runs_out is None:
        return "not within ten years"
    return formats.day(runs_out)


def order_words(plan: Plan | None, formats: Formats) -> str:
    if plan is None:
        return "no forecast yet"
    if not plan.order_units:
        return f"nothing above {formats.number(plan.reorder_point)}"
    return formats.counted(plan.order_units, "unit")


def why_words(plan: Plan, available: int, formats: Formats) -> str:
    """Why this number, in one sentence with its parts."""
    chosen, number = plan.settings, formats.number
    days = f"{formats.counted(chosen.lead_days + chosen.review_days, 'day')} ({chosen.lead_days} until it comes and "
    days += f"{chosen.review_days} until the next look)"
    enough = (
        "with the safety stock chosen"
        if chosen.safety_stock is not None
        else f"to be enough {chosen.service} times in 100"
    )
    words = (
        f"{formats.counted(round(plan.expected), 'unit')} expected in {days}, {number(plan.reorder_point)} {enough}; "
        f"{number(max(0, available))} available{_coming(plan.on_order, formats)}"
    )
    whose = _sources_words(chosen)
    if not plan.order_units:
        by = "" if plan.order_by is None else f" before {formats.day(plan.order_by)}"
        return f"{words}: nothing to order{by} ({whose})."
    packs = f", in packs of {number(chosen.pack)}" if chosen.pack > 1 else ""
    lasts = f"which lasts for {chosen.review_days} days more"
    return f"{words}: order {number(plan.order_units)}, {lasts}{packs} ({whose})."


def source_words(key: RuleKey | None) -> str:
    """Of what a value is said; None: of nothing."""
    if key is None:
        return "built in"
    return {
        RuleLevel.PRODUCT: "set for this product",
        RuleLevel.SUPPLIER: f"from supplier {key.name}",
        RuleLevel.CATEGORY: f"from category {key.name}",
        RuleLevel.SHOP: "from the shop's defaults",
    }[key.level]


def _sources_words(settings: Settings) -> str:
    """ "lead time and pack from supplier Sharma Traders, review period and service level built in"."""
    names = {"lead_days": "lead time", "review_days": "review period"}
    names |= {"service": "service level"} if settings.safety_stock is None else {"safety_stock": "safety stock"}
    names |= {"pack": "pack"} if settings.pack > 1 else {}
    grouped: dict[str, list[str]] = {}
    for name, words in names.items():
        grouped.setdefault(source_words(settings.sources.get(name)), []).append(words)
    if len(grouped) == 1:
        return f"all settings {next(iter(grouped))}"
    return ", ".join(f"{' and '.join(some)} {words}" for words, some in grouped.items())


def rule_words(rule: ReorderRule, formats: Formats) -> str:
    """What a rule says, "" when it says nothing."""
    counted = formats.counted
    parts = (
        None if rule.lead_days is None else f"{counted(rule.lead_days, 'day')} of lead time",
        None if rule.review_days is None else f"a look every {counted(rule.review_days, 'day')}",
        None if rule.service is None else formats.hundredths(rule.service),
        None if rule.safety_stock is None else f"{counted(rule.safety_stock, 'unit')} of safety stock",
        None if rule.pack is None else f"packs of {formats.number(rule.pack)}",
    )
    return ", ".join(part for part in parts if part)


def _coming(on_order: OnOrder | None, formats: Formats) -> str:
    if on_order is None:
        return ""
    due = f", due {formats.day(on_order.due)}" if on_order.due else ""
    return f", {formats.number(on_order.units)} on order{due}"


def reorder_form(
    ids: Callable[[str], str],
    plan: Plan | None,
    own: ReorderRule,
    inherited: Settings,
    available: int,
    formats: Formats,
    demand: Demand,
    on_order: OnOrder | None,
) -> html.Div:
    """`demand`: what is expected to sell. `plan` None: no forecast yet.

    `own`: what is said of the product itself, `inherited`: what holds where it says nothing.
    """
    what = [
        ("Runs out", _runs_out(plan, available, demand, formats)),
        ("Reorder at", "–" if plan is None else formats.number(plan.reorder_point)),
        ("Safety stock", "–" if plan is None else formats.number(plan.safety_stock)),
        ("Order now", order_words(plan, formats)),
        ("Order by", "–" if plan is None or plan.order_by is None else formats.day(plan.order_by)),
    ]
    return html.Div(
        [
            html.Div([html.Strong("From the forecast"), explain(notes.REORDER)], className="reorder-head"),
            facts(what),
            None if plan is None else html.P(why_words(plan, available, formats), className="reorder-why"),
            *_fields(ids, own, inherited, on_order, formats),
            html.Div(id=ids("plan-error"), className="field-error", role="alert"),
            dcc.Store(id=ids("seen-plan"), data=seen_plan(own)),
            dcc.Store(id=ids("seen-order"), data=seen_order(on_order)),
            html.Button("Save", id=ids("plan-save"), className="btn btn-primary", type="button", n_clicks=0),
        ],
        className="reorder-form",
    )


def _fields(
    ids: Callable[[str], str], own: ReorderRule, inherited: Settings, on_order: OnOrder | None, formats: Formats
) -> list[html.Div]:
    def number(name: str, label: str, value: Any, hint: str, least: int = 0, placeholder: str = "") -> html.Div:
        control = dbc.Input(
            id=ids(name),
            type="number",
            min=least,
            step=1,
            value="" if value is None else value,
            placeholder=placeholder,
        )
        return field(label, control, for_id=ids(name), hint=hint)

    def shared(name: str, key: str, label: str, unit: str, least: int = 0) -> html.Div:
        """A number that a supplier, a category or the shop may have too."""
        value = getattr(inherited, key)
        hint = f"Empty: {formats.counted(value, unit)}, {source_words(inherited.sources.get(key))}."
        return number(name, label, getattr(own, key), hint, least, formats.number(value))

    usual = f"{formats.hundredths(inherited.service)}, {source_words(inherited.sources.get('service'))}"
    levels = [{"label": formats.hundredths(level), "value": str(level)} for level in SERVICE_LEVELS]
    chosen = INHERIT if own.service is None else str(own.service)
    service = dbc.Select([{"label": usual, "value": INHERIT}, *levels], chosen, id=ids("service"))
    due = on_order.due.isoformat() if on_order and on_order.due else ""
    rows = [
        [
            shared("lead-days", "lead_days", "Lead time, days", "day"),
            shared("review-days", "review_days", "Review period, days", "day", 1),
        ],
        [
            field("Service level", service, for_id=ids("service"), hint="How often stock is to be enough."),
            number(
                "safety-stock", "Safety stock, units", own.safety_stock, "Empty: by the service level.",
                placeholder="automatic",
            ),
        ],
        [
            shared("pack", "pack", "Pack, units", "unit", 1),
            number("on-order", "On order, units", on_order.units if on_order else None, "Receipts take it down."),
        ],
        [
            field(
                "Expected on", dbc.Input(id=ids("due"), type="date", value=due), for_id=ids("due"),
                hint="When what is on order comes, if known.",
            )
        ],
    ]  # fmt: skip
    return [html.Div(row, className="field-row") for row in rows]


def seen_plan(own: ReorderRule) -> list[int | None] | None:
    """What the form keeps of what is said of the product itself; None: nothing is."""
    said = [own.lead_days, own.safety_stock, own.review_days, own.service, own.pack]
    return None if said == [None] * len(said) else said


def seen_order(on_order: OnOrder | None) -> list[Any] | None:
    """The same of what is on order."""
    return None if on_order is None else [on_order.units, on_order.due.isoformat() if on_order.due else None]


def _runs_out(plan: Plan | None, available: int, demand: Demand, formats: Formats) -> str:
    day = demand.runs_out(available)
    words = runs_out_words(available, demand.cover(available), day, formats)
    if plan is None or plan.earliest is None or available <= 0 or plan.earliest == day:
        return words
    return f"{words}, at the earliest on {formats.day(plan.earliest)}"
