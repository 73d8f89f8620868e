"""In-memory stands-in for the ports: small, honest about what the port promises, and countable."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain import (
    Cart,
    CartLine,
    Order,
    OrderStatus,
    OutboxEntry,
    OutboxState,
    Product,
    ProductStatus,
    Quantity,
    Reservation,
    ReservationState,
    StockChange,
    Subscription,
)
from app.domain.payments import Done, GoTo, PaymentEvent, PaymentState, Voided
from app.errors import Conflict, InvalidInput, NotFound, OutOfStock, PaymentUnclear, Shortage
from app.services.orders.ports import Attempt, Counts, NewOrder

LIVE = {OrderStatus.PENDING, OrderStatus.CHARGING, OrderStatus.PAID}


class FakeCatalog:
    def __init__(self, *products: Product) -> None:
        self.products = {product.product_id: product for product in products}
        self.reservations: dict[int, Reservation] = {}
        self.edits: dict[str, StockChange] = {}

    def get(self, product_id: str) -> Product | None:
        return self.products.get(product_id)

    def get_many(self, product_ids: Sequence[str]) -> dict[str, Product]:
        return {key: self.products[key] for key in product_ids if key in self.products}

    def change(self, product_id: str, **fields: Any) -> None:
        self.products[product_id] = replace(self.products[product_id], **fields)

    def stock(self, product_id: str) -> int:
        return self.products[product_id].stock

    def adjust_stock(
        self, edit_id: str, product_id: str, *, delta: int | None = None, set_to: int | None = None
    ) -> StockChange:
        if edit_id not in self.edits:
            if product_id not in self.products:
                raise NotFound("There is no such product.")
            by = delta if delta is not None else (set_to or 0) - self.stock(product_id)
            self.change(product_id, stock=self.stock(product_id) + by)
            self.edits[edit_id] = StockChange(by, self.stock(product_id))
        return self.edits[edit_id]

    def reserve(self, order_id: int, lines: Sequence[Quantity]) -> Reservation:
        known = self.reservations.get(order_id)
        if known and known.state is not ReservationState.HELD:
            raise Conflict("released before")
        if known:
            return known
        short = [self._shortage(line) for line in lines if self._left(line) < line.units]
        if short:
            raise OutOfStock(short)
        self._move(lines, -1)
        self.reservations[order_id] = Reservation(order_id, ReservationState.HELD, tuple(lines))
        return self.reservations[order_id]

    def release(self, order_id: int) -> None:
        known = self.reservations.get(order_id, Reservation(order_id, ReservationState.RELEASED, ()))
        if known.state is ReservationState.SETTLED:
            raise Conflict("sold")
        if known.state is ReservationState.HELD:
            self._move(known.lines, +1)
        self.reservations[order_id] = replace(known, state=ReservationState.RELEASED)

    def settle(self, order_id: int) -> None:
        known = self.reservations.get(order_id)
        if known is None or known.state is ReservationState.RELEASED:
            raise Conflict("nothing is held")
        self.reservations[order_id] = replace(known, state=ReservationState.SETTLED)

    def _left(self, line: Quantity) -> int:
        product = self.products.get(line.product_id)
        return product.stock if product and product.status is ProductStatus.ACTIVE else 0

    def _shortage(self, line: Quantity) -> Shortage:
        return Shortage(line.product_id, line.product_id, line.units, self._left(line))

    def _move(self, lines: Sequence[Quantity], sign: int) -> None:
        for line in lines:
            self.change(line.product_id, stock=self.stock(line.product_id) + sign * line.units)


class FakeCarts:
    def __init__(self) -> None:
        self.carts: dict[str, Cart] = {}
        self.taken: set[int] = set()

    def get(self, owner: str) -> Cart:
        return self.carts.get(owner, Cart(owner, ""))

    def put(self, owner: str, *lines: CartLine, emptied_by: int | None = None) -> Cart:
        self.carts[owner] = Cart(owner, secrets.token_hex(8), lines, emptied_by)
        return self.carts[owner]

    def clear(self, owner: str) -> Cart:
        return self.put(owner)

    def take_bought(self, owner: str, order_id: int, lines: Sequence[Quantity]) -> None:
        if order_id in self.taken:
            return
        self.taken.add(order_id)
        bought = {line.product_id: line.units for line in lines}
        kept = [
            replace(line, quantity=line.quantity - bought.get(line.product_id, 0)) for line in self.get(owner).lines
        ]
        left = [line for line in kept if line.quantity > 0]
        self.put(owner, *left, emptied_by=None if left else order_id)


class FakeSettlement:
    """One after the other, on the fakes that the units and the cart are in."""

    marks_outbox = False

    def __init__(self, catalog: FakeCatalog, carts: FakeCarts) -> None:
        self._catalog, self._carts = catalog, carts

    def settle_and_take(self, order_id: int, owner: str, lines: Sequence[Quantity], seen: Cart | None = None) -> bool:
        if seen is not None and self._carts.get(owner).revision != seen.revision:
            return False
        self._catalog.settle(order_id)
        self._carts.take_bought(owner, order_id, lines)
        return True


class FakePayments:
    """Says of the next payments what `answers` holds, then takes the money. Counts what it is asked."""

    name = "fake"
    needs_details = False
    is_hosted = False

    def __init__(self, *answers: PaymentState | Exception) -> None:
        self.answers = list(answers)
        self.book: dict[int, PaymentState] = {}
        self.refunds: dict[str, int] = {}
        self.is_late = False  # the money is taken though the answer was "unclear"
        self.refuses_details = False
        self.before_start: Callable[[int], None] = lambda order_id: None

    def check(self, details: Mapping[str, str] | None) -> None:
        if self.refuses_details:
            raise InvalidInput("The card number is not valid.", "number")

    def traits(self, details: Mapping[str, str] | None) -> tuple[str, ...]:
        return tuple((details or {}).values())

    def start(self, order: Order, return_url: str, details: Mapping[str, str] | None) -> PaymentState:
        self.before_start(order.order_id)
        answer = self.answers.pop(0) if self.answers else self._done(order)
        if isinstance(answer, PaymentUnclear) and self.is_late:
            self._note(order, self._done(order))
        if isinstance(answer, Exception):
            raise answer
        return self._note(order, answer)

    def state(self, order: Order) -> PaymentState | None:
        return self.book.get(order.order_id)

    def void(self, order: Order) -> PaymentState:
        return self._note(order, Voided())

    def refund(self, order: Order, amount: int, refund_id: str) -> None:
        self.refunds.setdefault(refund_id, amount)

    def event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        return PaymentEvent("evt", "payment", int(body))

    def _done(self, order: Order) -> Done:
        return Done(order.total, f"ref-{order.order_id}", "Card")

    def _note(self, order: Order, state: PaymentState) -> PaymentState:
        return self.book.setdefault(order.order_id, state)


class FakePages(FakePayments):
    """A provider with pages of its own: each payment waits there until a test pays it, or it is voided."""

    name = "pages"
    is_hosted = True

    def __init__(self, open_for: timedelta = timedelta(minutes=35)) -> None:
        super().__init__()
        self.open_for = open_for
        self.open: dict[int, GoTo] = {}

    def start(self, order: Order, return_url: str, details: Mapping[str, str] | None) -> PaymentState:
        self.before_start(order.order_id)
        page = GoTo(f"https://pay.example/{order.order_id}", datetime.now(UTC) + self.open_for)
        return self.book.get(order.order_id) or self.open.setdefault(order.order_id, page)

    def state(self, order: Order) -> PaymentState | None:
        return self.book.get(order.order_id) or self.open.get(order.order_id)

    def pay(self, order: Order, amount: int | None = None, currency: str = "INR") -> None:
        """By the shopper, unless the shop voided it."""
        self._note(order, Done(order.total if amount is None else amount, f"pi_{order.order_id}", "Card", currency))


class FakeOrders:
    """Orders in a dict; leases are a set that a test fills by `expire`."""

    def __init__(self) -> None:
        self.rows: dict[int, Attempt] = {}
        self.carts: dict[int, tuple[str, str]] = {}
        self.expired: set[int] = set()
        self.handed_over: list[int] = []
        self._ids = itertools.count(1)

    def begin(self, new: NewOrder) -> tuple[Attempt, bool]:
        known = new.idempotency_key and self.by_key(new.owner, new.idempotency_key)
        known = known or self.by_cart(new.owner, new.cart_revision)
        if known:
            return known, False
        order = Order(
            order_id=next(self._ids),
            owner=new.owner,
            status=OrderStatus.PENDING,
            email=new.email,
            address=new.address,
            lines=new.lines,
            currency=new.currency,
            subtotal=new.money.subtotal,
            tax=new.money.tax,
            total=new.money.total,
            tax_rate=str(new.money.main_rate),
            created_at=datetime.now(UTC),
            user_id=new.user_id,
            pay_by=new.pay_by,
            shipping=new.money.shipping,
            delivery=new.delivery,
        )
        self.carts[order.order_id] = (new.owner, new.cart_revision)
        self.rows[order.order_id] = Attempt(order, new.idempotency_key, new.fingerprint)
        return self.rows[order.order_id], True

    def by_key(self, owner: str, idempotency_key: str) -> Attempt | None:
        return self._first(lambda a: a.order.owner == owner and a.idempotency_key == idempotency_key)

    def by_cart(self, owner: str, cart_revision: str) -> Attempt | None:
        return self._first(lambda a: self.carts[a.order.order_id] == (owner, cart_revision) and a.order.status in LIVE)

    def attempt(self, order_id: int) -> Attempt | None:
        return self.rows.get(order_id)

    def get(self, order_id: int) -> Order | None:
        found = self.rows.get(order_id)
        return found.order if found else None

    def start_charging(self, order_id: int) -> bool:
        return self._move(order_id, OrderStatus.PENDING, status=OrderStatus.CHARGING)

    def reject(self, order_id: int, shortages: Sequence[Shortage]) -> bool:
        if not self._move(order_id, OrderStatus.PENDING, status=OrderStatus.REJECTED):
            return False
        self.rows[order_id] = replace(self.rows[order_id], shortages=tuple(shortages))
        return True

    def fail(
        self,
        order_id: int,
        expected: OrderStatus,
        reason: str,
        *,
        free_key: bool = False,
        counts: Counts = Counts.ORDER,
    ) -> bool:
        if not self._move(order_id, expected, status=OrderStatus.PAYMENT_FAILED, failure=reason):
            return False
        if free_key:
            self.rows[order_id] = replace(self.rows[order_id], idempotency_key=None)
        return True

    def complete(self, order: Order, paid: Done, provider: str) -> Order | None:
        is_done = self._move(
            order.order_id, OrderStatus.CHARGING, status=OrderStatus.PAID, payment_method=paid.method,
            payment_reference=paid.reference, paid_at=datetime.now(UTC),
        )  # fmt: skip
        return self.get(order.order_id) if is_done else None

    def wait(self, order_id: int, until: datetime, *, is_accepted: bool = False) -> bool:
        return until > datetime.now(UTC) and self._move(order_id, OrderStatus.CHARGING, payment_due=until)

    def waiting_of(self, owner: str) -> tuple[Attempt, ...]:
        return tuple(one for one in self.rows.values() if one.order.owner == owner and one.order.is_awaiting_payment)

    def unpaid_of(self, owner: str, email: str | None) -> tuple[int, ...]:
        known = [one.order for one in self.rows.values() if one.order.is_accepted]
        theirs = [one for one in known if one.owner == owner or (email and one.email == email)]
        return tuple(sum(line.quantity for line in one.lines) for one in theirs)

    def hand_over(self, order_id: int) -> None:
        self.handed_over.append(order_id)

    def expire(self, *order_ids: int) -> None:
        self.expired |= set(order_ids)

    def claim_unfinished(self, limit: int) -> tuple[Order, ...]:
        claimed = [self.rows[order_id].order for order_id in sorted(self.expired)][:limit]
        self.expired -= {order.order_id for order in claimed}
        return tuple(o for o in claimed if o.status in (OrderStatus.PENDING, OrderStatus.CHARGING))

    def statuses(self) -> list[str]:
        return [attempt.order.status.value for attempt in self.rows.values()]

    def _first(self, matches: Callable[[Attempt], bool]) -> Attempt | None:
        return next((attempt for attempt in self.rows.values() if matches(attempt)), None)

    def _move(self, order_id: int, expected: OrderStatus, **changes: Any) -> bool:
        attempt = self.rows[order_id]
        if attempt.order.status is not expected:
            return False
        self.rows[order_id] = replace(attempt, order=replace(attempt.order, **changes))
        return True


class FakeOutbox:
    def __init__(self, *waiting: OutboxEntry) -> None:
        self.waiting = list(waiting)
        self.marked: list[str] = []
        self.errors: dict[str, str] = {}

    def put(self, kind: str, key: str, payload: dict[str, object]) -> None:
        now = datetime.now(UTC)
        entry = OutboxEntry(len(self.waiting) + 1, kind, key, payload, OutboxState.PENDING, 0, now, now)
        self.waiting.append(entry)

    def claim(self, kinds: Sequence[str], limit: int) -> tuple[OutboxEntry, ...]:
        claimed = [entry for entry in self.waiting if entry.kind in kinds][:limit]
        self.waiting = [entry for entry in self.waiting if entry not in claimed]
        return tuple(replace(entry, attempts=entry.attempts + 1) for entry in claimed)

    def done(self, entries: Sequence[OutboxEntry]) -> int:
        self.marked += [entry.key for entry in entries]
        return len(entries)

    def done_by_key(self, keys: Sequence[str]) -> None:
        self.marked += keys

    def release(self, entries: Sequence[OutboxEntry], away: str = "") -> None:
        for entry in entries:
            self.waiting.append(replace(entry, attempts=entry.attempts - 1, last_error=away or entry.last_error))

    def failed(self, entry: OutboxEntry, error: str, patient: bool = False) -> None:
        self.errors[entry.key] = error

    def given_up(self, entry: OutboxEntry, error: str) -> None:
        self.errors[entry.key] = f"given up: {error}"

    def not_sent(self, entries: Sequence[OutboxEntry], why: str, *, until_confirmed: bool = False) -> None:
        self.errors |= {entry.key: why for entry in entries}


class FakeTopic:
    """Who is subscribed; `away` is what every question is answered with."""

    def __init__(self, *found: Subscription) -> None:
        self.found = list(found)
        self.away: Exception | None = None

    def subscriptions(self) -> tuple[Subscription, ...]:
        if self.away is not None:
            raise self.away
        return tuple(self.found)

    def subscribe(self, email: str) -> None:
        if all(one.endpoint != email for one in self.subscriptions()):
            self.found.append(Subscription(None, "email", email))

    def unsubscribe(self, subscription_id: str) -> None:
        self.found = [one for one in self.subscriptions() if one.subscription_id != subscription_id]
