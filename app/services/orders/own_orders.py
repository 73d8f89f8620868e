"""What buyers do with their own orders: cancel one soon after it was paid, and buy the same again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.domain import Actor, Order, Principal
from app.domain.fulfilment import FulfilmentState, Work
from app.domain.refund_words import BUYER, BUYER_CANCELLED
from app.errors import Conflict, NotFound, OutOfStock
from app.services.cart.carts import CartService
from app.services.orders.orders import OrderService, is_own
from app.words import mark

CANCEL_WITHIN = timedelta(hours=1)  # later somebody may be packing it
_TOO_LATE = mark("This order can no longer be cancelled here. Write to us about it.")


class WorkReader(Protocol):
    def work(self, order_id: int) -> Work: ...


@dataclass(frozen=True)
class BoughtAgain:
    """How many units went into the cart; the names of products of which fewer than were bought did, and none."""

    units: int
    fewer: tuple[str, ...]
    gone: tuple[str, ...]


class OwnOrders:
    """`now`: the time, aware."""

    def __init__(
        self,
        orders: OrderService,
        fulfilment: WorkReader,
        cart: CartService,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._orders = orders
        self._fulfilment = fulfilment
        self._cart = cart
        self._now = now

    def may_cancel(self, principal: Principal, order: Order) -> bool:
        """Their own paid order, or one opened by its receipt's link, for an hour while nobody sent or holds it."""
        is_theirs = is_own(order, principal) or order.order_id in principal.opened
        if not is_theirs or order.paid_at is None or self._now() >= order.paid_at + CANCEL_WITHIN:
            return False
        state = self._fulfilment.work(order.order_id).state
        return state is FulfilmentState.TO_SHIP and self._orders.can_refund(order)

    def cancel(self, principal: Principal, order_id: int) -> None:
        """Give the whole order back: its units to the shelf, its money to its buyer. Safe to run twice.

        What is kept of it for good has the buyer's number at most, neither name nor address.
        Raises NotFound, SessionUnchecked, Conflict when it is too late.
        """
        order = self._orders.get_for(principal, order_id)
        if not self.may_cancel(principal, order):
            raise Conflict(_TOO_LATE)
        try:
            self._orders.cancel(order_id, BUYER_CANCELLED, Actor(BUYER, principal.user_id))
        except Conflict:  # it was sent a moment ago, or the provider refuses to give the money back
            raise Conflict(_TOO_LATE) from None

    def buy_again(self, principal: Principal, order_id: int) -> BoughtAgain:
        """Put what was bought into the caller's cart, as far as it is still sold, at today's prices.

        Raises NotFound, SessionUnchecked, InvalidInput for a cart that is full.
        """
        order = self._orders.get_for(principal, order_id)
        wanted: Counter[str] = Counter()
        for line in order.lines:
            wanted[line.product_id] += line.quantity
        names = {line.product_id: line.name for line in order.lines}
        added = {product_id: self._put_in(principal.owner, product_id, units) for product_id, units in wanted.items()}
        return BoughtAgain(
            sum(added.values()),
            tuple(names[one] for one in _where(added, lambda one: 0 < added[one] < wanted[one])),
            tuple(names[one] for one in _where(added, lambda one: not added[one])),
        )

    def _put_in(self, owner: str, product_id: str, units: int) -> int:
        try:
            return self._cart.put_in(owner, product_id, units).units
        except (NotFound, OutOfStock):
            return 0


def _where(added: Mapping[str, int], is_meant: Callable[[str], bool]) -> list[str]:
    return [product_id for product_id in added if is_meant(product_id)]
