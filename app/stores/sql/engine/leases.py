"""One holder at a time of something, until it gives it back or its time is over; by the database's clock."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, select, update

from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import leases

_l = leases.c


def claim(connection: Connection, name: str, holder: str, lease: timedelta) -> bool:
    """Whether it is `holder`'s for so long; True again for whoever has it."""
    now = database_now(connection)
    mine = {"holder": holder, "until": now + lease}
    if insert_new(connection, leases, {"name": name, **mine}):
        return True
    free = (_l.name == name) & ((_l.until <= now) | (_l.holder == holder))
    return connection.execute(update(leases).where(free).values(mine)).rowcount == 1


def give_back(connection: Connection, name: str, holder: str) -> None:
    """If it is still the holder's."""
    connection.execute(delete(leases).where(_l.name == name, _l.holder == holder))


def is_free(connection: Connection, name: str, holder: str) -> bool:
    """Whether `holder` has it or could have it."""
    others = select(_l.name).where(_l.name == name, _l.holder != holder, _l.until > database_now(connection))
    return connection.execute(others).first() is None
