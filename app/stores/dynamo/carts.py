"""Carts on DynamoDB: one item per owner; a change is written only onto the revision that it was made from.

A change is a transaction for its token alone: asked again after a lost answer, it does not count twice.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain import Cart, CartDemand, CartLine, Quantity
from app.errors import Busy
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import Action, assignments, check, named, put, update
from app.stores.dynamo.failures import Refused
from app.stores.dynamo.items import Item, time_text
from app.stores.dynamo.tables import BY_CHANGE, CART_TTL, CARTS, SHARDS, shard_of
from app.stores.shared.cart_lines import (
    GUEST_LIFETIME,
    Lines,
    lines_of,
    merged,
    with_line,
    with_more,
    with_prices,
    without,
)


class DynamoCarts:
    """The `Carts` port."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo
        self._table = dynamo.table(CARTS)

    def get(self, owner: str) -> Cart:
        item = self._dynamo.get(CARTS, {"owner": owner})
        return Cart(owner, "") if item is None else _cart(item)

    def add(self, owner: str, product_id: str, units: int, unit_price: int, most: int) -> Cart:
        return self._change(owner, lambda lines: with_more(lines, product_id, units, unit_price, most))

    def set_quantity(self, owner: str, product_id: str, quantity: int, unit_price: int) -> Cart:
        return self._change(owner, lambda lines: with_line(lines, CartLine(product_id, quantity, unit_price)))

    def accept_prices(self, owner: str, prices: Mapping[str, int]) -> Cart:
        return self._change(owner, lambda lines: with_prices(lines, prices))

    def clear(self, owner: str) -> Cart:
        for _ in self._dynamo.attempts():
            cart = self.get(owner)
            # Clearing takes back "this order emptied it": the shopper is done with that order.
            if not cart.lines and cart.emptied_by is None:
                return cart
            cleared, write = self._become(cart, {})
            if self._refused([write]) is None:
                return cleared
        raise Busy()

    def merge(self, guest: str, user: str, most: int) -> Cart:
        for _ in self._dynamo.attempts():
            if guest == user or not (given := self.get(guest)).lines:
                return self.get(user)
            kept = self.get(user)
            lines, left = merged(lines_of(kept), given.lines, most)
            if left == lines_of(given):
                return kept  # there is room for none of them
            _, taking = self._become(given, left)
            # A cart that stays as it is must still be as it was seen, or the guest's units would be lost.
            both, giving = (kept, self._check(kept)) if lines == lines_of(kept) else self._become(kept, lines)
            if self._refused([taking, giving]) is None:
                return both
        raise Busy()

    def take_bought(self, owner: str, order_id: int, lines: Sequence[Quantity]) -> None:
        for _ in self._dynamo.attempts():
            refused = self._refused(self.taking(self.get(owner), order_id, lines))
            if refused is None or 0 in refused.failed:
                return
        raise Busy()

    def taking(self, cart: Cart, order_id: int, lines: Sequence[Quantity]) -> list[Action]:
        """The writes of `take_bought`: the order's mark, which is there when it was done before, and the cart."""
        mark = {"owner": f"order#{order_id}", "taken_from": cart.owner, "at": time_text(self._dynamo.now())}
        once = put(self._table, mark, "attribute_not_exists(#owner)")
        kept = without(lines_of(cart), lines)
        if kept == lines_of(cart):
            return [once]
        return [once, self._become(cart, kept, emptied_by=None if kept else order_id)[1]]

    def forget_old(self, limit: int) -> int:
        return 0  # the table forgets them by itself: see CART_TTL

    def demand(self, since: datetime) -> CartDemand:
        # By the index of the last change: old carts cost nothing.
        carts, units = 0, Counter[str]()
        for shard in range(SHARDS):
            condition = {"KeyConditionExpression": "#shard = :shard AND #changed_at >= :since"}
            wanted = named(condition, {"shard": shard, "since": time_text(since)})
            for item in self._dynamo.pages("query", CARTS, IndexName=BY_CHANGE, **wanted):
                carts += bool(item["lines"])
                for line in item["lines"]:
                    units[line["product_id"]] += line["quantity"]
        return CartDemand(carts, units)

    def _change(self, owner: str, change: Callable[[Lines], Lines]) -> Cart:
        for _ in self._dynamo.attempts():
            cart = self.get(owner)
            lines = change(lines_of(cart))
            if lines == lines_of(cart):
                return cart
            changed, write = self._become(cart, lines)
            if self._refused([write]) is None:
                return changed
        raise Busy()

    def _refused(self, writes: Sequence[Action]) -> Refused | None:
        """Write all or nothing; the refusal when a cart changed meanwhile, or a mark is there."""
        try:
            self._dynamo.transact(writes)
        except Refused as refused:
            return refused
        return None

    def _become(self, cart: Cart, lines: Lines, emptied_by: int | None = None) -> tuple[Cart, Action]:
        """The cart with these lines under a new revision, and the write that makes it so."""
        now = self._dynamo.now()
        revision = secrets.token_hex(16)
        values: dict[str, Any] = {
            "revision": revision,
            "lines": [
                {"product_id": line.product_id, "quantity": line.quantity, "unit_price": line.unit_price}
                for line in lines.values()
            ],
            "emptied_by": emptied_by,
            "changed_at": time_text(now),
            "shard": shard_of(cart.owner),
        }
        if cart.owner.startswith("guest#"):
            values[CART_TTL] = int((now + GUEST_LIFETIME).timestamp())
        condition, seen = _as_seen(cart)
        write = update(self._table, {"owner": cart.owner}, assignments(values), condition, values | seen)
        return Cart(cart.owner, revision, tuple(lines.values()), emptied_by), write

    def _check(self, cart: Cart) -> Action:
        return check(self._table, {"owner": cart.owner}, *_as_seen(cart))


def _as_seen(cart: Cart) -> tuple[str, dict[str, str]]:
    """The condition that nobody changed the cart since it was read."""
    if not cart.revision:
        return "attribute_not_exists(#owner)", {}
    return "#revision = :seen", {"seen": cart.revision}


def _cart(item: Item) -> Cart:
    lines = tuple(CartLine(line["product_id"], line["quantity"], line["unit_price"]) for line in item["lines"])
    return Cart(item["owner"], item["revision"], lines, item["emptied_by"])
