"""Addresses that are not written to any more, and which messages said so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select

from app.domain import AddressBlock, AuditEntry, BlockReason
from app.services.messages.ports import EventMessage
from app.stores.sql.audit.log import append
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new, upsert
from app.stores.sql.tables import address_blocks, hook_messages

KEPT = timedelta(days=3)  # longer than any message counts
DETAIL_LENGTH = 200


class SqlAddressBlocks:
    """The `AddressBlocks` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, email: str) -> AddressBlock | None:
        return self._one(address_blocks.c.email == email)

    def among(self, emails: Collection[str]) -> dict[str, AddressBlock]:
        def work(connection: Connection) -> dict[str, AddressBlock]:
            queries = (
                select(address_blocks).where(address_blocks.c.email.in_(some)) for some in chunks(sorted(emails))
            )
            return {row.email: _block(row) for query in queries for row in connection.execute(query)}

        return self._database.read(work)

    def get(self, block_id: int) -> AddressBlock | None:
        return self._one(address_blocks.c.block_id == block_id)

    def record(self, message: EventMessage) -> bool:
        # One row per address, the last word counts; sorted, so that two messages at once cannot wait for each other.
        rows = {
            event.email: {
                "email": event.email,
                "reason": event.reason.value,
                "detail": event.detail[:DETAIL_LENGTH],
                "at": event.at,
            }
            for event in message.events
        }

        def work(connection: Connection) -> bool:
            taken = {"message_id": message.message_id, "received_at": database_now(connection)}
            if not insert_new(connection, hook_messages, taken):
                return False
            upsert(connection, address_blocks, [rows[email] for email in sorted(rows)], ["email"])
            return True

        return self._database.write(work)

    def latest(self, limit: int) -> tuple[AddressBlock, ...]:
        query = select(address_blocks).order_by(address_blocks.c.block_id.desc()).limit(limit)
        rows = self._database.read(lambda c: c.execute(query).all())
        return tuple(_block(row) for row in rows)

    def lift(self, block_id: int, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            gone = connection.execute(delete(address_blocks).where(address_blocks.c.block_id == block_id))
            if gone.rowcount:
                append(connection, audited)
            return gone.rowcount == 1

        return self._database.write(work)

    def lift_bounce(self, email: str) -> bool:
        which = (address_blocks.c.email == email) & (address_blocks.c.reason == BlockReason.BOUNCE.value)
        gone = delete(address_blocks).where(which)
        return self._database.write(lambda c: c.execute(gone).rowcount == 1)

    def forget_messages(self, limit: int) -> int:
        def work(connection: Connection) -> int:
            old = hook_messages.c.received_at < database_now(connection) - KEPT
            query = select(hook_messages.c.message_id).where(old).order_by(hook_messages.c.received_at).limit(limit)
            ids = connection.execute(query).scalars().all()
            if ids:
                connection.execute(delete(hook_messages).where(hook_messages.c.message_id.in_(ids)))
            return len(ids)

        return self._database.write(work)

    def _one(self, which: ColumnElement[bool]) -> AddressBlock | None:
        query = select(address_blocks).where(which)
        row = self._database.read(lambda c: c.execute(query).first())
        return None if row is None else _block(row)


def _block(row: Row[Any]) -> AddressBlock:
    return AddressBlock(row.block_id, row.email, BlockReason(row.reason), row.detail, row.at)
