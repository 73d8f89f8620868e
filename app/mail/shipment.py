"""What tells a customer that a parcel left, and that it arrived."""

from __future__ import annotations

from app.domain import Message, Order, unlinked
from app.domain.fulfilment import Shipment
from app.mail.rendering import PLAIN, Frame, render, store_link, subject_line
from app.money import Formats
from app.words import say


def shipment_mail(
    order: Order,
    shipment: Shipment,
    *,
    arrived: bool,
    left: int,
    key: str,
    store_name: str,
    base_url: str,
    path: str,
    formats: Formats,
    frame: Frame = PLAIN,
) -> Message:
    """Of an order that has an e-mail address. `left`: units of it that are still to be sent; `path` as in a receipt."""
    if order.email is None:
        raise ValueError(f"order {order.order_id} has no e-mail address")
    formats = formats.spoken()
    first_name = unlinked(order.address.name).split()[0] if order.address.name.split() else ""
    carrier, tracking = unlinked(shipment.carrier), unlinked(shipment.tracking)
    kind = "delivered" if arrived else "shipped"
    places = {"name": first_name, "number": order.number, "store": store_name}
    own = frame.texts.of(kind, places | {"carrier": carrier, "tracking": tracking})
    values = {
        "own": own,
        "store_name": store_name,
        "base_url": base_url,
        "order": order,
        "shipment": shipment,
        "arrived": arrived,
        "first_name": first_name,
        "store_link": store_link(store_name, base_url),
        "number": formats.number,
        "when": formats.moment(shipment.delivered_at if arrived and shipment.delivered_at else shipment.shipped_at),
        "carrier": carrier,
        "tracking": tracking,
        "tracking_url": "" if arrived else shipment.tracking_url,
        "left": left,
        "address": [unlinked(line) for line in order.address.lines(formats.country(order.address.country))],
        "order_url": f"{base_url}{path}",
        "preheader": _preheader(shipment, arrived),
    }
    html, text = render("shipment", values, frame)
    return Message(
        key=key,
        kind=kind,
        to=order.email,
        subject=subject_line(own.subject or _subject(order, store_name, arrived)),
        html=html,
        text=text,
        order_id=order.order_id,
    )


def _subject(order: Order, store_name: str, arrived: bool) -> str:
    if arrived:
        return say("Order {number} from {store} was delivered", number=order.number, store=store_name)
    return say("Order {number} from {store} is on its way", number=order.number, store=store_name)


def _preheader(shipment: Shipment, arrived: bool) -> str:
    if arrived:
        return say("Your parcel was delivered.")
    if shipment.carrier:
        return say("Your parcel is on its way with {carrier}.", carrier=unlinked(shipment.carrier))
    return say("Your parcel is on its way.")
