"""What other programs are told of what happened: the JSON that is signed, and a sentence for people in a chat.

Nothing of a person is in it: no name, no e-mail, no street. Who needs them asks the API for the order. Amounts are
decimal numbers in major units, as in the API; times are UTC.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson

from app.domain import AlertEpisode, AlertRule, Order, OrderReturn, Product
from app.domain.fulfilment import Shipment
from app.domain.webhooks import Event, EventType
from app.money import Formats
from app.services.catalog.ports import Catalog
from app.services.messages.notifications import Letterhead
from app.services.orders.ports import OrderReader
from app.services.stock.ports import Episodes
from app.services.webhooks.ports import Telling

TEXT_LENGTH = 500
Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Sources:
    """What events are about. `rule` gives an alert's episode with its rule, None for one that is gone."""

    orders: OrderReader
    returned: Callable[[int], OrderReturn | None]
    shipment: Callable[[int], Shipment | None]
    episodes: Episodes
    catalog: Catalog
    rule: Callable[[int], tuple[AlertEpisode, AlertRule] | None]


@dataclass(frozen=True)
class _Told:
    """Of an event: when it happened, its data, and in a sentence what it is."""

    at: datetime
    data: dict[str, Any]
    text: str


class EventWriter:
    """Writes the events that the outbox holds, for the endpoints that want them."""

    def __init__(
        self,
        telling: Telling,
        sources: Sources,
        letterhead: Letterhead,
        secret_key: str,
        now: Callable[[], datetime],
    ) -> None:
        self._telling = telling
        self._sources = sources
        self._head = letterhead
        self._key = secret_key.encode()
        self._now = now

    def tell(self, payload: Payload) -> None:
        self.tell_many([payload])

    def tell_many(self, payloads: Sequence[Payload]) -> list[Exception | None]:
        """Of each effect its event. What is gone, or was none, is told to nobody. Safe to run twice."""
        events: list[Event] = []
        ends: list[Exception | None] = []
        for payload in payloads:
            try:
                told = self._told(payload)
            except Exception as error:  # noqa: BLE001 - what is wrong with one is shown with it
                ends.append(error)
                continue
            ends.append(None)
            if told is not None:
                events.append(self._event(payload, told))
        self._telling.tell(events)
        return ends

    def _event(self, payload: Payload, told: _Told) -> Event:
        event_type = payload["type"]
        body = {"type": event_type, "timestamp": _time(told.at), "data": told.data}
        text = f"{self._head.store_name}: {told.text}"[:TEXT_LENGTH]
        name = self._id(event_type, payload["about"])
        return Event(name, event_type, orjson.dumps(body).decode(), text, payload.get("endpoint_id"))

    def _id(self, event_type: str, about: str) -> str:
        """The same for the same event for good, and no other shop's."""
        digest = hmac.digest(self._key, f"webhook event\0{event_type}\0{about}".encode(), hashlib.sha256)
        return f"msg_{b32encode(digest[:20]).decode().lower()}"

    def _told(self, payload: Payload) -> _Told | None:
        match payload["type"]:
            case EventType.ORDER_PAID:
                return self._paid(payload["order_id"])
            case EventType.ORDER_SHIPPED:
                return self._shipped(payload["order_id"], payload["shipment_id"])
            case EventType.ORDER_REFUNDED:
                return self._refunded(payload["return_id"])
            case EventType.STOCK_LOW:
                return self._low(payload["episode_id"])
            case EventType.PRODUCT_CHANGED:
                return self._changed(payload["product_id"])
            case EventType.ALERT_OPENED:
                return self._alert(payload["episode_id"])
            case EventType.TEST:
                return _Told(self._now(), {"message": "It works."}, "this is a test of a webhook.")
        raise ValueError(f"unknown event {payload['type']}")

    def _paid(self, order_id: int) -> _Told | None:
        order = self._sources.orders.get(order_id)
        if order is None or order.paid_at is None:
            return None
        formats = self._head.formats
        text = f"order {order.number} was paid, {formats.money(order.total)} for {_units(order.units, formats)}."
        return _Told(order.paid_at, self._order(order), text)

    def _order(self, order: Order) -> dict[str, Any]:
        amount = self._amount
        lines = [
            {
                "product_id": line.product_id,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price": amount(line.unit_price),
            }
            for line in order.lines
        ]
        return {
            "order_id": order.order_id,
            "number": order.number,
            "paid_at": _time(order.paid_at) if order.paid_at else None,
            "currency": order.currency,
            "subtotal": amount(order.subtotal),
            "discount": amount(order.discount),
            "shipping": amount(order.shipping),
            "tax": amount(order.tax),
            "tax_included": amount(order.tax_included),
            "total": amount(order.total),
            "country": order.address.country,
            "lines": lines,
            "url": self._order_url(order),
        }

    def _shipped(self, order_id: int, shipment_id: int) -> _Told | None:
        order, sent = self._sources.orders.get(order_id), self._sources.shipment(shipment_id)
        if order is None or sent is None:
            return None
        products = {line.line_no: line.product_id for line in order.lines}
        data = {
            "shipment_id": shipment_id,
            "order_id": order_id,
            "number": order.number,
            "shipped_at": _time(sent.shipped_at),
            "carrier": sent.carrier,
            "tracking": sent.tracking,
            "tracking_url": sent.tracking_url,
            "lines": [
                {"product_id": products.get(line.line_no), "name": line.name, "quantity": line.quantity}
                for line in sent.lines
            ],
            "url": self._order_url(order),
        }
        by = f" by {sent.carrier}" if sent.carrier else ""
        text = f"{_units(sent.units, self._head.formats)} of order {order.number} were shipped{by}."
        return _Told(sent.shipped_at, data, text)

    def _order_url(self, order: Order) -> str:
        return f"{self._head.base_url}/admin/orders/{order.order_id}"

    def _refunded(self, return_id: int) -> _Told | None:
        booked = self._sources.returned(return_id)
        if booked is None or booked.order_id is None or booked.refunded_at is None or not booked.refund:
            return None
        order = self._sources.orders.get(booked.order_id)
        if order is None:
            return None
        data = {
            "return_id": return_id,
            "order_id": order.order_id,
            "number": order.number,
            "currency": order.currency,
            "refunded": self._amount(booked.refund),
            "order_total": self._amount(order.total),
            "order_refunded": self._amount(order.refunded),
            "lines": [
                {"product_id": line.product_id, "name": line.name, "quantity": line.quantity, "restocked": line.restock}
                for line in booked.lines
            ],
            "url": self._order_url(order),
        }
        text = f"{self._head.formats.money(booked.refund)} of order {order.number} were paid back."
        return _Told(booked.refunded_at, data, text)

    def _low(self, episode_id: int) -> _Told | None:
        episode = self._sources.episodes.get(episode_id)
        product = self._sources.catalog.get(episode.product_id) if episode else None
        if episode is None or product is None:
            return None
        data = self._product(product) | {"on_hand": episode.on_hand, "threshold": episode.threshold}
        formats = self._head.formats
        text = (
            f"{product.name} is low on stock, {_units(episode.on_hand, formats)} on hand; "
            f"the threshold is {formats.number(episode.threshold)}."
        )
        return _Told(episode.opened_at, data, text)

    def _changed(self, product_id: str) -> _Told | None:
        product = self._sources.catalog.get(product_id)
        if product is None:
            return None
        price = self._head.formats.money(product.price)
        text = f"{product.name} was changed; it is {product.status.value} at {price}."
        return _Told(product.changed_at or self._now(), self._product(product), text)

    def _product(self, product: Product) -> dict[str, Any]:
        return {
            "product_id": product.product_id,
            "sku": product.sku or product.product_id,
            "name": product.name,
            "category": product.category,
            "status": product.status.value,
            "price": self._amount(product.price),
            "currency": self._head.formats.currency,
            "available": product.stock,
            "threshold": product.threshold,
            "version": product.version,
            "url": f"{self._head.base_url}/product/{quote(product.product_id, safe='')}",
        }

    def _alert(self, episode_id: int) -> _Told | None:
        found = self._sources.rule(episode_id)
        if found is None:
            return None
        episode, rule = found
        data = {
            "episode_id": episode_id,
            "rule_id": rule.rule_id,
            "rule": rule.name,
            "found": episode.words,
            "url": f"{self._head.base_url}/admin/alerts",
        }
        return _Told(episode.opened_at, data, f"alert “{rule.name}”. {episode.words} {data['url']}")

    def _amount(self, minor: int) -> float:
        return float(self._head.formats.major(minor))


def _units(count: int, formats: Formats) -> str:
    return f"{formats.number(count)} {'unit' if count == 1 else 'units'}"


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
