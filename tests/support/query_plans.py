"""What a database server says about how it would run the statements that a block of code sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    event,
    func,
    insert,
    select,
    text,
)

from app.stores.sql.engine.database import Database
from app.stores.sql.tables import UtcDateTime, metadata

EXPLAINED = ("SELECT", "UPDATE", "DELETE")
# Columns whose value decides what a row is: one that is over and done with, as nearly all are in a shop's second year.
OVER = {
    "state": "done",
    "reservations.state": "settled",
    "demo_charges.state": "approved",
    "status": "paid",
    "kind": "receipt",
    "events.kind": "promotion",
    "source": "shop",
    "purpose": "verify",
    "role": "customer",
    "action": "staff.create",
    "outcome": "done",
    "verdict": "agrees",
    "address_blocks.reason": "complaint",
    "reconciliations.details": {"looked_at": {}, "differences": [], "notes": [], "mended": []},
    "scopes": "shop",
}
_ALIAS = re.compile(r"\b(?:FROM|JOIN|,)\s+`?(\w+)`?\s+AS\s+`?(\w+)`?", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """One line of EXPLAIN: how a table is read. `rows`: how many the server thinks it looks at."""

    table: str
    how: str
    key: str
    rows: int
    statement: str

    def __str__(self) -> str:
        return (
            f"{self.how} over {self.table} ({self.rows} rows, key {self.key}): {' '.join(self.statement.split())[:400]}"
        )


@contextmanager
def recorded(database: Database) -> Iterator[dict[str, Any]]:
    """Every distinct statement, with the values it was first sent with."""
    seen: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, executemany: bool) -> None:
        if statement.lstrip("( ").upper().startswith((*EXPLAINED, "INSERT")):
            seen.setdefault(statement, values[0] if executemany else values)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def plans(database: Database, statements: dict[str, Any]) -> list[Step]:
    steps = []
    with database.engine.connect() as connection:
        cursor = connection.connection.cursor()
        for statement, values in statements.items():
            if not statement.lstrip("( ").upper().startswith(EXPLAINED):
                continue
            aliases = {alias: name for name, alias in _ALIAS.findall(statement)}
            cursor.execute(f"EXPLAIN {statement}", values)
            names = [column[0] for column in cursor.description]
            for row in (dict(zip(names, line, strict=True)) for line in cursor.fetchall()):
                table = str(row["table"])
                steps.append(
                    Step(
                        aliases.get(table, table),
                        str(row["type"]),
                        str(row["key"]),
                        int(str(row["rows"] or 0).split()[0]),  # "1 (0%)" with a filter of row ids
                        statement,
                    )
                )
    return steps


def fill(database: Database, tables: list[Table], rows: int) -> None:
    """Rows that are over and done with, until each table has as many as a table that grew, and fresh statistics."""
    with database.engine.begin() as connection:
        connection.execute(text("SET foreign_key_checks = 0"))
        for table in tables:
            present = connection.execute(select(func.count()).select_from(table)).scalar_one()
            for start in range(present, rows, 500):
                chunk = [_row(table, number) for number in range(start, min(start + 500, rows))]
                connection.execute(insert(table).prefix_with("IGNORE"), chunk)
        connection.execute(text("SET foreign_key_checks = 1"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in metadata.sorted_tables:
            connection.execute(text(f"ANALYZE TABLE {table.name}")).all()


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.columns if column.computed is None}


def _value(column: Column[Any], number: int) -> Any:
    kind = column.type
    at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=number * 7)
    for name in (f"{column.table.name}.{column.name}", column.name):
        if name in OVER:
            return OVER[name]
    if column.name == "leased_until" or (column.name.endswith("_key") and column.nullable):
        return None
    if isinstance(kind, Boolean):
        return False
    if column.name in ("expires_at", "quiet_at"):
        return at + timedelta(days=10_000)  # not what a purge takes next
    if isinstance(kind, UtcDateTime | DateTime):
        return at
    if isinstance(kind, Date):
        return date(2024, 1, 1) + timedelta(days=number)
    if isinstance(kind, LargeBinary):
        return bytes(8)
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, Integer):
        return number + 10_000_000 if column.primary_key else number
    length = getattr(kind, "length", None) or 200
    return f"filler-{column.name}-{number}"[-length:]
