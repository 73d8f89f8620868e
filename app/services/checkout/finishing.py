"""The last step of an order: paid or given up. Whoever learns what became of its payment takes it here, guarded.

That may be the checkout itself, the shopper who comes back from a provider's page, the provider's own message, an
admin, or the sweeper; several at once, and in any order.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from app.domain import Cart, Order, OrderStatus, Quantity, effects
from app.domain.payments import Declined, Done, GoTo, Later, PaymentState, Voided
from app.errors import NotFound
from app.services.catalog.ports import Catalog
from app.services.checkout.ports import Settlement
from app.services.checkout.providers import Providers
from app.services.jobs.ports import Marking
from app.services.orders.ports import Counts, Orders
from app.words import mark

log = logging.getLogger(__name__)

INTERRUPTED = mark("The payment did not go through. Nothing was charged; order again.")
NOT_PAID = mark("This order was not paid in time, so it was given up. Nothing was charged; order again.")
ANEW = mark("You began a new payment, so this order was given up. Nothing was charged for it.")
GIVEN_UP = mark("The shop gave this order up, as its payment did not come. Order again if you still want it.")
LATE = mark("Your payment came after this order was given up, so it was paid back in full. Order again.")
OTHER_AMOUNT = mark("Another amount was paid than this order costs, so it was paid back in full. Order again.")


class Finishing:
    def __init__(
        self, orders: Orders, catalog: Catalog, settlement: Settlement, payments: Providers, marks: Marking
    ) -> None:
        self._orders = orders
        self._catalog = catalog
        self._settlement = settlement
        self._payments = payments
        self._marks = marks

    def complete(self, order: Order, taken: Done, cart: Cart | None = None) -> Order | None:
        """The paid order, with what follows from it done at once; None when somebody else brings it to its end.

        `cart`: as it was when the order began.
        """
        paid = self._orders.complete(order, taken, self._payments.of(order).name)
        if paid is not None:
            self.run_effects(paid, cart)
        return paid

    def give_up(
        self,
        order_id: int,
        expected: OrderStatus,
        reason: str,
        *,
        free_key: bool = False,
        counts: Counts = Counts.ORDER,
    ) -> bool:
        # The units first: an order that is over is looked at by nobody.
        self._catalog.release(order_id)
        return self._orders.fail(order_id, expected, reason, free_key=free_key, counts=counts)

    def run_effects(self, order: Order, cart: Cart | None = None) -> None:
        """What follows a sale at once. `cart`: as it was when the order began."""
        try:
            self._settle_and_take(order, cart)
            if not self._settlement.marks_outbox:
                self._marks.done_by_key([effects.settle(order.order_id).key, effects.take_cart(order.order_id).key])
        except Exception:  # the order is paid: whatever fails here is done by the worker, and no news for the shopper
            log.warning("effects of order %s are left to the worker", order.order_id, exc_info=True)

    def _settle_and_take(self, order: Order, cart: Cart | None) -> None:
        lines = [Quantity(line.product_id, line.quantity) for line in order.lines]
        if self._settlement.settle_and_take(order.order_id, order.owner, lines, cart):
            return
        # The cart changed, maybe since it went on to another owner with the order.
        present = self._orders.get(order.order_id)
        if present is not None:
            self._settlement.settle_and_take(order.order_id, present.owner, lines)

    # --- what became of a payment

    def learn(self, order_id: int) -> Order:
        """Ask the provider what became of an order's payment, and take the step that follows. Raises NotFound,
        PaymentUnclear."""
        order = self._known(order_id)
        if order.status is OrderStatus.CHARGING:
            state = self._payments.of(order).state(order)
            if isinstance(state, GoTo | Later):
                self._waits(order, state)
            elif state is not None:
                self._take(order, state, NOT_PAID)
        elif order.status is OrderStatus.PAYMENT_FAILED and self._payments.of(order).is_hosted:
            self._return_late(order)
        return self._known(order_id)

    def void(self, order: Order, reason: str = ANEW) -> Order:
        """See that it cannot be paid any more, and give it up; the order as it is then, paid if it just was."""
        self._take(order, self._payments.of(order).void(order), reason)
        return self._known(order.order_id)

    def finish(self, order: Order) -> None:
        """For the sweeper: bring an order to its end whose checkout died, or that was not paid in time."""
        provider = self._payments.of(order)
        state = provider.state(order)
        if isinstance(state, GoTo | Later) and self._waits(order, state):
            return
        if state is None or isinstance(state, GoTo | Later):
            state = provider.void(order)
        self._take(order, state, INTERRUPTED if order.payment_due is None else NOT_PAID)

    def _waits(self, order: Order, state: GoTo | Later) -> bool:
        return self._orders.wait(order.order_id, state.until, is_accepted=isinstance(state, Later))

    def _take(self, order: Order, state: PaymentState, reason: str) -> None:
        match state:
            case Done():
                self._paid(order, state)
            case Declined():
                reason = state.reason or INTERRUPTED
                self.give_up(order.order_id, order.status, reason, counts=Counts.DECLINE)
            case Voided():
                if order.payment_due is None:
                    # Its client never got an answer, and nothing can be taken for it any more: the key may run again.
                    self.give_up(order.order_id, order.status, reason, free_key=True, counts=Counts.NOTHING)
                else:
                    self.give_up(order.order_id, order.status, reason)

    def _paid(self, order: Order, taken: Done) -> None:
        if not taken.pays(order.total, order.currency):
            log.error("order %s was paid with %s %s", order.order_id, taken.amount, taken.currency)
            self._pay_back(order, taken)
            self.give_up(order.order_id, order.status, OTHER_AMOUNT)
            return
        if self.complete(order, taken) is None and (now := self._known(order.order_id)).status in _OVER:
            self._pay_back(now, taken, LATE)

    def _return_late(self, order: Order) -> None:
        """Money that came for an order that was given up: its units may be sold by now, or bought in another order."""
        taken = self._payments.of(order).state(order)
        if isinstance(taken, Done):
            self._pay_back(order, taken, LATE)

    def _pay_back(self, order: Order, taken: Done, reason: str = "") -> None:
        """All of it, once, however often it is asked for; and said where the order is shown."""
        paid = replace(order, payment_reference=taken.reference, currency=taken.currency or order.currency)
        self._payments.of(order).refund(paid, taken.amount, f"late:{order.order_id}")
        log.warning("order %s: its payment of %s was paid back", order.order_id, taken.amount)
        if reason and order.failure not in (LATE, OTHER_AMOUNT):
            self._orders.fail(order.order_id, order.status, reason, counts=Counts.NOTHING)

    def _known(self, order_id: int) -> Order:
        order = self._orders.get(order_id)
        if order is None:
            raise NotFound(mark("There is no such order."))
        return order


_OVER = (OrderStatus.PAYMENT_FAILED, OrderStatus.REJECTED)
