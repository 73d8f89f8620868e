"""What the cart needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.domain import (
    Cart,
    CartDemand,
    Quantity,
)


class Carts(Protocol):
    """One cart per owner. Every change gives it a new random revision."""

    def get(self, owner: str) -> Cart: ...

    def add(self, owner: str, product_id: str, units: int, unit_price: int, most: int) -> Cart:
        """Add units to a line in one atomic step, up to `most` in the line; accepts `unit_price`."""

    def add_if_room(self, owner: str, product_id: str, units: int, unit_price: int, most: int) -> Cart | None:
        """As `add`, but all of the units or none of them: then None, and nothing is changed, not the price either.

        One request to DynamoDB, unless the cart is new, or was last written by an older version.
        """

    def set_quantity(self, owner: str, product_id: str, quantity: int, unit_price: int) -> Cart:
        """Set a line; 0 removes it. Setting what is already so changes nothing, not the revision either."""

    def accept_prices(self, owner: str, prices: Mapping[str, int]) -> Cart:
        """Take current prices as seen; a new revision only when one differs."""

    def set_code(self, owner: str, code: str) -> Cart:
        """Keep a discount code with the cart, "" for none; a new revision only when it is another one."""

    def clear(self, owner: str) -> Cart:
        """Nothing is left in it, its code neither."""

    def merge(self, guest: str, user: str, most: int) -> Cart:
        """Move the guest's lines into the user's cart, quantities added up to `most`. Safe to run twice.

        The guest's code goes along where the user's cart has none.
        """

    def demand(self, since: datetime) -> CartDemand:
        """What stands in carts that were changed since then; costs what these are, not all."""

    def take_bought(self, owner: str, order_id: int, lines: Sequence[Quantity]) -> None:
        """Take an order's units out of the cart, once per order. What was added meanwhile stays.

        If that leaves it empty, `emptied_by` becomes the order. Its code goes with what was bought. Safe to run twice.
        """

    def forget_old(self, limit: int) -> int:
        """Delete up to `limit` guests' carts that nobody changed for 90 days; how many. None of an order under way."""
