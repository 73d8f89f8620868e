"""Carts on the SQL database: every change reads and writes the cart under its row's lock."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, select, update

from app.domain import Cart, CartDemand, CartLine, OrderStatus, Quantity
from app.stores.shared.cart_lines import (
    GUEST_LIFETIME,
    Lines,
    NoRoom,
    lines_of,
    merged,
    with_all,
    with_line,
    with_more,
    with_prices,
    without,
)
from app.stores.sql.engine.clock import database_now, stamp
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import cart_lines, cart_takes, carts, orders

Change = Callable[[Lines], Lines]  # makes new lines, leaves the given ones alone


class SqlCarts:
    """The `Carts` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, owner: str) -> Cart:
        return self._database.read(lambda connection: _read(connection, owner))

    def add(self, owner: str, product_id: str, units: int, unit_price: int, most: int) -> Cart:
        return self._change(owner, lambda lines: with_more(lines, product_id, units, unit_price, most))

    def add_if_room(self, owner: str, product_id: str, units: int, unit_price: int, most: int) -> Cart | None:
        try:
            return self._change(owner, lambda lines: with_all(lines, product_id, units, unit_price, most))
        except NoRoom:
            return None

    def set_quantity(self, owner: str, product_id: str, quantity: int, unit_price: int) -> Cart:
        return self._change(owner, lambda lines: with_line(lines, CartLine(product_id, quantity, unit_price)))

    def accept_prices(self, owner: str, prices: Mapping[str, int]) -> Cart:
        return self._change(owner, lambda lines: with_prices(lines, prices))

    def set_code(self, owner: str, code: str) -> Cart:
        def kept(connection: Connection) -> Cart:
            if not code and not _is_there(connection, owner):
                return Cart(owner, "")
            cart = _locked(connection, owner)
            if cart.code == code:
                return cart
            return _write(connection, cart, lines_of(cart), cart.emptied_by, code=code)

        return self._database.write(kept)

    def clear(self, owner: str) -> Cart:
        def emptied(connection: Connection) -> Cart:
            if not _is_there(connection, owner):
                return Cart(owner, "")  # nothing to clear, and no reason to make a row
            cart = _locked(connection, owner)
            # Clearing takes back "this order emptied it": the shopper is done with that order.
            touched = bool(cart.lines) or cart.emptied_by is not None or bool(cart.code)
            return _write(connection, cart, {}, code="") if touched else cart

        return self._database.write(emptied)

    def merge(self, guest: str, user: str, most: int) -> Cart:
        def moved(connection: Connection) -> Cart:
            if guest == user or not _read(connection, guest).lines:
                return _read(connection, user)
            # Locked in one order, so that two merges cannot wait for each other.
            locked = {owner: _locked(connection, owner) for owner in sorted({guest, user})}
            lines, left = merged(lines_of(locked[user]), locked[guest].lines, most)
            if left != lines_of(locked[guest]):
                _write(connection, locked[guest], left, code="")
            code = locked[user].code or locked[guest].code
            is_same = lines == lines_of(locked[user]) and code == locked[user].code
            return locked[user] if is_same else _write(connection, locked[user], lines, code=code)

        return self._database.write(moved)

    def take_bought(self, owner: str, order_id: int, lines: Sequence[Quantity]) -> None:
        self._database.write(lambda connection: take_bought(connection, owner, order_id, lines))

    def demand(self, since: datetime) -> CartDemand:
        # By the index of the last change: old carts cost nothing.
        lines = cart_lines.join(carts, carts.c.owner == cart_lines.c.owner)
        recent = carts.c.changed_at >= since
        units = (
            select(cart_lines.c.product_id, func.sum(cart_lines.c.quantity))
            .select_from(lines)
            .where(recent)
            .group_by(cart_lines.c.product_id)
        )
        owners = select(func.count(cart_lines.c.owner.distinct())).select_from(lines).where(recent)

        def work(connection: Connection) -> CartDemand:
            found = {product_id: int(n) for product_id, n in connection.execute(units)}
            return CartDemand(connection.execute(owners).scalar_one(), found)

        return self._database.read(work)

    def forget_old(self, limit: int) -> int:
        def work(connection: Connection) -> int:
            before = database_now(connection) - GUEST_LIFETIME
            owners = list(
                connection.execute(_left_alone(before).limit(limit).with_for_update(skip_locked=True)).scalars()
            )
            for table in (cart_lines, carts):
                connection.execute(delete(table).where(table.c.owner.in_(owners)))
            return len(owners)

        # Looking first costs no write lock in the many rounds in which none is old.
        some = self._database.read(lambda c: c.execute(_left_alone(database_now(c) - GUEST_LIFETIME).limit(1)).first())
        return self._database.write(work) if some is not None else 0

    def _change(self, owner: str, change: Change) -> Cart:
        def work(connection: Connection) -> Cart:
            if not change({}) and not _is_there(connection, owner):
                return Cart(owner, "")
            cart = _locked(connection, owner)
            lines = lines_of(cart)
            changed = change(lines)
            return cart if changed == lines else _write(connection, cart, changed)

        return self._database.write(work)


def take_bought(connection: Connection, owner: str, order_id: int, lines: Sequence[Quantity]) -> Cart | None:
    """As `SqlCarts.take_bought`, in the caller's transaction; the cart as it was. None: it was done before."""
    if not insert_new(connection, cart_takes, {"order_id": order_id, "at": stamp(connection)}):
        return None
    cart = _locked(connection, owner)
    kept = without(lines_of(cart), lines)
    if kept != lines_of(cart):
        _write(connection, cart, kept, emptied_by=None if kept else order_id, code="")
    return cart


def _left_alone(before: datetime) -> Select[tuple[str]]:
    """Guests' carts that nobody changed since then, but those with an order that is not over yet; oldest first."""
    under_way = orders.c.status.in_([OrderStatus.PENDING.value, OrderStatus.CHARGING.value])
    in_flight = exists().where(orders.c.owner == carts.c.owner, under_way)
    old = select(carts.c.owner).where(carts.c.guest_changed_at < before, ~in_flight)
    return old.order_by(carts.c.guest_changed_at)


def _is_there(connection: Connection, owner: str) -> bool:
    return connection.execute(select(carts.c.owner).where(carts.c.owner == owner)).first() is not None


def _locked(connection: Connection, owner: str) -> Cart:
    """The cart under its row's lock; one that never existed is locked by making its row."""
    if (cart := _found(connection, owner, _CART.with_for_update())) is not None:
        return cart
    if insert_new(connection, carts, {"owner": owner, "revision": "", "changed_at": stamp(connection)}):
        return Cart(owner, "")
    cart = _found(connection, owner, _CART.with_for_update())
    assert cart is not None
    return cart


def _read(connection: Connection, owner: str) -> Cart:
    return _found(connection, owner, _CART) or Cart(owner, "")


# One statement, so that the revision and the lines belong together.
_CART = (
    select(carts.c.revision, carts.c.emptied_by, carts.c.code, cart_lines)
    .select_from(carts.outerjoin(cart_lines, cart_lines.c.owner == carts.c.owner))
    .where(carts.c.owner == bindparam("owner"))
    .order_by(cart_lines.c.added_at, cart_lines.c.product_id)
)


def _found(connection: Connection, owner: str, query: Select[Any]) -> Cart | None:
    rows = connection.execute(query, {"owner": owner}).all()
    if not rows:
        return None
    lines = (CartLine(r.product_id, r.quantity, r.unit_price) for r in rows if r.product_id is not None)
    return Cart(owner, rows[0].revision, tuple(lines), rows[0].emptied_by, rows[0].code)


def _write(
    connection: Connection, cart: Cart, lines: Lines, emptied_by: int | None = None, *, code: str | None = None
) -> Cart:
    """Turn the locked cart's lines into `lines`, writing only what differs, under a new revision.

    `code`: None leaves the one that it has.
    """
    code = cart.code if code is None else code
    before = lines_of(cart)
    now = stamp(connection)
    is_line = cart_lines.c.owner == cart.owner
    gone = [key for key in before if key not in lines]
    if gone:
        connection.execute(delete(cart_lines).where(is_line, cart_lines.c.product_id.in_(gone)))
    for key, line in lines.items():
        values = {"quantity": line.quantity, "unit_price": line.unit_price}
        if key not in before:
            connection.execute(insert(cart_lines).values(owner=cart.owner, product_id=key, added_at=now, **values))
        elif line != before[key]:
            connection.execute(update(cart_lines).where(is_line, cart_lines.c.product_id == key).values(**values))
    revision = secrets.token_hex(16)
    connection.execute(
        update(carts)
        .where(carts.c.owner == cart.owner)
        .values(revision=revision, emptied_by=emptied_by, code=code, changed_at=now)
    )
    return Cart(cart.owner, revision, tuple(lines.values()), emptied_by, code)
