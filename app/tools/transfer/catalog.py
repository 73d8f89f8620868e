"""Products, reservations, stock marks and carts of the SQL catalogue, as records for a store of another kind."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from app.stores.sql.tables import (
    cart_lines,
    cart_takes,
    carts,
    orders,
    products,
    reservation_lines,
    reservations,
    stock_marks,
)
from app.tools.transfer.copying import Copied
from app.tools.transfer.ports import CatalogTarget, Record
from app.tools.transfer.rows import Change, Checksum, chunks

KEYS = {
    "products": "product_id",
    "reservations": "order_id",
    "stock_marks": "edit_id",
    "carts": "owner",
    "cart_takes": "order_id",
}
_TABLES = {
    "products": products,
    "reservations": reservations,
    "stock_marks": stock_marks,
    "carts": carts,
    "cart_takes": cart_takes,
}
# Guests' carts expire there; one that would within a day is left behind.
_GUEST_CARTS = timedelta(days=89)


def records(source: Connection, kind: str, now: datetime, change: Change) -> Iterator[list[Record]]:
    """`change` is applied to products."""
    for rows in chunks(source, _TABLES[kind]):
        yield list(_records(source, kind, rows, now, change))


def _records(
    source: Connection, kind: str, rows: Sequence[dict[str, Any]], now: datetime, change: Change
) -> Iterator[Record]:
    keys = [row[KEYS[kind]] for row in rows]
    match kind:
        case "products":
            yield from map(change, rows)
        case "stock_marks":
            yield from rows
        case "reservations":
            lines = _children(source, reservation_lines, reservation_lines.c.order_id, keys, ("product_id", "units"))
            for row in rows:
                yield row | {"lines": lines[row["order_id"]]}
        case "carts":
            names = ("product_id", "quantity", "unit_price")
            lines = _children(source, cart_lines, cart_lines.c.owner, keys, names, cart_lines.c.added_at)
            for row in rows:
                if not row["owner"].startswith("guest#") or row["changed_at"] > now - _GUEST_CARTS:
                    yield row | {"lines": lines[row["owner"]]}
        case "cart_takes":
            owner_of = select(orders.c.order_id, orders.c.owner).where(orders.c.order_id.in_(keys))
            owners = {row.order_id: row.owner for row in source.execute(owner_of)}
            for row in rows:
                yield row | {"owner": owners.get(row["order_id"], "")}


def _children(
    source: Connection, table: Any, parent: Any, keys: Sequence[Any], names: Sequence[str], *order: Any
) -> dict[Any, list[Record]]:
    found: dict[Any, list[Record]] = defaultdict(list)
    query = select(table).where(parent.in_(keys)).order_by(*order, table.c.product_id)
    row: Row[Any]
    for row in source.execute(query):
        found[row._mapping[parent.name]].append({name: row._mapping[name] for name in names})
    return found


def copy_kind(source: Connection, target: CatalogTarget, kind: str, now: datetime, change: Change) -> Copied:
    """As `copy_table`: add, replace, remove; safe to run twice and to kill anywhere."""
    done = Copied()
    key = KEYS[kind]
    for wanted in records(source, kind, now, change):
        known = target.get(kind, [record[key] for record in wanted])
        differing = [r for r in wanted if r[key] not in known or text_of(known[r[key]]) != text_of(r)]
        target.put(kind, differing)
        done.read += len(wanted)
        done.added += sum(record[key] not in known for record in differing)
        done.replaced += sum(record[key] in known for record in differing)
    done.removed = _remove_extra(source, target, kind, now, change)
    return done


def _remove_extra(source: Connection, target: CatalogTarget, kind: str, now: datetime, change: Change) -> int:
    removed = 0
    page: list[Any] = []

    def look() -> int:
        table = _TABLES[kind]
        column = table.c[KEYS[kind]]
        rows = [dict(row._mapping) for row in source.execute(select(table).where(column.in_(page)))]
        wanted = {record[KEYS[kind]] for record in _records(source, kind, rows, now, change)}
        extra = [key for key in page if key not in wanted]
        target.remove(kind, extra)
        page.clear()
        return len(extra)

    for record in target.everything(kind):
        page.append(record[KEYS[kind]])
        if len(page) == 500:
            removed += look()
    return removed + look()


def source_checksum(source: Connection, kind: str, now: datetime, change: Change) -> Checksum:
    found = Checksum()
    for some in records(source, kind, now, change):
        for record in some:
            found.add(text_of(record))
    return found


def target_checksum(target: CatalogTarget, kind: str) -> Checksum:
    found = Checksum()
    for record in target.everything(kind):
        found.add(text_of(record))
    return found


def text_of(record: Record) -> str:
    """The same text for the same content."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat)
