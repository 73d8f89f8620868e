"""The audit log of the demo's year: what its staff did to stock and orders, told from the rows just written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.domain import AuditAction, AuditOutcome, MovementKind, order_number
from app.stores.sql.engine.bulk import insert_rows
from app.stores.sql.tables import audit_log, return_lines, returns, stock_movements

_COLUMNS = (
    "at", "actor", "address", "via", "action", "target_kind", "target_id", "target_name",
    "before", "after", "outcome", "note",
)  # fmt: skip
_ACTIONS = {
    MovementKind.RECEIPT: AuditAction.STOCK_RECEIVE,
    MovementKind.WRITE_OFF: AuditAction.STOCK_WRITE_OFF,
    MovementKind.CORRECTION: AuditAction.STOCK_CORRECT,
}

Row = tuple[Any, ...]


def write_audit(connection: Connection, names: Mapping[str, str]) -> int:
    """Add the year's entries, oldest first, and return how many; none to a log that has begun, which only grows.

    `names`: what each product is called, by its id.
    """
    if connection.execute(select(audit_log.c.audit_id).limit(1)).first() is not None:
        return 0
    rows = sorted([*_stock(connection, names), *_returns(connection)], key=lambda row: (row[0], row[5:8]))
    return insert_rows(connection, audit_log, _COLUMNS, rows)


def _stock(connection: Connection, names: Mapping[str, str]) -> Iterator[Row]:
    m = stock_movements.c
    by_hand = select(m.at, m.kind, m.quantity, m.on_hand, m.actor, m.note, m.product_id).where(
        m.kind.in_([kind.value for kind in _ACTIONS])
    )
    for row in connection.execute(by_hand):
        kind = MovementKind(row.kind)
        before, after = None, {"units": abs(row.quantity)}
        if kind is MovementKind.CORRECTION:
            before, after = {"stock": row.on_hand - row.quantity}, {"stock": row.on_hand}
        name = names[row.product_id]
        yield _row(row.at, row.actor, _ACTIONS[kind], "product", row.product_id, name, before, after, row.note)


def _returns(connection: Connection) -> Iterator[Row]:
    lines: dict[int, list[dict[str, object]]] = defaultdict(list)
    in_order = return_lines.select().order_by(return_lines.c.return_id, return_lines.c.item_no)
    for line in connection.execute(in_order):
        lines[line.return_id].append({"name": line.name, "quantity": line.quantity, "restock": line.restock})
    for row in connection.execute(returns.select()):
        after = {"lines": lines[row.return_id], "refund": row.refund}
        name = f"#{order_number(row.order_id, None)}"
        yield _row(row.at, row.actor, AuditAction.ORDER_RETURN, "order", row.order_id, name, None, after, row.reason)


def _row(
    at: Any, actor: str, action: str, kind: str, target: object, name: str, before: Any, after: Any, note: str
) -> Row:
    values = (None if before is None else json.dumps(before), json.dumps(after))
    return (at, actor, "", "page", str(action), kind, str(target), name, *values, AuditOutcome.DONE.value, note)
