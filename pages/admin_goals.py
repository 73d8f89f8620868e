"""The goals of the day, which the wall shows: for each weekday, and for single days."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import Input, Output, State, html, no_update

from app import numbers
from app.auth import current_actor
from app.domain import WEEKDAYS, Access
from app.errors import InvalidInput, ShopError
from app.money import parse_money
from app.page import Page
from app.services import services
from components.admin import goals as parts
from components.feedback import toast
from components.ui import card, link_button, page_head
from pages._admin import text_of

page = Page("admin-goals", path="/admin/goals", title="Goals", access=Access.ADMIN, frame="admin")


@page.layout
def layout(**_: Any) -> html.Div:
    built = services()
    goals = built.goals.goals()
    return html.Div(
        [
            page_head(
                "Goals of the day",
                "Gross sales to reach, before tax and returns. The wall shows how far the day is.",
                [link_button("Screens", "/admin/screens", icon_name="cast")],
            ),
            html.Div(
                [
                    card("Every week", parts.week_form(page.id, goals, built.formats)),
                    card("One day", parts.day_form(page.id, goals, built.formats.today(), built.formats)),
                ],
                className="cols",
            ),
        ]
    )


@page.callback(
    Output(page.id("week-error"), "children"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("save-week"), "n_clicks"),
    *[State(page.id(f"goal-{day}"), "value") for day in WEEKDAYS],
    prevent_initial_call=True,
    running=[(Output(page.id("save-week"), "disabled"), True, False)],
)
def save_week(clicks: Any, *amounts: Any) -> tuple[Any, ...]:
    if not clicks:
        return no_update, no_update
    try:
        goals = {day: _amount(value, day.capitalize()) for day, value in zip(WEEKDAYS, amounts, strict=True)}
        services().goals.set_weekdays(goals, current_actor())
    except ShopError as error:
        return error.message, no_update
    return "", toast("The week's goals are saved.")


@page.callback(
    Output(page.id("day-error"), "children"),
    Output(page.id("days"), "children"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("save-day"), "n_clicks"),
    State(page.id("goal-day"), "value"),
    State(page.id("goal-of-day"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save-day"), "disabled"), True, False)],
)
def save_day(clicks: Any, day: Any, amount: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 3
    built = services()
    try:
        built.goals.set_day(_day(day), _amount(amount, "Goal"), current_actor())
    except ShopError as error:
        return error.message, no_update, no_update
    return "", parts.single_days(built.goals.goals(), built.formats), toast("The day's goal is saved.")


def _amount(value: Any, name: str) -> int | None:
    text = text_of(value, 40).strip()
    return parse_money(text, services().formats.digits, name) if text else None


def _day(value: Any) -> date:
    try:
        return numbers.day(text_of(value))
    except ValueError:
        raise InvalidInput("Choose a day.", "day") from None
