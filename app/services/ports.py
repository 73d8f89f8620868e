"""What the services need from the world. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain import (
    Cart,
    Charge,
    Message,
    Order,
    Product,
    Quantity,
    Reservation,
    StockChange,
    User,
)


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
        """At least everything written after `cursor`, maybe some of it again; None: everything."""

    def add(self, product: Product) -> None:
        """Raises Conflict when the id exists."""

    def update(self, product: Product) -> Product:
        """Write every field but `stock` and `created_at`. Raises NotFound."""

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
        """Units held per product by reservations neither settled nor released."""


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

    def take_bought(self, owner: str, order_id: int, lines: Sequence[Quantity]) -> None:
        """Take an order's units out of the cart, once per order. What was added meanwhile stays.

        If that leaves it empty, `emptied_by` becomes the order. Safe to run twice.
        """


class PaymentProvider(Protocol):
    """Takes money, at most once per order. Never called inside a database transaction."""

    name: str

    def charge(self, order_id: int, amount: int, card: Mapping[str, str] | None) -> Charge:
        """Charge once per order: a repeat gives the first charge. Approved, declined or voided.

        Raises InvalidInput for a card that cannot be one, PaymentUnclear when no answer came in time.
        """

    def lookup(self, order_id: int) -> Charge | None: ...

    def void(self, order_id: int) -> Charge:
        """After it no charge of that order can succeed. An approved charge stays and is returned."""

    def refund(self, refund_key: str, order_id: int, amount: int) -> None:
        """Give money back, once per key. Raises Conflict beyond what was charged."""


class Sender(Protocol):
    """Delivers a message, at least once per key; a repeat of a delivered key does nothing."""

    def send(self, message: Message) -> None: ...


class Users(Protocol):
    def get(self, user_id: int) -> User | None: ...

    def by_email(self, email: str) -> User | None: ...

    def add(self, user: User) -> User:
        """Store a new user (its `user_id` is ignored). Raises EmailTaken."""

    def set_password(self, user_id: int, password_hash: str) -> None:
        """Also ends every session: raises `session_version` by one."""


class OrderReader(Protocol):
    """The part of the order store that notifications need."""

    def get(self, order_id: int) -> Order | None: ...
