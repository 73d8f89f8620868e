"""Mailbox, low-stock episodes and deliveries on the SQL stores, through the service."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select, update

from app.domain import (
    Actor,
    Address,
    Demand,
    Message,
    Order,
    OrderLine,
    OrderReturn,
    OrderStatus,
    OutboxState,
    Product,
    ProductStatus,
)
from app.domain.effects import Effect
from app.errors import AwaitsConfirmation, Conflict, NotFound, NotSent, ShopError, StoreUnavailable
from app.money import Formats
from app.services.jobs.worker import LeftAlone
from app.services.limits.throttle import UNCONFIRMED_MAILBOX, ThrottleService
from app.services.messages.notifications import Letterhead, NotificationService
from app.services.messages.ports import Sender
from app.services.messages.unconfirmed_mailboxes import UnconfirmedMail
from app.services.orders.links import OrderLinks
from app.services.orders.ports import ReturnItem
from app.stores.local.mailbox import LocalMailbox
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import SqlOutbox, enqueue
from app.stores.sql.limits.throttles import SqlThrottles
from app.stores.sql.messages.resending import SqlDeliveries
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.stock.low_stock_episodes import SqlEpisodes
from app.stores.sql.tables import low_stock_episodes, mailbox, outbox, stock_levels
from tests.contract.orders.test_orders import NEW, ZONE, paid
from tests.support.concurrency import at_once

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("UTC"))
ASHA = Actor("asha@shop.example", 1, "203.0.113.9")
ORDER = Order(
    order_id=7,
    owner="guest#x",
    status=OrderStatus.PAID,
    email="meera@example.com",
    address=Address("Meera Shah", "4 Lake Road", "Pune", "411001", "IN", region="Maharashtra"),
    lines=(OrderLine(1, "mug", "Stoneware Mug", 49_900, 2),),
    currency="INR",
    subtotal=99_800,
    tax=4_990,
    total=104_790,
    tax_rate="0.05",
    created_at=NOW,
    paid_at=NOW,
)


class FakeOrders:
    def __init__(self, *orders: Order) -> None:
        self._orders = {order.order_id: order for order in orders}

    def get(self, order_id: int) -> Order | None:
        return self._orders.get(order_id)

    def get_many(self, order_ids: Collection[int]) -> dict[int, Order]:
        return {order_id: self._orders[order_id] for order_id in order_ids if order_id in self._orders}


class Shop:
    """A notification service on a database, and what tests want to know of it."""

    def __init__(
        self,
        database: Database,
        *orders: Order,
        returned: Callable[[int], OrderReturn | None] = lambda _: None,
        sender: Sender | None = None,
    ) -> None:
        self.database = database
        self.catalog = SqlCatalog(database)
        self.outbox = SqlOutbox(database)
        self.box = LocalMailbox(database)
        head = Letterhead("Retail Sync", "http://shop.example", "stock@shop.example", FORMATS)
        self.service = NotificationService(
            head,
            sender or self.box,
            self.box,
            FakeOrders(*orders),
            self.catalog,
            SqlEpisodes(database),
            self.outbox,
            SqlDeliveries(database),
            lambda product_id: Demand.by_velocity(2.0, date(2026, 11, 25)),
            OrderLinks("a key for tests only", FakeOrders(*orders)).path,
            UnconfirmedMail(ThrottleService(SqlThrottles(database), "a key of the tests"), SqlUsers(database)),
            returned=returned,
        )

    def add_product(self, product_id: str, on_hand: int, threshold: int = 10) -> None:
        self.catalog.add(Product(product_id, f"Product {product_id}", 100, stock=on_hand, threshold=threshold))
        self.database.write(lambda c: c.execute(stock_levels.insert().values(product_id=product_id, on_hand=on_hand)))

    def move_to(self, product_id: str, on_hand: int) -> None:
        change = update(stock_levels).where(stock_levels.c.product_id == product_id).values(on_hand=on_hand)
        self.database.write(lambda c: c.execute(change))
        self.service.check_low_stock([product_id])

    def work(self, *kinds: str) -> None:
        """What the worker does with the outbox, or with some kinds in it."""
        handlers = self.service.handlers()
        for entry in self.outbox.claim(kinds or tuple(handlers), 50):
            handlers[entry.kind](entry.payload)
            self.outbox.done([entry])

    def enqueue(self, kind: str, key: str, payload: dict[str, object]) -> None:
        self.database.write(lambda c: enqueue(c, Effect(kind, key, payload), NOW))

    def episodes(self) -> list[tuple[str, bool]]:
        query = select(low_stock_episodes).order_by(low_stock_episodes.c.episode_id)
        rows = self.database.read(lambda c: c.execute(query).all())
        return [(row.product_id, row.closed_at is None) for row in rows]

    def subjects(self) -> list[str]:
        return [m.message.subject for m in self.service.mailbox().items]


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database, ORDER)


class TestEpisodes:
    def test_opens_below_the_threshold_with_one_alert(self, shop: Shop):
        shop.add_product("a", on_hand=10)
        shop.service.check_low_stock(["a"])
        assert shop.episodes() == [], "at the threshold is not below it"
        shop.move_to("a", 9)
        shop.move_to("a", 4)
        shop.service.check_low_stock(["a"])
        assert shop.episodes() == [("a", True)]
        shop.work()
        assert shop.subjects() == ["Product a is low: 9 on hand"]

    def test_closes_when_stock_comes_back_and_the_next_fall_alerts_again(self, shop: Shop):
        shop.add_product("a", on_hand=5)
        shop.service.check_low_stock(["a"])
        shop.move_to("a", 30)
        assert shop.episodes() == [("a", False)]
        shop.move_to("a", 3)
        assert shop.episodes() == [("a", False), ("a", True)]
        shop.work()
        assert len(shop.subjects()) == 2

    def test_units_held_by_a_checkout_open_nothing(self, shop: Shop):
        shop.add_product("a", on_hand=12)
        shop.catalog.adjust_stock("hold", "a", delta=-8)  # available falls, what is on hand does not
        shop.service.check_low_stock(["a"])
        assert shop.episodes() == []

    def test_products_out_of_the_store_raise_no_alert(self, shop: Shop):
        shop.add_product("gone", on_hand=2)
        shop.add_product("later", on_hand=2)
        _remove(shop, "gone")
        shop.service.check_low_stock(["gone", "later", "unknown"])
        assert shop.episodes() == [("later", True)]
        _remove(shop, "later")
        shop.work()
        assert shop.subjects() == []
        shop.service.check_low_stock(["later"])
        assert shop.episodes() == [("later", False)]

    def test_many_at_once_open_one(self, shop: Shop):
        shop.add_product("a", on_hand=1)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: shop.service.check_low_stock(["a"]), range(24)))
        assert shop.episodes() == [("a", True)]
        queued = shop.database.read(lambda c: c.execute(select(func.count()).select_from(outbox)).scalar())
        assert queued == 1

    def test_of_many_movements_those_that_change_nothing_are_done_and_the_others_are_left_to_their_own(
        self, shop: Shop
    ):
        for product_id, on_hand in (("plenty", 50), ("low", 5), ("known", 5), ("back", 5)):
            shop.add_product(product_id, on_hand)
        shop.service.check_low_stock(["known", "back"])
        back = update(stock_levels).where(stock_levels.c.product_id == "back").values(on_hand=50)
        shop.database.write(lambda c: c.execute(back))
        moved = [["plenty"], ["plenty", "low"], ["known", "unknown"], ["back"], ["plenty"]]
        ends = shop.service.many_handlers()["low_stock"]([{"product_ids": one} for one in moved])
        assert [isinstance(end, LeftAlone) for end in ends] == [False, True, False, True, False]
        assert shop.episodes() == [("back", True), ("known", True)]

    def test_an_unknown_episode_is_an_error_for_the_outbox_to_show(self, shop: Shop):
        with pytest.raises(NotFound):
            shop.service.send_alert(99)


class TestReceipts:
    def test_sent_once_however_often_it_is_tried(self, shop: Shop):
        shop.service.send_receipt(7)
        shop.service.send_receipt(7)
        found = shop.service.mailbox(kind="receipt")
        assert found.total == 1
        full = shop.service.message(found.items[0].message_id)
        assert "Stoneware Mug" in full.message.html
        assert full.message.order_id == 7

    def test_orders_without_an_address_or_payment_get_none(self, database: Database):
        orders = (
            replace(ORDER, order_id=1, email=None),
            replace(ORDER, order_id=2, status=OrderStatus.PAYMENT_FAILED, paid_at=None),
        )
        shop = Shop(database, *orders)
        shop.service.send_receipt(1)
        shop.service.send_receipt(2)
        assert shop.subjects() == []


class Refusing:
    """A sender of many: refuses what goes to `refused`, and breaks down as often as it is told."""

    def __init__(self, box: LocalMailbox, refused: str = "", breakdowns: int = 0) -> None:
        self._box, self._refused, self._breakdowns = box, refused, breakdowns

    def send(self, message: Message) -> None:
        self._box.send(message)

    def send_many(self, messages: Sequence[Message]) -> list[ShopError | None]:
        if self._breakdowns:
            self._breakdowns -= 1
            raise StoreUnavailable("The mailbox is away.")
        self._box.send_many([one for one in messages if one.to != self._refused])
        return [NotSent("Not sent.") if one.to == self._refused else None for one in messages]


class TestManyReceipts:
    def test_each_has_its_own_end_and_those_that_exist_go_out_once(self, database: Database):
        orders = (ORDER, replace(ORDER, order_id=8, email=None), replace(ORDER, order_id=9, email="bob@example.com"))
        shop = Shop(database, *orders)
        send = shop.service.many_handlers()["receipt"]
        wanted = [{"order_id": 7}, {"order_id": 99}, {"order_id": 8}, {"order_id": 9}]
        for _a_worker_that_died_before_its_marks in range(2):
            ends = send(wanted)
            assert [type(end) for end in ends] == [type(None), NotFound, type(None), type(None)]
        assert send([{"order_id": 7, "copy": 1}]) == [None]
        found = [shop.service.message(one.message_id).message for one in shop.service.mailbox(kind="receipt").items]
        assert [(one.key, one.to) for one in reversed(found)] == [
            ("receipt:7", "meera@example.com"),
            ("receipt:9", "bob@example.com"),
            ("receipt:7:again:1", "meera@example.com"),
        ]
        assert all("Stoneware Mug" in one.html for one in found)

    def test_a_mailbox_that_nobody_confirmed_gets_a_few_of_a_batch(self, database: Database):
        few = UNCONFIRMED_MAILBOX.burst
        orders = [replace(ORDER, order_id=number) for number in range(1, few + 3)]
        shop = Shop(database, *orders)
        send = shop.service.many_handlers()["receipt"]
        ends = send([{"order_id": order.order_id} for order in orders])
        assert [type(end) for end in ends] == [type(None)] * few + [AwaitsConfirmation] * 2
        assert send([{"order_id": few + 1, "anyway": True}]) == [None]
        assert len(shop.subjects()) == few + 1

    def test_what_did_not_go_out_does_not_count(self, database: Database):
        few = UNCONFIRMED_MAILBOX.burst
        orders = [replace(ORDER, order_id=number) for number in range(1, few + 1)]
        payloads = [{"order_id": order.order_id} for order in orders]
        shop = Shop(database, *orders)
        away = Shop(database, *orders, sender=Refusing(shop.box, breakdowns=1)).service.many_handlers()["receipt"]
        with pytest.raises(StoreUnavailable):
            away(payloads)
        refusing = Refusing(shop.box, refused="meera@example.com")
        ends = Shop(database, *orders, sender=refusing).service.many_handlers()["receipt"](payloads)
        assert [type(end) for end in ends] == [NotSent] * few
        assert shop.service.many_handlers()["receipt"](payloads) == [None] * few

    def test_a_sender_that_knows_no_keys_gets_one_at_a_time(self, database: Database):
        """A death after a batch would send all of it once more."""
        assert "receipt" not in Shop(database, ORDER, sender=OneByOne()).service.many_handlers()


class OneByOne:
    def send(self, message: Message) -> None:
        raise NotImplementedError


class TestRefunds:
    def test_a_refund_is_mailed_once_however_often_it_is_completed_and_tried(self, database: Database):
        orders, returns = SqlOrders(database, ZONE), SqlReturns(database, ZONE)
        order = paid(orders)
        begun = returns.begin(order.order_id, [ReturnItem(1, 2, False)], "broken", "admin", "k")
        assert sorted(at_once(4, lambda _: returns.complete(begun.return_id))) == [False, False, False, True]
        shop = Shop(database, orders.get(order.order_id), returned=returns.get)
        shop.work("refund_mail")
        shop.service.send_refund(begun.return_id)  # a worker that died before it marked the row
        found = shop.service.mailbox(kind="refund")
        assert [one.message.subject for one in found.items] == [
            f"Your refund of ₹6.99 for order {order.number} from Retail Sync"
        ]
        mail = shop.service.message(found.items[0].message_id).message
        assert (mail.to, mail.order_id, mail.key) == (
            "asha@shop.example",
            order.order_id,
            f"refund_mail:{begun.return_id}",
        )
        for part in (mail.html, mail.text):
            assert all(words in part for words in ("₹6.99", "Mug", "₹20.99", "card ending 4242", "/receipt#"))
        (entry,) = [one for one in shop.service.deliveries() if one.kind == "refund_mail"]
        shop.service.resend(entry.entry_id, ASHA)
        shop.service.resend(entry.entry_id, ASHA)  # a double click
        shop.work("refund_mail")
        assert shop.service.mailbox(kind="refund").total == 2

    def test_one_that_is_not_refunded_or_has_no_address_is_not_mailed(self, database: Database):
        orders, returns = SqlOrders(database, ZONE), SqlReturns(database, ZONE)
        order = paid(orders, replace(NEW, email=None))
        begun = returns.begin(order.order_id, [ReturnItem(1, 2, False)], "broken", "admin", "k")
        Shop(database, replace(order, email="a@b.example"), returned=returns.get).service.send_refund(begun.return_id)
        returns.complete(begun.return_id)
        shop = Shop(database, orders.get(order.order_id), returned=returns.get)
        shop.work("refund_mail")
        assert shop.subjects() == []
        with pytest.raises(NotFound):
            shop.service.send_refund(99)


class TestMailbox:
    def test_pages_newest_first_and_counts_what_is_unread(self, shop: Shop):
        for i in range(5):
            shop.box.send(Message(f"k{i}", "receipt" if i else "low_stock", "a@b.c", f"s{i}", "<p>", "t"))
        found = shop.service.mailbox(page=2, page_size=2)
        assert [m.message.subject for m in found.items] == ["s2", "s1"]
        assert (found.total, found.pages, found.page) == (5, 3, 2)
        assert shop.service.mailbox(page=99, page_size=2).page == 3
        assert shop.service.mailbox(kind="low_stock").total == 1
        shop.service.mark_read(found.items[0].message_id)
        shop.service.mark_read(found.items[0].message_id)
        assert shop.service.unread() == 1, "receipts are for customers to read"
        shop.service.mark_read(shop.service.mailbox(kind="low_stock").items[0].message_id)
        assert shop.service.unread() == 0
        assert shop.service.message(found.items[0].message_id).read_at is not None

    def test_counting_what_is_unread_ends_at_a_hundred(self, shop: Shop):
        row = {"kind": "low_stock", "to": "a@b.c", "subject": "s", "html": "", "text": "", "at": datetime.now(UTC)}
        rows = [row | {"key": f"k{i}"} for i in range(120)]
        shop.database.write(lambda c: c.execute(insert(mailbox), rows))
        assert shop.service.unread() == 100

    def test_an_unknown_message_is_not_found(self, shop: Shop):
        with pytest.raises(NotFound):
            shop.service.message(1)


class TestSendingAgain:
    def test_a_delivered_receipt_goes_out_as_a_new_copy(self, shop: Shop):
        shop.enqueue("receipt", "receipt:7", {"order_id": 7})
        shop.work()
        first = shop.service.deliveries()[0]
        for copies in (2, 3):
            shop.service.resend(first.entry_id, ASHA)
            shop.service.resend(first.entry_id, ASHA)  # a double click
            shop.work()
            assert len(shop.subjects()) == copies
        newest = shop.service.deliveries()[0]
        assert newest.key == "receipt:7:again:2"
        shop.service.resend(newest.entry_id, ASHA)  # a copy of a copy is one more copy
        shop.work()
        assert shop.service.deliveries()[0].key == "receipt:7:again:3"

    def test_a_failed_alert_is_due_at_once_with_all_its_attempts(self, shop: Shop):
        shop.add_product("a", on_hand=1)
        shop.service.check_low_stock(["a"])
        shop.database.write(lambda c: c.execute(update(outbox).values(state="failed", attempts=10)))
        (entry,) = shop.service.deliveries(state=OutboxState.FAILED)
        shop.service.resend(entry.entry_id, ASHA)
        shop.work()
        assert len(shop.subjects()) == 1
        assert shop.service.deliveries(state=OutboxState.FAILED) == ()

    def test_failed_ones_come_first_and_count_as_unread(self, shop: Shop):
        for number in (1, 2, 3):
            shop.enqueue("receipt", f"receipt:{number}", {"order_id": number})
        for number, state in ((1, "failed"), (3, "done")):
            change = update(outbox).where(outbox.c.key == f"receipt:{number}").values(state=state)
            shop.database.write(lambda c, change=change: c.execute(change))
        assert [entry.key for entry in shop.service.deliveries()] == ["receipt:1", "receipt:2", "receipt:3"]
        assert len(shop.service.deliveries(limit=2)) == 2
        assert shop.service.unread() == 1

    def test_an_alert_names_its_product(self, shop: Shop):
        shop.add_product("a", on_hand=1)
        shop.service.check_low_stock(["a"])
        shop.enqueue("receipt", "receipt:7", {"order_id": 7})
        entries = shop.service.deliveries()
        names = {
            entry.kind: product.name
            for entry in entries
            if (product := shop.service.products_of(entries).get(entry.entry_id))
        }
        assert names == {"alert": "Product a"}

    def test_one_that_is_being_sent_is_left_alone(self, shop: Shop):
        shop.enqueue("receipt", "receipt:7", {"order_id": 7})
        (entry,) = shop.outbox.claim(("receipt",), 1)
        with pytest.raises(Conflict):
            shop.service.resend(entry.entry_id, ASHA)

    def test_other_effects_cannot_be_sent_again_from_here(self, shop: Shop):
        shop.enqueue("settle", "settle:7", {"order_id": 7})
        (entry,) = shop.outbox.claim(("settle",), 1)
        shop.outbox.done([entry])
        with pytest.raises(NotFound):
            shop.service.resend(entry.entry_id, ASHA)
        with pytest.raises(NotFound):
            shop.service.resend(12345, ASHA)
        assert shop.service.deliveries() == ()


def test_the_mailbox_keeps_all_of_a_long_receipt(shop: Shop):
    lines = tuple(OrderLine(i, f"p{i}", "Ж" * 200, 100, 1) for i in range(1, 100))
    long = Shop(shop.database, replace(ORDER, order_id=8, lines=lines))
    long.service.send_receipt(8)
    query = select(func.length(mailbox.c.html))
    assert shop.database.read(lambda c: c.execute(query).scalar()) > 60_000


def _remove(shop: Shop, product_id: str) -> None:
    product = shop.catalog.get(product_id)
    assert product is not None
    shop.catalog.update(replace(product, status=ProductStatus.REMOVED))
