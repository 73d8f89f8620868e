"""What the audit log needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain import AuditEntry, AuditKind

REFUSED_SUFFIX = ":refused"  # of the key of a refusal; the rest is the key of the attempt


@dataclass(frozen=True)
class AuditQuery:
    """Which entries are wanted; what is empty does not narrow.

    `q`: words that all stand somewhere in the actor, the target's name or id, or the note, whatever their case.
    `start` and `end`: times of the entries, `end` exclusive. `before_id`: only entries written before that one.
    """

    q: str = ""
    actor: str = ""
    action: str = ""
    kind: AuditKind | None = None
    target: tuple[str, str] | None = None  # kind and id
    start: datetime | None = None
    end: datetime | None = None
    before_id: int | None = None
    limit: int = 50


@dataclass(frozen=True)
class AuditPage:
    """Entries, newest first. `more`: older ones may follow, before `next_before`.

    `stopped_after`: so many entries were looked at without filling the page, and the search went no further.
    """

    entries: tuple[AuditEntry, ...]
    more: bool
    next_before: int | None = None
    stopped_after: int | None = None


class AuditLog(Protocol):
    """Entries are added and read; nothing changes or deletes one."""

    def append(self, entry: AuditEntry, key: str | None = None) -> bool:
        """Write it, at the database's time; False, and nothing written, when the key is there already."""

    def has(self, key: str) -> bool: ...

    def search(self, wanted: AuditQuery) -> AuditPage:
        """The cost does not grow with the log: one index serves it, and 20,000 rows are looked at at most.

        Of a refused attempt only the refusal is found, so that a page may hold fewer entries than asked for.
        """

    def latest_of(self, kind: str, target_ids: Collection[str]) -> Mapping[str, AuditEntry]:
        """The newest change of each of these targets; one that nobody changed has none."""
