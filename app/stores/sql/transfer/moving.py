"""A shop on its way from one database into another: the facts that say so, and what they forbid."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select

from app.errors import StartupError
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.revisions import OLDEST_FACT
from app.stores.sql.engine.upsert import insert_new, upsert
from app.stores.sql.fulfilment.fulfilment import SINCE
from app.stores.sql.invoices.invoices import SINCE as NUMBERED_SINCE
from app.stores.sql.rollups.cut import CUT_FACT
from app.stores.sql.tables import shop_facts

SHOP = "transfer_shop"  # in the source: the random name by which a target knows whose data it holds
ARRIVING = "transfer_in"  # in the target
MOVED = "transfer_out"  # in the source
FACTS = (SHOP, ARRIVING, MOVED, CUT_FACT, OLDEST_FACT)  # they belong to their own database, and are never carried over

# A new database holds these too, left by its migrations; the source's replace them.
BORN_WITH = (*FACTS, SINCE, NUMBERED_SINCE)


@dataclass(frozen=True)
class Arrival:
    """Which shop a target holds, and whether all of it."""

    shop: str
    is_complete: bool


def shop_of(connection: Connection) -> str:
    """The source's name, given when it is first asked for."""
    insert_new(connection, shop_facts, {"name": SHOP, "value": secrets.token_hex(16)})
    return str(connection.execute(select(shop_facts.c.value).where(shop_facts.c.name == SHOP)).scalar_one())


def arrival(connection: Connection) -> Arrival | None:
    found = _fact(connection, ARRIVING)
    return None if found is None else Arrival(found["shop"], found["state"] == "complete")


def note_arrival(connection: Connection, shop: str, is_complete: bool) -> None:
    state = "complete" if is_complete else "in progress"
    _note(connection, ARRIVING, {"shop": shop, "state": state, "at": str(database_now(connection))})


def note_moved(connection: Connection, to: str) -> None:
    _note(connection, MOVED, {"to": to, "at": f"{database_now(connection):%Y-%m-%d %H:%M} UTC"})


def forget_moved(connection: Connection) -> bool:
    return connection.execute(delete(shop_facts).where(shop_facts.c.name == MOVED)).rowcount == 1


def refuse_half_moved(database: Database) -> None:
    """Raises StartupError for a database that a transfer has not filled yet, or whose shop went elsewhere."""
    coming, gone = database.read(lambda c: (arrival(c), _fact(c, MOVED)))
    if coming is not None and not coming.is_complete:
        raise StartupError(
            "A transfer into this database is in progress or was interrupted, so it holds only a part of the shop. "
            "Run it (again), with the shop's old settings: python -m app transfer --to FILE"
        )
    if gone is not None:
        raise StartupError(
            f"This shop moved to {gone['to']} on {gone['at']}. Start it there. "
            "To go on here after all, and leave the other one behind: python -m app transfer --stay"
        )


def _note(connection: Connection, name: str, value: dict[str, Any]) -> None:
    upsert(connection, shop_facts, [{"name": name, "value": json.dumps(value)}], ["name"])


def _fact(connection: Connection, name: str) -> dict[str, Any] | None:
    text = connection.execute(select(shop_facts.c.value).where(shop_facts.c.name == name)).scalar()
    return None if text is None else dict(json.loads(text))
