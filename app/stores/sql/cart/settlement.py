"""Units sold and the cart without what was bought, in one transaction with the marks of the effects that ask for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.domain import Cart, Quantity, effects
from app.stores.sql.cart.carts import take_bought
from app.stores.sql.catalog.catalog import settle
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import mark_done


class _AnotherCart(Exception):
    """The cart is not the one that was seen."""


class SqlSettlement:
    """The `Settlement` port, where carts are in the orders' database."""

    marks_outbox = True

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle_and_take(self, order_id: int, owner: str, lines: Sequence[Quantity], seen: Cart | None = None) -> bool:
        def work(connection: Connection) -> None:
            settle(connection, order_id)
            cart = take_bought(connection, owner, order_id, lines)
            if cart is not None and seen is not None and cart.revision != seen.revision:
                raise _AnotherCart
            mark_done(connection, [effects.settle(order_id).key, effects.take_cart(order_id).key])

        try:
            self._database.write(work)
        except _AnotherCart:  # nothing of it was kept
            return False
        return True
