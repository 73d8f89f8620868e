"""The `ToldProducts` port on SQLite and MySQL."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from app.domain import effects
from app.domain.webhooks import EventType
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.jobs.outbox import NO_DELAY, enqueue_all
from app.stores.sql.tables import shop_facts, webhook_products
from app.stores.sql.webhooks.telling import wanted_events

BEGUN = "webhook_products"  # the fact that they are kept
_p = webhook_products.c


class SqlToldProducts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def wanted(self) -> bool:
        return EventType.PRODUCT_CHANGED in self._database.read(wanted_events)

    def known(self) -> dict[str, int] | None:
        def work(connection: Connection) -> dict[str, int] | None:
            begun = connection.execute(select(shop_facts.c.name).where(shop_facts.c.name == BEGUN)).first()
            if begun is None:
                return None
            return {row.product_id: row.version for row in connection.execute(select(_p.product_id, _p.version))}

        return self._database.read(work)

    def begin(self, versions: Mapping[str, int]) -> None:
        def work(connection: Connection) -> None:
            _keep(connection, versions)
            upsert(connection, shop_facts, [{"name": BEGUN, "value": "yes"}], ["name"])

        self._database.write(work)

    def changed(self, versions: Mapping[str, int]) -> None:
        def work(connection: Connection) -> None:
            _keep(connection, versions)
            found = [
                effects.event(EventType.PRODUCT_CHANGED, f"{product_id}:{version}", {"product_id": product_id})
                for product_id, version in versions.items()
            ]
            enqueue_all(connection, [(one, NO_DELAY) for one in found], database_now(connection))

        self._database.write(work)

    def forget(self) -> None:
        def work(connection: Connection) -> None:
            connection.execute(delete(shop_facts).where(shop_facts.c.name == BEGUN))
            connection.execute(delete(webhook_products))

        self._database.write(work)


def _keep(connection: Connection, versions: Mapping[str, int]) -> None:
    rows = [{"product_id": product_id, "version": version} for product_id, version in sorted(versions.items())]
    upsert(connection, webhook_products, rows, ["product_id"])
