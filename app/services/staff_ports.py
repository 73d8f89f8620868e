"""What the staff pages and the audit log need from the relational store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain import AuditEntry, AuditKind, Notice, Role, User

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


@dataclass(frozen=True)
class StaffChange:
    """What becomes of a member of staff; None leaves a value as it is. `before` and `after` are for the audit log."""

    role: Role | None = None
    is_active: bool | None = None
    ends_sessions: bool = False
    ends_tokens: bool = False
    drops_second_factor: bool = False
    invites_again: bool = False
    notice: Notice | None = None  # what the person is told by e-mail
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None


# Gets the person, and how many active admins there are besides; None: nothing is to be changed. Raises what refuses.
Decide = Callable[[User, int], StaffChange | None]


def called(person: User) -> str:
    """What the audit log calls a person."""
    return f"{person.full_name} <{person.email}>" if person.email else person.full_name


class StaffStore(Protocol):
    """People who work here. Every change and its audit entry are one transaction."""

    def people(self) -> tuple[User, ...]:
        """Everybody with a role beyond customer, also invited and deactivated, by name."""

    def invited_until(self, user_ids: Collection[int]) -> Mapping[int, datetime]:
        """When the latest invitation of each expires, or expired."""

    def invite(self, user: User, audited: AuditEntry) -> User:
        """Store a person without a password and send an invitation. Raises EmailTaken."""

    def change(self, user_id: int, decide: Decide, audited: AuditEntry) -> User:
        """Do what `decide` says of the person, whose row and every active admin's are locked. Raises NotFound.

        Target, `before` and `after` of the entry come from the person and the change; without one nothing is
        written. `decide` may be called again after a deadlock.
        """
