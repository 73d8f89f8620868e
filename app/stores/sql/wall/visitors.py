"""Sketches of visitors in the relational store."""

from __future__ import annotations

from sqlalchemy import delete, select

from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.tables import visitor_sketches


class SqlVisitorSketches:
    """The `VisitorSketches` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, minute: int, process: str, bits: bytes) -> None:
        row = {"minute": minute, "process": process, "bits": bits}
        self._database.write(lambda connection: upsert(connection, visitor_sketches, [row], ["minute", "process"]))

    def since(self, minute: int) -> list[tuple[int, bytes]]:
        v = visitor_sketches.c
        query = select(v.minute, v.bits).where(v.minute >= minute)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [(at, bytes(bits)) for at, bits in rows]

    def forget(self, before: int) -> int:
        old = delete(visitor_sketches).where(visitor_sketches.c.minute < before)
        return self._database.write(lambda connection: connection.execute(old).rowcount)
