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

    def since(self, minute: int) -> list[bytes]:
        query = select(visitor_sketches.c.bits).where(visitor_sketches.c.minute >= minute)
        return [bytes(row[0]) for row in self._database.read(lambda connection: connection.execute(query).all())]

    def forget(self, before: int) -> int:
        old = delete(visitor_sketches).where(visitor_sketches.c.minute < before)
        return self._database.write(lambda connection: connection.execute(old).rowcount)
