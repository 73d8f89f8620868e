"""Where an order's goods are: worked out from its lines, shipments and returns, in the transaction that changes one."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from app.domain.fulfilment import OPEN, FulfilmentState, state_of
from app.stores.sql.tables import order_lines, orders, return_lines, returns, shipment_lines, shipments


class Units(NamedTuple):
    """Of one line. `returned`: all that came back or was given up; `unsent`: what of it had not been sent."""

    bought: int
    shipped: int
    returned: int
    unsent: int

    @property
    def open(self) -> int:
        """Still to be sent."""
        return max(0, self.bought - self.shipped - self.unsent)

    @property
    def away(self) -> int:
        """Sent, and not come back."""
        return max(0, self.shipped - (self.returned - self.unsent))


def units_of(connection: Connection, order_id: int) -> dict[int, Units]:
    """By line number; returns count from their first step on."""
    bought = connection.execute(
        select(order_lines.c.line_no, order_lines.c.quantity).where(order_lines.c.order_id == order_id)
    ).all()
    sent = (
        select(shipment_lines.c.line_no, func.sum(shipment_lines.c.quantity).label("units"))
        .select_from(shipment_lines.join(shipments, shipments.c.shipment_id == shipment_lines.c.shipment_id))
        .where(shipments.c.order_id == order_id)
        .group_by(shipment_lines.c.line_no)
    )
    back = (
        select(
            return_lines.c.line_no,
            func.sum(return_lines.c.quantity).label("units"),
            func.sum(return_lines.c.unsent).label("unsent"),
        )
        .select_from(return_lines.join(returns, returns.c.return_id == return_lines.c.return_id))
        .where(returns.c.order_id == order_id)
        .group_by(return_lines.c.line_no)
    )
    shipped = {row.line_no: int(row.units) for row in connection.execute(sent)}
    returned = {row.line_no: (int(row.units), int(row.unsent)) for row in connection.execute(back)}
    return {
        row.line_no: Units(row.quantity, shipped.get(row.line_no, 0), *returned.get(row.line_no, (0, 0)))
        for row in bought
    }


def follow(connection: Connection, order_id: int) -> FulfilmentState | None:
    """Write what the order's rows come to; the caller holds its lock. None: nobody follows it."""
    row = connection.execute(
        select(orders.c.fulfilment, orders.c.hold, orders.c.paid_at).where(orders.c.order_id == order_id)
    ).one()
    if row.fulfilment is None:
        return None
    units = units_of(connection, order_id).values()
    on_its_way = select(shipments.c.shipment_id).where(
        shipments.c.order_id == order_id, shipments.c.delivered_at.is_(None)
    )
    state = state_of(
        units_open=sum(one.open for one in units),
        units_shipped=sum(one.shipped for one in units),
        all_delivered=connection.execute(on_its_way.limit(1)).first() is None,
        is_held=row.hold is not None,
    )
    connection.execute(
        update(orders)
        .where(orders.c.order_id == order_id)
        .values(fulfilment=state.value, open_since=row.paid_at if state in OPEN else None)
    )
    return state
