"""What the wall and the live stream read, and where its screens, goals and visitors are kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, Protocol

from app.domain import AuditEntry, Goals, Screen, ScreenSettings
from app.services.analytics.ports import MinuteSales


class LatestOrder(NamedTuple):
    order_id: int
    external_id: str | None
    name: str
    city: str  # or, where addresses have none, the emirate or prefecture
    country: str
    units: int
    total: int
    paid_at: datetime


class CountryOrders(NamedTuple):
    country: str
    orders: int
    gross: int


class LatestMovement(NamedTuple):
    movement_id: int
    product_id: str
    at: datetime
    kind: str
    quantity: int
    on_hand: int


class NetSales(NamedTuple):
    """What a product sold today, less what of it came back today."""

    product_id: str
    units: int
    net: int


@dataclass(frozen=True)
class LiveRows:
    """One consistent look at what is going on."""

    today: Sequence[MinuteSales]
    orders: Sequence[LatestOrder]  # newest first
    top: Sequence[NetSales]  # the highest net sales first
    movements: Sequence[LatestMovement]  # newest first
    countries: Sequence[CountryOrders] = ()
    top_units: Sequence[NetSales] = ()  # the same by units, for screens without amounts


class LiveReader(Protocol):
    def live(self, start: datetime, day: date, *, orders: int, top: int, movements: int) -> LiveRows:
        """What happened since `start`, the beginning of store day `day`, and the latest of each kind."""

    def orders_between(self, start: datetime, end: datetime, limit: int) -> list[LatestOrder]:
        """The first paid orders from `start` on, before `end`, oldest first."""


PairingState = Literal["waiting", "paired", "over"]


class Screens(Protocol):
    """Where paired screens are kept. Of codes and tokens only hashes come here."""

    def begin(self, code_hash: str, token_hash: str, lifetime: timedelta) -> datetime | None:
        """Let a code wait; when it ends, by the store's clock. None when the code is taken. Old codes are removed."""

    def pair(
        self, code_hash: str, settings: ScreenSettings, by: str, audited: Callable[[int], AuditEntry]
    ) -> Screen | None:
        """Take a code that waits and make its screen, with the entry; None for one that does not. Of two one wins."""

    def state(self, token_hash: str) -> PairingState:
        """What became of the code that began with this token."""

    def all(self) -> list[Screen]:
        """By name."""

    def by_token(self) -> dict[str, Screen]:
        """The same by token hash; in one query."""

    def change(self, screen_id: int, settings: ScreenSettings, audited: AuditEntry, present: ScreenSettings) -> bool:
        """Raises StaleEdit, and writes nothing, unless it replaces `present`; False when there is no such screen."""

    def revoke(self, screen_id: int, audited: AuditEntry) -> bool:
        """False when there is no such screen, or not any more."""

    def seen(self, screen_ids: Collection[int]) -> None:
        """Note that these get the numbers now."""


class GoalStore(Protocol):
    def goals(self, since: date) -> Goals:
        """Those of weekdays, and of single days from `since` on."""

    def set(
        self,
        amounts: Mapping[str, int | None],
        by: str,
        audited: AuditEntry,
        present: Mapping[str, int | None],
    ) -> None:
        """By "monday" to "sunday" or ISO date; None takes a goal away.

        Raises StaleEdit, and writes nothing, unless each replaces what `present` says of it.
        """


class VisitorSketches(Protocol):
    def add(self, minute: int, process: str, bits: bytes) -> None:
        """Keep what a process saw in a minute (since 1970), in place of what it said of that minute before."""

    def since(self, minute: int) -> list[tuple[int, bytes]]:
        """(minute, bits): what all processes saw from that minute on."""

    def forget(self, before: int) -> int:
        """Remove what is older; how many rows."""
