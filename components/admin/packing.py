"""An order on its way, for the people who pack: what waits, what left, and the dialogs that record it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import ADDRESS_LENGTHS, Address, Order
from app.domain.fulfilment import (
    CARRIER_LENGTH,
    CARRIERS,
    HOLD_LENGTH,
    MOST_TAGS,
    NOTE_LENGTH,
    TAG_LENGTH,
    TRACKING_LENGTH,
    UNSENT,
    Backlog,
    FulfilmentState,
    Shipment,
    Step,
    StepKind,
    Work,
)
from app.domain.places import address_rules, countries
from app.money import Formats
from components.kit.ui import Tone, badge, card, icon, table

LATE = "late"  # among the places of goods: what waits for too long
STATES: dict[FulfilmentState, tuple[str, Tone, str]] = {
    FulfilmentState.TO_SHIP: ("To ship", "warn", "box-seam"),
    FulfilmentState.HELD: ("On hold", "bad", "pause-circle"),
    FulfilmentState.PARTLY: ("Partly shipped", "warn", "truck"),
    FulfilmentState.SHIPPED: ("Shipped", "neutral", "truck"),
    FulfilmentState.DELIVERED: ("Delivered", "good", "check2"),
    FulfilmentState.CANCELLED: ("Cancelled", "neutral", "x-circle"),
}
_STEPS: dict[StepKind, tuple[str, str]] = {
    StepKind.NOTE: ("chat-left-text", "Note by {actor}"),
    StepKind.SLIP: ("chat-left-text", "Note for the packing slip by {actor}"),
    StepKind.HOLD: ("pause-circle", "Put on hold by {actor}"),
    StepKind.RELEASE: ("play-circle", "Released by {actor}"),
    StepKind.TAGS: ("tags", "Tagged by {actor}"),
    StepKind.ADDRESS: ("geo-alt", "Address edited by {actor}"),
}
ADDRESS_WORDS = {
    "name": "Name",
    "line1": "Street and number",
    "line2": "Flat, floor, company",
    "district": "District",
    "city": "City",
    "region": "Region",
    "postcode": "Postcode",
    "phone": "Phone",
}


def state_badge(state: FulfilmentState | None) -> html.Span:
    if state is None:
        return html.Span("Not followed", className="muted", title="Paid before shipments were followed, or imported.")
    return badge(*STATES[state])


def address_fields(address: Address) -> tuple[str, ...]:
    """Those of its country, in its order; the country itself stays."""
    known = address_rules(address.country).fields if address.country in countries() else ("line1", "city", "postcode")
    return ("name", *known, *(("line2",) if "line2" not in known else ()), "phone")


def backlog_notice(waits: Backlog, formats: Formats, *, may_open: bool) -> html.Div | None:
    """What waits to be packed, over the overview; nothing while nothing does. Each part leads to its orders."""
    if not waits.to_pack and not waits.held:
        return None

    def said(words: str, goods: str) -> Any:
        return dcc.Link(words, href=f"/admin/orders?goods={goods}") if may_open else html.Span(words)

    parts = [said(f"{formats.counted(waits.to_pack, 'order')} to pack", "open")] if waits.to_pack else []
    if waits.late:
        parts.append(said(f"{formats.number(waits.late)} late", LATE))
    if waits.held:
        parts.append(said(f"{formats.number(waits.held)} on hold", FulfilmentState.HELD.value))
    if waits.oldest:
        parts.append(html.Span(f"the oldest paid {formats.moment(waits.oldest)}", className="muted"))
    pieces = [piece for part in parts for piece in (" · ", part)][1:]
    tone = " notice-warn" if waits.late else ""
    return html.Div([icon("box-seam"), html.Span(pieces)], className=f"notice{tone} backlog-notice")


def work_card(ids: Any, item: Any, order: Order, work: Work, formats: Formats, *, may_refund: bool) -> html.Section:
    """What waits of an order and what left. `may_refund`: whether the caller may cancel, which repays."""
    if work.state is None:
        words = "It was paid before the shop followed shipments, or was imported: nothing is known of its parcels."
        return card("Shipping", html.P(words, className="muted"))
    return card(
        "Shipping",
        [
            _held(ids, work),
            _lines(order, work, formats),
            html.Ul([_shipment(item, one, formats) for one in work.shipments], className="kit-list shipments")
            if work.shipments
            else None,
        ],
        actions=[state_badge(work.state), *_actions(item, work, may_refund=may_refund)],
        class_name="card-flush",
    )


def _held(ids: Any, work: Work) -> Any:
    if work.state is not FulfilmentState.HELD:
        return None
    return html.Div(
        [
            icon("pause-circle"),
            html.Span(["On hold: ", html.Strong(work.hold or "")], className="grow"),
            html.Button("Release", id=ids("release"), className="btn btn-quiet", n_clicks=0),
        ],
        className="notice shipping-held",
    )


def _actions(item: Any, work: Work, *, may_refund: bool) -> list[Any]:
    def opens(key: str, words: str, glyph: str, *, primary: bool = False) -> html.Button:
        style = "btn btn-primary" if primary else "btn btn-quiet"
        return html.Button([icon(glyph), words], id=item("open", key), className=style, n_clicks=0)

    found = []
    if work.state in UNSENT and work.state is not FulfilmentState.HELD:
        found = [opens("hold", "Hold", "pause-circle"), opens("ship", "Ship", "truck", primary=True)]
    if work.state in UNSENT and not work.shipments and may_refund:
        found.insert(0, opens("cancel", "Cancel order", "x-circle"))
    return found


def _lines(order: Order, work: Work, formats: Formats) -> Any:
    def units(count: int) -> Any:
        return formats.number(count) if count else html.Span("–", className="muted")

    rows = [
        [
            html.Div([html.Span(line.name, className="name"), html.Span(line.product_id, className="sub")]),
            formats.number(line.quantity),
            units(work.shipped.get(line.line_no, 0)),
            units(work.open.get(line.line_no, 0)),
        ]
        for line in order.lines
    ]
    head = [("Product", False), ("Bought", True), ("Shipped", True), ("To ship", True)]
    return table(head, rows, caption="What was sent of the order")


def _shipment(item: Any, one: Shipment, formats: Formats) -> html.Li:
    words = ", ".join(f"{formats.number(line.quantity)} × {line.name}" for line in one.lines)
    number: Any = html.A(one.tracking, href=one.tracking_url, target="_blank", rel="noopener noreferrer")
    number = number if one.tracking_url else one.tracking
    by = [part for part in (one.carrier, number) if part]
    end: Any = html.Button(
        [icon("check2"), "Mark delivered"], id=item("deliver", one.shipment_id), className="btn btn-quiet", n_clicks=0
    )
    if one.delivered_at:
        end = html.Span(f"Delivered {formats.moment(one.delivered_at)}", className="sub")
    return html.Li(
        [
            icon("house-check" if one.delivered_at else "truck"),
            html.Div(
                [
                    html.Span(words, className="name"),
                    html.Span([piece for part in by for piece in (" · ", part)][1:], className="sub") if by else None,
                    html.Span(f"Shipped {formats.moment(one.shipped_at)} by {one.actor}", className="sub"),
                ],
                className="grow",
            ),
            end,
        ]
    )


def notes_card(ids: Any, work: Work) -> html.Section:
    """Tags and notes of an order."""
    return card(
        "Notes and tags",
        [
            html.Label("Tags, with commas between them", htmlFor=ids("tags"), className="field-label"),
            html.Div(
                [
                    dbc.Input(
                        id=ids("tags"),
                        type="text",
                        value=", ".join(work.tags),
                        maxLength=(TAG_LENGTH + 2) * MOST_TAGS,
                        placeholder="gift, fragile…",
                        autoComplete="off",
                    ),
                    html.Button("Save tags", id=ids("tags-save"), className="btn btn-quiet", n_clicks=0),
                ],
                className="input-beside",
            ),
            html.Label("Note", htmlFor=ids("note"), className="field-label"),
            dbc.Textarea(id=ids("note"), maxLength=NOTE_LENGTH, rows=2, placeholder="For whoever packs it…"),
            html.Div(
                [
                    dbc.Checkbox(id=ids("on-slip"), label="Print on the packing slip, for the customer", value=False),
                    html.Button("Add note", id=ids("note-save"), className="btn btn-quiet", n_clicks=0),
                ],
                className="input-beside",
            ),
            html.Div(id=ids("note-error"), className="field-error", role="alert"),
        ],
        class_name="notes-card",
    )


def steps_of(work: Work) -> list[tuple[Any, str, str, str]]:
    """For the timeline: when, its icon, words, and what was said."""
    found: list[tuple[Any, str, str, str]] = [(one.at, *_step(one)) for one in work.steps]
    for shipment in work.shipments:
        by = " · ".join(part for part in (shipment.carrier, shipment.tracking) if part)
        found.append((shipment.shipped_at, "truck", f"Shipped by {shipment.actor}", by))
        if shipment.delivered_at:
            found.append((shipment.delivered_at, "house-check", "Delivered", by))
    return found


def _step(step: Step) -> tuple[str, str, str]:
    glyph, words = _STEPS[step.kind]
    said = step.words
    if step.kind is StepKind.ADDRESS and step.before:
        before = [step.before.get(field, "") for field in ADDRESS_WORDS]
        said = "Before: " + ", ".join(text for text in before if text)
    if step.kind is StepKind.TAGS and not said:
        said = "no tags"
    return glyph, words.format(actor=step.actor), said


# --- dialogs


def dialogs(ids: Any, item: Any, order: Order, work: Work, formats: Formats, *, may_refund: bool) -> list[Any]:
    """As `_actions` offers them."""
    found: list[Any] = []
    if work.state not in UNSENT:
        return found
    found.append(_address_dialog(ids, item, order))
    if work.state is not FulfilmentState.HELD:
        found += [_ship_dialog(ids, item, order, work, formats), _hold_dialog(ids, item, order)]
    if not work.shipments and may_refund:
        found.append(_cancel_dialog(ids, item, order, formats))
    return found


def _dialog(item: Any, ids: Any, key: str, title: str, body: Sequence[Any], yes: str) -> dbc.Modal:
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(title), close_button=True),
            dbc.ModalBody([*body, html.Div(id=ids(f"{key}-error"), className="field-error", role="alert")]),
            dbc.ModalFooter(
                [
                    html.Button("Back", id=item("close", key), className="btn btn-quiet", n_clicks=0),
                    html.Button(yes, id=ids(f"{key}-save"), className="btn btn-primary", n_clicks=0),
                ]
            ),
        ],
        id=item("dialog", key),
        is_open=False,
        scrollable=True,
        centered=True,
    )


def _ship_dialog(ids: Any, item: Any, order: Order, work: Work, formats: Formats) -> dbc.Modal:
    rows = [
        html.Li(
            [
                html.Div(
                    [
                        html.Span(line.name, className="name"),
                        html.Span(f"{formats.counted(work.open[line.line_no], 'unit')} to ship", className="sub"),
                    ],
                    className="grow",
                ),
                html.Label(
                    [
                        html.Span(f"Units of {line.name} in this parcel", className="visually-hidden"),
                        dbc.Input(
                            id=item("units", line.line_no),
                            type="number",
                            step="any",  # what cannot be is refused in words, not swallowed by the browser
                            value=work.open[line.line_no],
                            className="quantity-input",
                        ),
                    ]
                ),
            ]
        )
        for line in order.lines
        if work.open.get(line.line_no)
    ]
    body = [
        html.Ul(rows, className="kit-list return-lines"),
        html.Label("Carrier", htmlFor=ids("carrier"), className="field-label"),
        dbc.Input(
            id=ids("carrier"), type="text", list=ids("carriers"), maxLength=CARRIER_LENGTH, autoComplete="off",
            placeholder="None for pick-up or own delivery",
        ),
        html.Datalist([html.Option(value=name) for name in CARRIERS], id=ids("carriers")),
        html.Label("Tracking number", htmlFor=ids("tracking"), className="field-label"),
        dbc.Input(id=ids("tracking"), type="text", maxLength=TRACKING_LENGTH, autoComplete="off"),
        html.P("The customer gets an e-mail with it." if order.email else "", className="field-hint"),
    ]  # fmt: skip
    return _dialog(item, ids, "ship", f"Ship #{order.number}", body, "Record shipment")


def _hold_dialog(ids: Any, item: Any, order: Order) -> dbc.Modal:
    body = [
        html.Label("Why must it wait?", htmlFor=ids("hold-reason"), className="field-label"),
        dbc.Input(id=ids("hold-reason"), type="text", maxLength=HOLD_LENGTH, autoComplete="off"),
        html.P("Only staff see this. It leaves the pick lists until it is released.", className="field-hint"),
    ]
    return _dialog(item, ids, "hold", f"Put #{order.number} on hold", body, "Put on hold")


def repaid(order: Order, refund: int, formats: Formats) -> str:
    """What is to be done for a refund, if anything."""
    money = formats.money(refund)
    return f"Pay {money} back by hand: no provider does." if order.is_repaid_by_hand else f"{money} refunded."


def _cancel_dialog(ids: Any, item: Any, order: Order, formats: Formats) -> dbc.Modal:
    left = order.total - order.refunded
    words = f"All units go back to stock, and the customer gets {formats.money(left)} back. This cannot be undone."
    if order.is_repaid_by_hand:
        words = f"All units go back to stock, and somebody has to pay {formats.money(left)} back by hand."
    body = [
        html.P(words),
        html.Label("Reason", htmlFor=ids("cancel-reason"), className="field-label"),
        dbc.Input(id=ids("cancel-reason"), type="text", maxLength=HOLD_LENGTH, autoComplete="off"),
    ]
    return _dialog(item, ids, "cancel", f"Cancel #{order.number}", body, "Cancel and refund")


def _address_dialog(ids: Any, item: Any, order: Order) -> dbc.Modal:
    fields = [
        html.Label(
            [
                html.Span(ADDRESS_WORDS[field], className="field-label"),
                dbc.Input(
                    id=item("address", field),
                    type="text",
                    value=getattr(order.address, field),
                    maxLength=ADDRESS_LENGTHS[field],
                    autoComplete="off",
                ),
            ],
            className="address-field",
        )
        for field in address_fields(order.address)
    ]
    hint = "The country stays: tax and shipping were paid for it."
    return _dialog(
        item, ids, "address", "Edit the address", [*fields, html.P(hint, className="field-hint")], "Save address"
    )
