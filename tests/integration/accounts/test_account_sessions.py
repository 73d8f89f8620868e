"""Accounts in the whole application: sessions that end, mails that admins see, a checkout in the middle of it."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select, update

from app.domain import Actor, Address, OutboxState, Role, User
from app.services.checkout.request import CheckoutRequest
from app.stores.sql.tables import account_links, outbox
from tests.conftest import WiredApp
from tests.support.shop import APPROVED, PASSWORD, add_product

OTHER = "eight tame ducks"
ADMIN = Actor("admin@shop.example")
_numbers = itertools.count(1)


@pytest.fixture
def user(wired_app: WiredApp) -> User:
    work(wired_app)  # what other tests left to send would come after this person's mail
    return wired_app.services.accounts.register("Ada Lovelace", f"ada{next(_numbers)}@desk.example", PASSWORD)


def browser(wired_app: WiredApp, user: User, password: str = PASSWORD):
    client = wired_app.server.test_client()
    answer = client.post("/api/login", json={"email": user.email, "password": password})
    assert answer.status_code == 200, answer.text
    return client


def is_signed_in(client) -> bool:
    return client.get("/api/current_user").json["is_logged_in"]


def work(wired_app: WiredApp) -> None:
    while wired_app.services.worker.tick():
        pass


def mails(wired_app: WiredApp, user: User) -> list[str]:
    work(wired_app)
    box = wired_app.services.notifications.mailbox(kind="account", page_size=100).items
    return [one.message.subject for one in box if one.message.to == user.email]


@pytest.mark.parametrize("how", ["changed password", "everywhere", "closed"])
def test_every_session_ends(wired_app: WiredApp, user: User, how: str) -> None:
    clients = [browser(wired_app, user) for _ in range(2)]
    assert all(is_signed_in(client) for client in clients)
    accounts = wired_app.services.accounts
    {
        "changed password": lambda: accounts.change_password(user.user_id, PASSWORD, OTHER),
        "everywhere": lambda: accounts.sign_out_everywhere(user.user_id),
        "closed": lambda: accounts.close(user.user_id, PASSWORD),
    }[how]()
    assert not any(is_signed_in(client) for client in clients)


def test_a_changed_name_or_address_ends_none(wired_app: WiredApp, user: User) -> None:
    client = browser(wired_app, user)
    wired_app.services.accounts.change_name(user.user_id, "Ada King")
    assert client.get("/api/current_user").json["name"] == "Ada King"


def test_the_shop_can_be_used_before_the_address_is_confirmed(wired_app: WiredApp, user: User) -> None:
    assert user.email_verified_at is None
    client = browser(wired_app, user)
    product = add_product(wired_app.services, "Confirmed bowl", 5_000, 3)
    assert client.post("/api/cart", json={"id": product.product_id}).status_code == 200
    assert client.post("/api/record_payment").status_code == 200


def test_a_mail_is_sent_again_while_its_link_is_open_and_not_after(wired_app: WiredApp, user: User) -> None:
    built = wired_app.services
    assert len(mails(wired_app, user)) == 1
    newest = built.notifications.deliveries(OutboxState.DONE)[0]
    assert newest.kind == "account_mail"
    built.notifications.resend(newest.entry_id, ADMIN)
    assert len(mails(wired_app, user)) == 2
    link_id = newest.payload["link_id"]
    wired_app.database.write(lambda c: c.execute(_used(link_id)))
    built.notifications.resend(newest.entry_id, ADMIN)
    assert len(mails(wired_app, user)) == 2


def test_a_mail_that_failed_for_good_is_among_the_failed_deliveries(wired_app: WiredApp, user: User) -> None:
    failed = update(outbox).where(outbox.c.kind == "account_mail", outbox.c.state == "pending")
    wired_app.database.write(lambda c: c.execute(failed.values(state="failed", last_error="no answer", attempts=10)))
    built = wired_app.services
    entry = built.notifications.deliveries(OutboxState.FAILED)[0]
    assert entry.kind == "account_mail"
    built.notifications.resend(entry.entry_id, ADMIN)
    assert mails(wired_app, user) == ["Confirm your e-mail address for Retail Sync"]


def test_admins_find_account_mails_on_the_notifications_page(wired_app: WiredApp, user: User) -> None:
    work(wired_app)
    from pages.admin import notifications  # a page registers itself with the app, which must be there first

    with wired_app.server.test_request_context("/admin/notifications"):
        shown = str(notifications.layout())
    assert "Confirm your e-mail address for Retail Sync" in shown
    assert "confirm an address" in shown
    assert "'account'" in shown


def test_a_checkout_that_is_paid_while_the_account_closes_ends_without_the_person(
    wired_app: WiredApp, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = wired_app.services
    product = add_product(built, "Closing jug", 7_500, 3)
    owner = f"user#{user.user_id}"
    built.cart.add(owner, product.product_id)
    orders = built.checkout._orders
    start = orders.start_charging

    def closing_meanwhile(*args, **kwargs):
        built.accounts.close(user.user_id, PASSWORD)
        work(wired_app)
        return start(*args, **kwargs)

    monkeypatch.setattr(orders, "start_charging", closing_meanwhile)
    placed = built.checkout.place(
        CheckoutRequest(
            owner=owner,
            user_id=user.user_id,
            email=user.email,
            address=Address(name="Ada Lovelace", line1="12 St James", city="London", postcode="SW1Y 4LE", country="GB"),
            details=APPROVED,
            idempotency_key=None,
        )
    )
    work(wired_app)
    order = built.orders.get(placed.order_id)
    assert (order.status, order.email, order.address.name, order.address.line1) == ("paid", None, "Closed account", "")
    assert (order.total, order.address.country) == (7_875, "GB")
    box = built.notifications.mailbox(page_size=100).items
    assert all(one.message.to != user.email for one in box)


def test_asking_for_a_new_password_is_the_same_row_for_everybody(wired_app: WiredApp, user: User) -> None:
    accounts = wired_app.services.accounts
    for email in (user.email, "nobody@desk.example", wired_app.people[Role.ADMIN].email):
        assert accounts.request_reset(email) is None
    waiting = select(outbox).where(outbox.c.kind == "password_reset", outbox.c.state == "pending")
    rows = wired_app.database.read(lambda c: c.execute(waiting).all())
    assert [sorted(row.payload) for row in rows] == [["email", "request"]] * 3
    work(wired_app)


def _used(link_id: object):
    return update(account_links).where(account_links.c.link_id == link_id).values(used_at=account_links.c.created_at)
