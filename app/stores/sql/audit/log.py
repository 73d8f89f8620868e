"""The audit log in the relational store: appended to and read. Triggers refuse anything else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from app.domain import Actor, AuditEntry, AuditOutcome
from app.services.audit.ports import REFUSED_SUFFIX, AuditPage, AuditQuery
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import audit_log

MOST_LOOKED_AT = 20_000
KEY_LENGTH = 160
_ROWS_AT_ONCE = 2_000
# Ids and times grow together but for transactions that overlap: so many entries around the ends of a period
# are looked at by their time.
_OVERLAP = 1_000
_REFUSED_IN_A_ROW = 20  # so many refusals hide the change before them

_SCANNED = (
    audit_log.c.audit_id,
    audit_log.c.at,
    audit_log.c.actor,
    audit_log.c.action,
    audit_log.c.target_kind,
    audit_log.c.target_id,
    audit_log.c.target_name,
    audit_log.c.note,
)


def append(connection: Connection, entry: AuditEntry, key: str | None = None) -> bool:
    """Add the entry to the caller's transaction, at the database's time; False when the key is there already."""
    row = {
        "entry_key": None if key is None else key[:KEY_LENGTH],
        "at": database_now(connection),
        "actor_id": entry.actor.user_id,
        "before": entry.before,
        "after": entry.after,
        "outcome": entry.outcome.value,
        **_fitting(
            actor=entry.actor.name,
            address=entry.actor.address,
            via=entry.actor.via,
            action=entry.action,
            target_kind=entry.target_kind,
            target_id=entry.target_id,
            target_name=entry.target_name,
            note=entry.note,
        ),
    }
    return insert_new(connection, audit_log, row)


class SqlAuditLog:
    """Implements `app.services.audit.ports.AuditLog`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def append(self, entry: AuditEntry, key: str | None = None) -> bool:
        return self._db.write(lambda c: append(c, entry, key))

    def has(self, key: str) -> bool:
        query = select(audit_log.c.audit_id).where(audit_log.c.entry_key == key[:KEY_LENGTH])
        return self._db.read(lambda c: c.execute(query).first()) is not None

    def search(self, wanted: AuditQuery) -> AuditPage:
        return self._db.read(lambda c: _search(c, wanted))

    def latest_of(self, kind: str, target_ids: Collection[str]) -> Mapping[str, AuditEntry]:
        def work(connection: Connection) -> dict[str, AuditEntry]:
            ids = [audit_id for target_id in target_ids for audit_id in _latest(connection, kind, target_id)]
            done = [entry for entry in _entries(connection, ids) if entry.outcome is AuditOutcome.DONE]
            return {entry.target_id: entry for entry in reversed(done)}

        return self._db.read(work)


def _latest(connection: Connection, kind: str, target_id: str) -> Sequence[int]:
    """By the index, one target at a time: a maximum per group would read all that ever happened to them."""
    query = select(audit_log.c.audit_id).where(
        audit_log.c.target_kind == kind,
        audit_log.c.target_id == target_id,
    )
    return connection.execute(query.order_by(audit_log.c.audit_id.desc()).limit(_REFUSED_IN_A_ROW)).scalars().all()


def _search(connection: Connection, wanted: AuditQuery) -> AuditPage:
    bounds = _bounds(connection, wanted)
    if bounds is None:
        return AuditPage((), more=False)
    statement, is_match = _narrowed(select(*_SCANNED).where(*bounds), wanted)
    found: list[int] = []
    looked_at, last = 0, None
    for row in _newest_first(connection, statement, wanted):
        looked_at, last = looked_at + 1, row.audit_id
        if is_match(row):
            found.append(row.audit_id)
        if len(found) > wanted.limit:
            shown = found[: wanted.limit]
            return AuditPage(tuple(_entries(connection, shown)), more=True, next_before=shown[-1])
    stopped = looked_at == MOST_LOOKED_AT
    return AuditPage(
        tuple(_entries(connection, found)),
        more=stopped,
        next_before=last if stopped else None,
        stopped_after=looked_at if stopped else None,
    )


def _newest_first(connection: Connection, statement: Select[Any], wanted: AuditQuery) -> Iterator[Row[Any]]:
    """Up to MOST_LOOKED_AT rows; few first, as without words to look for the first ones fill the page."""
    before, size, left = wanted.before_id, wanted.limit + 1, MOST_LOOKED_AT
    while left > 0:
        page = statement if before is None else statement.where(audit_log.c.audit_id < before)
        size = min(size, left)
        rows = connection.execute(page.order_by(audit_log.c.audit_id.desc()).limit(size)).all()
        yield from rows
        if len(rows) < size:
            return
        before, left, size = rows[-1].audit_id, left - size, _ROWS_AT_ONCE


def _narrowed(statement: Select[Any], wanted: AuditQuery) -> tuple[Select[Any], Callable[[Row[Any]], bool]]:
    """The one filter that has an index of its own goes into SQL; the others are applied to the rows it gives."""
    c = audit_log.c
    if wanted.target is not None:
        statement = statement.where(c.target_kind == wanted.target[0], c.target_id == wanted.target[1])
    elif wanted.actor:
        statement = statement.where(c.actor == wanted.actor)
    elif wanted.action:
        statement = statement.where(c.action == wanted.action)
    words = wanted.q.casefold().split()

    def is_match(row: Row[Any]) -> bool:
        if wanted.actor not in ("", row.actor) or wanted.action not in ("", row.action):
            return False
        if wanted.kind is not None and not wanted.kind.has(row.action):
            return False
        if (wanted.start is not None and row.at < wanted.start) or (wanted.end is not None and row.at >= wanted.end):
            return False
        if not words:
            return True
        text = f"{row.actor}\n{row.target_name}\n{row.target_id}\n{row.note}".casefold()
        return all(word in text for word in words)

    return statement, is_match


def _bounds(connection: Connection, wanted: AuditQuery) -> list[ColumnElement[bool]] | None:
    """The period in ids, which every index can use; None when nothing was written in it."""
    bounds: list[ColumnElement[bool]] = []
    if wanted.start is not None:
        first = _edge(connection, audit_log.c.at >= wanted.start, audit_log.c.at)
        if first is None:
            return None
        bounds.append(audit_log.c.audit_id >= first - _OVERLAP)
    if wanted.end is not None:
        last = _edge(connection, audit_log.c.at < wanted.end, audit_log.c.at.desc())
        if last is None:
            return None
        bounds.append(audit_log.c.audit_id <= last + _OVERLAP)
    return bounds


def _edge(connection: Connection, condition: ColumnElement[bool], order: Any) -> int | None:
    query = select(audit_log.c.audit_id).where(condition).order_by(order).limit(1)
    found: int | None = connection.execute(query).scalar()
    return found


def _entries(connection: Connection, audit_ids: Collection[int]) -> list[AuditEntry]:
    rows = connection.execute(
        select(audit_log).where(audit_log.c.audit_id.in_(audit_ids)).order_by(audit_log.c.audit_id.desc())
    ).all()
    # Whoever reads the log must not take an attempt for a deed because its refusal is on another page.
    refusals = [f"{row.entry_key}{REFUSED_SUFFIX}" for row in rows if row.entry_key]
    there = set(connection.execute(select(audit_log.c.entry_key).where(audit_log.c.entry_key.in_(refusals))).scalars())
    return [_entry(row) for row in rows if f"{row.entry_key}{REFUSED_SUFFIX}" not in there]


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        audit_id=row.audit_id,
        at=row.at,
        actor=Actor(row.actor, row.actor_id, row.address, row.via),
        action=row.action,
        target_kind=row.target_kind,
        target_id=row.target_id,
        target_name=row.target_name,
        before=row.before,
        after=row.after,
        outcome=AuditOutcome(row.outcome),
        note=row.note,
    )


def _fitting(**texts: str) -> dict[str, str]:
    """Cut to their columns: an entry that is too long must not hold up what it is about."""
    return {name: text[: audit_log.c[name].type.length] for name, text in texts.items()}  # type: ignore[attr-defined]
