"""Discount codes: added, changed and ended, with what each of them brought."""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from app import numbers
from app.domain import Access
from app.errors import Conflict, EditClash, NotFound, ShopError
from app.services import services
from app.services.discounts.codes import FIELDS
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import discounts as parts
from components.admin.dialogs import confirm_dialog
from components.kit.feedback import toast
from components.kit.ui import card, page_head
from pages.admin import _discount_forms as forms
from pages.admin._clashes import given_up, now_seen, seen_of, shown

page = Page("admin-discounts", path="/admin/discounts", title="Discounts", access=Access.ADMIN, frame="admin")


@page.layout
def layout(**_: Any) -> html.Div:
    return html.Div(
        [
            page_head(
                "Discounts",
                "Codes that shoppers enter in the cart or at checkout. An order that fails, or is cancelled before "
                "it is sent, gives its use back.",
            ),
            html.Div(
                [html.Div(_list(), id=page.id("list")), card(None, html.Div(_form(), id=page.id("form")))],
                className="cols",
            ),
            confirm_dialog(page.id, tells_refusal=True),
        ]
    )


@page.callback(
    Output(page.id("form"), "children"),
    Input(page.item("edit", ALL), "n_clicks"),
    Input(page.id("cancel"), "n_clicks"),
    prevent_initial_call=True,
)
def open_form(*_clicks: Any) -> Any:
    triggered = ctx.triggered_id
    if not triggered or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    if triggered == page.id("cancel"):
        return _form(is_opened=True)
    return _form(_code_id(triggered["key"]), is_opened=True)


@page.callback(
    Output(page.id("list"), "children"),
    Output(page.id("form"), "children", allow_duplicate=True),
    Output(page.id("error"), "children"),
    Output(page.id("clashes"), "children"),
    Output(page.id("seen"), "data"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("save"), "n_clicks"),
    *[State(page.id(name), "value") for name in forms.CONTROLS],
    State(page.id("code"), "data"),
    State(page.id("seen"), "data"),
    State(page.item("choice", ALL), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save"), "disabled"), True, False)],
)
def save(clicks: Any, *values: Any) -> tuple[Any, ...]:
    *sent, code_id, seen, _choices = values
    if not clicks:
        return (no_update,) * 6
    try:
        words = _saved(dict(zip(forms.CONTROLS, sent, strict=True)), code_id, seen)
    except EditClash as clash:
        both = shown(page, clash, forms.clash_labels(services().formats))
        return no_update, no_update, clash.message, both, now_seen(seen, clash), no_update
    except ShopError as error:
        return no_update, no_update, error.message, no_update, no_update, no_update
    return _list(), _form(is_opened=True), no_update, no_update, no_update, toast(words)


@page.callback(
    Output(page.id("confirm"), "is_open"),
    Output(page.id("confirm-title"), "children"),
    Output(page.id("confirm-words"), "children"),
    Output(page.id("confirm-yes"), "children"),
    Output(page.id("confirm-error"), "children"),
    Input(page.id("end"), "n_clicks"),
    Input(page.id("confirm-no"), "n_clicks"),
    State(page.id("code"), "data"),
    prevent_initial_call=True,
)
def ask_to_end(clicks: Any, _no: Any, code_id: Any) -> tuple[Any, ...]:
    if ctx.triggered_id == page.id("confirm-no"):
        return False, no_update, no_update, no_update, ""
    if not clicks:
        return (no_update,) * 5
    code = services().discount_codes.get(_code_id(code_id))
    words = f"{code.code} takes nothing off any more, also in carts that have it. Orders keep what they got."
    return True, "End this code?", words, "End now", ""


@page.callback(
    Output(page.id("confirm"), "is_open", allow_duplicate=True),
    Output(page.id("confirm-error"), "children", allow_duplicate=True),
    Output(page.id("list"), "children", allow_duplicate=True),
    Output(page.id("form"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("confirm-yes"), "n_clicks"),
    State(page.id("code"), "data"),
    State(page.id("seen"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("confirm-yes"), "disabled"), True, False)],
)
def end(clicks: Any, code_id: Any, seen: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 5
    try:
        services().discount_codes.end(_code_id(code_id), seen_of(seen, forms.TYPES), current_actor())
    except Conflict as changed:
        return no_update, changed.message, _list(), no_update, no_update
    return False, "", _list(), _form(is_opened=True), toast("The code is over.")


def _saved(sent: dict[str, Any], code_id: Any, seen: Any) -> str:
    """Write what the form holds; what to say of it."""
    codes, fields = services().discount_codes, forms.typed(sent, services().formats)
    if code_id is None:
        return f"{codes.add(fields, current_actor()).code} can be used."
    before = seen_of(seen, forms.TYPES)
    fields |= {name: before[name] for name in given_up(page, FIELDS)}
    return f"{codes.change(_code_id(code_id), fields, before, current_actor()).code} is saved."


def _code_id(value: Any) -> int:
    found = numbers.row_id(value)
    if found is None:
        raise NotFound("There is no such discount code.")
    return found


def _form(code_id: int | None = None, *, is_opened: bool = False) -> html.Div:
    shop = services()
    fields, state = forms.NEW, ""
    if code_id is not None:
        code = shop.discount_codes.get(code_id)
        fields, state = shop.discount_codes.fields(code), shop.discount_codes.state(code)
    categories = sorted({one.category for one in shop.catalog.all()} | {str(fields["category"])} - {""})
    return parts.code_form(
        page.id, forms.texts_of(fields, shop.formats), fields, code_id, categories, shop.formats.currency,
        may_end=state not in ("", "over"), is_opened=is_opened,
    )  # fmt: skip


def _list() -> html.Section:
    codes, formats = services().discount_codes, services().formats
    return parts.code_list(
        page.item, [forms.shown_code(one, codes.off_words(one.code), formats) for one in codes.reports()]
    )
