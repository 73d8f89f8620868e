"""What the services need from the world. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain import (
    AuditEntry,
    Cart,
    CartDemand,
    Episode,
    MailboxMessage,
    Message,
    MovementKind,
    Order,
    OutboxEntry,
    OutboxState,
    Page,
    Product,
    Quantity,
    Reservation,
    StockChange,
    StockMovement,
)
from app.domain.payments import PaymentState


@dataclass(frozen=True)
class CatalogueChanges:
    """Products written since a cursor (removed ones too), and the cursor to ask with next."""

    products: tuple[Product, ...]
    cursor: datetime | None


class Catalogue(Protocol):
    """Products and the units of them that can be sold. Reads here are strongly consistent."""

    def get(self, product_id: str) -> Product | None: ...

    def get_many(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Those that exist, by id; removed products are included with their status."""

    def changes_since(self, cursor: datetime | None) -> CatalogueChanges:
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


class Carts(Protocol):
    """One cart per owner. Every change gives it a new random revision."""

    def get(self, owner: str) -> Cart: ...

    def add(self, owner: str, product_id: str, units: int, unit_price: int, most: int) -> Cart:
        """Add units to a line in one atomic step, up to `most` in the line; accepts `unit_price`."""

    def set_quantity(self, owner: str, product_id: str, quantity: int, unit_price: int) -> Cart:
        """Set a line; 0 removes it. Setting what is already so changes nothing, not the revision either."""

    def accept_prices(self, owner: str, prices: Mapping[str, int]) -> Cart:
        """Take current prices as seen; a new revision only when one differs."""

    def clear(self, owner: str) -> Cart: ...

    def merge(self, guest: str, user: str, most: int) -> Cart:
        """Move the guest's lines into the user's cart, quantities added up to `most`. Safe to run twice."""

    def demand(self, since: datetime) -> CartDemand:
        """What stands in carts that were changed since then; costs what these are, not all."""

    def take_bought(self, owner: str, order_id: int, lines: Sequence[Quantity]) -> None:
        """Take an order's units out of the cart, once per order. What was added meanwhile stays.

        If that leaves it empty, `emptied_by` becomes the order. Safe to run twice.
        """

    def forget_old(self, limit: int) -> int:
        """Delete up to `limit` guests' carts that nobody changed for 90 days; how many. None of an order under way."""


class PaymentProvider(Protocol):
    """Takes the money of orders and gives it back, by the shop's own ids. Never called inside a database transaction.

    `details` is what the shopper pays with. Only the provider reads it, and nobody else keeps or shows it.
    """

    name: str
    needs_details: bool  # False: an order can be paid without any

    def check(self, details: Mapping[str, str] | None) -> None:
        """Before an order begins: raises InvalidInput, naming each field, for what cannot pay. Takes nothing."""

    def traits(self, details: Mapping[str, str] | None) -> tuple[str, ...]:
        """What of checked details tells them from others, and is no secret."""

    def start(self, order: Order, details: Mapping[str, str] | None) -> PaymentState:
        """Take the order's total, once: a repeat gives what the first became.

        Raises InvalidInput for what cannot pay, PaymentUnclear when no answer came in time.
        """

    def state(self, order: Order) -> PaymentState | None:
        """None: nothing became of it yet, and a late `start` still may."""

    def void(self, order: Order) -> PaymentState:
        """After it no `start` of that order can take money. What is done or declined already stays so."""

    def refund(self, order: Order, amount: int, refund_id: str) -> None:
        """Give money of a paid order back, once per id. Raises Conflict beyond what was taken."""


class Sender(Protocol):
    """Delivers a message, at least once per key. A repeat of a delivered key does nothing where the service behind
    it knows keys; SES and SNS know none, and deliver once more."""

    def send(self, message: Message) -> None:
        """Raises DeliveryFailed when it did not leave, Undeliverable when no repetition helps, NotSent on purpose."""


class Mailbox(Protocol):
    """Reads what the local sender delivered."""

    def page(self, kind: str | None, page: int, page_size: int) -> Page[MailboxMessage]:
        """Newest first, without bodies."""

    def get(self, message_id: int) -> MailboxMessage | None: ...

    def mark_read(self, message_id: int) -> None: ...

    def unread(self, kind: str) -> int:
        """How many of the latest messages of a kind nobody has read, counted up to a hundred."""


class Episodes(Protocol):
    """Times in which products are low on stock; a product has one open at most."""

    def follow(self, thresholds: Mapping[str, int | None]) -> None:
        """Open or close each product's episode by what is on hand now; opening queues its alert with it.

        None: the product has no threshold, nothing of it is low. Safe to run twice.
        """

    def get(self, episode_id: int) -> Episode | None: ...

    def products(self, episode_ids: Collection[int]) -> Mapping[int, str]:
        """Product ids by episode; an unknown episode has none."""


class Deliveries(Protocol):
    def get(self, entry_id: int, kinds: tuple[str, ...]) -> OutboxEntry | None: ...

    def again(self, entry_id: int, kinds: tuple[str, ...], audited: AuditEntry) -> bool:
        """Of these kinds: make a failed or waiting effect due now, or queue a copy of a delivered one, one at a time.

        False for an unknown one. What changed something is in the audit log, in the same transaction. Raises
        Conflict for one that is being delivered.
        """


class Outbox(Protocol):
    """Effects to be done at least once, by whichever worker claims them."""

    def claim(self, kinds: Sequence[str], limit: int) -> tuple[OutboxEntry, ...]:
        """Lease due effects, oldest first."""

    def done(self, entry: OutboxEntry) -> bool: ...

    def done_by_key(self, keys: Sequence[str]) -> None: ...

    def give_back(self, entry: OutboxEntry, away: str = "") -> None:
        """Undo its claim: that was no attempt. It is due at once, or in some seconds when `away` says what it needs."""

    def failed(self, entry: OutboxEntry, error: str, patient: bool = False) -> None:
        """It is tried again after a growing pause, and given up after ten attempts.

        `patient`: not before it is a day old, and with pauses of minutes, since it is no fault of its own.
        """

    def given_up(self, entry: OutboxEntry, error: str) -> None:
        """It failed for good, whatever its attempts; people may send it again."""

    def not_sent(self, entry: OutboxEntry, why: str, *, until_confirmed: bool = False) -> None:
        """It was left undone on purpose; people may send it again.

        `until_confirmed`: a receipt also goes out by itself when an account confirms its address.
        """

    def entries(
        self, kinds: Sequence[str], state: OutboxState | None = None, limit: int = 50
    ) -> tuple[OutboxEntry, ...]:
        """The latest effects of these kinds, newest first."""


class RollupStore(Protocol):
    def fold(self, limit: int) -> int:
        """Apply up to `limit` waiting 'rollup' effects exactly once each; how many were applied."""


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


class Images(Protocol):
    def save(self, data: bytes) -> str:
        """Keep an uploaded picture, re-encoded, and return its file name; the same picture gives the same name.

        Raises InvalidInput("image") for anything but a PNG, JPEG or WebP within the limits.
        """

    def load(self, name: str) -> bytes:
        """A picture that `save` kept. Raises NotFound, also for names that no picture can have."""
