"""What stock movements change: levels by the hour, sums by day and month, and the times that nothing was there.

Every cell that a movement touches is worked out anew from the ledger: the same however often it is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, delete, func, select, update

from app import numbers
from app.domain import MovementKind, first_day_of
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.rollups.deltas import floor_hour
from app.stores.sql.tables import order_lines, rollup_stock, rollup_stock_hours, rollup_stock_outs, stock_movements

DAYS_BEFORE = 28  # over which what sold before a stock-out is counted
_m = stock_movements.c
SOLD = func.sum(case((_m.kind == MovementKind.SALE.value, -_m.quantity), else_=0))
RECEIVED = func.sum(case((_m.kind == MovementKind.RECEIPT.value, _m.quantity), else_=0))
OTHER_KINDS = {
    "returned": MovementKind.RETURN,
    "corrected": MovementKind.CORRECTION,
    "written_off": MovementKind.WRITE_OFF,
}
DAY_SUMS = ("net", "sold", "received", *OTHER_KINDS)


def sums_by_kind() -> list[ColumnElement[int]]:
    """What a day of a product is: the movements of each kind, sales alone without their sign, and all of them."""
    others = (
        func.sum(case((_m.kind == kind.value, _m.quantity), else_=0)).label(name) for name, kind in OTHER_KINDS.items()
    )
    return [func.sum(_m.quantity).label("net"), SOLD.label("sold"), RECEIVED.label("received"), *others]


def fold_stock(connection: Connection, moved: Sequence[Row[Any]], zone: tzinfo) -> None:
    """`moved`: rows of `stock_movements`. `zone`: the store's clocks, which cut days."""
    _fold_hours(connection, {(floor_hour(m.at), m.product_id) for m in moved})
    _fold_days(connection, {(m.at.astimezone(zone).date(), m.product_id) for m in moved}, zone)
    earliest: dict[str, datetime] = {}
    for m in moved:
        earliest[m.product_id] = min(m.at, earliest.get(m.product_id, m.at))
    ran_out = {m.product_id for m in moved if m.on_hand <= 0}
    for product_id in sorted(ran_out | _known_out(connection, earliest)):
        _fold_outs(connection, product_id, earliest[product_id])


def _by_time(cells: Iterable[tuple[Any, str]]) -> Mapping[Any, list[str]]:
    found: dict[Any, list[str]] = defaultdict(list)
    for at, product_id in sorted(cells):
        found[at].append(product_id)
    return found


# --- hours ---------------------------------------------------------------------------------------


def _fold_hours(connection: Connection, cells: set[tuple[datetime, str]]) -> None:
    for hour, product_ids in _by_time(cells).items():
        for chunk in chunks(product_ids):
            upsert(connection, rollup_stock_hours, _hour(connection, hour, chunk), ["product_id", "hour"])


def _hour(connection: Connection, hour: datetime, product_ids: Sequence[str]) -> list[dict[str, Any]]:
    sums = (
        select(
            _m.product_id,
            SOLD.label("sold"),
            RECEIVED.label("received"),
            func.max(_m.movement_id).label("last_id"),
        )
        .where(_m.product_id.in_(product_ids), _m.at >= hour, _m.at < hour + timedelta(hours=1))
        .group_by(_m.product_id)
        .subquery()
    )
    query = select(sums, _m.on_hand).join(stock_movements, _m.movement_id == sums.c.last_id)
    return [
        {
            "product_id": row.product_id,
            "hour": hour,
            "on_hand": row.on_hand,
            "sold": int(row.sold),
            "received": int(row.received),
        }
        for row in connection.execute(query)
    ]


# --- days and months -------------------------------------------------------------------------------


def _fold_days(connection: Connection, cells: set[tuple[date, str]], zone: tzinfo) -> None:
    for day, product_ids in _by_time(cells).items():
        start, end = (datetime.combine(day + timedelta(days=n), time(), zone) for n in (0, 1))
        for chunk in chunks(product_ids):
            sums = (
                select(_m.product_id, *sums_by_kind())
                .where(_m.product_id.in_(chunk), _m.at >= start, _m.at < end)
                .group_by(_m.product_id)
            )
            _put(connection, "day", day, sums)
    for month, product_ids in _by_time({(first_day_of(day, "month"), product_id) for day, product_id in cells}).items():
        r = rollup_stock.c
        last = month + timedelta(days=31)
        for chunk in chunks(product_ids):
            sums = (
                select(r.product_id, *(func.sum(r[name]).label(name) for name in DAY_SUMS))
                .where(
                    r.product_id.in_(chunk), r.grain == "day", r.first_day >= month, r.first_day < last.replace(day=1)
                )
                .group_by(r.product_id)
            )
            _put(connection, "month", month, sums)


def _put(connection: Connection, grain: str, first_day: date, sums: Any) -> None:
    cell = {"grain": grain, "first_day": first_day}
    rows = [
        cell | {"product_id": row.product_id} | {name: int(getattr(row, name)) for name in DAY_SUMS}
        for row in connection.execute(sums)
    ]
    upsert(connection, rollup_stock, rows, ["grain", "first_day", "product_id"])


# --- times with nothing on hand ----------------------------------------------------------------------


def _known_out(connection: Connection, earliest: Mapping[str, datetime]) -> set[str]:
    """Those of which something is written that a movement since may change: most products were there all the time."""
    o, found = rollup_stock_outs.c, set()
    for chunk in chunks(sorted(earliest)):
        query = select(o.product_id, o.ended_at).where(o.product_id.in_(chunk))
        lasting = o.ended_at.is_(None) | (o.ended_at >= min(earliest.values()))
        found |= {
            row.product_id
            for row in connection.execute(query.where(lasting))
            if row.ended_at is None or row.ended_at >= earliest[row.product_id]
        }
    return found


def _fold_outs(connection: Connection, product_id: str, since: datetime) -> None:
    """Anew from `since` on; what began before it ends anew."""
    o = rollup_stock_outs
    of_product = o.c.product_id == product_id
    connection.execute(delete(o).where(of_product, o.c.began_at >= since))
    connection.execute(
        update(o).where(of_product, o.c.ended_at.is_(None) | (o.c.ended_at >= since)).values(ended_at=None)
    )
    began: Any = None  # the movement that began the present time
    is_out = connection.execute(select(o.c.began_at).where(of_product, o.c.ended_at.is_(None))).first() is not None
    query = select(_m.at, _m.on_hand, _m.cause).where(_m.product_id == product_id, _m.at >= since)
    for movement in connection.execute(query.order_by(_m.at, _m.movement_id)):
        if movement.on_hand <= 0 and not is_out:
            began, is_out = movement, True
        elif movement.on_hand > 0 and is_out:
            if began is None:  # before `since`
                connection.execute(update(o).where(of_product, o.c.ended_at.is_(None)).values(ended_at=movement.at))
            elif began.at < movement.at:  # of no length: back in the same moment
                _write_out(connection, product_id, began, movement.at)
            began, is_out = None, False
    if began is not None:
        _write_out(connection, product_id, began, None)


def _write_out(connection: Connection, product_id: str, began: Row[Any], ended_at: datetime | None) -> None:
    sold = select(SOLD).where(
        _m.product_id == product_id, _m.at >= began.at - timedelta(days=DAYS_BEFORE), _m.at < began.at
    )
    row = {
        "product_id": product_id,
        "began_at": began.at,
        "ended_at": ended_at,
        "sold_before": int(connection.execute(sold).scalar_one() or 0),
        "unit_price": _price(connection, product_id, began.cause),
    }
    upsert(connection, rollup_stock_outs, [row], ["product_id", "began_at"])


def _price(connection: Connection, product_id: str, cause: str) -> int | None:
    kind, _, key = cause.partition(":")
    order_id = numbers.natural(key) if kind == "order" else None
    if order_id is None:
        return None
    line = order_lines.c
    price = select(func.max(line.unit_price)).where(line.order_id == order_id, line.product_id == product_id)
    found: int | None = connection.execute(price).scalar_one()
    return found
