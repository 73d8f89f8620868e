"""Carts on the SQL database: every change reads and writes the cart under its row's lock."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.domain import LINE_LIMIT, Cart, CartLine, Quantity
from app.errors import InvalidInput
from app.stores.sql.engine import Database
from app.stores.sql.tables import cart_lines, cart_takes, carts
from app.stores.sql.upsert import insert_new

Lines = dict[str, CartLine]  # by product id, in the order in which they were put in
Change = Callable[[Lines], Lines]  # makes new lines, leaves the given ones alone


class SqlCarts:
    """The `Carts` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, owner: str) -> Cart:
        return self._database.read(lambda connection: _read(connection, owner))

    def add(self, owner: str, product_id: str, units: int, unit_price: int, most: int) -> Cart:
        def more(lines: Lines) -> Lines:
            before = lines[product_id].quantity if product_id in lines else 0
            return _with(lines, CartLine(product_id, min(before + units, most), unit_price))

        return self._change(owner, more)

    def set_quantity(self, owner: str, product_id: str, quantity: int, unit_price: int) -> Cart:
        return self._change(owner, lambda lines: _with(lines, CartLine(product_id, quantity, unit_price)))

    def accept_prices(self, owner: str, prices: Mapping[str, int]) -> Cart:
        def accepted(lines: Lines) -> Lines:
            return {key: replace(line, unit_price=prices.get(key, line.unit_price)) for key, line in lines.items()}

        return self._change(owner, accepted)

    def clear(self, owner: str) -> Cart:
        def emptied(connection: Connection) -> Cart:
            cart = _locked(connection, owner)
            # Clearing takes back "this order emptied it": the shopper is done with that order.
            touched = bool(cart.lines) or cart.emptied_by is not None
            return _write(connection, cart, {}) if touched else cart

        return self._database.write(emptied)

    def merge(self, guest: str, user: str, most: int) -> Cart:
        def moved(connection: Connection) -> Cart:
            if guest == user or not _read(connection, guest).lines:
                return _read(connection, user)
            # Locked in one order, so that two merges cannot wait for each other.
            locked = {owner: _locked(connection, owner) for owner in sorted({guest, user})}
            lines, left = _lines_of(locked[user]), {}
            for line in locked[guest].lines:
                present = lines.get(line.product_id)
                if present is None and len(lines) >= LINE_LIMIT:
                    left[line.product_id] = line  # stays with the guest rather than get lost
                    continue
                units = line.quantity + (present.quantity if present else 0)
                lines[line.product_id] = replace(line, quantity=min(units, most))
            if left != _lines_of(locked[guest]):
                _write(connection, locked[guest], left)
            return locked[user] if lines == _lines_of(locked[user]) else _write(connection, locked[user], lines)

        return self._database.write(moved)

    def take_bought(self, owner: str, order_id: int, lines: Sequence[Quantity]) -> None:
        def taken(connection: Connection) -> None:
            if not insert_new(connection, cart_takes, {"order_id": order_id, "at": datetime.now(UTC)}):
                return
            cart = _locked(connection, owner)
            kept = _without(_lines_of(cart), lines)
            if kept != _lines_of(cart):
                _write(connection, cart, kept, emptied_by=None if kept else order_id)

        self._database.write(taken)

    def _change(self, owner: str, change: Change) -> Cart:
        def work(connection: Connection) -> Cart:
            cart = _locked(connection, owner)
            lines = _lines_of(cart)
            changed = change(lines)
            return cart if changed == lines else _write(connection, cart, changed)

        return self._database.write(work)


def _with(lines: Lines, line: CartLine) -> Lines:
    """Lines with this one set; a quantity of 0 removes it."""
    if line.quantity <= 0:
        return {key: other for key, other in lines.items() if key != line.product_id}
    if line.product_id not in lines and len(lines) >= LINE_LIMIT:
        raise InvalidInput(
            f"A cart holds at most {LINE_LIMIT} different products. Order these first, or take one out.", "product_id"
        )
    return lines | {line.product_id: line}


def _without(lines: Lines, bought: Sequence[Quantity]) -> Lines:
    kept = dict(lines)
    for item in bought:
        line = kept.pop(item.product_id, None)
        if line is not None and line.quantity > item.units:
            kept[item.product_id] = replace(line, quantity=line.quantity - item.units)
    return {key: kept[key] for key in lines if key in kept}


def _lines_of(cart: Cart) -> Lines:
    return {line.product_id: line for line in cart.lines}


def _locked(connection: Connection, owner: str) -> Cart:
    """The cart under its row's lock; one that never existed is locked by making its row."""
    lock = select(carts.c.owner).where(carts.c.owner == owner).with_for_update()
    if connection.execute(lock).first() is None:
        insert_new(connection, carts, {"owner": owner, "revision": "", "changed_at": datetime.now(UTC)})
        connection.execute(lock).one()
    return _read(connection, owner)


def _read(connection: Connection, owner: str) -> Cart:
    # One statement, so that the revision and the lines belong together.
    query = (
        select(carts.c.revision, carts.c.emptied_by, cart_lines)
        .select_from(carts.outerjoin(cart_lines, cart_lines.c.owner == carts.c.owner))
        .where(carts.c.owner == owner)
        .order_by(cart_lines.c.added_at, cart_lines.c.product_id)
    )
    rows = connection.execute(query).all()
    if not rows:
        return Cart(owner, "")
    lines = (CartLine(r.product_id, r.quantity, r.unit_price) for r in rows if r.product_id is not None)
    return Cart(owner, rows[0].revision, tuple(lines), rows[0].emptied_by)


def _write(connection: Connection, cart: Cart, lines: Lines, emptied_by: int | None = None) -> Cart:
    """Turn the locked cart's lines into `lines`, writing only what differs, under a new revision."""
    before = _lines_of(cart)
    now = datetime.now(UTC)
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
        .values(revision=revision, emptied_by=emptied_by, changed_at=now)
    )
    return Cart(cart.owner, revision, tuple(lines.values()), emptied_by)
