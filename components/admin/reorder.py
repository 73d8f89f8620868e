"""When a product runs out, what to order, and the two settings that this follows from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Demand
from app.money import Formats
from components.admin import notes
from components.kit.ui import explain, facts, field


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
        f"{number(max(0, available))} available"
    )
    if not plan.order_units:
        by = "" if plan.order_by is None else f" before {formats.day(plan.order_by)}"
        return f"{words}: nothing to order{by}."
    packs = f", in packs of {number(chosen.pack)}" if chosen.pack > 1 else ""
    return f"{words}: order {number(plan.order_units)}, which lasts for {chosen.review_days} days more{packs}."


def reorder_form(
    ids: Callable[[str], str],
    plan: Plan | None,
    settings: Settings,
    available: int,
    formats: Formats,
    own: Settings | None,
    demand: Demand,
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
    safety = "" if settings.safety_stock is None else settings.safety_stock
    return html.Div(
        [
            html.Div([html.Strong("From the forecast"), explain(notes.REORDER)], className="reorder-head"),
            facts(what),
            None if plan is None else html.P(why_words(plan, available, formats), className="reorder-why"),
            html.Div(
                [
                    field(
                        "Lead time, days",
                        dbc.Input(id=ids("lead-days"), type="number", min=0, step=1, value=settings.lead_days),
                        for_id=ids("lead-days"),
                        hint="From ordering to receiving. Empty: the shop's usual seven days.",
                    ),
                    field(
                        "Safety stock, units",
                        dbc.Input(
                            id=ids("safety-stock"), type="number", min=0, step=1, value=safety, placeholder="automatic"
                        ),
                        for_id=ids("safety-stock"),
                        hint="Empty: by how much sales vary.",
                    ),
                ],
                className="field-row",
            ),
            html.Div(id=ids("plan-error"), className="field-error", role="alert"),
            dcc.Store(id=ids("seen-plan"), data=seen_plan(own)),
            html.Button("Save", id=ids("plan-save"), className="btn btn-primary", type="button", n_clicks=0),
        ],
        className="tab-body",
    )


def seen_plan(own: Settings | None) -> list[int | None] | None:
    """What the form keeps of the product's own settings."""
    return None if own is None else [own.lead_days, own.safety_stock]


def _runs_out(plan: Plan | None, available: int, demand: Demand, formats: Formats) -> str:
    day = demand.runs_out(available)
    words = runs_out_words(available, demand.cover(available), day, formats)
    if plan is None or plan.earliest is None or available <= 0 or plan.earliest == day:
        return words
    return f"{words}, at the earliest on {formats.day(plan.earliest)}"
