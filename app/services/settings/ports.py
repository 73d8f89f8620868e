"""Where what admins set is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.domain import AuditEntry

MOST_COUNTED = 1_000  # of the orders that keep currency and time zone as they are


@dataclass(frozen=True)
class Stored:
    """`values` by name, only what was ever set. `revision`: random, new at every change, "" before the first."""

    revision: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class SettingsStore(Protocol):
    def revision(self) -> str:
        """Of what is stored now; one small read."""

    def read(self) -> Stored: ...

    def write(
        self, changes: Mapping[str, str], seen: str, revision: str, audited: AuditEntry, *, without_orders: bool
    ) -> None:
        """Keep the changes, by name, under a new `revision`, together with their audit entry. With another time zone
        all days are cut by it, or nothing is written.

        Raises StaleEdit, and writes nothing, unless `seen` is the revision of what is stored. `without_orders`: raises
        Conflict, and writes nothing, when there is an order.
        """

    def orders(self) -> int:
        """How many orders there are, paid or not; counted up to `MOST_COUNTED`."""
