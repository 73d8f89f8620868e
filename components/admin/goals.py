"""The goals of the day: a form for the week, and one for a day that is not like others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import WEEKDAYS, Goals
from app.money import Formats
from components.kit.forms import plain_form, submit_button
from components.kit.ui import field

Ids = Callable[[str], str]


def week_form(ids: Ids, goals: Goals, formats: Formats) -> html.Form:
    """An amount for each weekday; an empty one is no goal."""
    amounts = dict(zip(WEEKDAYS, goals.weekdays, strict=True))
    return plain_form(
        [
            html.Div(
                [_amount(ids(f"goal-{day}"), day.capitalize(), amounts[day], formats) for day in WEEKDAYS],
                className="goal-week",
            ),
            html.Div(id=ids("clashes")),
            html.Div(id=ids("week-error"), className="field-error", role="alert"),
            dcc.Store(id=ids("seen-week"), data=amounts),
            submit_button(ids("save-week"), "Save the week"),
        ]
    )


def day_form(ids: Ids, goals: Goals, today: date, formats: Formats) -> html.Form:
    """One day's own goal, which comes before its weekday's."""
    day = dbc.Input(id=ids("goal-day"), type="date", value=today.isoformat())
    return plain_form(
        [
            field("Day", day, for_id=ids("goal-day"), hint="From today on. Leave it empty to use the weekday's goal."),
            _amount(ids("goal-of-day"), "Goal", None, formats),
            html.Div(id=ids("day-error"), className="field-error", role="alert"),
            submit_button(ids("save-day"), "Save the day"),
            html.Div(single_days(goals, formats), id=ids("days"), className="goal-days"),
            dcc.Store(id=ids("seen-days"), data=goals.days),
        ]
    )


def single_days(goals: Goals, formats: Formats) -> Any:
    """Days with a goal of their own."""
    if not goals.days:
        return html.P("No day has a goal of its own.", className="muted")
    return html.Ul(
        [html.Li(f"{formats.day(date.fromisoformat(day))}: {formats.money(n)}") for day, n in goals.days.items()]
    )


def _amount(id_: str, label: str, minor: int | None, formats: Formats) -> html.Div:
    value = typed_amount(minor, formats)
    control = dbc.Input(id=id_, type="text", inputMode="decimal", maxLength=40, value=value, placeholder="none")
    return field(f"{label}, {formats.currency}", control, for_id=id_)


def typed_amount(minor: int | None, formats: Formats) -> str:
    """An amount as its field holds it."""
    return "" if minor is None else str(formats.major(minor))
