"""The wall's screens: pairing one, changing what it shows, removing it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update

from app import numbers
from app.domain import Access, Scene, ScreenSettings
from app.errors import EditClash, InvalidInput, NotFound, ShopError
from app.services import services
from app.web.identity.principal import current_actor, current_principal
from app.web.page import Page
from components.admin import screens as parts
from components.kit.feedback import toast
from components.kit.ui import card, link_button, page_head
from pages.admin._clashes import given_up, shown
from pages.admin._common import text_of, whole_number

page = Page("admin-screens", path="/admin/screens", title="Screens", access=Access.SCREENS, frame="admin")
LABELS = {
    "name": "Name",
    "scenes": "Scenes",
    "turn_seconds": "Seconds per scene",
    "hides_names": "Hide customers' names",
    "hides_money": "Hide amounts of money",
    "chimes": "Chime when an order comes in",
    "night_from": "Dim at night, from",
    "night_until": "Dim at night, until",
}
_CODE = re.compile(r"[0-9]{6}")
FORM = [State(page.id(name), "value") for name in parts.FIELDS]


@page.layout
def layout(code: str = "", **_: Any) -> html.Div:
    """`code`: of the screen whose QR code led here."""
    code = code if _CODE.fullmatch(code) else ""
    links = [link_button("Open the wall", "/wall", icon_name="tv")]
    if current_principal().may(Access.ADMIN):
        links.insert(0, link_button("Goals of the day", "/admin/goals", icon_name="bullseye"))
    cards = [
        card("Screens", html.Div(_screens(), id=page.id("screens")), class_name="card-flush"),
        card([html.Span("Pair a screen", id=page.id("form-title"))], parts.screen_form(page.id, code)),
    ]
    return html.Div(
        [
            page_head(
                "Screens",
                "Wall displays show the shop live and can open nothing else.",
                links,
            ),
            html.Div(cards[::-1] if code else cards, className="cols"),
            dcc.Store(id=page.id("editing")),  # the screen that is changed
            dcc.Store(id=page.id("seen")),  # its settings as the form was filled with them
        ]
    )


@page.callback(
    Output(page.id("screens"), "children"),
    Output(page.id("form-error"), "children"),
    Output(page.id("editing"), "data"),
    Output(page.id("code"), "value"),
    Output(page.id("name"), "value"),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("clashes"), "children"),
    Output(page.id("seen"), "data"),
    Input(page.id("save"), "n_clicks"),
    State(page.id("editing"), "data"),
    State(page.id("code"), "value"),
    *FORM,
    State(page.id("seen"), "data"),
    State(page.item("choice", ALL), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save"), "disabled"), True, False)],
)
def save(clicks: Any, editing: Any, code: Any, *values: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 8
    *form, seen, _choices = values
    try:
        settings, screens = _settings(form), services().screens
        if editing is None:
            screens.pair(code, settings, current_actor())
            words = f"{settings.name} is paired and shows the numbers in a moment."
        else:
            before = _settings(_list(seen))
            given: dict[str, Any] = {name: getattr(before, name) for name in given_up(page, LABELS)}
            screens.change(_number(editing), replace(settings, **given), current_actor(), before)
            words = f"{settings.name} shows it in a moment."
    except EditClash as clash:
        made: dict[str, Any] = {one.field: one.theirs for one in clash.clashes}
        both = shown(page, clash, {name: (label, _words) for name, label in LABELS.items()})
        return no_update, clash.message, *(no_update,) * 4, both, parts.values_of(replace(before, **made))
    except ShopError as error:
        return no_update, error.message, *(no_update,) * 6
    return _screens(), "", None, "", "", toast(words), "", None


@page.callback(
    Output(page.id("editing"), "data", allow_duplicate=True),
    Output(page.id("form-error"), "children", allow_duplicate=True),
    Output(page.id("clashes"), "children", allow_duplicate=True),
    Output(page.id("seen"), "data", allow_duplicate=True),
    *[Output(page.id(name), "value", allow_duplicate=True) for name in parts.FIELDS],
    Input(page.item("change", ALL), "n_clicks"),
    Input(page.id("cancel"), "n_clicks"),
    prevent_initial_call=True,
)
def edit(changes: Any, cancels: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    if not triggered or not (any(changes or []) or cancels):
        return (no_update,) * (4 + len(parts.FIELDS))
    if triggered == page.id("cancel"):
        return None, "", "", None, *parts.values_of(ScreenSettings(""))
    screen_id = _number(triggered["key"])
    screen = next((one for one in services().screens.all() if one.screen_id == screen_id), None)
    if screen is None:
        raise NotFound("This screen has been removed.")
    values = parts.values_of(screen.settings)
    return screen_id, "", "", values, *values


@page.callback(
    Output(page.id("form-title"), "children"),
    Output(page.id("save"), "children"),
    Output(page.id("cancel"), "hidden"),
    Output(page.id("code-box"), "hidden"),
    Input(page.id("editing"), "data"),
    prevent_initial_call=True,
)
def show_mode(editing: Any) -> tuple[Any, ...]:
    """The form pairs, or changes what is paired."""
    if editing is None:
        return "Pair a screen", "Pair the screen", True, False
    return "Change the screen", "Save", False, True


@page.callback(
    Output(page.id("screens"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("revoke", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def revoke(clicks: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    if not triggered or not any(clicks or []):
        return no_update, no_update
    services().screens.revoke(_number(triggered["key"]), current_actor())
    return _screens(), toast("The screen is removed. It goes dark within seconds.")


def _list(seen: Any) -> list[Any]:
    if not isinstance(seen, list) or len(seen) != len(parts.FIELDS):
        raise InvalidInput("This form is out of date. Load the page again.")
    return seen


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value) or "none"


def _settings(values: Sequence[Any]) -> ScreenSettings:
    name, scenes, turn, hides_money, hides_names, chimes, night_from, night_until = values
    known = {scene.value: scene for scene in Scene}
    chosen = scenes if isinstance(scenes, list) else []
    seconds = whole_number(turn, "turn", "Seconds per scene must be a whole number from 5 to 600.")
    return ScreenSettings(
        name=text_of(name, field="name"),
        scenes=tuple(known[one] for one in chosen if isinstance(one, str) and one in known),
        turn_seconds=seconds,
        hides_money=hides_money is True,
        hides_names=hides_names is True,
        chimes=chimes is True,
        night_from=text_of(night_from, 8)[:5],
        night_until=text_of(night_until, 8)[:5],
    )


def _number(value: Any) -> int:
    found = numbers.row_id(value)
    if found is None:
        raise NotFound("There is no such screen.")
    return found


def _screens() -> Any:
    return parts.screen_list(services().screens.all(), datetime.now(UTC), page.item, services().formats)
