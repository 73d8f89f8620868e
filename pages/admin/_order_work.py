"""What the people who pack do to an order on its page: ship, hold, note, tag, edit the address, cancel."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, no_update

from app.domain import ADDRESS_LENGTHS, Access, Address, Order
from app.domain.fulfilment import MOST_TAGS, NOTE_LENGTH, TAG_LENGTH, Parcel
from app.errors import InvalidInput, NotFound, ShopError
from app.services import services
from app.web.identity.principal import current_actor
from components.admin import packing as parts
from components.kit.feedback import toast
from pages.admin._common import text_of, whole_number
from pages.admin._order_page import id_of, page

_DONE = (
    Output("redirect", "href", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
)
_NOTHING = (no_update, no_update)


def stores(order: Order) -> list[Any]:
    """What the callbacks need: a key of this view, so that a double click does one thing, and what it showed."""
    return [
        dcc.Store(id=page.id("work-request"), data=secrets.token_urlsafe(16)),
        dcc.Store(id=page.id("seen-address"), data=asdict(order.address)),
    ]


def _shown_anew(order_id: int, words: str) -> tuple[str, Any]:
    return f"/admin/orders/{order_id}?step={secrets.token_hex(4)}", toast(words)


@page.callback(
    Output(page.item("dialog", ALL), "is_open"),
    Input(page.item("open", ALL), "n_clicks"),
    Input(page.item("close", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def open_work(_opened: Any, _closed: Any) -> Any:
    asked = ctx.triggered_id
    shown = [one["id"]["key"] for one in ctx.outputs_list]
    is_click = isinstance(asked, dict) and bool(ctx.triggered and ctx.triggered[0]["value"])
    if not is_click:
        return [no_update] * len(shown)
    opens = asked["key"] if asked["type"] == page.item("open", "")["type"] else None
    return [key == opens for key in shown]


@page.callback(
    *_DONE,
    Output(page.id("ship-error"), "children"),
    Input(page.id("ship-save"), "n_clicks"),
    State(page.item("units", ALL), "value"),
    State(page.id("carrier"), "value"),
    State(page.id("tracking"), "value"),
    State(page.id("order"), "data"),
    State(page.id("work-request"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("ship-save"), "disabled"), True, False)],
)
def ship(clicks: Any, _units: Any, carrier: Any, tracking: Any, order_id: Any, request: Any) -> tuple[Any, ...]:
    if not clicks:
        return (*_NOTHING, no_update)
    number = id_of(order_id)
    try:
        parcel = Parcel(_units_sent(), text_of(carrier, field="carrier"), text_of(tracking, field="tracking"))
        sent = services().fulfilment.ship(number, parcel, current_actor(), text_of(request))
    except NotFound:
        raise
    except ShopError as error:
        return (*_NOTHING, error.message)
    return (*_shown_anew(number, f"{services().formats.counted(sent.units, 'unit')} shipped."), "")


def _fields(part: str) -> dict[Any, Any]:
    """What the form's fields of a pattern hold, by their keys. Raises InvalidInput for what is no such form."""
    kind = page.item(part, "")["type"]
    groups = [group for group in ctx.states_list if isinstance(group, list)]
    fields = [one for group in groups for one in group if isinstance(one, dict)]
    ids = [(one.get("id"), one.get("value")) for one in fields]
    found = {one["key"]: value for one, value in ids if isinstance(one, dict) and one.get("type") == kind}
    if not found:
        raise InvalidInput("This order has changed meanwhile. Load the page again.")
    return found


def _units_sent() -> dict[int, int]:
    """By line number."""
    words = "Say how many units of each line leave, as whole numbers from 0 on."
    found = {}
    for line_no, value in _fields("units").items():
        count = whole_number(0 if value in (None, "") else value, "quantity", words)
        if count < 0 or not isinstance(line_no, int):
            raise InvalidInput(words, "quantity")
        if count:
            found[line_no] = count
    return found


@page.callback(
    *_DONE,
    Input(page.item("deliver", ALL), "n_clicks"),
    State(page.id("order"), "data"),
    prevent_initial_call=True,
)
def deliver(clicks: Any, order_id: Any) -> tuple[Any, ...]:
    asked = ctx.triggered_id
    if not isinstance(asked, dict) or not any(clicks if isinstance(clicks, list) else []):
        return _NOTHING
    number = id_of(order_id)
    shipment_id = id_of(asked["key"])
    if shipment_id not in {one.shipment_id for one in services().fulfilment.shipments(number)}:
        raise NotFound("There is no such shipment.")
    services().fulfilment.deliver(shipment_id, current_actor())
    return _shown_anew(number, "Marked as delivered.")


@page.callback(
    *_DONE,
    Output(page.id("hold-error"), "children"),
    Input(page.id("hold-save"), "n_clicks"),
    State(page.id("hold-reason"), "value"),
    State(page.id("order"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("hold-save"), "disabled"), True, False)],
)
def hold(clicks: Any, reason: Any, order_id: Any) -> tuple[Any, ...]:
    if not clicks:
        return (*_NOTHING, no_update)
    number = id_of(order_id)
    try:
        services().fulfilment.hold(number, text_of(reason, field="reason"), current_actor())
    except InvalidInput as error:
        return (*_NOTHING, error.message)
    return (*_shown_anew(number, "The order is on hold."), "")


@page.callback(
    *_DONE, Input(page.id("release"), "n_clicks"), State(page.id("order"), "data"), prevent_initial_call=True
)
def release(clicks: Any, order_id: Any) -> tuple[Any, ...]:
    if not clicks:
        return _NOTHING
    number = id_of(order_id)
    services().fulfilment.release(number, current_actor())
    return _shown_anew(number, "The order can be sent again.")


@page.callback(
    *_DONE,
    Output(page.id("cancel-error"), "children"),
    Input(page.id("cancel-save"), "n_clicks"),
    State(page.id("cancel-reason"), "value"),
    State(page.id("order"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("cancel-save"), "disabled"), True, False)],
    access=Access.ADMIN,  # it repays
)
def cancel_order(clicks: Any, reason: Any, order_id: Any) -> tuple[Any, ...]:
    if not clicks:
        return (*_NOTHING, no_update)
    number = id_of(order_id)
    try:
        done = services().orders.cancel(number, text_of(reason, field="reason"), current_actor())
    except NotFound:
        raise
    except ShopError as error:
        return (*_NOTHING, error.message)
    words = parts.repaid(services().orders.get(number), done.refund, services().formats)
    return (*_shown_anew(number, f"Cancelled. {words}"), "")


@page.callback(
    *_DONE,
    Output(page.id("note-error"), "children"),
    Input(page.id("note-save"), "n_clicks"),
    State(page.id("note"), "value"),
    State(page.id("on-slip"), "value"),
    State(page.id("order"), "data"),
    State(page.id("work-request"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("note-save"), "disabled"), True, False)],
)
def add_note(clicks: Any, words: Any, on_slip: Any, order_id: Any, request: Any) -> tuple[Any, ...]:
    if not clicks:
        return (*_NOTHING, no_update)
    number = id_of(order_id)
    try:
        text = text_of(words, NOTE_LENGTH, "note")
        services().fulfilment.note(number, text, current_actor(), text_of(request), on_slip=on_slip is True)
    except InvalidInput as error:
        return (*_NOTHING, error.message)
    return (*_shown_anew(number, "Note added."), "")


@page.callback(
    *_DONE,
    Output(page.id("note-error"), "children", allow_duplicate=True),
    Input(page.id("tags-save"), "n_clicks"),
    State(page.id("tags"), "value"),
    State(page.id("order"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("tags-save"), "disabled"), True, False)],
)
def save_tags(clicks: Any, words: Any, order_id: Any) -> tuple[Any, ...]:
    if not clicks:
        return (*_NOTHING, no_update)
    number = id_of(order_id)
    try:
        tags = text_of(words, (TAG_LENGTH + 2) * MOST_TAGS, "tags").split(",")
        services().fulfilment.set_tags(number, tags, current_actor())
    except InvalidInput as error:
        return (*_NOTHING, error.message)
    return (*_shown_anew(number, "Tags saved."), "")


@page.callback(
    *_DONE,
    Output(page.id("address-error"), "children"),
    Input(page.id("address-save"), "n_clicks"),
    State(page.item("address", ALL), "value"),
    State(page.id("seen-address"), "data"),
    State(page.id("order"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("address-save"), "disabled"), True, False)],
)
def save_address(clicks: Any, _values: Any, seen: Any, order_id: Any) -> tuple[Any, ...]:
    if not clicks:
        return (*_NOTHING, no_update)
    number = id_of(order_id)
    try:
        known = _seen(seen)
        may_change = parts.address_fields(known)
        typed = {name: text_of(text, field=name) for name, text in _fields("address").items() if name in may_change}
        services().fulfilment.edit_address(number, known, replace(known, **typed), current_actor())
    except NotFound:
        raise
    except ShopError as error:
        return (*_NOTHING, error.message)
    return (*_shown_anew(number, "Address saved."), "")


def _seen(values: Any) -> Address:
    """The address that the page was made with. Raises InvalidInput."""
    names = (*ADDRESS_LENGTHS, "country")
    if not isinstance(values, dict) or not all(isinstance(values.get(name), str) for name in names):
        raise InvalidInput("This order has changed meanwhile. Load the page again.")
    return Address(**{name: values[name] for name in names})
