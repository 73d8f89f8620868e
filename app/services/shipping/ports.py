"""Where zones and methods of shipping are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from app.domain import AuditEntry
from app.domain.shipping import Method, ShippingPlan, Zone

REVISION = "shipping"  # the shop's setting that is another one after every change of zones and methods

Audited = Callable[[int], AuditEntry]  # of the id of what was written


class StoredPlan(NamedTuple):
    """`seen`: the revision of the shop's settings that it was read under, "" before any was set."""

    plan: ShippingPlan
    seen: str


class Turn(NamedTuple):
    """Of a change: the revision of the settings that it was made of, the one that it makes, and whose it is."""

    seen: str
    revision: str
    actor: str


class ShippingStore(Protocol):
    """Each change is written with its entry of the audit log and under its turn's new revision, or not at all: raises
    StaleEdit when the settings are at another one than it has seen. What has no id yet, 0, is added."""

    def read(self) -> StoredPlan:
        """All at once, zones and methods in the order in which they were added."""

    def write_zone(self, zone: Zone, turn: Turn, audited: Audited) -> int:
        """Its name and places; its methods stay. The id."""

    def remove_zone(self, zone_id: int, turn: Turn, audited: Audited) -> None:
        """With its methods."""

    def write_method(self, zone_id: int, method: Method, turn: Turn, audited: Audited) -> int: ...

    def remove_method(self, method_id: int, turn: Turn, audited: Audited) -> None: ...
