"""Products, their stock and its reservations on the SQL database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain import Product, ProductStatus, Quantity, Reservation, ReservationState, StockChange
from app.errors import Conflict, NotFound, OutOfStock, Shortage, StaleEdit
from app.services.catalog.ports import CatalogChanges
from app.stores.shared.product_fields import read_product, written_fields
from app.stores.shared.reservations import per_product
from app.stores.sql.engine.clock import database_now, stamp
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new, is_duplicate
from app.stores.sql.tables import products, reservation_lines, reservations, stock_marks

# A change is stamped before it commits. Asking again for the last seconds finds those that were slow to.
OVERLAP = timedelta(seconds=30)
_IDS_PER_QUERY = 500


class SqlCatalog:
    """The `Catalog` port. Each method is one transaction; rows are locked in the order of product ids."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, product_id: str) -> Product | None:
        return self.get_many([product_id]).get(product_id)

    def get_many(self, product_ids: Sequence[str]) -> dict[str, Product]:
        return self._database.read(lambda connection: _products(connection, product_ids))

    def changes_since(self, cursor: datetime | None) -> CatalogChanges:
        def work(connection: Connection) -> CatalogChanges:
            now = database_now(connection)  # before the rows: what commits in between is found next time
            query = select(products)
            if cursor is not None:
                query = query.where(products.c.changed_at >= cursor)
            return CatalogChanges(tuple(_product(row) for row in connection.execute(query)), now - OVERLAP)

        return self._database.read(work)

    def add(self, product: Product) -> None:
        def work(connection: Connection) -> None:
            now = stamp(connection)
            row = written_fields(product) | {
                "product_id": product.product_id,
                "stock": product.stock,
                "created_at": product.created_at or now,
                "changed_at": now,
            }
            try:
                connection.execute(insert(products).values(row))
            except IntegrityError as error:
                if not is_duplicate(error):
                    raise
                raise Conflict("There is already a product with this id.") from error

        self._database.write(work)

    def update(self, product: Product) -> Product:
        def work(connection: Connection) -> Product:
            written = written_fields(product)
            changed = connection.execute(
                update(products)
                .where(products.c.product_id == product.product_id, products.c.version == product.version)
                .values(**written, version=product.version + 1, changed_at=stamp(connection))
            )
            present = _products(connection, [product.product_id]).get(product.product_id)
            if present is None:
                raise NotFound("There is no such product.")
            if changed.rowcount != 1 and written_fields(present) != written:
                raise StaleEdit()
            return present

        return self._database.write(work)

    def adjust_stock(
        self, edit_id: str, product_id: str, *, delta: int | None = None, set_to: int | None = None
    ) -> StockChange:
        if (delta is None) == (set_to is None):
            raise ValueError("exactly one of delta and set_to")
        return self._database.write(lambda connection: _adjust(connection, edit_id, product_id, delta, set_to))

    def reserve(self, order_id: int, lines: Sequence[Quantity]) -> Reservation:
        wanted = per_product(lines)  # in the order in which rows are locked
        return self._database.write(lambda connection: _reserve(connection, order_id, wanted))

    def release(self, order_id: int) -> None:
        self._database.write(lambda connection: _release(connection, order_id))

    def settle(self, order_id: int) -> None:
        self._database.write(lambda connection: settle(connection, order_id))

    def reservation(self, order_id: int) -> Reservation | None:
        return self._database.read(lambda connection: _reservation(connection, order_id))

    def held(self) -> dict[str, int]:
        lines = reservation_lines
        query = (
            select(lines.c.product_id, func.sum(lines.c.units))
            .join(reservations, reservations.c.order_id == lines.c.order_id)
            .where(reservations.c.state == ReservationState.HELD.value)
            .group_by(lines.c.product_id)
        )
        return self._database.read(lambda connection: {row[0]: int(row[1]) for row in connection.execute(query)})


def _adjust(
    connection: Connection, edit_id: str, product_id: str, delta: int | None, set_to: int | None
) -> StockChange:
    product = _locked(connection, product_id)
    if product is None:
        raise NotFound("There is no such product.")
    # Read under the product's lock: of two that apply the same edit, the second sees the first.
    mark = connection.execute(select(stock_marks).where(stock_marks.c.edit_id == edit_id)).first()
    if mark is not None:
        return StockChange(mark.delta, mark.available)
    change = delta if delta is not None else (set_to or 0) - product.stock
    available = product.stock + change
    if available < 0:
        raise Conflict(f"Only {product.stock} of {product.name} are available, so {-change} cannot be taken out.")
    if not _move(connection, product_id, change):
        raise Conflict(f"The stock of {product.name} changed at this moment. Try again.")
    row = {"edit_id": edit_id, "product_id": product_id, "delta": change, "available": available}
    if not insert_new(connection, stock_marks, row | {"at": stamp(connection)}):
        raise Conflict("This change was already made for another product.")
    return StockChange(change, available)


def _reserve(connection: Connection, order_id: int, lines: Sequence[Quantity]) -> Reservation:
    guard = {"order_id": order_id, "state": ReservationState.HELD.value, "changed_at": stamp(connection)}
    if not insert_new(connection, reservations, guard):
        known = _reservation(connection, order_id)
        assert known is not None
        if known.state is not ReservationState.HELD:
            raise Conflict(f"The units of this order were {known.state.value} before.")
        return known
    shortages = [short for line in lines if (short := _take(connection, line)) is not None]
    if shortages:
        raise OutOfStock(shortages)  # rolls everything back, the guard too
    connection.execute(
        insert(reservation_lines),
        [{"order_id": order_id, "product_id": line.product_id, "units": line.units} for line in lines],
    )
    return Reservation(order_id, ReservationState.HELD, tuple(lines))


def _take(connection: Connection, line: Quantity) -> Shortage | None:
    """Take units that are there; else say what is left."""
    taken = (
        update(products)
        .where(
            products.c.product_id == line.product_id,
            products.c.status == ProductStatus.ACTIVE.value,
            products.c.stock >= line.units,
        )
        .values(stock=products.c.stock - line.units, changed_at=stamp(connection))
    )
    if connection.execute(taken).rowcount == 1:
        return None
    product = _locked(connection, line.product_id)
    if product is None or product.status != ProductStatus.ACTIVE.value:
        name = "A product that is gone" if product is None else product.name
        return Shortage(line.product_id, name, line.units, 0)
    # Units may have come back between the two statements; under the lock the answer is final.
    if product.stock >= line.units and connection.execute(taken).rowcount == 1:
        return None
    return Shortage(line.product_id, product.name, line.units, product.stock)


def _release(connection: Connection, order_id: int) -> None:
    released = ReservationState.RELEASED
    if not _change_state(connection, order_id, released):
        tombstone = {"order_id": order_id, "state": released.value, "changed_at": stamp(connection)}
        if insert_new(connection, reservations, tombstone):
            return
        # It was not held, and yet it is there: released or settled before, or reserved at this moment.
        if not _change_state(connection, order_id, released):
            known = _reservation(connection, order_id)
            if known is None or known.state is not released:
                raise Conflict("The units of this order are sold.")
            return
    for line in _lines(connection, order_id):
        if not _move(connection, line.product_id, line.units):
            raise RuntimeError(f"units of order {order_id} cannot return to {line.product_id}")


def settle(connection: Connection, order_id: int) -> None:
    """As `SqlCatalog.settle`, in the caller's transaction."""
    if _change_state(connection, order_id, ReservationState.SETTLED):
        return
    known = _reservation(connection, order_id)
    if known is None or known.state is not ReservationState.SETTLED:
        raise Conflict("No units are held for this order (any more).")


def _change_state(connection: Connection, order_id: int, state: ReservationState) -> bool:
    """Leave `held` for `state`; False when the reservation is not held."""
    changed = connection.execute(
        update(reservations)
        .where(reservations.c.order_id == order_id, reservations.c.state == ReservationState.HELD.value)
        .values(state=state.value, changed_at=stamp(connection))
    )
    return changed.rowcount == 1


def _move(connection: Connection, product_id: str, delta: int) -> bool:
    moved = connection.execute(
        update(products)
        .where(products.c.product_id == product_id, products.c.stock >= -delta)
        .values(stock=products.c.stock + delta, changed_at=stamp(connection))
    )
    return moved.rowcount == 1


def _reservation(connection: Connection, order_id: int) -> Reservation | None:
    row = connection.execute(select(reservations.c.state).where(reservations.c.order_id == order_id)).first()
    return None if row is None else Reservation(order_id, ReservationState(row.state), _lines(connection, order_id))


def _lines(connection: Connection, order_id: int) -> tuple[Quantity, ...]:
    lines = reservation_lines
    query = select(lines).where(lines.c.order_id == order_id).order_by(lines.c.product_id)
    return tuple(Quantity(row.product_id, row.units) for row in connection.execute(query))


def _locked(connection: Connection, product_id: str) -> Row[Any] | None:
    return connection.execute(select(products).where(products.c.product_id == product_id).with_for_update()).first()


def _products(connection: Connection, product_ids: Sequence[str]) -> dict[str, Product]:
    found: dict[str, Product] = {}
    for start in range(0, len(product_ids), _IDS_PER_QUERY):
        chunk = product_ids[start : start + _IDS_PER_QUERY]
        for row in connection.execute(select(products).where(products.c.product_id.in_(chunk))):
            found[row.product_id] = _product(row)
    return found


def _product(row: Row[Any]) -> Product:
    return read_product(row._asdict(), row.created_at, row.changed_at)
