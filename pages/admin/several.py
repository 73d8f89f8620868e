"""Supplier, category and reorder settings of several products at once, looked at before they are set."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, clientside_callback, html, no_update

from app.domain import NON_MERCHANDISE, Access, Product, ProductStatus
from app.errors import InvalidInput, NotFound, ShopError
from app.services import services
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import several as parts
from components.admin.reorder import INHERIT
from components.kit.feedback import toast
from components.kit.ui import link_button, page_head
from pages.admin._common import text_of, whole_number

MOST_CHOSEN = 1_000

page = Page("admin-several", path="/admin/inventory/several", title="Edit several", access=Access.ADMIN, frame="admin")


@page.layout
def layout(**_: Any) -> html.Div:
    products, formats = _products(), services().formats
    suppliers = sorted({one.supplier for one in products if one.supplier})
    categories = [name for name, _ in services().catalog.categories()]
    return html.Div(
        [
            page_head(
                "Edit several products",
                "Choose them in the list, say what is to be set, and see what would change before it does.",
                [
                    link_button("Reorder settings", "/admin/reorder-settings", icon_name="truck"),
                    link_button("Inventory", "/admin/inventory", icon_name="box-seam"),
                ],
            ),
            html.Div(
                [parts.chooser(page.id, _rows(products)), parts.form(page.id, suppliers, categories, formats)],
                className="cols",
            ),
        ]
    )


@page.callback(
    Output(page.id("preview"), "children"),
    Output(page.id("apply"), "children"),
    Output(page.id("edit"), "data"),
    Output(page.id("error"), "children"),
    Input(page.id("look"), "n_clicks"),
    State(page.id("chosen"), "data"),
    State(page.id("emptied"), "value"),
    *[State(page.id(name), "value") for name in parts.TYPED],
    prevent_initial_call=True,
    running=[(Output(page.id("look"), "disabled"), True, False)],
)
def look(clicks: Any, chosen: Any, emptied: Any, *values: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    formats = services().formats
    try:
        found = services().bulk_edits.preview(_ids(chosen), _wanted(emptied, values))
    except ShopError as error:
        return None, no_update, None, error.message
    words = f"Change {formats.counted(found.changing, 'product')}"
    return parts.preview(found, formats), words, found.edit_id if found.changing else None, ""


@page.callback(
    Output(page.id("preview"), "children", allow_duplicate=True),
    Output(page.id("asked"), "data", allow_duplicate=True),
    Output(page.id("apply"), "hidden", allow_duplicate=True),
    Output(page.id("grid"), "rowTransaction"),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("error"), "children", allow_duplicate=True),
    Input(page.id("apply"), "n_clicks"),
    State(page.id("edit"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("apply"), "disabled"), True, False)],
)
def apply(clicks: Any, edit_id: Any) -> tuple[Any, ...]:
    """As often as it is clicked: the change is made once."""
    if not clicks:
        return (no_update,) * 6
    formats = services().formats
    try:
        made = services().bulk_edits.apply(text_of(edit_id), current_actor())
    except ShopError as error:
        return no_update, None, True, no_update, no_update, error.message
    ids = set(made.product_ids)
    rows = _rows([one for one in _products() if one.product_id in ids])
    words = f"{formats.counted(made.changed, 'product')} changed."
    return parts.done(made, formats), None, True, {"update": rows}, toast(words), ""


def _products() -> list[Product]:
    """Those that are ordered anew."""
    return [
        one
        for one in services().catalog.all()
        if one.status is ProductStatus.ACTIVE and one.product_id not in NON_MERCHANDISE
    ]


def _rows(products: list[Product]) -> list[dict[str, Any]]:
    return parts.rows(products, services().reorder.read().of)


def _ids(chosen: Any) -> list[str]:
    """Raises InvalidInput, NotFound."""
    if not isinstance(chosen, list):
        raise InvalidInput("Choose products in the list first.", "products")
    if not all(isinstance(one, str) for one in chosen):
        raise NotFound("There is no such product.")
    if len(chosen) > MOST_CHOSEN:
        most = services().formats.number(MOST_CHOSEN)
        raise InvalidInput(
            f"At most {most} products at once. Search for fewer, or say it of their supplier or category.", "products"
        )
    return chosen


def _wanted(emptied: Any, values: tuple[Any, ...]) -> dict[str, Any]:
    """What is to be set; a field that is empty stays as it is. Raises InvalidInput."""
    wanted: dict[str, Any] = {}
    for name, value in zip(parts.TYPED, values, strict=True):
        label = parts.LABELS[name]
        if isinstance(emptied, list) and name in emptied:
            wanted[name] = "" if name == "supplier" else None
        elif value in (None, "", parts.AS_IT_IS):
            continue
        elif name in ("supplier", "category", "tax_class"):
            wanted[name] = text_of(value, 1_000, name)
        elif value == INHERIT:
            wanted[name] = None
        else:
            wanted[name] = whole_number(value, name, f"{label} must be a whole number.")
    return wanted


clientside_callback(
    ClientsideFunction("admin", "severalChosen"),
    Output(page.id("chosen"), "data"),
    Output(page.id("count"), "children"),
    Input(page.id("grid"), "selectedRows"),
    prevent_initial_call=True,
)
_NOW = (page.id("chosen"), "data"), (page.id("emptied"), "value"), *((page.id(name), "value") for name in parts.TYPED)
clientside_callback(
    ClientsideFunction("admin", "severalAsked"),
    Output(page.id("asked"), "data"),
    Output(page.id("edit"), "data", allow_duplicate=True),
    Input(page.id("look"), "n_clicks"),
    *[State(*one) for one in _NOW],
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("admin", "severalStands"),
    Output(page.id("apply"), "hidden"),
    Output(page.id("asked"), "data", allow_duplicate=True),
    Output(page.id("preview"), "children", allow_duplicate=True),
    Input(page.id("edit"), "data"),
    *[Input(*one) for one in _NOW],
    State(page.id("asked"), "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("admin", "severalFilter"),
    Output(page.id("filtered"), "data"),
    Input(page.id("search"), "value"),
    prevent_initial_call=True,
)
