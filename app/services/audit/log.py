"""The audit log: what members of staff changed, who, when and from where. Entries are added, never changed."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from app.domain import Actor, AuditEntry, AuditKind, AuditOutcome
from app.errors import InvalidInput, ShopError
from app.services.audit.ports import REFUSED_SUFFIX, AuditLog, AuditPage, AuditQuery
from app.services.checks import is_showable

PAGE_SIZE_LIMIT = 200
QUERY_LENGTH = 200
_ATTEMPTS = 50  # of one key; far more than anybody repeats what is refused
# An entry is read by people and kept for good: no key may find its way into one.
_NEVER = frozenset({"password", "password_hash", "secret", "secret_hash", "totp_secret", "token", "code", "codes"})

Values = Mapping[str, object]


def entry_of(
    actor: Actor,
    action: str,
    kind: str,
    target_id: object,
    target_name: str,
    before: Values | None = None,
    after: Values | None = None,
    note: str = "",
) -> AuditEntry:
    """An entry that is not written yet; the store gives it id and time."""
    for values in (before, after):
        if values is not None and not _NEVER.isdisjoint(values):
            raise ValueError(f"{action}: an audit entry must not hold {sorted(_NEVER & set(values))}")
    return AuditEntry(
        audit_id=0,
        at=datetime.now(UTC),
        actor=actor,
        action=action,
        target_kind=kind,
        target_id=str(target_id),
        target_name=target_name,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        note=note,
    )


def differing(before: Values, after: Values) -> tuple[dict[str, object], dict[str, object]]:
    """Of two states with the same keys, what differs."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def refused(entry: AuditEntry, error: ShopError) -> AuditEntry:
    """The entry of an attempt that the shop did not allow; the note says why."""
    note = f"{error.message} ({entry.note})" if entry.note else error.message
    return replace(entry, outcome=AuditOutcome.REFUSED, note=note)


class AuditService:
    """Writes and reads the audit log.

    Changes of people are written by their store, in the transaction of the change; all others here.
    """

    def __init__(self, log: AuditLog) -> None:
        self._log = log

    def record(
        self,
        actor: Actor,
        action: str,
        kind: str,
        target_id: object,
        target_name: str,
        before: Values | None = None,
        after: Values | None = None,
        *,
        key: str | None = None,
    ) -> None:
        """Write down what was done. `before` and `after`: JSON values of what differs, money in minor units.

        With a `key` a repeat changes nothing.
        """
        self._log.append(entry_of(actor, action, kind, target_id, target_name, before, after), key)

    @contextmanager
    def around(
        self,
        actor: Actor,
        action: str,
        kind: str,
        target_id: object,
        target_name: str,
        before: Values | None = None,
        after: Values | None = None,
        *,
        note: str = "",
        key: str | None = None,
    ) -> Iterator[None]:
        """Write the entry, then let the body do it: a killed process leaves an entry too many, never one too few.

        When the shop refuses the body, a second entry says so, which searches show instead of the first. A failure
        of the machinery (5xx) adds none: what was begun may yet be completed by the worker. `key`: a repeat of the
        same action makes no second entry, except after a refusal, when it is a new attempt.
        """
        entry = entry_of(actor, action, kind, target_id, target_name, before, after, note)
        written = self._begin(entry, key or secrets.token_hex(12))
        try:
            yield
        except ShopError as error:
            if error.status < 500:
                self._log.append(refused(entry, error), f"{written}{REFUSED_SUFFIX}")
            raise

    def search(
        self,
        q: str = "",
        actor: str = "",
        action: str = "",
        target: tuple[str, str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        before_id: int | None = None,
        limit: int = 50,
        kind: AuditKind | None = None,
    ) -> AuditPage:
        """Entries, newest first. Raises InvalidInput for dates the wrong way round and text that cannot be."""
        if not all(is_showable(text) for text in (actor, action, *(target or ()))):
            raise InvalidInput("There are characters here that cannot be shown.")
        if start is not None and end is not None and start >= end:
            raise InvalidInput("The first day must not be after the last one.", "start")
        limit = min(max(limit, 1), PAGE_SIZE_LIMIT)
        return self._log.search(AuditQuery(q[:QUERY_LENGTH], actor, action, kind, target, start, end, before_id, limit))

    def latest_of(self, kind: str, target_ids: Collection[str]) -> Mapping[str, AuditEntry]:
        """The newest entry about each of these targets."""
        return self._log.latest_of(kind, target_ids) if target_ids else {}

    def _begin(self, entry: AuditEntry, key: str) -> str:
        """The key that the entry has been written with, now or by the attempt that this one repeats."""
        for attempt in itertools.count(1):
            tried = key if attempt == 1 else f"{key}:{attempt}"
            if self._log.append(entry, tried) or attempt == _ATTEMPTS or not self._log.has(f"{tried}{REFUSED_SUFFIX}"):
                return tried
        raise AssertionError("unreachable")
