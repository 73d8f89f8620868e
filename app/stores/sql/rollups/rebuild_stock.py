"""What the rollups of stock should hold, recomputed from the ledger; and sums by day and by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, tzinfo
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from app.domain import MovementKind
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.time_parts import DaysBefore, FirstOfMonth, FloorHour
from app.stores.sql.rollups.stock import DAY_SUMS, DAYS_BEFORE, sums_by_kind
from app.stores.sql.rollups.store_days import store_day
from app.stores.sql.tables import order_lines, stock_movements


def by_grain(
    day: ColumnElement[Any], source: FromClause, key: ColumnElement[Any], measures: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    """The sums of `measures` by `key`, per day and per month."""
    parts = []
    for grain, start in (("day", day), ("month", FirstOfMonth(day))):
        first = start.label("first_day")
        sums = (func.sum(measure).label(measure.name) for measure in measures)
        named = literal(grain, literal_execute=True).label("grain")
        parts.append(select(named, first, key, *sums).select_from(source).group_by(start, key))
    return union_all(*parts).subquery().select()


def stock_hours() -> Select[Any]:
    m = stock_movements.c
    hours = select(
        m.product_id, FloorHour(m.at).label("hour"), m.movement_id,
        case((m.kind == MovementKind.SALE.value, -m.quantity), else_=0).label("sold"),
        case((m.kind == MovementKind.RECEIPT.value, m.quantity), else_=0).label("received"),
    ).subquery()  # fmt: skip
    sums = (
        select(
            hours.c.product_id,
            hours.c.hour,
            func.sum(hours.c.sold).label("sold"),
            func.sum(hours.c.received).label("received"),
            func.max(hours.c.movement_id).label("last_id"),
        )
        .group_by(hours.c.product_id, hours.c.hour)
        .subquery()
    )
    return select(sums.c.product_id, sums.c.hour, m.on_hand, sums.c.sold, sums.c.received).select_from(
        sums.join(stock_movements, m.movement_id == sums.c.last_id)
    )


def stock_days(connection: Connection, zone: tzinfo) -> Select[Any]:
    m = stock_movements.c
    first, last = connection.execute(select(func.min(m.at), func.max(m.at))).one()
    now = database_now(connection)
    # Movements of this very moment may come between the two statements.
    day = store_day(m.at, zone, first or now, max(last or now, now) + timedelta(days=1))
    days = select(day.label("day"), m.product_id, *sums_by_kind()).group_by(day, m.product_id).subquery()
    return by_grain(days.c.day, days, days.c.product_id, [days.c[name] for name in DAY_SUMS])


def stock_outs() -> Select[Any]:
    """Of the movements that begin or end a time with nothing on hand, each beginning with the end that follows it."""
    m = stock_movements.c
    order: dict[str, Any] = {"partition_by": m.product_id, "order_by": (m.at, m.movement_id)}
    is_out = case((m.on_hand <= 0, 1), else_=0)
    moves = select(
        m.product_id, m.at, m.movement_id, m.cause, is_out.label("is_out"),
        func.coalesce(func.lag(is_out).over(**order), 0).label("was_out"),
    ).subquery()  # fmt: skip
    turns = (
        select(
            moves,
            func.lead(moves.c.at)
            .over(partition_by=moves.c.product_id, order_by=(moves.c.at, moves.c.movement_id))
            .label("ended_at"),
        )
        .where(moves.c.is_out != moves.c.was_out)
        .subquery()
    )
    t, before, line = turns.c, stock_movements.alias(), order_lines.c
    sold = (
        select(func.coalesce(func.sum(-before.c.quantity), 0))
        .where(
            before.c.product_id == t.product_id,
            before.c.kind == MovementKind.SALE.value,
            before.c.at >= DaysBefore(t.at, DAYS_BEFORE),
            before.c.at < t.at,
        )
        .scalar_subquery()
    )
    # MySQL refuses to write what comes of casting other words, whether it is used or not.
    number = case((t.cause.like("order:%"), func.substr(t.cause, len("order:") + 1)), else_="0")
    price = (
        select(func.max(line.unit_price))
        .where(line.order_id == cast(number, BigInteger), line.product_id == t.product_id)
        .scalar_subquery()
    )
    return select(
        t.product_id, t.at.label("began_at"), t.ended_at, sold.label("sold_before"), price.label("unit_price")
    ).where(t.is_out == 1, t.ended_at.is_(None) | (t.ended_at > t.at))  # fmt: skip
