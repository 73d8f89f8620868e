"""Writes what orders are found by: after they are over, in batches, so that no checkout waits for it.

Orders of before there were words, and those that a bulk load or an older version wrote, are simply not done yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy import Connection, Select, case, delete, insert, select, update

from app.domain import OrderStatus, order_number
from app.domain.search_words import words_of, words_of_email
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import ago
from app.stores.sql.tables import order_lines, order_words, orders, sold_words

# A checkout may change these any moment, and must not wait until a batch is written; one that waits for a payment may.
_UNDER_WAY = (OrderStatus.PENDING.value, OrderStatus.CHARGING.value)
_QUIET_FOR = timedelta(seconds=30)


def waiting(connection: Connection) -> Select[Any]:
    """Orders without words, the latest first."""
    o = orders.c
    is_quiet = o.status.not_in(_UNDER_WAY) | (o.changed_at < ago(connection, _QUIET_FOR))
    return select(o.order_id).where(o.search_words.is_(None), is_quiet).order_by(o.order_id.desc())


def write(connection: Connection, order_ids: Sequence[int]) -> int:
    """Write the words of those that still have none; how many orders got theirs."""
    o = orders.c
    wanted = select(
        o.order_id, o.external_id, o.ship_name, o.ship_city, o.email, o.total, o.currency
    ).where(o.order_id.in_(order_ids), o.search_words.is_(None))  # fmt: skip
    # Locked: somebody whose account is closed meanwhile is forgotten after this, or before it.
    rows = connection.execute(wanted.order_by(o.order_id).with_for_update(skip_locked=True)).all()
    if not rows:
        return 0
    words = {row.order_id: sorted(_words(row)) for row in rows}
    pairs = [{"order_id": order_id, "word": word} for order_id, found in words.items() for word in found]
    connection.execute(delete(order_words).where(order_words.c.order_id.in_(list(words))))
    connection.execute(insert(order_words), pairs)
    # One statement: drivers send a list of updates one by one.
    counts = case({order_id: len(found) for order_id, found in words.items()}, value=o.order_id)
    connection.execute(update(orders).where(o.order_id.in_(list(words))).values(search_words=counts))
    _write_sold(connection, list(words))
    return len(words)


def forget(connection: Connection, user_id: int) -> None:
    """Of a person's orders; what is left of them is written anew."""
    theirs = select(orders.c.order_id).where(orders.c.user_id == user_id)
    for ids in chunks(connection.execute(theirs).scalars().all()):
        connection.execute(update(orders).where(orders.c.order_id.in_(ids)).values(search_words=None))
        connection.execute(delete(order_words).where(order_words.c.order_id.in_(ids)))


def _words(row: Any) -> set[str]:
    found = words_of(row.ship_name, row.ship_city, order_number(row.order_id, row.external_id))
    if row.email:
        found |= words_of_email(row.email)
    return found | {format(Decimal(row.total).scaleb(-get_currency_precision(row.currency)), "f")}


def _write_sold(connection: Connection, order_ids: Sequence[int]) -> None:
    """What the products of these orders were called: of most it is known already."""
    line = order_lines.c
    sold = select(line.product_id, line.name).where(line.order_id.in_(order_ids)).distinct()
    names: dict[str, set[str]] = defaultdict(set)
    for product_id, name in connection.execute(sold):
        names[product_id] |= words_of(product_id, name)
    for product_id, word in _known(connection, names):
        names[product_id].discard(word)
    new = [{"product_id": one, "word": word} for one, words in sorted(names.items()) for word in sorted(words)]
    if new:
        connection.execute(insert(sold_words), new)


def _known(connection: Connection, product_ids: Iterable[str]) -> Iterable[Any]:
    known = select(sold_words.c.product_id, sold_words.c.word)
    for ids in chunks(sorted(product_ids)):
        yield from connection.execute(known.where(sold_words.c.product_id.in_(ids)))
