"""The products of the store: a grid, and a panel to add, edit, receive, correct, write off and take out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_bootstrap_components as dbc
from dash import (
    ALL,
    ClientsideFunction,
    Input,
    Output,
    State,
    clientside_callback,
    ctx,
    dcc,
    html,
    no_update,
    set_props,
)

from app.domain import Access, Product, ProductStatus, RuleKey, RuleLevel
from app.errors import EditClash, InvalidInput, NotFound, ShopError
from app.services import services
from app.services.stock.product_drafts import ProductDraft
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import inventory as parts
from components.admin import inventory_panel as panel
from components.admin.dialogs import confirm_dialog
from components.admin.product_form import BY_HAND, TYPED
from components.admin.product_pictures import picture_rows
from components.admin.reorder import seen_order, seen_plan
from components.admin.searches import SearchRow, searches_card
from components.kit import live
from components.kit.feedback import toast
from components.kit.ui import card, icon, link_button, page_head, search_box, segmented
from pages.admin._clashes import given_up, now_seen, seen_of, shown
from pages.admin._common import key_after, text_of, whole_number
from pages.admin._product_clashes import EDITED, SEEN, product_fields
from pages.admin._product_form import draft_of, price_of
from pages.admin._product_panel import body_of, opened, product_id_of
from pages.admin._product_pictures import moved, pictures_of, with_new
from pages.admin._reorder_values import (
    PLAN_FIELDS,
    order_of_form,
    order_words,
    ordered_of,
    plan_words,
    rule_of,
    rule_of_form,
)

SEARCHES = 20  # words that are shown

page = Page("admin-inventory", path="/admin/inventory", title="Inventory", access=Access.ADMIN, frame="admin")


@page.layout
def layout(product: Any = None, do: Any = None, **_: Any) -> html.Div:
    products = services().catalog.all(include_removed=True)
    title, body, editing = opened(page, product, do)
    add = html.Button([icon("plus-lg"), "Add product"], id=page.id("add"), className="btn btn-primary", n_clicks=0)
    grid = parts.product_grid(page.id("grid"), products, services().formats)
    return html.Div(
        [
            page_head("Inventory", "Click a product to receive stock, edit it or read its ledger.", [*_ways_on(), add]),
            card(None, [_toolbar(), grid], class_name="card-flush"),
            searches_card(_searched(), services().formats),
            dbc.Offcanvas(
                body,
                id=page.id("panel"),
                title=title,
                is_open=bool(body),
                placement="end",
                className="admin-panel",
            ),
            confirm_dialog(page.id),
            dcc.Store(id=page.id("editing"), data=editing),
            *[dcc.Store(id=page.id(part)) for part in ("filtered", "narrowed", "ticked", "toggled")],
            live.stores(),
        ]
    )


def _ways_on() -> list[Any]:
    return [
        link_button("Edit several", "/admin/inventory/several", icon_name="check2-square"),
        link_button("Reorder settings", "/admin/reorder-settings", icon_name="truck"),
    ]


def _searched() -> list[SearchRow]:
    catalog = services().catalog
    rows = []
    for one in services().searches.told()[:SEARCHES]:
        found = catalog.search(one.words, page_size=1)
        is_out = found.total > 0 and not found.in_stock
        first = found.items[0].product_id if is_out else None
        rows.append(SearchRow(one.words, one.visits, one.found_nothing, found.total, first))
    return rows


# --- the panel opens -----------------------------------------------------------------------------------


@page.callback(
    Output(page.id("panel"), "is_open"),
    Output(page.id("panel"), "title"),
    Output(page.id("panel"), "children"),
    Output(page.id("editing"), "data"),
    Input(page.id("add"), "n_clicks"),
    Input(page.id("grid"), "selectedRows"),
    State(page.id("panel"), "is_open"),
    prevent_initial_call=True,
)
def open_panel(_add: Any, selected: Any, is_open: Any) -> tuple[Any, ...]:
    """The grid reports its selection again whenever the row changes: an open panel stays as it is."""
    if ctx.triggered_id == page.id("add"):
        return True, *opened(page, None, "add")
    row = selected[0] if isinstance(selected, list) and selected else None
    if is_open or not isinstance(row, dict) or row.get("members"):  # a family's row opens in the grid
        return no_update, no_update, no_update, no_update
    return True, *opened(page, row.get("product_id"), "stock")


@page.callback(
    Output(page.id("grid"), "selectedRows"),
    Input(page.id("panel"), "is_open"),
    prevent_initial_call=True,
)
def forget_row(is_open: Any) -> Any:
    """So that a click on the same row opens the panel again."""
    return no_update if is_open else []


# --- stock -------------------------------------------------------------------------------------------------


@page.callback(
    Output(page.id("panel"), "children", allow_duplicate=True),
    Output(page.id("grid"), "rowTransaction", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("edit-error"), "children"),
    Output(page.id("edit-id"), "data"),
    Input(page.id("edit-save"), "n_clicks"),
    State(page.id("edit-kind"), "value"),
    State(page.id("units"), "value"),
    State(page.id("note"), "value"),
    State(page.id("editing"), "data"),
    State(page.id("edit-id"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("edit-save"), "disabled"), True, False)],
)
def save_stock(clicks: Any, kind: Any, units: Any, note: Any, product_id: Any, edit_id: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 5
    product_id = product_id_of(product_id)
    try:
        words = _edit(product_id, kind, units, text_of(note, field="note"), text_of(edit_id))
    except NotFound:
        raise
    except ShopError as error:
        return no_update, no_update, no_update, error.message, key_after(error)
    product = services().catalog.get(product_id)
    return body_of(page, product, "stock"), {"update": [_row_of(product)]}, toast(words), "", no_update


def _edit(product_id: str, kind: Any, value: Any, note: str, edit_id: str) -> str:
    """Do the change, and what to say of it. Raises InvalidInput, Conflict."""
    inventory, number = services().inventory, services().formats.number
    if not isinstance(kind, str) or kind not in dict(panel.EDITS):
        raise InvalidInput("Choose the kind of change.", "kind")
    units = whole_number(value, "units", "Units must be a whole number.")
    if kind == "receive":
        left = inventory.receive(product_id, units, current_actor(), note, edit_id).available
        return f"{number(units)} received. {number(left)} available now."
    if not note.strip():
        raise InvalidInput("Say why, for the ledger.", "note")
    if kind == "write_off":
        left = inventory.write_off(product_id, units, current_actor(), note, edit_id).available
        return f"{number(units)} written off. {number(left)} available now."
    left = inventory.correct(product_id, units, current_actor(), note, edit_id).available
    return f"Count corrected. {number(left)} available now."


# --- reordering ----------------------------------------------------------------------------------------------


@page.callback(
    Output(page.id("panel"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("plan-error"), "children"),
    Output(page.id("seen-plan"), "data"),
    Output(page.id("seen-order"), "data"),
    Input(page.id("plan-save"), "n_clicks"),
    *[State(page.id(name), "value") for name in PLAN_FIELDS],
    State(page.id("editing"), "data"),
    State(page.id("seen-plan"), "data"),
    State(page.id("seen-order"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("plan-save"), "disabled"), True, False)],
)
def save_plan(clicks: Any, *values: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 5
    *fields, product_id, seen, seen_coming = values
    product_id, forecasts, reorder = product_id_of(product_id), services().forecasts, services().reorder
    words = plan_words
    try:
        rule, ordered = rule_of(*fields[:5]), ordered_of(*fields[5:])
        before, coming = rule_of_form(seen), order_of_form(seen_coming)
        reorder.set_rule(RuleKey(RuleLevel.PRODUCT, product_id), rule, current_actor(), before)
        seen, words = seen_plan(reorder.read().own(product_id)), order_words
        forecasts.set_on_order(product_id, ordered, current_actor(), coming)
    except NotFound:
        raise
    except EditClash as clash:
        (one,) = clash.clashes
        found = seen_plan(reorder.read().own(product_id)), seen_order(forecasts.on_order(product_id))
        return no_update, no_update, words(one.theirs, one.mine), *found
    except ShopError as error:
        return no_update, no_update, error.message, seen, no_update
    body = body_of(page, services().catalog.get(product_id), "reorder")
    return body, toast("Saved. Suggested orders use it from now on."), "", no_update, no_update


# --- details -------------------------------------------------------------------------------------------------


@page.callback(
    Output(page.id("threshold-hint"), "children"),
    Output(page.id("threshold"), "disabled"),
    Output(page.id("threshold"), "value"),
    Input(page.id("threshold-by"), "value"),
    Input(page.id("price"), "value"),
    State(page.id("threshold"), "value"),
)
def show_threshold(by: Any, price: Any, threshold: Any) -> tuple[Any, bool, Any]:
    """The rule's threshold follows the price as it is typed."""
    if by == BY_HAND:
        return "Alerts are sent when fewer units than this are on hand.", False, no_update
    try:
        minor = price_of(price, services().formats)
    except InvalidInput:
        return "The low-stock rule of the shop sets it from the price.", True, threshold
    ruled = services().inventory.default_threshold(minor)
    return f"{services().formats.number(ruled)} at this price, by the shop's low-stock rule.", True, ruled


@page.callback(
    Output(page.id("panel"), "is_open", allow_duplicate=True),
    Output(page.id("grid"), "rowTransaction", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.item("error", ALL), "children"),
    Output(page.id("clashes"), "children"),
    Output(page.id("seen"), "data"),
    Input(page.id("save"), "n_clicks"),
    *[State(page.id(name), "value") for name in TYPED],
    State(page.id("pictures"), "data"),
    State(page.id("editing"), "data"),
    State(page.id("seen"), "data"),
    State(page.item("alt", ALL), "value"),
    State(page.item("choice", ALL), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save"), "disabled"), True, False)],
)
def save_details(clicks: Any, *values: Any) -> tuple[Any, ...]:
    *fields, pictures, product_id, seen, _alts, _choices = values
    places = [entry["id"]["key"] for entry in next(one for one in ctx.outputs_list if isinstance(one, list))]
    if not clicks:
        return no_update, no_update, no_update, [no_update] * len(places), no_update, no_update
    try:
        shown_now = pictures_of(pictures, _alt_fields())
        draft = draft_of(dict(zip(TYPED, fields, strict=True)), shown_now, services().formats)
        if product_id is None:
            return _added(draft, places)
        product_id, seen = product_id_of(product_id), seen_of(seen, SEEN)
        return _edited(product_id, draft, seen, places)
    except ShopError as error:
        return no_update, no_update, no_update, _placed(error, places), no_update, no_update


def _added(draft: ProductDraft, places: list[str]) -> tuple[Any, ...]:
    product = services().inventory.add_product(draft, current_actor())
    change = _rows_changed(product) or {"add": [_row_of(product)], "addIndex": 0}
    return False, change, toast(f"{product.name} is in the store."), [""] * len(places), "", no_update


def _edited(product_id: str, draft: ProductDraft, seen: dict[str, Any], places: list[str]) -> tuple[Any, ...]:
    """Saves what was changed of what was `seen`; where somebody else changed the same, both are shown."""
    kept: dict[str, Any] = {name: seen[name] for name in given_up(page, EDITED)}
    if "pictures" in kept:
        kept["pictures"] = None
    try:
        product = services().inventory.edit_product(product_id, replace(draft, **kept), current_actor(), seen)
    except EditClash as clash:
        both = shown(page, clash, product_fields())
        return no_update, no_update, no_update, _placed(clash, places), both, now_seen(seen, clash)
    words = "Saved." if product.version <= seen["version"] + 1 else "Saved. What others changed meanwhile is kept."
    change = _rows_changed(product, str(seen["family_id"])) or {"update": [_row_of(product)]}
    return False, change, toast(words), [""] * len(places), "", no_update


def _row_of(product: Product) -> dict[str, Any]:
    return parts.row(product, is_member=services().catalog.family(product.product_id) is not None)


def _rows_changed(product: Product, family_before: str = "") -> Any:
    """Draws all rows anew where a family's may have changed, and says so; None where one row is enough."""
    if not (product.family_id or family_before):
        return None
    set_props(page.id("grid"), {"rowData": parts.rows(services().catalog.all(include_removed=True))})
    return no_update


def _placed(error: ShopError, places: list[str]) -> list[str]:
    """The error's words under the field that it is about, else under the form."""
    field = getattr(error, "field", None)
    where = field if field in places else "form"
    return [error.message if place == where else "" for place in places]


# --- pictures ------------------------------------------------------------------------------------------------


@page.callback(
    Output(page.id("picture-list"), "children"),
    Output(page.id("pictures"), "data"),
    Output(page.id("upload"), "contents"),
    Output(page.id("picture-error"), "children", allow_duplicate=True),
    Input(page.id("picked"), "data"),
    Input(page.item("picture", ALL), "n_clicks"),
    State(page.id("pictures"), "data"),
    State(page.item("alt", ALL), "value"),
    State(page.id("upload"), "contents"),
    prevent_initial_call=True,
)
def change_pictures(_picked: Any, _clicks: Any, names: Any, _alts: Any, contents: Any) -> tuple[Any, ...]:
    """A new picture is kept at once, and the product gets it when the form is saved."""
    clicked = ctx.triggered_id
    try:
        pictures = pictures_of(names, _alt_fields())
        if isinstance(clicked, dict):
            if not ctx.triggered[0]["value"]:  # the list was drawn, nobody clicked
                return (no_update,) * 4
            pictures = moved(pictures, str(clicked.get("key")))
        elif contents is not None:
            pictures = with_new(pictures, contents)
    except ShopError as error:
        return no_update, no_update, None, error.message
    return picture_rows(page.item, pictures), [one.name for one in pictures], None, ""


def _alt_fields() -> list[dict[str, Any]]:
    """What each picture shows, of the callback's states."""
    kind = page.item("alt", "")["type"]
    states = [one for some in ctx.states_list if isinstance(some, list) for one in some]
    return [one for one in states if one["id"].get("type") == kind]


# --- out of the store and back ----------------------------------------------------------------------------------


@page.callback(
    Output(page.id("confirm"), "is_open"),
    Output(page.id("confirm-title"), "children"),
    Output(page.id("confirm-words"), "children"),
    Output(page.id("confirm-yes"), "children"),
    Input(page.id("status"), "n_clicks"),
    Input(page.id("confirm-no"), "n_clicks"),
    State(page.id("editing"), "data"),
    prevent_initial_call=True,
)
def ask(clicks: Any, _no: Any, product_id: Any) -> tuple[Any, ...]:
    if ctx.triggered_id == page.id("confirm-no"):
        return False, no_update, no_update, no_update
    if not clicks:
        return (no_update,) * 4
    product = services().catalog.get(product_id_of(product_id))
    if product.status is ProductStatus.REMOVED:
        return True, "Put it back into the store?", f"{product.name} can be found and bought again.", "Restore"
    units = services().formats.number(product.stock)
    words = f"{product.name} can no longer be found or bought. Its {units} available units stay in stock."
    return True, "Take it out of the store?", words, "Take out"


@page.callback(
    Output(page.id("confirm"), "is_open", allow_duplicate=True),
    Output(page.id("panel"), "children", allow_duplicate=True),
    Output(page.id("grid"), "rowTransaction", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("confirm-yes"), "n_clicks"),
    State(page.id("confirm-yes"), "children"),
    State(page.id("editing"), "data"),
    prevent_initial_call=True,
)
def change_status(clicks: Any, words: Any, product_id: Any) -> tuple[Any, ...]:
    """Does what the button said when it was clicked, also if somebody else was faster."""
    if not clicks:
        return (no_update,) * 4
    product_id = product_id_of(product_id)
    if words == "Restore":
        services().inventory.restore(product_id, current_actor())
    else:
        services().inventory.remove(product_id, current_actor())
    product = services().catalog.get(product_id)
    done = "is out of the store" if product.status is ProductStatus.REMOVED else "is back in the store"
    change = _rows_changed(product) or {"update": [_row_of(product)]}
    return False, body_of(page, product, "details"), change, toast(f"{product.name} {done}.")


for function, output, inputs in (
    ("inventoryFilter", page.id("filtered"), [Input(page.id("search"), "value")]),
    ("inventoryState", page.id("narrowed"), [Input(page.id("state"), "value")]),
    ("inventoryTicks", page.id("ticked"), [Input("live-data", "data")]),
    ("inventoryFamily", page.id("toggled"), [Input(page.id("grid"), "selectedRows")]),
):
    clientside_callback(
        ClientsideFunction("admin", function), Output(output, "data"), *inputs, prevent_initial_call=True
    )

clientside_callback(
    ClientsideFunction("admin", "preview"),
    Output(page.id("picked"), "data"),
    Output(page.id("picture-error"), "children"),
    Input(page.id("upload"), "contents"),
    prevent_initial_call=True,
)

clientside_callback(
    ClientsideFunction("admin", "stockAfter"),
    Output(page.id("after"), "children"),
    Output(page.id("edit-hint"), "children"),
    Input(page.id("edit-kind"), "value"),
    Input(page.id("units"), "value"),
    State(page.id("edit-available"), "data"),
)


def _toolbar() -> html.Div:
    return html.Div(
        [
            search_box(page.id("search"), "Search name, SKU, barcode or tag"),
            segmented(page.id("state"), parts.STATES, "store", label="Which products"),
        ],
        className="toolbar",
    )
