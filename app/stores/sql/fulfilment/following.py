"""Where an order's goods are: worked out from its lines, shipments and returns, in the transaction that changes one.

Returns of a release that follows no shipments leave `unsent` at 0 and follow nothing. No more can come back than was
sent, so what they lack is known until more is sent; it is written down before that (`write_unsent`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select, update

from app.domain.fulfilment import OPEN, UNSENT, FulfilmentState, state_of
from app.stores.sql.tables import order_lines, orders, return_lines, returns, shipment_lines, shipments


class Units(NamedTuple):
    """Of one line. `returned`: all that came back or was given up; `unsent`: of it, noted never to have been sent."""

    bought: int
    shipped: int
    returned: int
    unsent: int

    @property
    def unnoted(self) -> int:
        """What of `returned` cannot have been sent, and is not noted as such."""
        return max(0, self.returned - self.unsent - self.shipped)

    @property
    def open(self) -> int:
        """Still to be sent."""
        return max(0, self.bought - self.shipped - self.unsent - self.unnoted)

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


def write_unsent(connection: Connection, order_id: int, units: Mapping[int, Units]) -> None:
    """Note of the order's returns what they lack; the caller holds its lock, and `units` are as they are."""
    for line_no, lacking in ((line_no, one.unnoted) for line_no, one in units.items() if one.unnoted):
        of_line = (
            select(return_lines)
            .join(returns, returns.c.return_id == return_lines.c.return_id)
            .where(returns.c.order_id == order_id, return_lines.c.line_no == line_no)
            .order_by(return_lines.c.return_id, return_lines.c.item_no)
        )
        for row in connection.execute(of_line).all():
            more = min(lacking, row.quantity - row.unsent)
            lacking -= more
            if more:
                here = (return_lines.c.return_id == row.return_id) & (return_lines.c.item_no == row.item_no)
                connection.execute(update(return_lines).where(here).values(unsent=return_lines.c.unsent + more))


def unfollowed(since: date, limit: int) -> Select[Any]:
    """Orders of which something waits and whose returns from `since` on lack something, in days of the store."""
    recent = (
        select(returns.c.order_id)
        .join(orders, orders.c.order_id == returns.c.order_id)
        .where(returns.c.day >= since, orders.c.fulfilment.in_([state.value for state in UNSENT]))
    )
    sent = (
        select(func.coalesce(func.sum(shipment_lines.c.quantity), 0))
        .join(shipments, shipments.c.shipment_id == shipment_lines.c.shipment_id)
        .where(shipments.c.order_id == returns.c.order_id, shipment_lines.c.line_no == return_lines.c.line_no)
        .correlate(returns, return_lines)
        .scalar_subquery()
    )
    return (
        select(returns.c.order_id)
        .join(return_lines, return_lines.c.return_id == returns.c.return_id)
        .where(returns.c.order_id.in_(recent))
        .group_by(returns.c.order_id, return_lines.c.line_no)
        .having(func.sum(return_lines.c.quantity - return_lines.c.unsent) > sent)
        .limit(limit)
    )


def follow(connection: Connection, order_id: int) -> FulfilmentState | None:
    """Write what the order's rows come to; the caller holds its lock. None: nobody follows it."""
    row = connection.execute(
        select(orders.c.fulfilment, orders.c.hold, orders.c.paid_at).where(orders.c.order_id == order_id)
    ).one()
    if row.fulfilment is None:
        return None
    by_line = units_of(connection, order_id)
    write_unsent(connection, order_id, by_line)
    units = by_line.values()
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
