"""Turns what happens in the demo's year into rows, a chunk at a time."""

from __future__ import annotations

import hashlib
from collections import deque
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.domain import OrderStatus
from app.domain.orders import costs_of_return, costs_of_sale
from app.settings.environment import Settings
from app.stores.local.demo_payments import ChargeState
from app.stores.sql.engine.bulk import BulkWriter
from app.stores.sql.tables import (
    demo_charges,
    demo_refunds,
    order_lines,
    orders,
    payments,
    return_lines,
    returns,
    stock_movements,
)
from app.tools.demo.trade import BookedReturn, PlacedOrder

SOURCE = "demo"
DECLINED = "The card was declined. Nothing was charged; try another card."

_CARDS = ("4242", "4242", "1881", "5556", "0057", "3311", "8210", "4004", "6702", "0095")

_COLUMNS = (
    (
        orders,
        [
            "order_id",
            "owner",
            "user_id",
            "status",
            "source",
            "email",
            "ship_name",
            "ship_line1",
            "ship_line2",
            "ship_city",
            "ship_region",
            "ship_postcode",
            "ship_country",
            "ship_district",
            "ship_phone",
            "currency",
            "tax_rate",
            "units",
            "subtotal",
            "tax",
            "total",
            "refunded",
            "cost",
            "costed",
            "failure",
            "created_at",
            "changed_at",
            "paid_at",
            "paid_day",
        ],
    ),
    (order_lines, ["order_id", "line_no", "product_id", "name", "unit_price", "quantity", "returned", "unit_cost"]),
    (payments, ["order_id", "provider", "reference", "method", "amount", "at"]),
    (demo_charges, ["order_id", "state", "amount", "reference", "method", "reason", "at"]),
    (
        returns,
        [
            "return_id",
            "order_id",
            "request_key",
            "user_id",
            "country",
            "actor",
            "reason",
            "amount",
            "refund",
            "units",
            "cost",
            "costed",
            "at",
            "day",
            "refunded_at",
        ],
    ),
    (
        return_lines,
        ["return_id", "item_no", "line_no", "product_id", "name", "quantity", "amount", "restock", "unit_cost"],
    ),
    (demo_refunds, ["refund_key", "order_id", "amount", "at"]),
    (
        stock_movements,
        ["movement_id", "uid", "product_id", "at", "kind", "quantity", "on_hand", "cause", "actor", "note"],
    ),
)


class TableSink:
    """`Sink` into the shop's tables, and counts of what went through it."""

    def __init__(self, connection: Connection, settings: Settings, keep_latest: int) -> None:
        self._writer = BulkWriter(connection, _COLUMNS)
        self._zone = settings.zone
        self._currency = settings.currency
        self._tax_rate = str(settings.tax_rate)
        self._next_movement = (connection.execute(select(func.max(stock_movements.c.movement_id))).scalar() or 0) + 1
        self.latest: deque[PlacedOrder] = deque(maxlen=keep_latest)
        self.declined = self.lines = self.units = self.gross = self.returns = self.movements = 0

    def flush(self) -> None:
        self._writer.flush()

    def order(self, order: PlacedOrder) -> None:
        paid = order.status is OrderStatus.PAID
        total = order.subtotal + order.tax
        units = sum(line.quantity for line in order.lines)
        person, to = order.person, order.person.address
        add = self._writer.add
        add(
            orders,
            (
                order.order_id,
                person.owner,
                person.user_id,
                order.status.value,
                SOURCE,
                person.email,
                to.name,
                to.line1,
                to.line2,
                to.city,
                to.region,
                to.postcode,
                to.country,
                to.district,
                to.phone,
                self._currency,
                self._tax_rate,
                units,
                order.subtotal,
                order.tax,
                total,
                order.refunded,
                *costs_of_sale(order.lines),
                None if paid else DECLINED,
                order.created_at,
                order.paid_at,
                order.paid_at if paid else None,
                order.day if paid else None,
            ),
        )
        for line in order.lines:
            add(
                order_lines,
                (
                    order.order_id,
                    line.line_no,
                    line.product_id,
                    line.name,
                    line.unit_price,
                    line.quantity,
                    line.returned,
                    line.unit_cost,
                ),
            )
        reference = _reference(order.order_id)
        method = _method(order, paid)
        state = ChargeState.APPROVED if paid else ChargeState.DECLINED
        # The demo provider's book must know the charge, or an admin could not refund a return of this order.
        add(
            demo_charges,
            (order.order_id, state.value, total, reference, method, "" if paid else DECLINED, order.paid_at),
        )
        if not paid:
            self.declined += 1
            return
        add(payments, (order.order_id, "demo", reference, method, total, order.paid_at))
        self.latest.append(order)
        self.lines += len(order.lines)
        self.units += units
        self.gross += order.subtotal

    def book_return(self, booked: BookedReturn) -> None:
        order, add = booked.order, self._writer.add
        key = f"return:{booked.return_id}"
        units = sum(line.quantity for line in booked.lines)
        add(
            returns,
            (
                booked.return_id,
                order.order_id,
                f"demo:{key}",
                order.person.user_id,
                order.person.address.country,
                booked.actor,
                booked.reason,
                booked.amount,
                booked.refund,
                units,
                *costs_of_return(booked.lines),
                booked.at,
                booked.at.astimezone(self._zone).date(),
                booked.at,
            ),
        )
        for item_no, line in enumerate(booked.lines, 1):
            add(
                return_lines,
                (
                    booked.return_id,
                    item_no,
                    line.line_no,
                    line.product_id,
                    line.name,
                    line.quantity,
                    line.amount,
                    line.restock,
                    line.unit_cost,
                ),
            )
        add(demo_refunds, (key, order.order_id, booked.refund, booked.at))
        self.returns += 1

    def movement(
        self,
        uid: str,
        product_id: str,
        at: datetime,
        kind: str,
        units: int,
        on_hand: int,
        cause: str,
        actor: str,
        note: str,
    ) -> None:
        row = (self._next_movement, uid, product_id, at, kind, units, on_hand, cause, actor, note)
        self._writer.add(stock_movements, row)
        self._next_movement += 1
        self.movements += 1


def _reference(order_id: int) -> str:
    return f"demo_{hashlib.sha256(str(order_id).encode()).hexdigest()[:16]}"


def _method(order: PlacedOrder, paid: bool) -> str:
    return f"Card ending {_CARDS[order.order_id * 7919 % len(_CARDS)] if paid else '0002'}"
