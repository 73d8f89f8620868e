"""The real stores on one database, wired as a process would: a shop that can die, and its books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from app.domain import (
    Actor,
    Address,
    AuditAction,
    MovementKind,
    Order,
    OrderStatus,
    OutboxState,
    Product,
    ReservationState,
)
from app.domain.discounts import DiscountCode, DiscountKind
from app.domain.taxes import one_rate
from app.services.audit.log import AuditService, entry_of
from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog
from app.services.checkout.checkout import CheckoutRequest, CheckoutService
from app.services.checkout.ports import Settlement
from app.services.checkout.providers import Providers
from app.services.discounts.discounts import DiscountService
from app.services.discounts.ports import REVISION as DISCOUNTS
from app.services.jobs.worker import Chore, Worker
from app.services.orders.orders import OrderService
from app.stores.local.demo_payments import ChargeState, DemoPayments
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.cart.carts import SqlCarts
from app.stores.sql.cart.settlement import SqlSettlement
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.discounts.codes import SqlDiscountCodes
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import SqlOutbox
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.settings.settings import SqlSettings
from app.stores.sql.stock import ledger
from app.stores.sql.stock.low_stock_episodes import SqlEpisodes
from app.stores.sql.tables import (
    demo_charges,
    order_lines,
    orders,
    outbox,
    payments,
    reservations,
    rollup_days,
    stock_levels,
)

ZONE = ZoneInfo("Asia/Kolkata")
RECEIVED = 20
PRICE = 19_999
COST = 9_001
OWNER = "guest#a"
CARD = {"number": "4242424242424242", "expiry": "12/40", "cvc": "123", "name": "Asha"}
ADDRESS = Address("Asha Rao", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")
AT_ONCE = timedelta(0)


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """Wraps a store; dies at the nth call of one of its methods, before or after the call took effect."""

    def __init__(self, inner: Any, method: str, after: bool, call: int = 1) -> None:
        self._inner, self._method, self._after, self._calls_left = inner, method, after, call

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._method:
            return found

        def dying(*args: Any, **kwargs: Any) -> Any:
            self._calls_left -= 1
            if self._calls_left:
                return found(*args, **kwargs)
            if self._after:
                found(*args, **kwargs)
            raise Killed(self._method)

        return dying


@dataclass
class Shop:
    """The real stores on one database, wired as a process would; any of them may be replaced.

    `stores`: a catalogue and carts that live elsewhere, and what settles orders there.
    """

    database: Database
    replaced: dict[str, Any] = field(default_factory=dict)
    receipts: list[int] = field(default_factory=list)
    refunds: list[int] = field(default_factory=list)
    alerts: list[int] = field(default_factory=list)
    stores: tuple[Catalog, Carts, Settlement] | None = None

    def __post_init__(self) -> None:
        self.catalog: Any
        self.carts: Any
        self.settlement: Any
        self.catalog, self.carts, self.settlement = self.stores or (
            SqlCatalog(self.database), SqlCarts(self.database), SqlSettlement(self.database),
        )  # fmt: skip
        self.orders: Any = SqlOrders(self.database, ZONE)
        self.returns: Any = SqlReturns(self.database, ZONE, grace=AT_ONCE)
        self.payments: Any = DemoPayments(self.database, timeout_seconds=0)
        self.outbox: Any = SqlOutbox(self.database)
        self.audit = AuditService(SqlAuditLog(self.database))
        for name, make in self.replaced.items():
            setattr(self, name, make(getattr(self, name)))
        self.providers = Providers([self.payments])
        self.discount_codes = SqlDiscountCodes(self.database)
        self.discounts = DiscountService(
            self.discount_codes, lambda: SqlSettings(self.database).read().values.get(DISCOUNTS, "")
        )
        self.checkout = CheckoutService(
            self.orders, self.catalog, self.carts, self.settlement, self.providers, self.outbox,
            currency=lambda: "INR", taxes=lambda: one_rate(Decimal("0.05")), discounts=self.discounts,
        )  # fmt: skip
        self.service = OrderService(self.orders, self.returns, self.catalog, self.providers, self.outbox, self.audit)
        handlers = {
            "settle": self.checkout.settle,
            "take_cart": self.checkout.take_cart,
            "restock": self.service.restock,
            "join_orders": self.service.join,
            "receipt": lambda payload: self.receipts.append(payload["order_id"]),
            "refund_mail": lambda payload: self.refunds.append(payload["return_id"]),
            "low_stock": self.follow_stock,
            "alert": lambda payload: self.alerts.append(payload["episode_id"]),
        }
        chores = [Chore("orders", self.checkout.sweep, 0), Chore("returns", self.service.finish_returns, 0)]
        many = {"join_orders": self.service.join_many}
        self.worker = Worker(self.outbox, handlers, SqlRollups(self.database, ZONE), chores, many_handlers=many)

    def dying(self, store: str, method: str, after: bool, call: int = 1) -> Shop:
        """The same shop in a process that will die."""
        return Shop(self.database, {store: lambda inner: Mortal(inner, method, after, call)}, stores=self.stores)

    def stock_up(self, *owners: str) -> None:
        self.catalog.add(Product("mug", "Mug", PRICE, RECEIVED, 5, cost=COST))
        receipt = ledger.NewMovement("receipt:1", "mug", MovementKind.RECEIPT, RECEIVED, "edit:1", "admin")
        self.database.write(lambda c: ledger.book(c, [receipt], database_now(c)))
        for owner in owners or (OWNER,):
            self.carts.add(owner, "mug", 2, PRICE, 99)

    def follow_stock(self, payload: Mapping[str, Any]) -> None:
        """What the shop's notifications do after a movement: open or close the products' low-stock episodes."""
        known = self.catalog.get_many(payload["product_ids"])
        SqlEpisodes(self.database).follow({product_id: known[product_id].threshold for product_id in known})

    def add_code(self, text: str = "TEN", **terms: Any) -> int:
        """A discount code of ten per cent unless `terms` say otherwise; its id."""
        known = {"kind": DiscountKind.PERCENT, "value": 1_000} | terms
        entry = entry_of(Actor("Owner"), AuditAction.DISCOUNT_ADD, "discount", 0, text)
        code_id = self.discount_codes.add(DiscountCode(0, text, **known), "Owner", lambda _: entry)
        assert code_id is not None
        return code_id

    def place(
        self,
        owner: str = OWNER,
        number: str = CARD["number"],
        key: str | None = None,
        email: str = "asha@shop.example",
    ) -> Order:
        card = CARD | {"number": number}
        return self.checkout.place(CheckoutRequest(owner, None, email, ADDRESS, card, key))

    def later(self) -> None:
        """Every lease and pause is over; workers work until nothing is left."""

        def pass_time(connection: Any) -> None:
            now = database_now(connection)
            connection.execute(update(orders).values(leased_until=now))
            connection.execute(update(outbox).values(next_try_at=now, leased_until=None))

        for _ in range(4):
            self.database.write(pass_time)
            while self.worker.tick():
                pass


def one(shop: Shop, query: Any) -> int:
    return int(shop.database.read(lambda c: c.execute(query).scalar()) or 0)


def count(shop: Shop, table: Any, *where: Any) -> int:
    return one(shop, select(func.count()).select_from(table).where(*where))


def _settled(shop: Shop) -> int:
    if shop.stores is None:
        return count(shop, reservations, reservations.c.state == ReservationState.SETTLED.value)
    order_ids = shop.database.read(lambda c: c.execute(select(orders.c.order_id)).scalars().all())
    known = [shop.catalog.reservation(order_id) for order_id in order_ids]
    return sum(one is not None and one.state is ReservationState.SETTLED for one in known)


def assert_books_are_right(shop: Shop) -> None:
    """Nothing lost, nothing doubled, nothing left to do."""
    product = shop.catalog.get("mug")
    paid_orders = orders.c.status == OrderStatus.PAID.value
    paid = select(orders.c.order_id).where(paid_orders)
    line = order_lines.c
    bought = select(func.sum(line.quantity)).where(line.order_id.in_(paid))
    kept = one(shop, bought) - one(shop, select(func.sum(line.returned)).where(line.order_id.in_(paid)))
    held = sum(shop.catalog.held().values())
    assert product.stock + kept + held == RECEIVED
    assert held == 0
    assert one(shop, select(stock_levels.c.on_hand)) == product.stock
    # One payment per paid order, and no charge but theirs.
    assert count(shop, payments) == count(shop, orders, paid_orders)
    assert count(shop, payments, payments.c.order_id.not_in(paid)) == 0
    approved = demo_charges.c.state == ChargeState.APPROVED.value
    assert count(shop, demo_charges, approved, demo_charges.c.order_id.not_in(paid)) == 0
    assert count(shop, demo_charges, approved) == count(shop, payments)
    assert count(shop, orders, orders.c.status.in_(["pending", "charging"])) == 0
    assert _settled(shop) == count(shop, payments)
    assert count(shop, outbox, outbox.c.state != OutboxState.DONE.value) == 0
    assert one(shop, select(func.sum(rollup_days.c.units))) == one(shop, bought)
