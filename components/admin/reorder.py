"""When a product runs out, what to order, and the two settings that this follows from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Demand, OnOrder
from app.money import Formats
from components.admin import notes
from components.kit.ui import explain, facts, field

SERVICE_LEVELS = (80, 90, 95, 98, 99)


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
    if not plan.order_units:
        by = "" if plan.order_by is None else f" before {formats.day(plan.order_by)}"
        return f"{words}: nothing to order{by}."
    packs = f", in packs of {number(chosen.pack)}" if chosen.pack > 1 else ""
    return f"{words}: order {number(plan.order_units)}, which lasts for {chosen.review_days} days more{packs}."


def _coming(on_order: OnOrder | None, formats: Formats) -> str:
    if on_order is None:
        return ""
    due = f", due {formats.day(on_order.due)}" if on_order.due else ""
    return f", {formats.number(on_order.units)} on order{due}"


def reorder_form(
    ids: Callable[[str], str],
    plan: Plan | None,
    settings: Settings,
    available: int,
    formats: Formats,
    own: Settings | None,
    demand: Demand,
    on_order: OnOrder | None,
) -> html.Div:
    """`demand`: what is expected to sell. `plan` None: no forecast yet.

    `settings` are those that hold for the product, `own` its own if it has any.
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
            *_fields(ids, settings, on_order, formats),
            html.Div(id=ids("plan-error"), className="field-error", role="alert"),
            dcc.Store(id=ids("seen-plan"), data=seen_plan(own)),
            dcc.Store(id=ids("seen-order"), data=seen_order(on_order)),
            html.Button("Save", id=ids("plan-save"), className="btn btn-primary", type="button", n_clicks=0),
        ],
        className="tab-body",
    )


def _fields(
    ids: Callable[[str], str], settings: Settings, on_order: OnOrder | None, formats: Formats
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

    levels = [{"label": formats.hundredths(level), "value": str(level)} for level in SERVICE_LEVELS]
    service = dbc.Select(levels, str(settings.service), id=ids("service"))
    due = on_order.due.isoformat() if on_order and on_order.due else ""
    usual = "From ordering to receiving. Empty: as the shop usually does, 7 + 7 days at 95 %."
    rows = [
        [
            number("lead-days", "Lead time, days", settings.lead_days, usual),
            number("review-days", "Review period, days", settings.review_days, "From one order to the next.", 1),
        ],
        [
            field("Service level", service, for_id=ids("service"), hint="How often stock is to be enough."),
            number(
                "safety-stock", "Safety stock, units", settings.safety_stock, "Empty: by the service level.",
                placeholder="automatic",
            ),
        ],
        [
            number("pack", "Pack, units", settings.pack, "Orders are of whole packs.", 1),
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


def seen_plan(own: Settings | None) -> list[int | None] | None:
    """What the form keeps of the product's own settings."""
    return None if own is None else [own.lead_days, own.safety_stock, own.review_days, own.service, own.pack]


def seen_order(on_order: OnOrder | None) -> list[Any] | None:
    """The same of what is on order."""
    return None if on_order is None else [on_order.units, on_order.due.isoformat() if on_order.due else None]


def _runs_out(plan: Plan | None, available: int, demand: Demand, formats: Formats) -> str:
    day = demand.runs_out(available)
    words = runs_out_words(available, demand.cover(available), day, formats)
    if plan is None or plan.earliest is None or available <= 0 or plan.earliest == day:
        return words
    return f"{words}, at the earliest on {formats.day(plan.earliest)}"
