"""What the catalog needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from app.domain import (
    Product,
    Quantity,
    Reservation,
    StockChange,
)

T = TypeVar("T")


@dataclass(frozen=True)
class CatalogChanges:
    """Products written since a cursor (removed ones too), and the cursor to ask with next."""

    products: tuple[Product, ...]
    cursor: datetime | None


class Catalog(Protocol):
    """Products and the units of them that can be sold. Reads here are strongly consistent."""

    def get(self, product_id: str) -> Product | None: ...

    def get_many(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Those that exist, by id; removed products are included with their status."""

    def changes_since(self, cursor: datetime | None) -> CatalogChanges:
        """At least everything written after `cursor`, maybe some of it again; None: everything.

        Cursors are by the store's clock, whatever the clocks of those who write.
        """

    def add(self, product: Product) -> None:
        """Raises Conflict when the id exists."""

    def update(self, product: Product) -> Product:
        """Write every field but `stock` and `created_at`, as the edit that follows `product.version`.

        Raises StaleEdit, and writes nothing, when it was edited since that version, unless all of it stands
        there already: safe to run twice. Raises NotFound.
        """

    def adjust_stock(
        self, edit_id: str, product_id: str, *, delta: int | None = None, set_to: int | None = None
    ) -> StockChange:
        """Move available stock by `delta`, or to `set_to`, once per `edit_id`: safe to run twice.

        Raises Conflict when it would fall below zero, NotFound for an unknown product.
        """

    def reserve(self, order_id: int, lines: Sequence[Quantity]) -> Reservation:
        """Move units of every line from available to held, or of none. Safe to run twice.

        Raises OutOfStock naming every short line (also for products out of the store), Conflict
        once the order's reservation was released or settled, Busy when a rush outlasts the retries.
        """

    def release(self, order_id: int) -> None:
        """Give held units back. Safe to run twice; leaves a tombstone even where nothing was held.

        Raises Conflict when already settled.
        """

    def settle(self, order_id: int) -> None:
        """Held units are sold. Safe to run twice. Raises Conflict when released or never reserved."""

    def reservation(self, order_id: int) -> Reservation | None: ...

    def held(self) -> dict[str, int]:
        """Units held per product by reservations neither settled nor released; for show.

        On DynamoDB an index says it, which follows what is written within about a second.
        """


class ProductLoader(Protocol):
    """Fills an empty catalogue that is not part of the database whose transaction fills everything else."""

    def is_empty(self) -> bool:
        """True without products; those of a load that was never finished count as none."""

    def load(self, products: Iterable[Product]) -> None:
        """Put them all, in place of what an unfinished load left. They stay unfinished until `finish`."""

    def finish(self) -> None:
        """The transaction beside it was committed: what was loaded is there to stay. Safe to run twice."""


class Images(Protocol):
    def save(self, data: bytes) -> str:
        """Keep an uploaded picture, re-encoded, and return its file name; the same picture gives the same name.

        Raises InvalidInput("image") for anything but a PNG, JPEG or WebP within the limits.
        """

    def load(self, name: str) -> bytes:
        """A picture that `save` kept. Raises NotFound, also for names that no picture can have."""

    def in_width(self, name: str, width: int) -> bytes:
        """The same at most `width` pixels wide, one of `PICTURE_WIDTHS`: made once, kept, and off the event loop.

        Raises NotFound, also for another width, and Busy while others are being made for long.
        """

    def kept(self, name: str, source: Callable[[], T], make: Callable[[T], bytes]) -> bytes:
        """What `make` gave of the `source` when `name` was first asked for; it is asked by one at a time.

        `name`: 32 hexadecimal digits and an ending, of what decides about the outcome. What `source` raises is
        passed on before anybody waits. Raises Busy while others are being made for long.
        """


Companions = Mapping[str, tuple[tuple[str, int], ...]]  # per product: (another, orders that hold both), most first


@dataclass(frozen=True)
class Basket:
    """What an order holds that was kept: different products, in no order."""

    order_id: int
    products: tuple[str, ...]


class BoughtTogetherStore(Protocol):
    """The latest orders, and what was worked out from them."""

    def baskets(self, since: datetime, before: int | None, limit: int) -> Sequence[Basket]:
        """Up to `limit` orders paid since then, the latest first, below the id `before`. Lines that were returned as a
        whole are left out."""

    def keep(self, companions: Companions, at: datetime) -> int:
        """Have the store hold these and no others, and that they are as of `at`; how many rows changed. Safe to run
        twice: killed half-way, each product has its old ones or its new ones, and the old `at` stands."""

    def as_of(self) -> datetime | None:
        """When they were worked out; None: never."""

    def all(self) -> Companions: ...


@dataclass(frozen=True)
class SearchedDay:
    """Maps of the visits that searched for these words on a day, and of those that found nothing: bits of a number."""

    day: date
    words: str
    asked: int
    nothing: int


class SearchCounts(Protocol):
    """What was searched for, per store day and words."""

    def add(self, day: date, words: Mapping[str, tuple[int, int]], most: int) -> None:
        """Lay these maps over those of the day. Safe to run twice. Of more than `most` words those with the fewest bits
        are forgotten."""

    def since(self, day: date) -> Sequence[SearchedDay]: ...

    def forget(self, before: date) -> int:
        """Delete the days before; how many rows."""
