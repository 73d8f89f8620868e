"""Reading what was sent, and what waits: never more than was asked for, whatever waits besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from app.domain import order_number
from app.domain.fulfilment import (
    OPEN,
    Backlog,
    FulfilmentState,
    Shipment,
    ShipmentLine,
    Step,
    StepKind,
    ToPack,
    Waiting,
    Work,
)
from app.stores.sql.fulfilment.following import units_of
from app.stores.sql.tables import (
    order_lines,
    order_steps,
    order_tags,
    orders,
    return_lines,
    returns,
    shipment_lines,
    shipments,
)

MOST_STEPS = 200  # of one order, the latest


def work(connection: Connection, order_id: int) -> Work | None:
    row = connection.execute(select(orders.c.fulfilment, orders.c.hold).where(orders.c.order_id == order_id)).first()
    if row is None:
        return None
    tags = select(order_tags.c.tag).where(order_tags.c.order_id == order_id).order_by(order_tags.c.tag)
    latest = select(order_steps).where(order_steps.c.order_id == order_id)
    steps = connection.execute(latest.order_by(order_steps.c.step_id.desc()).limit(MOST_STEPS)).all()
    state = None if row.fulfilment is None else FulfilmentState(row.fulfilment)
    units = units_of(connection, order_id) if state is not None else {}
    return Work(
        order_id=order_id,
        state=state,
        hold=row.hold,
        tags=tuple(connection.execute(tags).scalars()),
        shipments=shipments_of(connection, shipments.c.order_id == order_id),
        steps=tuple(step_of(one) for one in reversed(steps)),
        open={line_no: one.open for line_no, one in units.items()},
        shipped={line_no: one.shipped for line_no, one in units.items()},
    )


def step_of(row: Any) -> Step:
    """`row` of `order_steps`."""
    return Step(StepKind(row.kind), row.at, row.actor, row.words, row.before)


def shipment(connection: Connection, shipment_id: int) -> Shipment | None:
    found = shipments_of(connection, shipments.c.shipment_id == shipment_id)
    return found[0] if found else None


def shipments_of(connection: Connection, which: ColumnElement[bool]) -> tuple[Shipment, ...]:
    """Oldest first."""
    rows = connection.execute(select(shipments).where(which).order_by(shipments.c.shipment_id)).all()
    if not rows:
        return ()
    query = (
        select(shipment_lines, order_lines.c.name)
        .select_from(
            shipment_lines.join(shipments, shipments.c.shipment_id == shipment_lines.c.shipment_id).join(
                order_lines,
                (order_lines.c.order_id == shipments.c.order_id) & (order_lines.c.line_no == shipment_lines.c.line_no),
            )
        )
        .where(which)
        .order_by(shipment_lines.c.shipment_id, shipment_lines.c.line_no)
    )
    lines: defaultdict[int, list[ShipmentLine]] = defaultdict(list)
    for line in connection.execute(query):
        lines[line.shipment_id].append(ShipmentLine(line.line_no, line.name, line.quantity))
    return tuple(
        Shipment(
            row.shipment_id,
            row.order_id,
            row.carrier,
            row.tracking,
            tuple(lines[row.shipment_id]),
            row.actor,
            row.shipped_at,
            row.delivered_at,
        )
        for row in rows
    )


def to_pack(connection: Connection, order_ids: Collection[int]) -> tuple[ToPack, ...]:
    """By five statements, however many orders."""
    ids = sorted(set(order_ids))
    # What is on hold is no more to be packed than what was sent.
    is_open = orders.c.fulfilment.in_([state.value for state in OPEN])
    listed = select(orders.c.order_id, orders.c.external_id).where(orders.c.order_id.in_(ids), is_open)
    found = connection.execute(listed.order_by(orders.c.open_since, orders.c.order_id)).all()
    ids = [row.order_id for row in found]
    gone = _gone(connection, ids)
    units: defaultdict[int, dict[str, int]] = defaultdict(dict)
    names: defaultdict[int, dict[str, str]] = defaultdict(dict)
    lines = select(order_lines).where(order_lines.c.order_id.in_(ids)).order_by(order_lines.c.line_no)
    for line in connection.execute(lines):
        left = line.quantity - gone.get((line.order_id, line.line_no), 0)
        if left > 0:
            of_order = units[line.order_id]
            of_order[line.product_id] = of_order.get(line.product_id, 0) + left
            names[line.order_id][line.product_id] = line.name
    notes: defaultdict[int, list[str]] = defaultdict(list)
    noted = select(order_steps.c.order_id, order_steps.c.words).where(
        order_steps.c.order_id.in_(ids), order_steps.c.kind == StepKind.SLIP.value, order_steps.c.words != ""
    )
    for step in connection.execute(noted.order_by(order_steps.c.step_id)):
        notes[step.order_id].append(step.words)
    return tuple(
        ToPack(
            row.order_id,
            order_number(row.order_id, row.external_id),
            units[row.order_id],
            names[row.order_id],
            tuple(notes[row.order_id]),
        )
        for row in found
        if row.order_id in units
    )


def _gone(connection: Connection, ids: Collection[int]) -> Mapping[tuple[int, int], int]:
    """Units by order and line that were sent, or given up before."""
    sent = (
        select(shipments.c.order_id, shipment_lines.c.line_no, func.sum(shipment_lines.c.quantity).label("units"))
        .select_from(shipment_lines.join(shipments, shipments.c.shipment_id == shipment_lines.c.shipment_id))
        .where(shipments.c.order_id.in_(ids))
        .group_by(shipments.c.order_id, shipment_lines.c.line_no)
    )
    back = (
        select(
            returns.c.order_id,
            return_lines.c.line_no,
            func.sum(return_lines.c.unsent).label("unsent"),
            func.sum(return_lines.c.quantity).label("units"),
        )
        .select_from(return_lines.join(returns, returns.c.return_id == return_lines.c.return_id))
        .where(returns.c.order_id.in_(ids))
        .group_by(returns.c.order_id, return_lines.c.line_no)
    )
    gone = {(row.order_id, row.line_no): int(row.units) for row in connection.execute(sent)}
    for row in connection.execute(back):
        line = row.order_id, row.line_no
        # Returns of an earlier release do not tell what was never sent; but nothing that was returned waits.
        gone[line] = max(gone.get(line, 0) + int(row.unsent), int(row.units))
    return gone


def backlog(connection: Connection, late_before: datetime, most: int) -> Backlog:
    waits = orders.c.open_since.is_not(None)
    oldest = select(orders.c.open_since).where(waits).order_by(orders.c.open_since).limit(1)
    return Backlog(
        to_pack=_count(connection, waits, most),
        late=_count(connection, orders.c.open_since < late_before, most),
        held=_count(connection, orders.c.fulfilment == FulfilmentState.HELD.value, most),
        oldest=connection.execute(oldest).scalar(),
    )


def queue(connection: Connection, limit: int) -> tuple[Waiting, ...]:
    """The longest waiting first."""
    wanted = select(
        orders.c.order_id,
        orders.c.external_id,
        orders.c.open_since,
        orders.c.ship_city,
        orders.c.ship_country,
        orders.c.units,
    ).where(orders.c.open_since.is_not(None))
    rows = connection.execute(wanted.order_by(orders.c.open_since, orders.c.order_id).limit(limit))
    return tuple(
        Waiting(
            row.order_id,
            order_number(row.order_id, row.external_id),
            row.open_since,
            row.ship_city,
            row.ship_country,
            row.units,
        )
        for row in rows
    )


def tags(connection: Connection, limit: int) -> tuple[str, ...]:
    """By name. From each tag to the next by the index: that of a million orders costs what that of one does."""
    found: list[str] = []
    while len(found) < limit:
        after = select(func.min(order_tags.c.tag)).where(order_tags.c.tag > (found[-1] if found else ""))
        tag = connection.execute(after).scalar()
        if tag is None:
            break
        found.append(tag)
    return tuple(found)


def counts(connection: Connection, most: int) -> dict[FulfilmentState, int]:
    return {state: _count(connection, orders.c.fulfilment == state.value, most) for state in FulfilmentState}


def _count(connection: Connection, which: ColumnElement[bool], most: int) -> int:
    """Up to `most`: its cost does not grow with the orders."""
    some = select(orders.c.order_id).where(which).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())
