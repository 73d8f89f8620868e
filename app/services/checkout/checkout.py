"""Checkout: from a cart to a paid order over two databases and a payment provider, with nothing lost or doubled.

The steps and their guards: insert the order `pending`; reserve the units; `pending -> charging`; charge;
`charging -> paid` in one transaction with payment, movements and effects. Wherever a process dies between
two of them, `sweep` finds the order by its expired lease and brings it to the same end.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
)
from app.domain.discounts import REFUSED
from app.domain.orders import with_money
from app.domain.payments import Declined, Done, GoTo, Later, PaymentState, Voided
from app.domain.shipping import Quote
from app.domain.taxes import Buyer, Goods, TaxRules
from app.errors import (
    Busy,
    CartChanged,
    CheckoutInProgress,
    CheckoutPaused,
    Conflict,
    DiscountRefused,
    EmptyCart,
    InvalidInput,
    OutOfStock,
    PaymentDeclined,
    PaymentRequired,
    PaymentUnavailable,
    PaymentUnclear,
    PriceChange,
    PriceChanged,
    ShopError,
    Shortage,
    StoreUnavailable,
    TermsChanged,
    TotalChanged,
)
from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog
from app.services.checkout.budget import Budgets, no_budget
from app.services.checkout.finishing import INTERRUPTED, Finishing
from app.services.checkout.patience import Patience
from app.services.checkout.ports import PaymentProvider, Settlement, Shipping
from app.services.checkout.providers import Providers
from app.services.checkout.request import CheckoutRequest, cleaned, fingerprint
from app.services.checkout.unpaid import refuse_too_much_unpaid
from app.services.checks import noting, raise_noted
from app.services.discounts.discounts import DiscountService, discounted, used_by
from app.services.jobs.ports import Marking
from app.services.orders.ports import Attempt, Counts, NewOrder, Orders, Under
from app.services.shipping.offers import goods_of
from app.words import mark

__all__ = ["CheckoutRequest", "CheckoutService"]

log = logging.getLogger(__name__)

WAIT_SECONDS = 5.0  # for an order that another request is placing right now
POLL_SECONDS = 0.1
MOST_TOTAL = 10**15  # minor units; far below what the database holds
UNFINISHED = frozenset({OrderStatus.PENDING, OrderStatus.CHARGING})

SHOP_LOST = mark(
    "The shop lost touch with its database while you paid. We are finding out whether the payment went through; "
    "your order list shows the result as soon as the database is back. You will not be charged twice."
)
PAID_MEANWHILE = mark("An order that was open in this browser has just been paid. Look at your cart and your orders.")
TOO_BUSY = mark("The shop was too busy to take this order. Nothing was charged.")


class CheckoutService:
    def __init__(
        self,
        orders: Orders,
        catalog: Catalog,
        carts: Carts,
        settlement: Settlement,
        payments: Providers,
        marks: Marking,
        *,
        currency: Callable[[], str],
        under: Callable[[], Under | None] = lambda: None,
        taxes: Callable[[], TaxRules],
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        wait_seconds: float = WAIT_SECONDS,
        observe: Callable[[str], None] = lambda outcome: None,
        budgets: Budgets = no_budget,
        return_url: Callable[[Order], str] = lambda order: "",
        shipping: Shipping | None = None,
        refresh: Callable[[], None] = lambda: None,
        discounts: DiscountService | None = None,
    ) -> None:
        """`under`: what admins set of currency and time zone. `observe` hears of every answer: "paid", or the code of
        the error.

        `budgets`: what a request counts against. `return_url`: where a shopper comes back to from a provider's page.
        `refresh`: reads what admins set at this instant.
        """
        self._orders = orders
        self._catalog = catalog
        self._carts = carts
        self._payments = payments
        self.finishing = Finishing(orders, catalog, settlement, payments, marks)
        self._currency = currency
        self._under = under
        self._taxes = taxes
        self._sleep = sleep
        self._clock = clock
        self._wait_seconds = wait_seconds
        self._observe = observe
        self._budgets = budgets
        self._return_url = return_url
        self._shipping = shipping
        self._refresh = refresh
        self._discounts = discounts

    def place(self, request: CheckoutRequest) -> Order:
        """Buy what is in the owner's cart; the paid order, or one that awaits its payment, which the shopper makes
        elsewhere or later. Repeating a request gives its first answer.

        Raises InvalidInput, EmptyCart, OutOfStock, PriceChanged, TotalChanged, CartChanged, PaymentRequired,
        PaymentDeclined, PaymentUnavailable, PaymentUnclear, CheckoutInProgress, CheckoutPaused, DiscountRefused,
        TooManyUnpaid, Throttled, Busy.
        Whatever it raises, either nothing was charged or the sweeper settles the order.
        """
        try:
            order = self._placed_or_paused(request)
        except Exception as error:
            self._observe(error.code if isinstance(error, ShopError) else "internal_error")
            raise
        self._observe("paid" if order.status is OrderStatus.PAID else "awaiting_payment")
        return order

    def _placed_or_paused(self, request: CheckoutRequest) -> Order:
        try:
            return self._placed(request)
        except StoreUnavailable as error:
            raise CheckoutPaused() from error

    def _placed(self, request: CheckoutRequest) -> Order:
        provider = self._payments.chosen(request.method)
        request = self._checked(request, provider)
        cart: Cart | None = None
        try:
            cart = self._carts.get(request.owner)
            new = self._priced(cart, request)
            refuse_too_much_unpaid(self._orders, new)
        except ShopError:
            # What has an order already is answered with it, whatever became of the cart and its prices since.
            earlier = self._earlier(request, cart)
            if earlier is None:
                raise
            return self._again(earlier, request)
        if self._payments.has_hosted:
            self._void_open_pages(request)
        attempt, is_ours = self._begun(new, cart, request)
        if not is_ours:
            return self._again(attempt, request)
        return self._pay(attempt.order, request.details, cart, provider)

    def _begun(self, new: NewOrder, cart: Cart, request: CheckoutRequest) -> tuple[Attempt, bool]:
        try:
            try:
                return self._orders.begin(new)
            except TermsChanged:  # by another process, within the second in which this one does not hear of it
                self._refresh()
                return self._orders.begin(self._priced(cart, request))
        except DiscountRefused as error:
            if self._discounts is None or new.code is None:
                raise
            raise self._discounts.refused(new.code, new.user_id, new.email) from error

    def _void_open_pages(self, request: CheckoutRequest) -> None:
        """Who checks out anew does not pay at the pages that were opened before: their units are given back first.

        Raises CartChanged where one of them was just paid, PaymentUnclear where that cannot be found out.
        """
        for earlier in self._orders.waiting_of(request.owner):
            if not self._payments.of(earlier.order).is_hosted or _has_key(earlier, request.idempotency_key):
                continue
            if self.finishing.void(earlier.order).status is OrderStatus.PAID:
                raise CartChanged(PAID_MEANWHILE)

    def _checked(self, request: CheckoutRequest, provider: PaymentProvider) -> CheckoutRequest:
        """The request made clean. Raises InvalidInput for all that is wrong with it and its details together."""
        if request.details is None and provider.needs_details:
            raise PaymentRequired()
        wrong: dict[str, str] = {}
        with noting(wrong):
            request = cleaned(request)
        with noting(wrong):
            provider.check(request.details)
        raise_noted(wrong)
        return request

    def _fingerprint(self, request: CheckoutRequest) -> str:
        return fingerprint(request, self._payments.chosen(request.method).traits(request.details))

    def sweep(self, limit: int = 20) -> int:
        """Finish orders whose checkout died or gave up; how many were brought to an end."""
        finished, patience = 0, Patience(self._clock)
        for order in self._orders.claim_unfinished(limit):
            if patience.skips(order.pay_by):
                continue  # its lease brings it back
            try:
                self.finishing.finish(order)
                finished += 1
            except Exception as error:  # whatever one order meets must not hold up the others
                patience.note(order.pay_by, error)
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
        if order.status is OrderStatus.PAID:
            self.finishing.run_effects(order)
        return order

    def _outcome(self, order_id: int) -> Order:
        """What an order became; waits a little while it is being placed."""
        waited = 0.0
        while True:
            attempt = self._orders.attempt(order_id)
            if attempt is None:
                raise Conflict(mark("This order cannot be found any more."))
            if attempt.order.is_awaiting_payment:
                return attempt.order
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
        wanted = [(products[line.product_id], line.quantity) for line in cart.lines]
        quote = self._quote(request, wanted)
        code = self._discounts.applied(cart.code, discounted(wanted)) if self._discounts is not None else None
        if code is not None and code.refusal is not None and request.expected_total is None:
            raise DiscountRefused(REFUSED[code.refusal])  # nobody has seen that it takes nothing off
        off = code.savings if code is not None else (0,) * len(wanted)
        goods = [
            Goods(product.price, quantity, product.tax_class, less)
            for (product, quantity), less in zip(wanted, off, strict=True)
        ]
        delivery = 0 if quote is None else quote.price
        freed = delivery if code is not None and code.frees_shipping else 0
        taxed = self._taxes().order(goods, _buyer(request), shipping=delivery - freed)
        money = taxed.money
        lines = tuple(
            _sold(number, product, quantity, price)
            for number, ((product, quantity), price) in enumerate(zip(wanted, taxed.unit_prices, strict=True), start=1)
        )
        if money.total > MOST_TOTAL:
            raise InvalidInput(mark("This order is too large to be placed online."))
        if request.expected_total not in (None, money.total):
            raise TotalChanged()
        pay_by = self._payments.chosen(request.method).name
        return NewOrder(
            owner=request.owner,
            user_id=request.user_id,
            email=request.email,
            address=request.address,
            lines=with_money(lines, money),
            currency=self._currency(),
            money=money,
            vat_number=request.vat_number,
            treatment=taxed.treatment,
            cart_revision=cart.revision,
            idempotency_key=request.idempotency_key,
            fingerprint=self._fingerprint(request) if request.idempotency_key else None,
            budget=self._budgets(replace(request, method=pay_by)),
            language=request.language,
            under=under,
            pay_by=pay_by,
            delivery=quote.delivery if quote is not None else None,
            code=used_by(code, request.email, request.user_id, money.discount + freed),
        )

    def _quote(self, request: CheckoutRequest, lines: Sequence[tuple[Product, int]]) -> Quote | None:
        """Of the method that was chosen. Raises InvalidInput for one that is not offered there any more."""
        if self._shipping is None:
            return None
        address = request.address
        return self._shipping.offer(goods_of(lines), address.country, address.region).chosen(request.delivery_method)

    def _pay(self, order: Order, details: Mapping[str, str] | None, cart: Cart, provider: PaymentProvider) -> Order:
        if not self._reserve(order) or not self._orders.start_charging(order.order_id):
            return self._outcome(order.order_id)  # a slow checkout lost its order to the sweeper
        try:
            state = provider.start(order, self._return_url(order), details)
        except PaymentUnclear:
            self._orders.hand_over(order.order_id)
            raise
        except (InvalidInput, PaymentUnavailable) as error:  # refused by the provider, though it passed the check
            self.finishing.give_up(order.order_id, OrderStatus.CHARGING, error.message, free_key=True)
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
                if (paid := self.finishing.complete(order, state, cart)) is not None:
                    return paid
            case GoTo(until=until):
                if self._orders.wait(order.order_id, until):
                    return replace(order, status=OrderStatus.CHARGING, payment_due=until)
            case Later(until=until):
                if self._orders.wait(order.order_id, until, is_accepted=True):
                    return self._accepted(replace(order, status=OrderStatus.CHARGING, payment_due=until))
            case Declined():
                reason = state.reason or PaymentDeclined().message
                if self.finishing.give_up(order.order_id, OrderStatus.CHARGING, reason, counts=Counts.DECLINE):
                    raise PaymentDeclined(reason)
            case Voided():
                pass  # by the sweeper, which brings the order to its end
        return self._outcome(order.order_id)

    def _accepted(self, order: Order) -> Order:
        """What was ordered, to be paid later, leaves the cart at once; the worker does it where this fails."""
        try:
            self._carts.take_bought(order.owner, order.order_id, _quantities(order))
        except ShopError:
            log.warning("the cart of order %s is left to the worker", order.order_id, exc_info=True)
        return order

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
            self.finishing.give_up(order.order_id, OrderStatus.PENDING, TOO_BUSY, free_key=True, counts=Counts.NOTHING)
            raise
        return True


def _buyer(request: CheckoutRequest) -> Buyer:
    address = request.address
    return Buyer(address.country, address.region, request.vat_number, request.is_tax_exempt)


def _sold(number: int, product: Product, quantity: int, price: int) -> OrderLine:
    """A line at `price`, with what a unit costs now."""
    return OrderLine(number, product.product_id, product.name, price, quantity, unit_cost=product.cost)


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
