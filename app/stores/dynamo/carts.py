"""Carts on DynamoDB: one item per owner.

What changes one line is one update, under a condition, that returns the new cart; `Turns` lets it count once. Where its
condition does not hold, the refusal shows the cart, and it is written whole: onto the revision that was seen, by a
transaction for its token alone, so that this counts once too. So is what changes several lines, or two carts.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import LINE_LIMIT, Cart, CartDemand, CartLine, Quantity
from app.errors import Busy
from app.stores.dynamo.cart_items import (
    CODE,
    SLOTS,
    cart_of,
    line_attributes,
    lines_of_item,
    microseconds,
    old_line_attributes,
)
from app.stores.dynamo.cart_shape import CartShape
from app.stores.dynamo.cart_slots import MOST_SLOTS, Turn, Turns, not_over, with_turn
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import Action, assignments, check, named, put, update, update_request
from app.stores.dynamo.failures import Refused
from app.stores.dynamo.items import Item, decode_item, time_text
from app.stores.dynamo.tables import BY_CHANGE, CART_TTL, CARTS, SHARDS, shard_of
from app.stores.shared.cart_lines import (
    GUEST_LIFETIME,
    Lines,
    NoRoom,
    lines_of,
    merged,
    with_all,
    with_line,
    with_more,
    with_prices,
    without,
)


@dataclass(frozen=True)
class _LineChange:
    """A change of one line as expressions: what follows the assignments of every change, and its condition.

    `values`: those that they name, of a line and the time.
    """

    change: str
    condition: str
    values: Callable[[CartLine, datetime], Item]


# The item has the maps, nothing in them waits to be moved there, and the slot is this change's to take.
_CAN_CHANGE = (
    "attribute_exists(#quantities) AND size(#lines) = :none AND "
    "(#slots.#slot < :turn OR (attribute_not_exists(#slots.#slot) AND size(#slots) < :most_slots))"
)
_HAS_ROOM = "(attribute_exists(#quantities.#product) OR size(#quantities) < :most_lines)"
_PUT_IN = "#prices.#product = :price, #added.#product = if_not_exists(#added.#product, :at)"


def _put_in(line: CartLine, now: datetime) -> Item:
    return {"units": line.quantity, "price": line.unit_price, "at": microseconds(now), "most_lines": LINE_LIMIT}


_ADD = _LineChange(
    f", #quantities.#product = if_not_exists(#quantities.#product, :none) + :units, {_PUT_IN}",
    f"{_HAS_ROOM} AND (attribute_not_exists(#quantities.#product) OR #quantities.#product <= :most_before)",
    _put_in,
)
_SET = _LineChange(
    f", #quantities.#product = :units, {_PUT_IN}",
    f"{_HAS_ROOM} AND (attribute_not_exists(#quantities.#product)"
    " OR #quantities.#product <> :units OR #prices.#product <> :price)",
    _put_in,
)
_REMOVE = _LineChange(
    " REMOVE #quantities.#product, #prices.#product, #added.#product",
    "attribute_exists(#quantities.#product)",
    lambda line, now: {},
)


class DynamoCarts:
    """The `Carts` port."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo
        self._table = dynamo.table(CARTS)
        self._turns = Turns()
        self._shape = CartShape(dynamo)

    def get(self, owner: str) -> Cart:
        return _cart(self._dynamo.get(CARTS, {"owner": owner}) or {"owner": owner})

    def add(self, owner: str, product_id: str, units: int, unit_price: int, most: int) -> Cart:
        return self._change(owner, lambda lines: with_more(lines, product_id, units, unit_price, most))

    def add_if_room(self, owner: str, product_id: str, units: int, unit_price: int, most: int) -> Cart | None:
        if units > most:
            return None
        line = CartLine(product_id, units, unit_price)
        try:
            return self._change_line(
                owner, line, _ADD, {"most_before": most - units},
                lambda lines: with_all(lines, product_id, units, unit_price, most),
            )  # fmt: skip
        except NoRoom:
            return None

    def set_quantity(self, owner: str, product_id: str, quantity: int, unit_price: int) -> Cart:
        line = CartLine(product_id, quantity, unit_price)
        return self._change_line(
            owner, line, _SET if quantity > 0 else _REMOVE, {}, lambda lines: with_line(lines, line)
        )

    def accept_prices(self, owner: str, prices: Mapping[str, int]) -> Cart:
        return self._change(owner, lambda lines: with_prices(lines, prices))

    def set_code(self, owner: str, code: str) -> Cart:
        for _ in self._dynamo.attempts():
            cart = self.get(owner)
            if cart.code == code:
                return cart
            kept, write = self._become(cart, lines_of(cart), cart.emptied_by, code=code)
            if self._refused([write]) is None:
                return kept
        raise Busy()

    def clear(self, owner: str) -> Cart:
        for _ in self._dynamo.attempts():
            cart = self.get(owner)
            # Clearing takes back "this order emptied it": the shopper is done with that order.
            if not cart.lines and cart.emptied_by is None and not cart.code:
                return cart
            cleared, write = self._become(cart, {}, code="")
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
            _, taking = self._become(given, left, code="")
            code = kept.code or given.code
            # A cart that stays as it is must still be as it was seen, or the guest's units would be lost.
            is_same = lines == lines_of(kept) and code == kept.code
            both, giving = (kept, self._check(kept)) if is_same else self._become(kept, lines, code=code)
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
        return [once, self._become(cart, kept, emptied_by=None if kept else order_id, code="")[1]]

    def forget_old(self, limit: int) -> int:
        return 0  # the table forgets them by itself: see CART_TTL

    def demand(self, since: datetime) -> CartDemand:
        # By the index of the last change: old carts cost nothing.
        carts, units = 0, Counter[str]()
        for shard in range(SHARDS):
            condition = {"KeyConditionExpression": "#shard = :shard AND #changed_at >= :since"}
            wanted = named(condition, {"shard": shard, "since": time_text(since)})
            for item in self._dynamo.pages("query", CARTS, IndexName=BY_CHANGE, **wanted):
                lines = lines_of_item(item)
                carts += bool(lines)
                for line in lines:
                    units[line.product_id] += line.quantity
        return CartDemand(carts, units)

    def _change_line(
        self, owner: str, line: CartLine, by: _LineChange, values: Item, whole: Callable[[Lines], Lines]
    ) -> Cart:
        """One line changed `by` an update, or else the cart by `whole`, which means the same."""
        if not self._shape.is_maps():
            return self._change(owner, whole)
        now = self._dynamo.now()
        stamps = _stamps(owner, now)
        with self._turns.take(owner, microseconds(now)) as turn:
            request = update_request(
                self._table,
                {"owner": owner},
                f"{assignments(stamps)}, #slots.#slot = :turn{by.change}",
                f"{_CAN_CHANGE} AND {by.condition}",
                stamps | values | by.values(line, now) | {"none": 0, "turn": turn.number, "most_slots": MOST_SLOTS},
                {"product": line.product_id, "slot": turn.slot},
            )
            try:
                answer = self._dynamo.call("update_item", **request, ReturnValues="ALL_NEW")
                return cart_of(decode_item(answer["Attributes"]))
            except Refused as refused:
                seen = refused.item
            if seen is not None and seen.get(SLOTS, {}).get(turn.slot) == turn.number:
                return cart_of(seen)  # done before, by a request whose answer was lost
            return self._change(owner, whole, seen or {"owner": owner}, turn)

    def _change(
        self, owner: str, change: Callable[[Lines], Lines], seen: Item | None = None, turn: Turn | None = None
    ) -> Cart:
        """`seen`: the cart's item as it was a moment ago, with its key alone when there was none.

        `turn`: of an update that was refused; it is written, so that an earlier try that arrives late is refused too.
        """
        for _ in self._dynamo.attempts():
            item = seen or self._dynamo.get(CARTS, {"owner": owner}) or {"owner": owner}
            cart, seen = _cart(item), None
            lines = change(lines_of(cart))
            if lines == lines_of(cart):
                return cart
            slots = item.get(SLOTS, {})
            changed, write = self._become(cart, lines, slots=slots if turn is None else with_turn(slots, turn))
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

    def _become(
        self,
        cart: Cart,
        lines: Lines,
        emptied_by: int | None = None,
        slots: Mapping[str, int] | None = None,
        *,
        code: str | None = None,
    ) -> tuple[Cart, Action]:
        """The cart with these lines under a new revision, and the write that makes it so.

        `slots`: the cart's, where they are known: then those that nobody needs any more are dropped. `code`: None
        leaves the one that it has.
        """
        now = self._dynamo.now()
        values = _stamps(cart.owner, now) | {"emptied_by": emptied_by}
        code = cart.code if code is None else code
        if code != cart.code:
            values[CODE] = code
        condition, seen = _as_seen(cart)
        if not self._shape.is_maps():
            values |= old_line_attributes(list(lines.values()))
            change = f"{assignments(values)} REMOVE #quantities, #prices, #added"
        else:
            at = microseconds(now)
            values |= line_attributes(list(lines.values()), at)
            change = f"{assignments(values)}, #slots = "
            change += "if_not_exists(#slots, :slots)" if slots is None else ":slots"
            seen = seen | {"slots": not_over(slots or {}, at)}
        write = update(self._table, {"owner": cart.owner}, change, condition, values | seen)
        return Cart(cart.owner, values["revision"], tuple(lines.values()), emptied_by, code), write

    def _check(self, cart: Cart) -> Action:
        return check(self._table, {"owner": cart.owner}, *_as_seen(cart))


def _as_seen(cart: Cart) -> tuple[str, Item]:
    """The condition that nobody changed the cart since it was read."""
    if not cart.revision:
        return "attribute_not_exists(#owner)", {}
    return "#revision = :seen", {"seen": cart.revision}


def _cart(item: Item) -> Cart:
    return cart_of(item) if "revision" in item else Cart(item["owner"], "")


def _stamps(owner: str, now: datetime) -> Item:
    """What every change writes beside the lines."""
    stamps: Item = {
        "revision": secrets.token_hex(16),
        "emptied_by": None,
        "changed_at": time_text(now),
        "shard": shard_of(owner),
    }
    if owner.startswith("guest#"):
        stamps[CART_TTL] = int((now + GUEST_LIFETIME).timestamp())
    return stamps
