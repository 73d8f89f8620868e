"""Receiving and counting stock, for those who do it and need nothing else of the inventory."""

from __future__ import annotations

import secrets
from typing import Any

from dash import Input, Output, State, html, no_update

from app.domain import Access, Product, ProductStatus
from app.errors import InvalidInput, NotFound, ShopError
from app.services import services
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import receiving as parts
from components.kit.feedback import toast
from components.kit.ui import card, page_head
from pages.admin._common import key_after, searched, text_of, whole_number

SHOWN = 50

page = Page("admin-receiving", path="/admin/receiving", title="Receiving", access=Access.FULFIL, frame="admin")


@page.layout
def layout(product: Any = None, **_: Any) -> html.Div:
    known = _known(product)
    body: list[Any]
    if known is not None:
        body = [parts.form(page.id, known, services().formats, secrets.token_urlsafe(16))]
    else:
        body = [
            parts.unknown() if product else None,
            card(
                None,
                [parts.search(page.id, ""), html.Div(_listed(""), id=page.id("list"))],
                class_name="card-flush",
            ),
        ]
    return html.Div([page_head("Receiving", "What came in, and what was counted on the shelf."), *body])


@page.callback(Output(page.id("list"), "children"), Input(page.id("q"), "value"), prevent_initial_call=True)
def find(q: Any) -> Any:
    return _listed(searched(q))


@page.callback(
    Output("redirect", "href", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("error"), "children"),
    Output(page.id("request"), "data"),
    Input(page.id("save"), "n_clicks"),
    State(page.id("kind"), "value"),
    State(page.id("units"), "value"),
    State(page.id("note"), "value"),
    State(page.id("product"), "data"),
    State(page.id("request"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("save"), "disabled"), True, False)],
)
def save(clicks: Any, kind: Any, units: Any, note: Any, product_id: Any, request: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    known = _known(product_id)
    if known is None:
        raise NotFound("There is no such product.")
    try:
        words = _write_down(known, kind, units, text_of(note, field="note"), text_of(request))
    except ShopError as error:
        return no_update, no_update, error.message, key_after(error)
    return "/admin/receiving", toast(words), "", no_update


def _write_down(known: Product, kind: Any, value: Any, note: str, request: str) -> str:
    units = whole_number(value, "units", "Enter a whole number of units.")
    formats, actor = services().formats, current_actor()
    if kind == "receive":
        services().inventory.receive(known.product_id, units, actor, note, request or None)
        return f"{formats.counted(units, 'unit')} of {known.name} received."
    if kind != "count":
        raise InvalidInput("Say whether it was received or counted.", "kind")
    services().inventory.correct(known.product_id, units, actor, note or "counted", request or None)
    return f"{known.name}: {formats.counted(units, 'unit')} counted."


def _known(product_id: Any) -> Product | None:
    found = services().catalog.known([product_id]).get(product_id) if isinstance(product_id, str) else None
    return found if found is not None and found.status is ProductStatus.ACTIVE else None


def _listed(q: str) -> list[Any]:
    words = q.casefold().split()
    every = services().catalog.all()
    fits = [one for one in every if all(word in _text(one) for word in words)]
    shown = sorted(fits, key=lambda one: one.name.casefold())[:SHOWN]
    formats = services().formats
    more = parts.many(SHOWN, formats) if len(fits) > SHOWN else None
    return [parts.product_list(shown, formats, q), more]


def _text(product: Product) -> str:
    return f"{product.name} {product.product_id} {product.barcode or ''}".casefold()
