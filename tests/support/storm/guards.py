"""Takes one guard out of a process, to show that the storm notices its absence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from app.domain import Order, OrderStatus, Reservation
from app.domain.payments import PaymentState, Voided
from app.stores.dynamo import reservations, stock
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import Action
from app.stores.local.demo_payments import DemoPayments
from app.stores.sql.orders import orders as sql_orders
from app.stores.sql.tables import orders


def remove(name: str) -> None:
    """Nothing for an empty name."""
    if name:
        REMOVALS[name]()


def _sell_what_is_not_there() -> None:
    real = reservations.update

    def unchecked(table: str, key: Any, change: str, condition: str, values: Any) -> Action:
        return real(table, key, change, condition.replace("#stock >= :units AND ", ""), values)

    reservations.update = unchecked  # type: ignore[assignment]


def _reserve_whatever_was_before() -> None:
    real = reservations.put

    def unchecked(table: str, item: Any, condition: str) -> Action:
        is_guard = item.get("lines") and condition == reservations._NEW
        return real(table, item, "attribute_exists(#order_id) OR " + condition if is_guard else condition)

    reservations.put = unchecked  # type: ignore[assignment]


def _leave_no_tombstone() -> None:
    real = reservations.release

    def release(dynamo: Dynamo, order_id: int) -> None:
        known: Reservation | None = reservations.read(dynamo, order_id)
        if known is not None:
            real(dynamo, order_id)

    reservations.release = release


def _change_any_status() -> None:
    def change(
        connection: Connection, order_id: int, _expected: OrderStatus, now: datetime, values: dict[str, Any]
    ) -> bool:
        which = update(orders).where(orders.c.order_id == order_id)
        return connection.execute(which.values(changed_at=now, **values)).rowcount == 1

    sql_orders._change = change


def _give_up_without_void() -> None:
    def void(_self: DemoPayments, _order: Order) -> PaymentState:
        return Voided()

    DemoPayments.void = void  # type: ignore[method-assign]


def _adjust_without_mark() -> None:
    real = stock.put
    counter = iter(range(10**9))

    def unchecked(table: str, item: Any, condition: str) -> Action:
        return real(table, {**item, "edit_id": f"{item['edit_id']}-{next(counter)}"}, condition)

    stock.put = unchecked  # type: ignore[assignment]


REMOVALS: dict[str, Callable[[], None]] = {
    "stock is enough": _sell_what_is_not_there,
    "one reservation per order": _reserve_whatever_was_before,
    "tombstone of a release": _leave_no_tombstone,
    "status expected by a change": _change_any_status,
    "void before giving up": _give_up_without_void,
    "mark of a stock edit": _adjust_without_mark,
}
