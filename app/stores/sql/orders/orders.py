"""Orders in SQL: each change of status is guarded by the one it starts from; leases run on the database's clock."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.domain import LongPage, MovementKind, Order, OrderStatus, OrderSummary, Page, User, effects
from app.domain.fulfilment import FulfilmentState
from app.domain.order_money import OrderMoney
from app.domain.orders import costs_of_sale
from app.domain.payments import Done
from app.errors import Busy, DiscountRefused, Shortage, TermsChanged, Throttled, TooManyDeclines, TooManyOrders
from app.services.limits.ports import Limit
from app.services.orders.ports import EVERYTHING, Attempt, Counts, NewOrder, OrderBudget, SoldIn
from app.stores.sql.discounts import redeeming
from app.stores.sql.engine.clock import Later, NowBeside, database_now, stamp
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import is_duplicate, is_missing
from app.stores.sql.jobs.outbox import NO_DELAY, enqueue_all
from app.stores.sql.limits import throttles
from app.stores.sql.orders import finding, guest_orders, reads, waiting, words
from app.stores.sql.stock import ledger
from app.stores.sql.tables import order_lines, order_taxes, orders, payments, shop_settings

# How long a checkout may be silent before the sweeper takes its order; well above a provider's timeout.
CHECKOUT_LEASE = timedelta(seconds=20)
SWEEP_LEASE = timedelta(seconds=30)
# After a provider's timeout: give a late charge a moment to arrive.
HAND_OVER = timedelta(seconds=2)
# Effects that the checkout does itself: workers leave them alone for so long.
AT_ONCE = timedelta(seconds=3)
_BEGIN_TRIES = 5
_PARTS = ("subtotal", "discount", "shipping", "tax", "tax_included", "total")

PENDING, CHARGING = OrderStatus.PENDING, OrderStatus.CHARGING

_NOW = NowBeside()
# What every checkout asks is built once.
_INSERT, _INSERT_LINES, _INSERT_PAYMENT = insert(orders), insert(order_lines), insert(payments)
_INSERT_TAXES = insert(order_taxes)
# The order has no currency, which it must have, where admins set another one, another time zone or other zones of
# shipping since it was priced. The rows stay locked until it is written, so that whoever changes them comes after it,
# and finds it.
_s = shop_settings.c
_IS_OTHER = (
    ((_s.name == "currency") & (_s.value != bindparam("under_currency")))
    | ((_s.name == "timezone") & (_s.value != bindparam("under_timezone")))
    | ((_s.name == "shipping") & (_s.value != bindparam("under_shipping")))
)
_CHANGED = (
    select(func.count(case((_IS_OTHER, 1))))
    .where(_s.name.in_(["currency", "revision", "shipping", "timezone"]))
    .with_for_update(read=True)
    .scalar_subquery()
)
_INSERT_UNDER = _INSERT.values(currency=case((_CHANGED == 0, bindparam("priced_in", type_=orders.c.currency.type))))
_CHARGE = (
    update(orders)
    .where(orders.c.order_id == bindparam("which"), orders.c.status == PENDING.value)
    .values(
        status=CHARGING.value,
        changed_at=_NOW,
        leased_until=Later(_NOW, bindparam("microseconds", type_=Integer)),
    )
)
_PAY = (
    update(orders)
    .where(
        orders.c.order_id == bindparam("which"),
        orders.c.status == CHARGING.value,
        orders.c.owner == bindparam("whose"),
        orders.c.user_id.is_not_distinct_from(bindparam("whose_account")),
    )
    .values(
        status=OrderStatus.PAID.value,
        paid_at=bindparam("now"),
        paid_day=bindparam("today"),
        changed_at=bindparam("now"),
        leased_until=None,
        budget=None,
        fulfilment=FulfilmentState.TO_SHIP.value,
        open_since=bindparam("now"),
    )
)


class SqlOrders:
    """`Orders` on SQLite and MySQL. `zone` cuts the store day on which an order is booked."""

    def __init__(self, database: Database, zone: tzinfo, checkout_lease: timedelta = CHECKOUT_LEASE) -> None:
        self._database = database
        self._zone = zone
        self._checkout_lease = checkout_lease

    # --- reads

    def get(self, order_id: int) -> Order | None:
        return self._database.read(lambda c: reads.read_order(c, order_id))

    def get_many(self, order_ids: Collection[int]) -> dict[int, Order]:
        return self._database.read(lambda c: reads.read_orders(c, order_ids))

    def attempt(self, order_id: int) -> Attempt | None:
        return self._database.read(lambda c: reads.attempt(c, order_id))

    def by_key(self, owner: str, idempotency_key: str) -> Attempt | None:
        return self._database.read(lambda c: reads.attempt_by_key(c, owner, idempotency_key))

    def by_cart(self, owner: str, cart_revision: str) -> Attempt | None:
        return self._database.read(lambda c: reads.attempt_by_cart(c, _live_cart(owner, cart_revision)))

    def list_of(self, owner: str, user_id: int | None, page: int, page_size: int) -> Page[OrderSummary]:
        return self._database.read(lambda c: reads.list_of(c, owner, user_id, page, page_size))

    def older(self, owner: str, user_id: int | None, before: int | None, limit: int) -> tuple[OrderSummary, ...]:
        return self._database.read(lambda c: reads.older(c, owner, user_id, before, limit))

    def search(
        self,
        q: str,
        status: OrderStatus | None,
        page: int,
        page_size: int,
        before: int | None,
        sold: SoldIn = EVERYTHING,
        *,
        by_amount: bool = True,
    ) -> LongPage[OrderSummary]:
        return self._database.read(
            lambda c: finding.search(c, q, status, page, page_size, before, sold, by_amount=by_amount)
        )

    def write_words(self, limit: int) -> int:
        ids = self._database.read(lambda c: c.execute(words.waiting(c).limit(limit)).scalars().all())
        return self._database.write(lambda c: words.write(c, ids)) if ids else 0

    def wait_for_words(self, more_than: int) -> bool:
        return self._database.read(lambda c: c.execute(words.waiting(c).limit(1).offset(more_than)).first() is not None)

    # --- the road of an order

    def begin(self, new: NewOrder) -> tuple[Attempt, bool]:
        for _ in range(_BEGIN_TRIES):
            refused: Throttled | None = None
            try:
                return self._database.write(lambda c: self._insert(c, new)), True
            except IntegrityError as error:
                if new.under is not None and is_missing(error, orders.c.currency):
                    raise TermsChanged() from None
                if not is_duplicate(error):
                    raise
            except Throttled as error:  # the budget may have been taken a moment ago by this very order
                refused = error
            earlier = self.by_key(new.owner, new.idempotency_key) if new.idempotency_key else None
            earlier = earlier or self.by_cart(new.owner, new.cart_revision)
            if earlier is not None:
                return earlier, False
            if refused is not None:
                raise refused
            if new.code is not None and self._has_use(new.code.key):
                raise DiscountRefused()
            # The order in the way failed meanwhile and freed the cart: now it is our turn.
        raise Busy()

    def _has_use(self, key: str) -> bool:
        used = select(orders.c.order_id).where(orders.c.code_use == key)
        return self._database.read(lambda c: c.execute(used).first()) is not None

    def start_charging(self, order_id: int) -> bool:
        lease = {"which": order_id, "microseconds": _microseconds(self._checkout_lease)}
        return self._database.write(lambda c: c.execute(_CHARGE, lease).rowcount == 1)

    def reject(self, order_id: int, shortages: Sequence[Shortage]) -> bool:
        values = {
            "status": OrderStatus.REJECTED.value,
            "shortages": [asdict(shortage) for shortage in shortages],
            "failure": "Not everything was in stock.",
        }
        return self._end(order_id, PENDING, values, Counts.SOLD_OUT)

    def fail(
        self,
        order_id: int,
        expected: OrderStatus,
        reason: str,
        *,
        free_key: bool = False,
        counts: Counts = Counts.ORDER,
    ) -> bool:
        values: dict[str, Any] = {
            "status": OrderStatus.PAYMENT_FAILED.value,
            "failure": reason,
        }
        if free_key:
            values["idempotency_key"] = None

        return self._end(order_id, expected, values, counts)

    def hand_over(self, order_id: int) -> None:
        lease = {"leased_until": Later(_NOW, _microseconds(HAND_OVER))}
        self._database.write(lambda c: _change(c, order_id, CHARGING, lease))

    def wait(self, order_id: int, until: datetime, *, is_accepted: bool = False) -> bool:
        return self._database.write(lambda c: waiting.wait(c, order_id, until, is_accepted=is_accepted))

    def waiting_of(self, owner: str) -> tuple[Attempt, ...]:
        return self._database.read(lambda c: waiting.waiting_of(c, owner))

    def unpaid_of(self, owner: str, email: str | None) -> tuple[int, ...]:
        return self._database.read(lambda c: waiting.unpaid_of(c, owner, email))

    def complete(self, order: Order, paid: Done, provider: str) -> Order | None:
        return self._database.write(lambda c: self._complete(c, order, paid, provider))

    def _complete(self, connection: Connection, order: Order, paid: Done, provider: str) -> Order | None:
        locked = ledger.lock(connection, {line.product_id for line in order.lines})
        now = locked.now
        known = self._pay(connection, order, now)
        if known is None:
            return None
        payment = {
            "order_id": known.order_id,
            "provider": provider,
            "reference": paid.reference,
            "method": paid.method,
            "amount": paid.amount,
            "at": now,
        }
        connection.execute(_INSERT_PAYMENT, payment)
        # Nobody can have booked them: there is one who makes this order paid.
        _, caused = ledger.book_new(connection, _sales(known), locked, now)
        enqueue_all(connection, [*_effects(known), *((effect, NO_DELAY) for effect in caused)], now)
        return replace(
            known,
            status=OrderStatus.PAID,
            paid_at=now,
            payment_method=paid.method,
            payment_reference=paid.reference,
            payment_provider=provider,
        )

    def _pay(self, connection: Connection, order: Order, now: datetime) -> Order | None:
        """Take the order from charging to paid: as it is then, or None when it is not charging."""
        known: Order | None = order
        while known is not None:
            values = {
                "which": known.order_id,
                "whose": known.owner,
                "whose_account": known.user_id,
                "now": now,
                "today": now.astimezone(self._zone).date(),
            }
            if connection.execute(_PAY, values).rowcount == 1:
                return known
            # It may have become somebody's since it was read.
            known = reads.read_order(connection, order.order_id)
            if known is not None and known.status is not CHARGING:
                return None
        return None

    def claim_unfinished(self, limit: int) -> tuple[Order, ...]:
        if not self._database.read(lambda c: c.execute(_abandoned(stamp(c)).limit(1)).first()):
            return ()

        def work(connection: Connection) -> tuple[Order, ...]:
            now = database_now(connection)
            found = _abandoned(now).order_by(orders.c.order_id).limit(limit).with_for_update(skip_locked=True)
            ids = list(connection.execute(found).scalars())
            connection.execute(update(orders).where(orders.c.order_id.in_(ids)).values(leased_until=now + SWEEP_LEASE))
            claimed = [reads.read_order(connection, order_id) for order_id in ids]
            return tuple(order for order in claimed if order is not None)

        return self._database.write(work)

    # --- whose they become

    def change_owner(self, guest_owner: str, new_owner: str) -> int:
        theirs = update(orders).where(orders.c.owner == guest_owner, orders.c.user_id.is_(None))
        try:
            return self._database.write(lambda c: c.execute(theirs.values(owner=new_owner)).rowcount)
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
        # An idempotency key was used under both: the guards of the carts are left.
        return self._database.write(lambda c: c.execute(theirs.values(owner=new_owner, idempotency_key=None)).rowcount)

    def adopt(self, guest_owner: str, owner: str, user_id: int) -> int:
        return self._database.write(lambda c: guest_orders.adopt(c, guest_owner, owner, user_id))

    def ask_to_join(self, user: User) -> None:
        self._database.write(lambda c: guest_orders.ask_to_join(c, user))

    def join_order(self, order_id: int) -> bool:
        return self._database.write(lambda c: guest_orders.join_order(c, order_id))

    def of_accounts(self, order_ids: Collection[int]) -> frozenset[int]:
        return self._database.read(lambda c: guest_orders.of_accounts(c, order_ids))

    def join_batch(self, user_id: int, after: int) -> int | None:
        return self._database.write(lambda c: guest_orders.join_batch(c, user_id, after))

    def _end(self, order_id: int, expected: OrderStatus, values: Mapping[str, Any], counts: Counts) -> bool:
        def work(connection: Connection) -> bool:
            # Locked: what is over may be told another reason, and then has no use to give back any more.
            kept = select(orders.c.budget, orders.c.code_id, orders.c.code_use).where(orders.c.order_id == order_id)
            budget, code_id, use = connection.execute(kept.with_for_update()).one_or_none() or (None, None, None)
            ended = {**values, "live_cart": None, "leased_until": None, "budget": None, "code_use": None}
            if not _change(connection, order_id, expected, ended):
                return False
            _count(connection, _budget(budget or {}), counts)
            redeeming.give_back(connection, code_id if use else None)
            return True

        return self._database.write(work)

    def _insert(self, connection: Connection, new: NewOrder) -> Attempt:
        now = _take(connection, new.budget)
        row = self._row(new, now)
        if new.under is None:
            result = connection.execute(_INSERT, row)
        else:
            currency, timezone, shipping = new.under
            row |= {"under_currency": currency, "under_timezone": timezone, "under_shipping": shipping}
            row["priced_in"] = row.pop("currency")
            result = connection.execute(_INSERT_UNDER, row)
        key = result.inserted_primary_key
        assert key is not None
        order_id = int(key[0])
        connection.execute(
            _INSERT_LINES,
            [
                {
                    "order_id": order_id,
                    "line_no": line.line_no,
                    "product_id": line.product_id,
                    "name": line.name,
                    "unit_price": line.unit_price,
                    "quantity": line.quantity,
                    "unit_cost": line.unit_cost,
                    "discount": line.discount,
                    "taxes": line.taxes,
                    "tax_included": line.tax_included,
                    "list_tax": line.list_tax,
                }
                for line in new.lines
            ],
        )
        if taxes := _tax_rows(order_id, new.money):
            connection.execute(_INSERT_TAXES, taxes)
        if new.code is not None:
            redeeming.redeem(connection, new.code, new.email, new.user_id)
        return Attempt(_begun(order_id, new, now), new.idempotency_key, new.fingerprint)

    def _row(self, new: NewOrder, now: datetime) -> dict[str, Any]:
        address = new.address
        return {
            "owner": new.owner,
            "user_id": new.user_id,
            "status": PENDING.value,
            "source": "shop",
            "idempotency_key": new.idempotency_key,
            "fingerprint": new.fingerprint,
            "cart_revision": new.cart_revision,
            "live_cart": _live_cart(new.owner, new.cart_revision),
            "email": new.email,
            "ship_name": address.name,
            "ship_line1": address.line1,
            "ship_line2": address.line2,
            "ship_city": address.city,
            "ship_region": address.region,
            "ship_postcode": address.postcode,
            "ship_country": address.country,
            "ship_district": address.district,
            "ship_phone": address.phone,
            "language": new.language or None,
            "pay_by": new.pay_by or None,
            "currency": new.currency,
            "tax_rate": str(new.money.main_rate),
            "units": sum(line.quantity for line in new.lines),
            **{part: getattr(new.money, part) for part in _PARTS},
            "list_tax": sum(line.list_tax for line in new.lines),
            "vat_number": new.vat_number,
            "tax_treatment": new.treatment.value,
            **redeeming.columns_of(new.code),
            "tax_rows": 0 if new.money.is_plain else len(new.money.taxes),
            **costs_of_sale(new.lines)._asdict(),
            **reads.delivery_row(new.delivery),
            "created_at": now,
            "changed_at": now,
            "leased_until": now + self._checkout_lease,
            "budget": _kept(new.budget),
        }


def _begun(order_id: int, new: NewOrder, now: datetime) -> Order:
    """The order as it was just written."""
    return Order(
        order_id=order_id,
        owner=new.owner,
        status=PENDING,
        email=new.email,
        address=new.address,
        lines=new.lines,
        currency=new.currency,
        tax_rate=str(new.money.main_rate),
        created_at=now,
        user_id=new.user_id,
        pay_by=new.pay_by,
        language=new.language,
        vat_number=new.vat_number,
        tax_treatment=new.treatment.value,
        code="" if new.code is None else new.code.text,
        taxes=() if new.money.is_plain else new.money.taxes,
        delivery=new.delivery,
        **{part: getattr(new.money, part) for part in _PARTS},
    )


def _tax_rows(order_id: int, money: OrderMoney) -> list[dict[str, Any]]:
    """None where the order itself says all of it."""
    return (
        []
        if money.is_plain
        else [
            {
                "order_id": order_id,
                "row_no": row_no,
                "name": row.name,
                "rate": str(row.rate),
                "base": row.base,
                "tax": row.tax,
                "shipping_base": row.shipping_base,
                "shipping_tax": row.shipping_tax,
            }
            for row_no, row in enumerate(money.taxes)
        ]
    )


def _take(connection: Connection, budget: OrderBudget) -> datetime:
    """The time of the order. Raises TooManyOrders, TooManyDeclines."""
    begun = (*budget.orders, *budget.network)
    throttles.count(connection, begun)
    # Declines are looked at without a lock: everybody behind one address would wait for it. As many more may be
    # declined as are on their way at one instant; each counts, and has to be waited for.
    seen = throttles.look(connection, (*begun, *budget.declines))
    if wait := seen.wait(budget.declines):
        raise TooManyDeclines(math.ceil(wait))
    if wait := seen.over(begun):
        raise TooManyOrders(math.ceil(wait))
    return seen.now or database_now(connection)


def _count(connection: Connection, budget: OrderBudget, counts: Counts) -> None:
    if counts is Counts.NOTHING:
        throttles.give_back(connection, (*budget.orders, *budget.network))
    if counts is Counts.SOLD_OUT:
        throttles.give_back(connection, budget.network)
    if counts is Counts.DECLINE:
        throttles.count(connection, budget.declines)


def _kept(budget: OrderBudget) -> dict[str, Any] | None:
    """With the order until it is over, so that whoever ends it counts right."""
    return {name: [asdict(limit) for limit in limits] for name, limits in vars(budget).items() if limits} or None


def _budget(kept: Mapping[str, Any]) -> OrderBudget:
    return OrderBudget(**{name: tuple(Limit(**limit) for limit in limits) for name, limits in kept.items()})


def _change(connection: Connection, order_id: int, expected: OrderStatus, values: Mapping[str, Any]) -> bool:
    changed = connection.execute(
        update(orders)
        .where(orders.c.order_id == order_id, orders.c.status == expected.value)
        .values(changed_at=_NOW, **values)
    )
    return changed.rowcount == 1


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _live_cart(owner: str, cart_revision: str) -> str:
    return f"{owner}|{cart_revision}"


def _abandoned(now: Any) -> Any:
    # Each half by the index: thousands may wait for days to be paid, and this is asked all the time.
    unfinished = orders.c.status.in_([PENDING.value, CHARGING.value])
    return select(orders.c.order_id).where(
        or_(unfinished & orders.c.leased_until.is_(None), unfinished & (orders.c.leased_until <= now))
    )


def _sales(order: Order) -> list[ledger.NewMovement]:
    # A guest's owner key opens the guest's cart and orders: it must not stand in the ledger.
    actor = order.owner if order.user_id is not None else "guest"
    return [
        ledger.NewMovement(
            uid=f"order:{order.order_id}:{line.line_no}",
            product_id=line.product_id,
            kind=MovementKind.SALE,
            quantity=-line.quantity,
            cause=f"order:{order.order_id}",
            actor=actor,
        )
        for line in order.lines
    ]


def _effects(order: Order) -> list[tuple[effects.Effect, timedelta]]:
    """What follows a paid order, each with the time that workers leave it to its checkout."""
    order_id = order.order_id
    wanted = [(effects.settle(order_id), AT_ONCE), (effects.take_cart(order_id), AT_ONCE)]
    if order.user_id is None and order.email is not None:
        # Asked for whether or not there is an account: one may be confirming this address right now.
        wanted.append((effects.join_order(order_id), NO_DELAY))
    return [*wanted, (effects.receipt(order_id), NO_DELAY), (effects.rollup_of_order(order_id), NO_DELAY)]
