"""A shop whose books are looked at: what the reconciling tests share."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, select

from app.domain import Actor, Order, Reconciliation
from app.services.books.ports import AllBooks, ReservationBook
from app.services.books.reconcile import ReconcileService
from app.stores.local.demo_book import DemoBook
from app.stores.sql import tables as t
from app.stores.sql.books.books import SqlBooks, SqlReservationBook
from app.stores.sql.books.log import SqlReconciliationLog
from app.stores.sql.books.mending import SqlBookMender
from app.stores.sql.engine.database import Database
from tests.support.checkout_shop import ZONE, Shop
from tests.support.snapshot import Snapshot

WHO = Actor("tester", via="test")


def quick(_: float) -> None:
    """Pauses between looks are for a shop that moves."""


@dataclass
class Bookkeeper:
    """A shop with two paid orders and a return, whose effects are all done, and the service that looks at its books."""

    shop: Shop
    service: ReconcileService
    first: Order
    second: Order

    def look(self, **how: Any) -> Reconciliation:
        return self.service.run("test", **how)

    def said(self) -> list[str]:
        return [f"{d.kind}: {d.subject}: {d.words}" for d in self.look().differences]

    def repair(self) -> Reconciliation:
        return self.look(repair_as=WHO)

    def sql(self, statement: Any) -> None:
        self.shop.database.write(lambda c: c.execute(statement))

    def one(self, query: Any) -> Any:
        return self.shop.database.read(lambda c: c.execute(query).scalar())

    def audited(self) -> list[tuple[str, str]]:
        query = select(t.audit_log.c.action, t.audit_log.c.target_id).where(t.audit_log.c.action == "books.mend")
        return self.shop.database.read(lambda c: [tuple(row) for row in c.execute(query)])


def service_of(shop: Shop, reservations: ReservationBook | None = None, **replaced: Any) -> ReconcileService:
    database = shop.database
    books = AllBooks(
        sql=replaced.get("sql", SqlBooks(database, ZONE)),
        catalog=shop.catalog,
        reservations=reservations or SqlReservationBook(database),
        provider=DemoBook(database),
        mender=replaced.get("mender", SqlBookMender(database, ZONE)),
        log=SqlReconciliationLog(database),
    )

    def follow(product_ids: Any) -> None:
        shop.follow_stock({"product_ids": list(product_ids)})

    return ReconcileService(books, shop.audit, follow, str, replaced.get("sleep", quick))


def bookkeeper(shop: Shop, reservations: ReservationBook | None = None) -> Bookkeeper:
    first, second = _trade(shop)
    return Bookkeeper(shop, service_of(shop, reservations), first, second)


def _trade(shop: Shop) -> tuple[Order, Order]:
    """Two orders, one of them half returned, and nothing left to do."""
    shop.stock_up("guest#a", "guest#b")
    first, second = shop.place("guest#a"), shop.place("guest#b")
    shop.service.record_return(first.order_id, [(1, 1, True)], "chipped", WHO, secrets.token_hex(8))
    shop.later()
    return first, second


class Bookkeepers:
    """Give each test a shop of its own: the trade is done once for a database, and put back for every further one."""

    def __init__(self) -> None:
        self._done: dict[URL, tuple[Snapshot, Order, Order]] = {}

    def on(self, database: Database) -> Bookkeeper:
        """In empty tables."""
        shop = Shop(database)
        if database.url not in self._done:
            orders = _trade(shop)
            self._done[database.url] = (Snapshot.of(database), *orders)
        else:
            self._done[database.url][0].restore(database)
        _, first, second = self._done[database.url]
        return Bookkeeper(shop, service_of(shop), first, second)
