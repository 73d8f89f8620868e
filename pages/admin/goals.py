"""The goals of the day, which the wall shows: for each weekday, and for single days."""

from __future__ import annotations

from datetime import date
from types import NoneType
from typing import Any

from dash import ALL, Input, Output, State, html, no_update

from app import numbers
from app.domain import WEEKDAYS, Access
from app.errors import EditClash, InvalidInput, ShopError
from app.money import parse_money
from app.services import services
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import goals as parts
from components.kit.feedback import toast
from components.kit.ui import card, link_button, page_head
from pages.admin._clashes import given_up, now_seen, seen_of, shown
from pages.admin._common import text_of

page = Page("admin-goals", path="/admin/goals", title="Goals", access=Access.ADMIN, frame="admin")


@page.layout
def layout(**_: Any) -> html.Div:
    built = services()
    goals = built.goals.goals()
    return html.Div(
        [
            page_head(
                "Goals of the day",
                "Gross sales to reach, before tax and returns. The wall shows the day's progress.",
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
    Output(page.id("clashes"), "children"),
    Output(page.id("seen-week"), "data"),
    *[Output(page.id(f"goal-{day}"), "value") for day in WEEKDAYS],
    Input(page.id("save-week"), "n_clicks"),
    *[State(page.id(f"goal-{day}"), "value") for day in WEEKDAYS],
    State(page.id("seen-week"), "data"),
    State(page.item("choice", ALL), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save-week"), "disabled"), True, False)],
)
def save_week(clicks: Any, *values: Any) -> tuple[Any, ...]:
    *amounts, seen, _choices = values
    kept = (no_update,) * len(WEEKDAYS)
    if not clicks:
        return (no_update,) * 4 + kept
    try:
        seen = seen_of(seen, dict.fromkeys(WEEKDAYS, (int, NoneType)))
        goals = {day: _amount(value, day.capitalize()) for day, value in zip(WEEKDAYS, amounts, strict=True)}
        goals |= {day: seen[day] for day in given_up(page, WEEKDAYS)}
        services().goals.set_weekdays(goals, current_actor(), seen)
    except EditClash as clash:
        return clash.message, no_update, shown(page, clash, _labels()), now_seen(seen, clash), *kept
    except ShopError as error:
        return error.message, no_update, no_update, no_update, *kept
    present = services().goals.goals().weekdays
    fresh = [parts.typed_amount(amount, services().formats) for amount in present]
    return "", toast("The week's goals are saved."), "", dict(zip(WEEKDAYS, present, strict=True)), *fresh


@page.callback(
    Output(page.id("day-error"), "children"),
    Output(page.id("days"), "children"),
    Output(page.id("seen-days"), "data"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("save-day"), "n_clicks"),
    State(page.id("goal-day"), "value"),
    State(page.id("goal-of-day"), "value"),
    State(page.id("seen-days"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("save-day"), "disabled"), True, False)],
)
def save_day(clicks: Any, day: Any, amount: Any, seen: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    built = services()
    try:
        wanted = _day(day)
        built.goals.set_day(wanted, _amount(amount, "Goal"), current_actor(), _seen_goal(seen, wanted))
        words, said = "", toast("The day's goal is saved.")
    except EditClash as clash:
        words, said = _day_words(clash), no_update
    except ShopError as error:
        return error.message, no_update, no_update, no_update
    goals = built.goals.goals()
    return words, parts.single_days(goals, built.formats), goals.days, said


def _seen_goal(seen: Any, day: date) -> int | None:
    """The day's own goal as the list beside the form showed it."""
    key = day.isoformat()
    if not isinstance(seen, dict):
        raise InvalidInput("This form is out of date. Load the page again.")
    return seen_of(seen, {key: int})[key] if key in seen else None


def _day_words(clash: EditClash) -> str:
    """One value in one field: it is seen now, so that saving it once more is the choice of one's own."""
    (one,) = clash.clashes
    money = services().formats.money
    theirs, mine = (f"{money(value)}" if isinstance(value, int) else "no goal" for value in (one.theirs, one.mine))
    return f"Somebody else set this day to {theirs} meanwhile. Save once more to set it to {mine} after all."


def _labels() -> dict[str, tuple[str, Any]]:
    money = services().formats.money
    return {day: (day.capitalize(), lambda value: "none" if value is None else money(value)) for day in WEEKDAYS}


def _amount(value: Any, name: str) -> int | None:
    text = text_of(value, 40, "goal").strip()
    return parse_money(text, services().formats.digits, name) if text else None


def _day(value: Any) -> date:
    try:
        return numbers.day(text_of(value))
    except ValueError:
        raise InvalidInput("Choose a day.", "day") from None
