"""By which clocks the shop's days were cut, and in which shape the rollups are: noted, so that a change is noticed."""

from __future__ import annotations

import json
from datetime import timedelta, tzinfo
from typing import NamedTuple

from sqlalchemy import Connection, Table, func, select, update

from app.errors import StartupError
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.rollups.store_days import store_day
from app.stores.sql.tables import orders, returns, rollup_days, rollup_quarters, shop_facts, stock_movements

SHAPE = 12  # raised when rollups hold something else than before
CUT_FACT = "rollups"
_REBUILD = "python -m app rebuild"


class Cut(NamedTuple):
    shape: int
    zone: str


def write_cut(connection: Connection, zone: tzinfo) -> None:
    """Note that the rollups are of this version, with days by these clocks."""
    value = json.dumps(Cut(SHAPE, str(zone))._asdict())
    upsert(connection, shop_facts, [{"name": CUT_FACT, "value": value}], ["name"])


def cut_of(connection: Connection) -> Cut | None:
    """How the rollups were made; None: nobody noted it, as before there was this fact."""
    value = connection.execute(select(shop_facts.c.value).where(shop_facts.c.name == CUT_FACT)).scalar()
    return None if value is None else Cut(**json.loads(value))


def needs_rebuild(connection: Connection, zone: tzinfo) -> bool:
    """Whether the rollups lack what this version reads. A shop without trade has nothing to rebuild: that is noted."""
    cut = cut_of(connection)
    if not _has_any(connection, stock_movements) and not _has_any(connection, orders):
        write_cut(connection, zone)
        return False
    return cut.shape != SHAPE if cut else _lacks_rows(connection)


def require_cut(database: Database, zone: tzinfo, currency: str) -> None:
    """Raises StartupError when the shop's days, rollups or amounts are not of these settings."""

    def look(connection: Connection) -> None:
        cut = cut_of(connection)
        if cut.shape != SHAPE if cut else _lacks_rows(connection):
            raise StartupError(f"The totals are of another version. Stop the shop and run: {_REBUILD}")
        if cut and cut.zone != str(zone):
            raise StartupError(
                f"STORE_TIMEZONE: is {zone}, but this shop's days are cut by the clocks of {cut.zone}. Set it back, "
                f"or stop the shop and have every day cut anew: {_REBUILD}"
            )
        latest = select(orders.c.currency).order_by(orders.c.order_id.desc()).limit(1)
        used = connection.execute(latest).scalar()
        if used is not None and used != currency:
            raise StartupError(
                f"CURRENCY: is {currency}, but this shop's orders are in {used}, and amounts are not converted. "
                f"Set CURRENCY={used}, or open a new shop for {currency} with another DATA_DIR or DATABASE_URL."
            )

    database.read(look)


def cut_days_anew(connection: Connection, zone: tzinfo) -> bool:
    """Cut the days of orders and returns by the clocks of `zone`, unless they are; whether they were not."""
    cut = cut_of(connection)
    if cut is None or cut.zone == str(zone):
        return False
    for table, at, day in ((orders, orders.c.paid_at, orders.c.paid_day), (returns, returns.c.at, returns.c.day)):
        first, last = connection.execute(select(func.min(at), func.max(at))).one()
        if first is not None:
            end = max(last, database_now(connection)) + timedelta(days=1)
            connection.execute(update(table).where(at.is_not(None)).values({day: store_day(at, zone, first, end)}))
    return True


def _lacks_rows(connection: Connection) -> bool:
    return _has_any(connection, rollup_days) and not _has_any(connection, rollup_quarters)


def _has_any(connection: Connection, table: Table) -> bool:
    return connection.execute(select(table.c[0]).limit(1)).first() is not None
