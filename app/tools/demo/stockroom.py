"""The shelves of the demo: what is on hand at every instant, and who refills it when."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from app.domain import MovementKind
from app.tools.demo.baskets import Career
from app.tools.demo.catalog import DemoProduct

STAFF = ("Asha Menon", "Dinesh Yadav", "Farida Contractor")

_WRITE_OFF_NOTES = ("Broken in transit", "Cracked on the shelf", "Water damage", "Display piece")
_COUNT_NOTES = ("Stocktake", "Found behind the rack", "Miscounted delivery")
_PACK = 6  # suppliers deliver in sixes


@dataclass
class Shelf:
    """One product's stock. `threshold` is the alert level; `reorder_at` is when the demo's staff react."""

    product: DemoProduct
    threshold: int
    threshold_manual: bool
    reorder_at: int
    target: int
    fades_at: datetime | None
    on_hand: int = 0
    awaiting: bool = False
    first_stocked_at: datetime | None = None
    last_sold_at: datetime | None = None
    low_since: datetime | None = None
    low_on_hand: int = 0


@dataclass(frozen=True)
class Episode:
    product_id: str
    on_hand: int
    threshold: int
    opened_at: datetime
    closed_at: datetime | None


@dataclass
class Stockroom:
    """Books movements in time order through `ledger`; nothing ever falls below zero.

    `ledger` receives (uid, product_id, at, kind, quantity, on_hand, cause, actor, note).
    """

    shelves: Sequence[Shelf]
    rng: random.Random
    ledger: Callable[..., None]
    episodes: list[Episode] = field(default_factory=list)
    _events: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = field(default_factory=list)
    _scheduled: int = 0
    _entries: int = 0

    def schedule(self, at: datetime, act: Callable[..., None], *arguments: Any) -> None:
        """Have `act(at, *arguments)` called when time reaches `at`."""
        self._scheduled += 1
        heappush(self._events, (at, self._scheduled, act, arguments))

    def advance(self, now: datetime) -> None:
        """Let everything happen that was scheduled up to `now`."""
        while self._events and self._events[0][0] <= now:
            at, _, act, arguments = heappop(self._events)
            act(at, *arguments)

    def on_hand(self, index: int) -> int:
        return self.shelves[index].on_hand

    def fullest(self) -> int:
        return max(range(len(self.shelves)), key=lambda index: self.shelves[index].on_hand)

    def sell(self, index: int, units: int, at: datetime, cause: str, line_no: int, actor: str) -> None:
        self.shelves[index].last_sold_at = at
        self.book(index, at, MovementKind.SALE, -units, f"{cause}:{line_no}", cause, actor)
        self._reorder_if_low(index, at)

    def receive(self, at: datetime, index: int, units: int) -> None:
        self.shelves[index].awaiting = False
        self._by_staff(index, at, MovementKind.RECEIPT, units, "Delivery")
        self._reorder_if_low(index, at)

    def write_off(self, at: datetime, index: int) -> None:
        units = min(self.rng.choice((1, 1, 2, 2, 3, 5)), self.shelves[index].on_hand)
        if units:
            self._by_staff(index, at, MovementKind.WRITE_OFF, -units, self.rng.choice(_WRITE_OFF_NOTES))
            self._reorder_if_low(index, at)

    def correct(self, at: datetime, index: int) -> None:
        units = max(self.rng.choice((-4, -3, -2, -2, -1, -1, -1, 1, 1, 2)), -self.shelves[index].on_hand)
        if units and self.shelves[index].first_stocked_at:
            self._by_staff(index, at, MovementKind.CORRECTION, units, self.rng.choice(_COUNT_NOTES))
            self._reorder_if_low(index, at)

    def book(
        self, index: int, at: datetime, kind: MovementKind, units: int, uid: str, cause: str, actor: str, note: str = ""
    ) -> None:
        shelf = self.shelves[index]
        shelf.on_hand += units
        if shelf.on_hand < 0:
            raise AssertionError(f"{shelf.product.name} fell below zero at {at}")
        if units > 0 and shelf.first_stocked_at is None:
            shelf.first_stocked_at = at
        self._follow_threshold(shelf, at, units)
        self.ledger(uid, shelf.product.product_id, at, kind.value, units, shelf.on_hand, cause, actor, note)

    def close_books(self) -> None:
        """Record the episodes that are still open."""
        for shelf in self.shelves:
            if shelf.low_since is not None:
                self._end_episode(shelf, None)
        self.episodes.sort(key=lambda episode: (episode.opened_at, episode.product_id))

    def _by_staff(self, index: int, at: datetime, kind: MovementKind, units: int, note: str) -> None:
        self._entries += 1
        cause = f"demo:{self._entries}"
        self.book(index, at, kind, units, f"{cause}:1", cause, self.rng.choice(STAFF), note)

    def _follow_threshold(self, shelf: Shelf, at: datetime, units: int) -> None:
        if shelf.low_since is None and units < 0 and shelf.on_hand < shelf.threshold:
            shelf.low_since, shelf.low_on_hand = at, shelf.on_hand
        elif shelf.low_since is not None and shelf.on_hand >= shelf.threshold:
            self._end_episode(shelf, at)

    def _end_episode(self, shelf: Shelf, at: datetime | None) -> None:
        assert shelf.low_since is not None
        self.episodes.append(Episode(shelf.product.product_id, shelf.low_on_hand, shelf.threshold, shelf.low_since, at))
        shelf.low_since = None

    def _reorder_if_low(self, index: int, at: datetime) -> None:
        shelf = self.shelves[index]
        if shelf.awaiting or shelf.on_hand > shelf.reorder_at or (shelf.fades_at and at > shelf.fades_at):
            return
        shelf.awaiting = True
        units = max(_PACK, -(-(shelf.target - shelf.on_hand) // _PACK) * _PACK)
        days = self.rng.uniform(3, 10)
        if self.rng.random() < 0.05:
            days += self.rng.uniform(10, 30)  # the supplier is late: some of these sell out
        arrives = (at + timedelta(days=days)).replace(minute=self.rng.randrange(60), second=0, microsecond=0)
        self.schedule(arrives, self.receive, index, units)


def plan_shelves(
    products: Sequence[DemoProduct],
    careers: Sequence[Career],
    units_per_day: float,
    default_threshold: Callable[[int], int],
    instant: Callable[[Any, float], datetime],
    rng: random.Random,
) -> list[Shelf]:
    """Thresholds, reorder points and targets from what each product is expected to sell in a day."""
    everything = sum(career.popularity for career in careers)
    shelves = []
    for item, career in zip(products, careers, strict=True):
        daily = units_per_day * career.popularity / everything
        threshold = default_threshold(item.price)
        # Staff lower the rule's threshold for what sells slowly: fifty of those would be half a year of cover.
        manual = daily * 90 < threshold and rng.random() < 0.5
        if manual:
            threshold = max(5, round(daily * 30))
        # Most are ordered in time to stay above the threshold; some staff wait until the shelf looks bare.
        careful = rng.uniform(0.9, 1.5) if rng.random() < 0.9 else rng.uniform(0.35, 0.7)
        reorder_at = round((threshold + daily * 13) * careful)
        shelves.append(
            Shelf(
                product=item,
                threshold=threshold,
                threshold_manual=manual,
                reorder_at=reorder_at,
                target=max(reorder_at + 6, reorder_at + round(threshold * 0.4 + daily * rng.uniform(30, 60))),
                fades_at=instant(career.fades, 0) if career.fades else None,
            )
        )
    return shelves
