"""Deleting an account: the person is gone from everywhere, and the books are what they were."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import case, delete, event, insert, select, update

from app.domain import Address, LinkPurpose, Message, OrderLine, Role, User
from app.domain.fulfilment import Parcel
from app.domain.invoices import SellerData
from app.domain.payments import Done
from app.domain.refund_words import BUYER_CANCELLED
from app.errors import Conflict, WrongCredentials
from app.services.orders.ports import NewOrder, ReturnItem
from app.stores.local.mailbox import LocalMailbox
from app.stores.sql import tables
from app.stores.sql.engine.database import Database
from app.stores.sql.fulfilment.fulfilment import SqlFulfilment
from app.stores.sql.invoices.invoices import SINCE, SqlInvoices
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import metadata, orders, outbox
from tests.contract.conftest import Backend
from tests.support.account_shop import PASSWORD, AccountShop
from tests.support.order_money import flat_money
from tests.support.trade import ZONE, Trade, contents

LINES = (OrderLine(1, "mug", "Mug", 333, 3),)
ADDRESS = Address("Ada Lovelace", "12 St James", "Marylebone", "SW1Y", "GB", line2="Attic", region="London")
NEW = NewOrder(
    owner="user#1", user_id=1, email="ada@shop.example", address=ADDRESS, lines=LINES, currency="INR",
    money=flat_money(999), cart_revision="r1", idempotency_key="k", fingerprint="f" * 64,
)  # fmt: skip
PERSONAL = ("ada@", "Lovelace", "12 St James", "Marylebone", "SW1Y", "Attic", "argon2", "203.0.113.199")
# What a closed account must leave as it was, but for the person in it.
BOOKS = [
    table
    for table in metadata.sorted_tables
    if table.name.startswith(("rollup_", "order_lines", "payments", "return", "stock_", "demo_"))
]
MONEY = ("order_id", "user_id", "owner", "status", "units", "subtotal", "tax", "total", "refunded", "ship_country")


@pytest.fixture
def shop(database: Database) -> AccountShop:
    return AccountShop(database)


def order_of(shop: AccountShop, user: User, revision: str = "r1", **changes: Any) -> int:
    new = replace(NEW, owner=f"user#{user.user_id}", user_id=user.user_id, cart_revision=revision)
    new = replace(new, idempotency_key=revision, **changes)
    return SqlOrders(shop.database, ZONE).begin(new)[0].order.order_id


def pay(shop: AccountShop, order_id: int) -> bool:
    store = SqlOrders(shop.database, ZONE)
    store.start_charging(order_id)
    order = store.get(order_id)
    assert order is not None
    return store.complete(order, Done(1_049, "ref", "Card ending 4242"), "demo") is not None


def send(shop: AccountShop, order_id: int) -> None:
    """After all that staff can write about an order."""
    work = SqlFulfilment(shop.database)
    work.hold(order_id, "Lovelace moved", "staff")
    work.release(order_id, "staff")
    work.set_tags(order_id, ["for lovelace"], "staff")
    work.note(order_id, "Lovelace rang", "staff", f"note:{order_id}", on_slip=True)
    work.ship(order_id, Parcel({1: 3}, "DHL", "JD01LOVELACE"), "staff", f"ship:{order_id}")


def receipt(shop: AccountShop, order_id: int, to: str, kind: str = "receipt") -> None:
    message = Message(f"{kind}:{order_id}", kind, to, "Receipt", "<p>Ada Lovelace</p>", "Ada Lovelace", order_id)
    LocalMailbox(shop.database).send(message)


def everything(shop: AccountShop) -> str:
    """Every row of every table as text."""
    return "\n".join(str(row) for table in metadata.sorted_tables for row in contents(shop.database, table))


def books(shop: AccountShop) -> dict[str, Any]:
    kept = {table.name: contents(shop.database, table) for table in BOOKS}
    sold = [{name: row[name] for name in MONEY} for row in contents(shop.database, orders)]
    return kept | {"orders": sold}


class TestClosing:
    def test_nothing_of_the_person_is_left_anywhere(self, shop: AccountShop):
        user = shop.ada(verified=False)
        shop.reset_token()
        shop.set_up_machines(user)
        shop.sign_in(user)
        shop.accounts.confirm_email(shop.new_address_token(user, "ada@new.example"))
        shop.carts.add(f"user#{user.user_id}", "mug", 1, 333, 9)
        for revision in ("r1", "r2"):
            order_id = order_of(shop, user, revision, email="ada@new.example")
            pay(shop, order_id)
            receipt(shop, order_id, "ada@elsewhere.example")
            send(shop, order_id)
        cancelled = order_of(shop, user, "r3", vat_number="GBLOVELACE")
        pay(shop, cancelled)
        give_back = SqlReturns(shop.database, ZONE)
        back = give_back.begin(cancelled, [ReturnItem(1, 3, False)], BUYER_CANCELLED, "ada@shop.example", "r3")
        give_back.complete(back.return_id)
        shop.work()
        assert SqlOrders(shop.database, ZONE).write_words(50) == 3
        assert all(word in everything(shop) for word in (*PERSONAL, "'lovelace'"))
        shop.accounts.close(user.user_id, PASSWORD)
        assert contents(shop.database, tables.sessions) == []
        shop.sign_in(user)  # was under way
        shop.work()
        shop.later()
        shop.work()
        assert SqlOrders(shop.database, ZONE).write_words(50) == 3
        left = everything(shop).lower()
        assert [word for word in (*PERSONAL, "marylebone") if word.lower() in left] == []
        assert shop.carts.get(f"user#{user.user_id}").lines == ()
        for table in (tables.account_links, tables.recovery_codes, tables.api_tokens, tables.sessions):
            assert contents(shop.database, table) == []

    def test_the_account_is_a_shell_that_nobody_can_enter(self, shop: AccountShop):
        user = shop.ada()
        shop.set_up_machines(user)
        shop.accounts.close(user.user_id, PASSWORD)
        closed = shop.accounts.get(user.user_id)
        assert closed is not None
        assert (closed.full_name, closed.email, closed.password_hash) == ("Closed account", None, None)
        assert closed.deactivated_at is not None
        assert closed.session_version == user.session_version + 1
        assert not closed.has_second_factor
        with pytest.raises(WrongCredentials):
            shop.accounts.authenticate("ada@shop.example", PASSWORD)
        with pytest.raises(WrongCredentials):
            shop.accounts.close(user.user_id, PASSWORD)

    def test_the_address_can_sign_up_again(self, shop: AccountShop):
        first = shop.ada()
        shop.accounts.close(first.user_id, PASSWORD)
        assert shop.ada().user_id != first.user_id

    def test_a_last_mail_tells_the_owner(self, shop: AccountShop):
        user = shop.ada()
        shop.accounts.close(user.user_id, PASSWORD)
        shop.database.write(lambda c: c.execute(update(outbox).where(outbox.c.kind == "erase").values(state="failed")))
        assert shop.mailed() == [("ada@shop.example", "Your account was deleted")]

    def test_it_takes_the_password(self, shop: AccountShop):
        user = shop.ada()
        with pytest.raises(WrongCredentials):
            shop.accounts.close(user.user_id, "not the password")
        assert shop.accounts.get(user.user_id) == user

    def test_staff_is_closed_by_an_admin(self, shop: AccountShop):
        user = shop.accounts.register("Asha", "asha@shop.example", PASSWORD, role=Role.ADMIN, verified=True)
        with pytest.raises(Conflict):
            shop.accounts.close(user.user_id, PASSWORD)
        assert shop.accounts.get(user.user_id) == user

    def test_not_while_an_order_is_being_paid_or_waits_to_be_sent(self, shop: AccountShop):
        user = shop.ada()
        order_id = order_of(shop, user)
        SqlOrders(shop.database, ZONE).start_charging(order_id)
        with pytest.raises(Conflict, match="still to be paid or sent"):
            shop.accounts.close(user.user_id, PASSWORD)
        pay(shop, order_id)
        SqlFulfilment(shop.database).hold(order_id, "no street", "staff")
        with pytest.raises(Conflict, match="still to be paid or sent"):
            shop.accounts.close(user.user_id, PASSWORD)
        assert shop.accounts.get(user.user_id) == user
        assert "12 St James" in everything(shop)
        SqlFulfilment(shop.database).release(order_id, "staff")
        send(shop, order_id)
        shop.accounts.close(user.user_id, PASSWORD)

    def test_a_reset_that_waits_makes_no_link_for_a_closed_account(self, shop: AccountShop):
        user = shop.ada()
        shop.accounts.request_reset("ada@shop.example")
        shop.accounts.close(user.user_id, PASSWORD)
        shop.work()
        assert contents(shop.database, tables.account_links) == []

    def test_it_voids_links_that_were_sent(self, shop: AccountShop):
        user = shop.ada()
        token = shop.reset_token()
        shop.accounts.close(user.user_id, PASSWORD)
        assert shop.accounts.by_email("ada@shop.example") is None
        with pytest.raises(Exception, match="used already or has expired"):
            shop.accounts.link(token, LinkPurpose.RESET)


class TestTheBooks:
    def test_sales_returns_stock_and_money_do_not_change(self, shop: AccountShop):
        user = shop.ada()
        others = [shop.ada(email=f"other{n}@shop.example") for n in range(3)]
        trade = Trade(shop.database, seed=5)
        trade.happen(60)
        people = [user.user_id, *(person.user_id for person in others)]
        buyers = dict(zip((1, 2, 3, 4), people, strict=True))
        for table in (orders, tables.returns):
            # In one statement: a person's own number may be one of the four, and would be mapped twice.
            change = (
                update(table).where(table.c.user_id.in_(buyers)).values(user_id=case(buyers, value=table.c.user_id))
            )
            shop.database.write(lambda c, change=change: c.execute(change))
        rollups = SqlRollups(shop.database, ZONE)
        while rollups.fold(500):
            pass
        before = books(shop)
        assert any(row["user_id"] == user.user_id for row in before["orders"])
        shop.accounts.close(user.user_id, PASSWORD)
        shop.work()
        while rollups.fold(500):
            pass
        assert books(shop) == before
        names = {row["user_id"]: row["ship_name"] for row in contents(shop.database, orders)}
        assert names[user.user_id] == "Closed account"
        assert all(names[person.user_id] == "Asha Rao" for person in others if person.user_id in names)

    def test_an_order_that_is_being_paid_ends_paid_and_without_the_person(self, shop: AccountShop):
        user = shop.ada()
        begun = order_of(shop, user)
        shop.accounts.close(user.user_id, PASSWORD)
        shop.work()
        assert pay(shop, begun)
        late = order_of(shop, user, "r2")  # its checkout was let in a moment before
        assert pay(shop, late)
        receipt(shop, late, "ada@shop.example")
        shop.work()
        assert "12 St James" in everything(shop)
        shop.later()
        shop.work()
        rows = contents(shop.database, orders)
        assert [(row["status"], row["total"], row["ship_country"]) for row in rows] == [("paid", 1_049, "GB")] * 2
        assert [word for word in PERSONAL if word in everything(shop)] == []

    def test_the_shops_own_alerts_and_other_peoples_mail_stay(self, shop: AccountShop):
        user, other = shop.ada(), shop.ada(email="other@shop.example")
        receipt(shop, 901, "ada@shop.example", kind="low_stock")
        receipt(shop, order_of(shop, other), "other@shop.example")
        shop.accounts.close(user.user_id, PASSWORD)
        shop.work()
        assert {mail.to for mail in shop.mails()} == {"ada@shop.example", "other@shop.example"}
        assert {mail.kind for mail in shop.mails()} == {"low_stock", "receipt"}

    def test_a_report_mailed_to_someone_who_was_staff_goes_with_the_account(self, shop: AccountShop):
        user = shop.ada()
        receipt(shop, 901, "ada@shop.example", kind="report")
        shop.accounts.close(user.user_id, PASSWORD)
        shop.work()
        assert "report" not in {mail.kind for mail in shop.mails()}

    def test_erasing_again_later_waits_five_minutes_and_forgets_the_address(self, shop: AccountShop):
        user = shop.ada()
        shop.accounts.close(user.user_id, PASSWORD)
        shop.work()
        rows = {row.key: row for row in shop.rows(select(outbox).where(outbox.c.kind == "erase"))}
        first, second = (rows[f"erase:{user.user_id}:{when}"] for when in ("at_once", "later"))
        assert (first.state, first.payload) == ("done", {"user_id": user.user_id})
        assert second.state == "pending"
        assert second.next_try_at - second.created_at == timedelta(minutes=5)


class TestExport:
    def test_it_holds_what_is_kept_and_no_secret(self, shop: AccountShop):
        user = shop.ada()
        shop.set_up_machines(user)
        shop.carts.add(f"user#{user.user_id}", "mug", 2, 333, 9)
        order_id = order_of(shop, user)
        pay(shop, order_id)
        now = shop.rows(select(orders.c.paid_at))[0].paid_at
        shop.database.write(lambda c: _give_back(c, order_id, user.user_id, now))
        order_of(shop, shop.ada(email="other@shop.example"), "r9")
        SqlFulfilment(shop.database).edit_address(order_id, ADDRESS, replace(ADDRESS, line1="9 Mews"), "staff")
        SqlFulfilment(shop.database).hold(order_id, "asks for Friday", "staff")
        SqlFulfilment(shop.database).set_tags(order_id, ["gift"], "staff")
        SqlFulfilment(shop.database).note(order_id, "rang twice", "staff@shop.example", "n", on_slip=False)
        since = {"name": SINCE, "value": "2020-01-01T00:00:00+00:00"}
        shop.database.write(lambda c: c.execute(delete(tables.shop_facts).where(tables.shop_facts.c.name == SINCE)))
        shop.database.write(lambda c: c.execute(insert(tables.shop_facts).values(since)))
        SqlInvoices(shop.database).number_orders(SellerData("Shop"), 5, timedelta(days=1))
        shop.sign_in(user)
        data = json.loads(json.dumps(shop.accounts.export(user.user_id)))
        assert data["profile"]["email"] == "ada@shop.example"
        assert data["sign_in"]["recovery_codes_left"] == 1
        assert data["api_tokens"][0]["name"] == "till"
        (session,) = data["sessions"]
        assert (session["network_address"], session["browser"]) == ("203.0.113.199", "Mozilla/5.0 Firefox/140.0")
        assert data["cart"] == [
            {"product_id": "mug", "name": None, "quantity": 2, "unit_price": 3.33, "currency": "INR"}
        ]
        (order,) = data["orders"]
        assert (order["order_id"], order["total"], order["lines"][0]["quantity"]) == (order_id, 10.49, 3)
        assert order["address"]["line1"] == "9 Mews"
        assert (order["on_hold_because"], order["tags"]) == ("asks for Friday", ["gift"])
        assert [(step["kind"], step["words"]) for step in order["steps"]] == [
            ("address", ""), ("hold", "asks for Friday"), ("tags", "gift"), ("note", "rang twice"),
        ]  # fmt: skip
        assert order["steps"][0]["address_before"]["line1"] == "12 St James"
        (invoice,) = order["invoices"]
        assert (invoice["number"], invoice["address"]["line1"]) == ("INV-000001", "9 Mews")
        (back,) = order["returns"]
        assert (back["refund"], back["lines"]) == (3.33, [{"product_id": "mug", "name": "Mug", "quantity": 1}])
        text = json.dumps(data)
        for secret in ("argon2", "0" * 64, "1" * 64, "staff@shop.example"):
            assert secret not in text

    def test_it_reads_no_more_often_for_more_orders(self, shop: AccountShop):
        user, read = shop.ada(), []
        order_of(shop, user, "r0")
        event.listen(shop.database.engine, "before_cursor_execute", lambda *call: read.append(call[2]))
        shop.accounts.export(user.user_id)
        for_one = len(read)
        for number in range(1, 6):
            order_of(shop, user, f"r{number}")
        read.clear()
        orders_shown = shop.accounts.export(user.user_id)["orders"]
        assert [len(order["lines"]) for order in orders_shown] == [1] * 6
        assert len(read) == for_one

    def test_an_account_without_anything_has_empty_lists(self, shop: AccountShop):
        data = shop.accounts.export(shop.ada().user_id)
        assert (data["orders"], data["cart"], data["api_tokens"]) == ([], [], [])


def _give_back(connection: Any, order_id: int, user_id: int, at: Any) -> None:
    row = {
        "order_id": order_id, "user_id": user_id, "country": "GB", "actor": "staff@shop.example", "reason": "Broken",
        "amount": 333, "refund": 333, "units": 1, "at": at, "day": at.date(), "refunded_at": at,
    }  # fmt: skip
    key = connection.execute(insert(tables.returns).values(row)).inserted_primary_key
    line = {"item_no": 1, "line_no": 1, "product_id": "mug", "name": "Mug", "quantity": 1, "amount": 333}
    connection.execute(insert(tables.return_lines).values(return_id=key[0], restock=False, **line))


def test_the_cart_is_emptied_wherever_it_lives(backend: Backend):
    shop = AccountShop(backend.database, (backend.catalog, backend.carts))
    ada = shop.ada()
    owner = f"user#{ada.user_id}"
    shop.carts.add(owner, "mug", 2, 500, 99)
    shop.accounts.close(ada.user_id, PASSWORD)
    shop.work()
    assert shop.carts.get(owner).lines == ()
