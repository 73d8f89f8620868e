"""The calendar: public holidays, promotions, price actions, closed days, and what the shop noted by itself."""

from __future__ import annotations

from types import NoneType
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from app import numbers
from app.domain import Access, EntryKind
from app.errors import Conflict, EditClash, InvalidInput, NotFound, ShopError
from app.services import services
from app.services.calendar.entries import FIELDS, EntryDraft, draft_of, facts
from app.web.identity.principal import current_actor, current_principal
from app.web.page import Page
from components.admin import calendar as parts
from components.admin.dialogs import confirm_dialog
from components.kit.feedback import toast
from components.kit.ui import card, page_head
from pages.admin._clashes import given_up, now_seen, seen_of, shown
from pages.admin._common import text_of, whole_number

page = Page("admin-calendar", path="/admin/calendar", title="Calendar", access=Access.ANALYTICS, frame="admin")

VIEWS = ("month", "list")
TYPES: dict[str, Any] = {**dict.fromkeys(FIELDS, str), "percent": (int, NoneType)}


@page.layout
def layout(view: Any = None, month: Any = None, **_: Any) -> html.Div:
    view = view if view in VIEWS else "month"
    month = month if isinstance(month, str) else ""
    form = card(None, html.Div(_form(), id=page.id("form"))) if _may_edit() else None
    return html.Div(
        [
            page_head(
                "Calendar",
                "Days that are not like others. Forecasts, goals, comparisons and alerts know them.",
            ),
            html.Div(
                [
                    html.Div(_body(view, month), id=page.id("body")),
                    html.Div(
                        [form, card("Public holidays", html.Div(_countries(), id=page.id("countries")))],
                        className="stack",
                    ),
                ],
                className="cols",
            ),
            confirm_dialog(page.id, tells_refusal=True) if form else None,
            _state(view, month),
        ]
    )


@page.callback(
    Output(page.id("form"), "children"),
    Input(page.item("day", ALL), "n_clicks"),
    Input(page.item("entry", ALL), "n_clicks"),
    Input(page.id("cancel"), "n_clicks"),
    prevent_initial_call=True,
    access=Access.ADMIN,
)
def open_form(*_clicks: Any) -> Any:
    triggered = ctx.triggered_id
    if not triggered or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    if triggered == page.id("cancel"):
        return _form(is_opened=True)
    key = text_of(triggered["key"], 80)
    if triggered["type"] == page.item("day", "")["type"]:
        return _form(day=key, is_opened=True)
    return _form(entry_id=_entry_id(key.partition(":")[0]), is_opened=True)


@page.callback(
    Output(page.id("body"), "children"),
    Output(page.id("form"), "children", allow_duplicate=True),
    Output(page.id("entry-error"), "children"),
    Output(page.id("clashes"), "children"),
    Output(page.id("seen"), "data"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("save"), "n_clicks"),
    *[State(page.id(name), "value") for name in FIELDS],
    State(page.id("entry"), "data"),
    State(page.id("seen"), "data"),
    State(page.id("shown"), "data"),
    State(page.item("choice", ALL), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save"), "disabled"), True, False)],
    access=Access.ADMIN,
)
def save_entry(clicks: Any, *values: Any) -> tuple[Any, ...]:
    *typed, entry_id, seen, where, _choices = values
    if not clicks:
        return (no_update,) * 6
    try:
        words = _saved(dict(zip(FIELDS, typed, strict=True)), entry_id, seen)
    except EditClash as clash:
        return no_update, no_update, clash.message, shown(page, clash, _labels()), now_seen(seen, clash), no_update
    except ShopError as error:
        return no_update, no_update, error.message, no_update, no_update, no_update
    return _body(*_where(where)), _form(is_opened=True), no_update, no_update, no_update, toast(words)


@page.callback(
    Output(page.id("confirm"), "is_open"),
    Output(page.id("confirm-title"), "children"),
    Output(page.id("confirm-words"), "children"),
    Output(page.id("confirm-yes"), "children"),
    Output(page.id("confirm-error"), "children"),
    Input(page.id("remove"), "n_clicks"),
    Input(page.id("confirm-no"), "n_clicks"),
    State(page.id("entry"), "data"),
    prevent_initial_call=True,
    access=Access.ADMIN,
)
def ask_to_remove(clicks: Any, _no: Any, entry_id: Any) -> tuple[Any, ...]:
    if ctx.triggered_id == page.id("confirm-no"):
        return False, no_update, no_update, no_update, ""
    if not clicks:
        return (no_update,) * 5
    entry = services().calendar.get(_entry_id(entry_id))
    return True, "Remove this entry?", parts.removal_words(entry, services().formats), "Remove", ""


@page.callback(
    Output(page.id("confirm"), "is_open", allow_duplicate=True),
    Output(page.id("confirm-error"), "children", allow_duplicate=True),
    Output(page.id("body"), "children", allow_duplicate=True),
    Output(page.id("form"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("confirm-yes"), "n_clicks"),
    State(page.id("entry"), "data"),
    State(page.id("seen"), "data"),
    State(page.id("shown"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("confirm-yes"), "disabled"), True, False)],
    access=Access.ADMIN,
)
def remove_entry(clicks: Any, entry_id: Any, seen: Any, where: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 5
    try:
        services().calendar.remove(_entry_id(entry_id), current_actor(), seen_of(seen, TYPES))
    except Conflict as changed:
        return no_update, changed.message, _body(*_where(where)), no_update, no_update
    return False, "", _body(*_where(where)), _form(is_opened=True), toast("The entry is removed.")


@page.callback(
    Output(page.id("countries"), "children"),
    Output(page.id("body"), "children", allow_duplicate=True),
    Output(page.id("country-error"), "children"),
    Input(page.id("add"), "n_clicks"),
    Input(page.item("country", ALL), "n_clicks"),
    State(page.id("add-country"), "value"),
    State(page.id("shown"), "data"),
    prevent_initial_call=True,
    access=Access.ADMIN,
)
def change_countries(_add: Any, _remove: Any, chosen: Any, where: Any) -> tuple[Any, ...]:
    triggered, calendar = ctx.triggered_id, services().calendar
    if not triggered or not ctx.triggered[0]["value"]:
        return (no_update,) * 3
    try:
        if triggered == page.id("add"):
            calendar.add_country(_chosen(chosen, "country"), current_actor())
        else:
            calendar.remove_country(text_of(triggered["key"], 20), current_actor())
    except InvalidInput as wrong:
        return no_update, no_update, wrong.message
    return _countries(), _body(*_where(where)), no_update


def _saved(typed: dict[str, Any], entry_id: Any, seen: Any) -> str:
    """Write what the form holds; what to say of it."""
    calendar, draft = services().calendar, _draft(typed)
    if entry_id is None:
        return f"{calendar.add(draft, current_actor()).words} is in the calendar."
    before = seen_of(seen, TYPES)
    kept = {name: before[name] for name in given_up(page, FIELDS)}
    wanted = draft_of({**draft.values(), **kept}) if kept else draft
    return f"{calendar.change(_entry_id(entry_id), wanted, current_actor(), before).words} is saved."


def _draft(typed: dict[str, Any]) -> EntryDraft:
    percent = text_of(typed["percent"], 10, "percent").strip().removesuffix("%").strip()
    words = "Enter the expected sales as a whole number of per cent, such as 150, or leave it empty."
    try:
        first, last = numbers.day(text_of(typed["first"])), numbers.day(text_of(typed["last"]) or typed["first"])
    except ValueError:
        raise InvalidInput("Enter the first and the last day.", "first") from None
    return EntryDraft(
        text_of(typed["kind"], 20, "kind"),
        first,
        last,
        text_of(typed["words"], 200, "words"),
        whole_number(percent, "percent", words) if percent else None,
        _chosen(typed["category"], "category"),
    )


def _chosen(value: Any, field: str) -> str:
    text = text_of(value, 100, field)
    return "" if text == parts.UNCHOSEN else text


def _entry_id(value: Any) -> int:
    found = numbers.row_id(value)
    if found is None:
        raise NotFound("There is no such entry.")
    return found


def _form(entry_id: int | None = None, day: str = "", *, is_opened: bool = False) -> html.Div:
    shop = services()
    if entry_id is not None:
        values = facts(shop.calendar.get(entry_id))
    else:
        try:
            first = numbers.day(day)
        except ValueError:
            first = shop.formats.today()
        values = EntryDraft(EntryKind.PROMOTION, first, first, "").values()
    categories = sorted({one.category for one in shop.catalog.all()} | {str(values["category"])} - {""})
    return parts.entry_form(page.id, values, categories, entry_id, is_opened=is_opened)


def _body(view: str, month: str) -> Any:
    shop, may_edit = services(), _may_edit()
    found = shop.calendar_reader.month(month)
    listed = shop.calendar_reader.listed(month) if view == "list" else found.days
    beside = [f"{day:%Y-%m}" for day in (found.first, found.before, found.after)]
    words = shop.formats.month(found.first) if view == "month" else f"A year from {shop.formats.month(found.first)}"
    table = parts.month_table(found.weeks, shop.formats, page.item, may_edit) if view == "month" else None
    agenda = parts.day_list(listed, shop.formats, page.item, may_edit)
    return card([parts.ways(beside, words, view)], [table, agenda], class_name="cal-card")


def _countries() -> html.Div:
    shop = services()
    calendar, home = shop.calendar, shop.settings.country
    return parts.countries(
        page.id, home, calendar.knows_home(), calendar.added_countries(), calendar.choices(), shop.formats, page.item,
        _may_edit(),
    )  # fmt: skip


def _labels() -> dict[str, tuple[str, Any]]:
    def text(value: Any) -> str:
        return "none" if value in (None, "") else str(value)

    names = ("Kind", "First day", "Last day", "What", "Expected sales, %", "Products")
    return {name: (label, text) for name, label in zip(FIELDS, names, strict=True)}


def _may_edit() -> bool:
    return current_principal().may(Access.ADMIN)


def _state(view: str, month: str) -> Any:
    return dcc.Store(id=page.id("shown"), data=[view, month])


def _where(value: Any) -> tuple[str, str]:
    """The view and the month that are shown; the present month where the browser says anything else."""
    if isinstance(value, list) and len(value) == 2 and value[0] in VIEWS and isinstance(value[1], str):
        return value[0], value[1]
    return "month", ""
