"""What fulfilment needs of its store. The rules of `ports` hold here too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.domain import Address
from app.domain.fulfilment import Backlog, FulfilmentState, Parcel, Shipment, ToPack, Waiting, Work


class Fulfilments(Protocol):
    """Shipments and what staff did about orders. Each change locks its order, so that two at once see each other."""

    def work(self, order_id: int) -> Work | None: ...

    def shipments(self, order_id: int) -> tuple[Shipment, ...]:
        """Oldest first."""

    def shipment(self, shipment_id: int) -> Shipment | None: ...

    def ship(self, order_id: int, parcel: Parcel, actor: str, request_key: str) -> Shipment:
        """Record a shipment and queue its mail; the one that is there for a known key.

        Raises InvalidInput for an unknown line and for more than is open, Conflict for an order that is on hold or
        that nobody follows, NotFound.
        """

    def deliver(self, shipment_id: int) -> bool:
        """It arrived: once, with its mail; False when it had before. Raises NotFound."""

    def hold(self, order_id: int, reason: str, actor: str) -> bool:
        """Keep it from being sent; False when it was held. Raises Conflict where nothing is left to be sent."""

    def release(self, order_id: int, actor: str) -> bool:
        """False when it was not held."""

    def note(self, order_id: int, words: str, actor: str, request_key: str, *, on_slip: bool) -> bool:
        """`on_slip`: printed on the packing slip. False when the key was used before."""

    def set_tags(self, order_id: int, tags: Sequence[str], actor: str) -> None: ...

    def edit_address(self, order_id: int, seen: Address, address: Address, actor: str) -> bool:
        """Of an order of which something is to be sent; False where it has that address.

        Raises Conflict where all was sent, or where it is another address than the one `seen`.
        """

    def to_pack(self, order_ids: Collection[int]) -> tuple[ToPack, ...]:
        """What of these waits, oldest order first; those of which nothing does are left out."""

    def backlog(self, late_before: datetime, most: int) -> Backlog:
        """Counted up to `most`."""

    def queue(self, limit: int) -> tuple[Waiting, ...]:
        """What waits to be packed, the longest waiting first."""

    def counts(self, most: int) -> Mapping[FulfilmentState, int]:
        """Orders by state, each counted up to `most`."""

    def tags(self, limit: int) -> tuple[str, ...]:
        """In use, by name."""

    def take_up(self, limit: int) -> int:
        """Follow orders that an earlier release made paid, or took goods of back, since shipments are followed; how
        many."""
