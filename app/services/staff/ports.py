"""What staff management needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain import AuditEntry, Notice, Role, User


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
