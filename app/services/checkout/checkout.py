"""Checkout: from a cart to a paid order over two databases and a payment provider, with nothing lost or doubled.

The steps and their guards: insert the order `pending`; reserve the units; `pending -> charging`; charge;
`charging -> paid` in one transaction with payment, movements and effects. Wherever a process dies between
two of them, `sweep` finds the order by its expired lease and brings it to the same end.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.domain import (
    LINE_LIMIT,
    UNIT_LIMIT,
    Cart,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    ProductStatus,
    Quantity,
    effects,
)
from app.domain.order_money import MoneyLine, TaxMode, TaxRate, order_money
from app.domain.orders import with_money
from app.domain.payments import Declined, Done, PaymentState, Voided
from app.errors import (
    Busy,
    CartChanged,
    CheckoutInProgress,
    CheckoutPaused,
    Conflict,
    EmptyCart,
    InvalidInput,
    OutOfStock,
    PaymentDeclined,
    PaymentRequired,
    PaymentUnclear,
    PriceChange,
    PriceChanged,
    ShopError,
    Shortage,
    StoreUnavailable,
    TotalChanged,
)
from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog
from app.services.checkout.budget import Budgets, no_budget
from app.services.checkout.ports import PaymentProvider, Settlement
from app.services.checkout.request import CheckoutRequest, cleaned, fingerprint
from app.services.checks import noting, raise_noted
from app.services.jobs.ports import Marking
from app.services.orders.ports import Attempt, Counts, NewOrder, Orders, Under
from app.words import mark

__all__ = ["CheckoutRequest", "CheckoutService"]

log = logging.getLogger(__name__)

WAIT_SECONDS = 5.0  # for an order that another request is placing right now
POLL_SECONDS = 0.1
MOST_TOTAL = 10**15  # minor units; far below what the database holds
UNFINISHED = frozenset({OrderStatus.PENDING, OrderStatus.CHARGING})

INTERRUPTED = mark("The payment did not go through. Nothing was charged; order again.")
SHOP_LOST = mark(
    "The shop lost touch with its database while you paid. We are finding out whether the payment went through; "
    "your order list shows the result as soon as the database is back. You will not be charged twice."
)
TOO_BUSY = mark("The shop was too busy to take this order. Nothing was charged.")


class CheckoutService:
    def __init__(
        self,
        orders: Orders,
        catalog: Catalog,
        carts: Carts,
        settlement: Settlement,
        payments: PaymentProvider,
        marks: Marking,
        *,
        currency: Callable[[], str],
        under: Callable[[], Under | None] = lambda: None,
        tax_rate: Decimal,
        sleep: Callable[[float], None] = time.sleep,
        wait_seconds: float = WAIT_SECONDS,
        observe: Callable[[str], None] = lambda outcome: None,
        budgets: Budgets = no_budget,
    ) -> None:
        """`under`: what admins set of currency and time zone. `observe` hears of every answer: "paid", or the code of
        the error.

        `budgets`: what a request counts against.
        """
        self._orders = orders
        self._catalog = catalog
        self._carts = carts
        self._settlement = settlement
        self._payments = payments
        self._marks = marks
        self._currency = currency
        self._under = under
        self._rates = (TaxRate(tax_rate),)
        self._sleep = sleep
        self._wait_seconds = wait_seconds
        self._observe = observe
        self._budgets = budgets

    def place(self, request: CheckoutRequest) -> Order:
        """Buy what is in the owner's cart; the paid order. Repeating a request gives its first answer.

        Raises InvalidInput, EmptyCart, OutOfStock, PriceChanged, TotalChanged, CartChanged, PaymentRequired,
        PaymentDeclined, PaymentUnclear, CheckoutInProgress, CheckoutPaused, Throttled, Busy. Whatever it raises,
        either nothing was charged or the sweeper settles the order.
        """
        try:
            order = self._placed_or_paused(request)
        except Exception as error:
            self._observe(error.code if isinstance(error, ShopError) else "internal_error")
            raise
        self._observe("paid")
        return order

    def _placed_or_paused(self, request: CheckoutRequest) -> Order:
        try:
            return self._placed(request)
        except StoreUnavailable as error:
            raise CheckoutPaused() from error

    def _placed(self, request: CheckoutRequest) -> Order:
        request = self._checked(request)
        cart: Cart | None = None
        try:
            cart = self._carts.get(request.owner)
            new = self._priced(cart, request)
        except ShopError:
            # What has an order already is answered with it, whatever became of the cart and its prices since.
            earlier = self._earlier(request, cart)
            if earlier is None:
                raise
            return self._again(earlier, request)
        attempt, is_ours = self._orders.begin(new)
        if not is_ours:
            return self._again(attempt, request)
        return self._pay(attempt.order, request.details, cart)

    def _checked(self, request: CheckoutRequest) -> CheckoutRequest:
        """The request made clean. Raises InvalidInput for all that is wrong with it and its details together."""
        if request.details is None and self._payments.needs_details:
            raise PaymentRequired()
        wrong: dict[str, str] = {}
        with noting(wrong):
            request = cleaned(request)
        with noting(wrong):
            self._payments.check(request.details)
        raise_noted(wrong)
        return request

    def _fingerprint(self, request: CheckoutRequest) -> str:
        return fingerprint(request, self._payments.traits(request.details))

    def sweep(self, limit: int = 20) -> int:
        """Finish orders whose checkout died or gave up; how many were brought to an end."""
        finished = 0
        for order in self._orders.claim_unfinished(limit):
            try:
                self._finish(order)
                finished += 1
            except Exception:  # whatever one order meets must not hold up the others; its lease brings it back
                log.warning("order %s cannot be finished yet", order.order_id, exc_info=True)
        return finished

    def settle(self, payload: Mapping[str, Any]) -> None:
        """Effect of a paid order: its held units are sold. Safe to run twice."""
        self._catalog.settle(int(payload["order_id"]))

    def take_cart(self, payload: Mapping[str, Any]) -> None:
        """Effect of a paid order: what was bought leaves the cart. Safe to run twice."""
        order = self._orders.get(int(payload["order_id"]))
        if order is not None:
            self._carts.take_bought(order.owner, order.order_id, _quantities(order))

    def renew_guest(self, order_id: int, old: str, new: str) -> None:
        """After a guest's paid order: orders and cart of the owner `old` become `new`'s. Safe to run twice.

        What was bought leaves the cart first: taken out later, it would be looked for in the wrong one.
        """
        self.take_cart({"order_id": order_id})
        self._orders.change_owner(old, new)
        self._carts.merge(old, new, UNIT_LIMIT)

    def was_asked_for(self, order_id: int, idempotency_key: object) -> bool:
        """Whether the order was placed with that key, which only the page with the click on "pay" knows."""
        earlier = self._orders.attempt(order_id)
        return earlier is not None and _has_key(earlier, idempotency_key)

    def order_of(self, owner: str, idempotency_key: str | None, cart_revision: str | None) -> int | None:
        """The id of the order that a click on "pay" began, or that another click began for the same cart."""
        earlier = self._orders.by_key(owner, idempotency_key) if idempotency_key else None
        if earlier is None and cart_revision:
            earlier = self._orders.by_cart(owner, cart_revision)
        return None if earlier is None else earlier.order.order_id

    # --- requests that were seen before

    def _earlier(self, request: CheckoutRequest, cart: Cart | None) -> Attempt | None:
        """The order of this request, or of the cart that it is about: maybe its own order just took it.

        `cart`: None when it could not be read.
        """
        found: Attempt | None = None
        if request.idempotency_key is not None:
            found = self._orders.by_key(request.owner, request.idempotency_key)
        revision = request.cart_revision or (cart.revision if cart is not None else "")
        if found is None and revision:
            found = self._orders.by_cart(request.owner, revision)
        if found is None and cart is not None and not cart.lines and cart.emptied_by is not None:
            found = self._orders.attempt(cart.emptied_by)
        return found

    def _again(self, earlier: Attempt, request: CheckoutRequest) -> Order:
        """The answer to a request whose order, or whose cart's order, is there already."""
        is_same_key = _has_key(earlier, request.idempotency_key)
        if not is_same_key and earlier.order.owner != request.owner:
            # It went on to another owner, as to the next key of a guest: the one before may be a stranger's copy.
            raise CartChanged()
        if is_same_key and earlier.fingerprint != self._fingerprint(request):
            raise InvalidInput("idempotency key was used for another request", "idempotency_key")
        return self._same_answer(earlier.order.order_id)

    def _same_answer(self, order_id: int) -> Order:
        """What an order became. Whoever hears that it is paid finds the cart without what was bought.

        Its process may have died before that: taken out later, it would be what the shopper put in since.
        """
        order = self._outcome(order_id)
        self._run_effects(order)
        return order

    def _outcome(self, order_id: int) -> Order:
        """What an order became; waits a little while it is being placed."""
        waited = 0.0
        while True:
            attempt = self._orders.attempt(order_id)
            if attempt is None:
                raise Conflict(mark("This order cannot be found any more."))
            if attempt.order.status not in UNFINISHED:
                return _answer(attempt)
            if waited >= self._wait_seconds:
                raise CheckoutInProgress()
            self._sleep(POLL_SECONDS)
            waited += POLL_SECONDS

    # --- a new order

    def _priced(self, cart: Cart, request: CheckoutRequest) -> NewOrder:
        """The order at the catalogue's prices, if cart and prices are those that the shopper accepted."""
        if not cart.lines:
            raise EmptyCart()
        if request.cart_revision not in (None, cart.revision):
            raise CartChanged()
        if len(cart.lines) > LINE_LIMIT:
            raise InvalidInput(
                mark(
                    "An order can hold at most {count} different products. Take some out of the cart.", count=LINE_LIMIT
                )
            )
        under = self._under()  # before the currency: the other way round a change between them would pass
        products = self._catalog.get_many([line.product_id for line in cart.lines])
        _refuse_gone(cart, products)
        _refuse_repriced(cart, products)
        lines = tuple(
            _sold(number, products[line.product_id], line.quantity) for number, line in enumerate(cart.lines, start=1)
        )
        money = order_money([MoneyLine(line.total, self._rates) for line in lines], mode=TaxMode.ADDED)
        if money.total > MOST_TOTAL:
            raise InvalidInput(mark("This order is too large to be placed online."))
        if request.expected_total not in (None, money.total):
            raise TotalChanged()
        return NewOrder(
            owner=request.owner,
            user_id=request.user_id,
            email=request.email,
            address=request.address,
            lines=with_money(lines, money),
            currency=self._currency(),
            money=money,
            cart_revision=cart.revision,
            idempotency_key=request.idempotency_key,
            fingerprint=self._fingerprint(request) if request.idempotency_key else None,
            budget=self._budgets(request),
            language=request.language,
            under=under,
        )

    def _pay(self, order: Order, details: Mapping[str, str] | None, cart: Cart) -> Order:
        if not self._reserve(order) or not self._orders.start_charging(order.order_id):
            return self._outcome(order.order_id)  # a slow checkout lost its order to the sweeper
        try:
            state = self._payments.start(order, details)
        except PaymentUnclear:
            self._orders.hand_over(order.order_id)
            raise
        except InvalidInput as error:  # refused by the provider, though it passed the check
            self._give_up(order.order_id, OrderStatus.CHARGING, error.message, free_key=True)
            raise
        except (StoreUnavailable, Busy) as error:  # the money may have been taken all the same
            raise PaymentUnclear(SHOP_LOST) from error
        try:
            return self._booked(order, state, cart)
        except (StoreUnavailable, Busy) as error:
            raise PaymentUnclear(SHOP_LOST) from error

    def _booked(self, order: Order, state: PaymentState, cart: Cart) -> Order:
        match state:
            case Done():
                if (paid := self._complete(order, state, cart)) is not None:
                    return paid
            case Declined():
                reason = state.reason or PaymentDeclined().message
                if self._give_up(order.order_id, OrderStatus.CHARGING, reason, counts=Counts.DECLINE):
                    raise PaymentDeclined(reason)
            case Voided():
                pass  # by the sweeper, which brings the order to its end
        return self._outcome(order.order_id)

    def _reserve(self, order: Order) -> bool:
        """Hold the units; False when the sweeper gave the order up before."""
        try:
            self._catalog.reserve(order.order_id, _quantities(order))
        except OutOfStock as error:
            named = _with_names(error, order)
            if not self._orders.reject(order.order_id, named.shortages):
                return False
            raise named from error
        except Conflict:
            return False
        except Busy:
            # No answer was given yet, so the client's key may run again.
            self._give_up(order.order_id, OrderStatus.PENDING, TOO_BUSY, free_key=True, counts=Counts.NOTHING)
            raise
        return True

    def _complete(self, order: Order, taken: Done, cart: Cart | None = None) -> Order | None:
        """The paid order, with what follows from it done at once; None when somebody else brings it to its end.

        `cart`: as it was when the order began.
        """
        paid = self._orders.complete(order, taken, self._payments.name)
        if paid is not None:
            self._run_effects(paid, cart)
        return paid

    def _give_up(
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

    def _run_effects(self, order: Order, cart: Cart | None = None) -> None:
        """What follows a sale at once. `cart`: as it was when the order began."""
        try:
            self._settle_and_take(order, cart)
            if not self._settlement.marks_outbox:
                self._marks.done_by_key([effects.settle(order.order_id).key, effects.take_cart(order.order_id).key])
        except Exception:  # the order is paid: whatever fails here is done by the worker, and no news for the shopper
            log.warning("effects of order %s are left to the worker", order.order_id, exc_info=True)

    def _settle_and_take(self, order: Order, cart: Cart | None) -> None:
        lines = _quantities(order)
        if self._settlement.settle_and_take(order.order_id, order.owner, lines, cart):
            return
        # The cart changed, maybe since it went on to another owner with the order.
        present = self._orders.get(order.order_id)
        if present is not None:
            self._settlement.settle_and_take(order.order_id, present.owner, lines)

    # --- unfinished orders

    def _finish(self, order: Order) -> None:
        state = self._payments.state(order) or self._payments.void(order)
        match state:
            case Done():
                self._complete(order, state)
            case Declined():
                reason = state.reason or INTERRUPTED
                self._give_up(order.order_id, order.status, reason, counts=Counts.DECLINE)
            case Voided():
                # Its client never got an answer, and nothing can be taken for it any more: the key may run again.
                self._give_up(order.order_id, order.status, INTERRUPTED, free_key=True, counts=Counts.NOTHING)


def _sold(number: int, product: Product, quantity: int) -> OrderLine:
    """A line at the catalogue's price, with what a unit costs now."""
    return OrderLine(number, product.product_id, product.name, product.price, quantity, unit_cost=product.cost)


def _quantities(order: Order) -> list[Quantity]:
    return [Quantity(line.product_id, line.quantity) for line in order.lines]


def _has_key(attempt: Attempt, idempotency_key: object) -> bool:
    return idempotency_key is not None and attempt.idempotency_key == idempotency_key


def _answer(attempt: Attempt) -> Order:
    """A finished order's answer: itself when paid, else the error that its first request got."""
    order = attempt.order
    if order.status is OrderStatus.PAID:
        return order
    if order.status is OrderStatus.REJECTED:
        raise OutOfStock(attempt.shortages)
    raise PaymentDeclined(order.failure or INTERRUPTED)


def _with_names(error: OutOfStock, order: Order) -> OutOfStock:
    """The same shortages with the names that the shopper saw, which a stock store may not know."""
    names = {line.product_id: line.name for line in order.lines}
    return OutOfStock(
        [Shortage(s.product_id, names.get(s.product_id, s.name), s.wanted, s.available) for s in error.shortages]
    )


def _refuse_gone(cart: Cart, products: Mapping[str, Product]) -> None:
    gone = []
    for line in cart.lines:
        product = products.get(line.product_id)
        if product is None or product.status is not ProductStatus.ACTIVE:
            gone.append(Shortage(line.product_id, product.name if product else line.product_id, line.quantity, 0))
    if gone:
        raise OutOfStock(gone)


def _refuse_repriced(cart: Cart, products: Mapping[str, Product]) -> None:
    changes = []
    for line in cart.lines:
        product = products[line.product_id]
        if product.price != line.unit_price:
            changes.append(PriceChange(product.product_id, product.name, line.unit_price, product.price))
    if changes:
        raise PriceChanged(changes)
