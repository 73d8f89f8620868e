"""What was sent of the demo's latest orders, so that there is something to pack and something on its way.

Of older ones nothing is known, as in a shop that began to follow its shipments some weeks ago.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from app.domain import OrderStatus
from app.domain.fulfilment import OPEN, FulfilmentState
from app.stores.sql.engine.bulk import BulkWriter
from app.stores.sql.tables import order_lines, orders, shipment_lines, shipments

SINCE = timedelta(days=21)
# An order leaves some hours after it was paid; a few wait for longer, and are late.
_USUAL_HOURS, _SLOW_HOURS, _SLOW_SHARE = (4, 40), (50, 90), 0.08
_IN_PARTS, _HELD = 0.08, 0.1
_DAYS_ON_THE_WAY = (1.0, 5.0)
_HOLD = "Address looks incomplete, waiting for an answer"
_CARRIERS = (("Blue Dart", "7{:010d}"), ("Delhivery", "14{:011d}"), ("DHL", "JD{:012d}"))
_PACKER = "Meera Nair"

_COLUMNS = (
    (
        shipments,
        [
            "shipment_id",
            "order_id",
            "request_key",
            "carrier",
            "tracking",
            "units",
            "actor",
            "shipped_at",
            "delivered_at",
        ],
    ),
    (shipment_lines, ["shipment_id", "line_no", "quantity"]),
)


class _Parcel(NamedTuple):
    lines: list[tuple[int, int]]
    shipped_at: datetime
    delivered_at: datetime | None


def write_parcels(connection: Connection, now: datetime, rng: random.Random) -> int:
    """How many orders are followed."""
    is_recent = (orders.c.status == OrderStatus.PAID.value) & (orders.c.paid_at >= now - SINCE)
    # What came back was sent, so such an order left.
    came_back = func.sum(order_lines.c.returned).label("came_back")
    recent = select(orders.c.order_id, orders.c.paid_at, came_back).join(
        order_lines, order_lines.c.order_id == orders.c.order_id
    )
    recent = recent.where(is_recent).group_by(orders.c.order_id, orders.c.paid_at).order_by(orders.c.order_id)
    lines: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    of_recent = select(order_lines.c.order_id, order_lines.c.line_no, order_lines.c.quantity)
    of_recent = of_recent.join(orders, orders.c.order_id == order_lines.c.order_id).where(is_recent)
    for line in connection.execute(of_recent.order_by(order_lines.c.order_id, order_lines.c.line_no)):
        lines[line.order_id].append((line.line_no, line.quantity))
    writer = BulkWriter(connection, _COLUMNS)
    number = int(connection.execute(select(func.max(shipments.c.shipment_id))).scalar() or 0)
    states: list[dict[str, Any]] = []
    for row in connection.execute(recent).all():
        parcels = _parcels(lines[row.order_id], row.paid_at, now, rng, has_left=bool(row.came_back))
        for parcel in parcels:
            number += 1
            _add(writer, number, row.order_id, parcel, rng)
        states.append(_state(row, lines[row.order_id], parcels, rng))
    writer.flush()
    if states:
        known = update(orders).where(orders.c.order_id == bindparam("which"))
        named: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("fulfilment", "open_since", "hold")}
        connection.execute(known.values(**named), states)
    return len(states)


def _parcels(
    lines: list[tuple[int, int]], paid_at: datetime, now: datetime, rng: random.Random, *, has_left: bool
) -> list[_Parcel]:
    """Those that have left by now."""
    is_apart = len(lines) > 1 and rng.random() < _IN_PARTS
    made, at = [], paid_at
    for part in (lines[:1], lines[1:]) if is_apart else (lines,):
        hours = _SLOW_HOURS if rng.random() < _SLOW_SHARE else _USUAL_HOURS
        at += timedelta(hours=rng.uniform(*hours))
        arrives = at + timedelta(days=rng.uniform(*_DAYS_ON_THE_WAY))
        if at < now:
            made.append(_Parcel(part, at, arrives if arrives < now else None))
    if has_left and not made:
        made.append(_Parcel(lines, paid_at, now))
    return made


def _state(row: Any, lines: list[tuple[int, int]], parcels: list[_Parcel], rng: random.Random) -> dict[str, Any]:
    sent = sum(len(parcel.lines) for parcel in parcels)
    is_held = not parcels and rng.random() < _HELD
    if is_held:
        state = FulfilmentState.HELD
    elif sent < len(lines):
        state = FulfilmentState.PARTLY if parcels else FulfilmentState.TO_SHIP
    else:
        has_arrived = all(parcel.delivered_at for parcel in parcels)
        state = FulfilmentState.DELIVERED if has_arrived else FulfilmentState.SHIPPED
    return {
        "which": row.order_id,
        "new_fulfilment": state.value,
        "new_open_since": row.paid_at if state in OPEN else None,
        "new_hold": _HOLD if is_held else None,
    }


def _add(writer: BulkWriter, number: int, order_id: int, parcel: _Parcel, rng: random.Random) -> None:
    carrier, form = rng.choice(_CARRIERS)
    units = sum(quantity for _, quantity in parcel.lines)
    tracking = form.format(rng.randrange(10**10))
    times = (parcel.shipped_at, parcel.delivered_at)
    writer.add(shipments, (number, order_id, f"demo:{number}", carrier, tracking, units, _PACKER, *times))
    for line_no, quantity in parcel.lines:
        writer.add(shipment_lines, (number, line_no, quantity))
