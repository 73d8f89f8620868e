"""What stock keeping needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from app.domain import (
    Actor,
    AuditEntry,
    Episode,
    MovementKind,
    StockChange,
    StockMovement,
)

NOBODY = Actor("")


class Episodes(Protocol):
    """Times in which products are low on stock; a product has one open at most."""

    def behind(self, thresholds: Mapping[str, int | None]) -> frozenset[str]:
        """The products of which `follow` would open or close an episode now."""

    def follow(self, thresholds: Mapping[str, int | None]) -> None:
        """Open or close each product's episode by what is on hand now; opening queues its alert with it.

        None: the product has no threshold, nothing of it is low. Safe to run twice.
        """

    def get(self, episode_id: int) -> Episode | None: ...

    def products(self, episode_ids: Collection[int]) -> Mapping[int, str]:
        """Product ids by episode; an unknown episode has none."""


@dataclass(frozen=True)
class StockEdit:
    """What an admin wants done to a product's stock: exactly one of `delta` and `set_to`."""

    edit_id: str
    product_id: str
    kind: MovementKind
    delta: int | None
    set_to: int | None
    actor: str
    note: str = ""


@dataclass(frozen=True)
class BulkEdit:
    """One change of many products: the fields that are `wanted`, and what each product had when it was looked at.

    `left`: the products that somebody else changed before it was made; None: it is not made yet. `actor`: who began it.
    """

    edit_id: str
    wanted: Mapping[str, Any]
    seen: Mapping[str, Mapping[str, Any]]
    left: Collection[str] | None = None
    actor: Actor = NOBODY


class BulkEditStore(Protocol):
    """Changes of many products, from when they were looked at until they are made."""

    def propose(self, edit: BulkEdit) -> None: ...

    def begin(self, edit_id: str, actor: Actor) -> BulkEdit | None:
        """From now on it is made, by whoever comes, in the name of who began it. Safe to run twice. None: gone."""

    def begun(self, older_than: timedelta) -> list[BulkEdit]:
        """What began so long ago and did not end."""

    def end(self, edit: BulkEdit, audited: AuditEntry) -> None:
        """It is made. Audited in the same transaction; safe to run twice."""

    def forget(self, older_than: timedelta) -> int:
        """Delete what was made, or only looked at, so long ago; how many there were."""


class StockLedger(Protocol):
    """Why stock is what it is: the movements, and the stock edits on their way into them."""

    def intend(self, edit: StockEdit) -> None:
        """Keep the edit as pending before any stock moves. The same edit again changes nothing.

        An edit that was refused may be tried again, also with other numbers. Raises Conflict when
        the id stands for a different edit that is pending or done.
        """

    def complete(self, edit_id: str, change: StockChange) -> None:
        """Book what the catalogue did and close the edit, in one transaction. Safe to run twice."""

    def refuse(self, edit_id: str) -> None:
        """Close a pending edit that the catalogue did not take; no other one changes."""

    def pending(self, older_than: timedelta, limit: int) -> tuple[StockEdit, ...]:
        """Edits whose process may have died half-way, oldest first."""

    def movements(self, product_id: str, limit: int) -> tuple[StockMovement, ...]:
        """The product's latest movements, newest first."""

    def on_hand(self, product_id: str) -> int:
        """Available and held units; 0 for a product that never moved."""
