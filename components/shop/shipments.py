"""Where the goods of an order are, for whoever bought them."""

from __future__ import annotations

from typing import Any

from dash import html

from app.domain.fulfilment import FulfilmentState, Shipment, Work
from app.money import Formats
from app.words import mark, say, say_many
from components.kit.ui import badge, icon

# What the shop keeps back, and why, is not told: it is being prepared.
_STATE: dict[FulfilmentState, tuple[str, Any, str]] = {
    FulfilmentState.TO_SHIP: (mark("Being prepared"), "neutral", "box-seam"),
    FulfilmentState.HELD: (mark("Being prepared"), "neutral", "box-seam"),
    FulfilmentState.PARTLY: (mark("Partly on its way"), "neutral", "truck"),
    FulfilmentState.SHIPPED: (mark("On its way"), "good", "truck"),
    FulfilmentState.DELIVERED: (mark("Delivered"), "good", "check2"),
    FulfilmentState.CANCELLED: (mark("Cancelled"), "warn", "x-lg"),
}


def shipments_card(work: Work, formats: Formats) -> html.Section | None:
    """None for orders whose shipments nobody follows."""
    if work.state is None:
        return None
    is_partly = work.state is FulfilmentState.HELD and bool(work.shipments)
    words, tone, glyph = _STATE[FulfilmentState.PARTLY if is_partly else work.state]
    return html.Section(
        [
            html.Div([html.H2(say("Delivery")), badge(say(words), tone, glyph)], className="parcels-head"),
            html.Ul([_parcel(one, formats) for one in work.shipments], className="parcels") if work.shipments else None,
            html.P(_left_words(work, formats), className="muted") if work.units_open else None,
        ],
        className="kit-card parcels-card no-print",
    )


def _left_words(work: Work, formats: Formats) -> str:
    count = formats.number(work.units_open)
    if work.shipments:
        return say_many(
            "{count} item follows in another parcel.",
            "{count} items follow in another parcel.",
            work.units_open,
            count=count,
        )
    return say("We send an e-mail when the parcel leaves.")


def _parcel(shipment: Shipment, formats: Formats) -> html.Li:
    if shipment.delivered_at:
        when = say("Delivered on {time}", time=formats.moment(shipment.delivered_at))
    else:
        when = say("Sent on {time}", time=formats.moment(shipment.shipped_at))
    return html.Li(
        [
            icon("house-check" if shipment.delivered_at else "truck"),
            html.Div(
                [
                    html.Strong(when),
                    html.Span(
                        ", ".join(f"{formats.number(line.quantity)} × {line.name}" for line in shipment.lines),
                        className="parcel-lines",
                    ),
                    html.Span(_carrier(shipment), className="muted") if shipment.carrier or shipment.tracking else None,
                ],
                className="parcel-words",
            ),
            html.A(
                say("Track the parcel"),
                href=shipment.tracking_url,
                className="btn btn-quiet",
                target="_blank",
                rel="noopener noreferrer",
            )
            if shipment.tracking_url and not shipment.delivered_at
            else None,
        ]
    )


def _carrier(shipment: Shipment) -> list[Any]:
    parts = [part for part in (shipment.carrier, shipment.tracking) if part]
    return [piece for part in parts for piece in (" · ", html.Bdi(part))][1:]
