"""The policy replay's form: how to reorder, on which days, and what of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.money import Formats
from components.kit.ui import field, icon

SERVICE_LEVELS = (80, 90, 95, 98, 99)
CLASSES = ("A", "B", "C")
USUAL_DAYS = 7
USUAL_SERVICE = 95
START_HINT = "Of sales, where stock is inferred."
LEFT_OUT = (
    "A replay leaves out returns, corrections and write-offs, orders cancelled within a week, and products that came "
    "after its first day."
)


class Policy(Protocol):
    @property
    def lead_days(self) -> int: ...
    @property
    def review_days(self) -> int: ...
    @property
    def service(self) -> int: ...
    @property
    def budget(self) -> int | None: ...


class Request(Protocol):
    @property
    def policy(self) -> Policy: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def which(self) -> str: ...
    @property
    def names(self) -> Sequence[str]: ...
    @property
    def covered_days(self) -> int: ...
    @property
    def start_days(self) -> int | None: ...


class Days(Protocol):
    @property
    def earliest(self) -> date: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...


def form(
    ids: Callable[[str], str],
    days: Days,
    categories: Sequence[str],
    products: Sequence[tuple[str, str]],
    formats: Formats,
    asked: Request | None = None,
) -> html.Div:
    """`products`: (id, name) of those in the store. `asked`: the replay that is shown, whose values stand in it."""
    policy = asked.policy if asked else None
    budget_asked = policy.budget if policy else None
    start_asked = asked.start_days if asked else None

    def number(name: str, label: str, value: Any, hint: str, least: int) -> html.Div:
        control = dbc.Input(id=ids(name), type="number", min=least, step=1, value=value, inputMode="numeric")
        return field(label, control, for_id=ids(name), hint=hint)

    def day(name: str, label: str, value: date) -> html.Div:
        control = dbc.Input(
            id=ids(name), type="date", value=value.isoformat(), min=days.earliest.isoformat(), max=days.last.isoformat()
        )
        return field(label, control, for_id=ids(name))

    levels = [{"label": formats.hundredths(level), "value": str(level)} for level in SERVICE_LEVELS]
    which = [{"label": "All products", "value": "all"}]
    which += [{"label": f"Class {letter}", "value": f"class:{letter}"} for letter in CLASSES]
    which += [{"label": name, "value": f"category:{name}"} for name in categories]
    service = dbc.Select(levels, str(policy.service if policy else USUAL_SERVICE), id=ids("service"))
    budget = dbc.Input(
        id=ids("budget"),
        type="text",
        inputMode="decimal",
        value="" if budget_asked is None else str(formats.major(budget_asked)),
        placeholder="no limit",
    )
    chosen = dcc.Dropdown(
        [{"value": product_id, "label": name} for product_id, name in products],
        list(asked.names) if asked and asked.which == "products" else None,
        id=ids("products"),
        multi=True,
        placeholder="All of them",
        maxHeight=320,
        optionHeight=32,
    )
    rows = [
        [
            number(
                "lead", "Lead time, days", policy.lead_days if policy else USUAL_DAYS, "From ordering to receiving.", 0
            ),
            number(
                "review",
                "Review, days",
                policy.review_days if policy else USUAL_DAYS,
                "From one order to the next.",
                1,
            ),
            field("Service level", service, for_id=ids("service"), hint="How often stock is to be enough."),
            field(f"Budget, {formats.currency}", budget, for_id=ids("budget"), hint="Most that stock and orders cost."),
        ],
        [
            day("first", "First day", asked.first if asked else days.first),
            day("last", "Last day", asked.last if asked else days.last),
            field("Products", dbc.Select(which, _group(asked), id=ids("which")), for_id=ids("which")),
            number("start", "Start stock, days", "" if start_asked is None else start_asked, START_HINT, 0),
        ],
    ]
    return html.Div(
        [
            *(html.Div(row, className="field-row") for row in rows),
            field("Only these products", chosen, for_id=ids("products")),
            html.Div(id=ids("error"), className="field-error", role="alert"),
            html.Button(
                [icon("skip-backward"), "Replay"],
                id=ids("run"),
                className="btn btn-primary",
                type="button",
                n_clicks=0,
            ),
            html.P(LEFT_OUT, className="field-hint"),
        ]
    )


def _group(asked: Request | None) -> str:
    if asked is None or asked.which not in ("class", "category"):
        return "all"
    return f"{asked.which}:{asked.names[0]}"
