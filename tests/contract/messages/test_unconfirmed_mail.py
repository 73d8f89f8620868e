"""Mail to mailboxes that nobody has confirmed, through the wired shop and its worker, on both databases."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain import Actor, OutboxState, User, Verdict
from app.errors import DeliveryFailed, TooManyMails
from app.services.checkout.checkout import CheckoutRequest
from app.services.limits.throttle import MAIL_MAILBOX, UNCONFIRMED_MAILBOX
from app.services.messages.unconfirmed_mailboxes import WORDS
from app.stores.local.mailbox import LocalMailbox
from app.stores.sql.accounts.links import SqlAccountLinks
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import account_links, mailbox, users
from app.wiring import composition
from tests.support.checkout_shop import ADDRESS
from tests.support.concurrency import at_once
from tests.support.shop import APPROVED, PASSWORD, add_product, settings_for

VICTIM = "victim@elsewhere.example"

TESTER = Actor("tester")
FEW = UNCONFIRMED_MAILBOX.burst


class Shop:
    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.built = composition.build(settings_for(folder), database)
        self._product = add_product(self.built, "Mug", 9_900, 500).product_id
        self._guests = itertools.count()

    def order(self, email: str, user: User | None = None) -> int:
        owner = f"user#{user.user_id}" if user else f"guest#{next(self._guests)}"
        self.built.cart.add(owner, self._product)
        request = CheckoutRequest(owner, user.user_id if user else None, email, ADDRESS, APPROVED, None)
        return self.built.checkout.place(request).order_id

    def work(self) -> None:
        while self.built.worker.tick():
            pass

    def mails(self, kind: str = "receipt") -> list[str]:
        query = select(mailbox.c.to).where(mailbox.c.kind == kind).order_by(mailbox.c.message_id)
        return list(self.database.read(lambda c: c.execute(query).scalars()))

    def unsent(self) -> list[str | None]:
        return [one.last_error for one in self.built.notifications.deliveries(OutboxState.NOT_SENT)]

    def account(self, email: str, *, verified: bool = False) -> User:
        return self.built.accounts.register("Ada", email, PASSWORD, verified=verified)

    def confirm(self, user: User) -> None:
        """Follow the link in the account's mail."""
        mine = select(account_links.c.link_id).where(account_links.c.user_id == user.user_id)
        SqlAccountLinks(self.database).verify(self.database.read(lambda c: c.execute(mine).scalar_one()))


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    return Shop(database, tmp_path)


class TestReceipts:
    def test_a_mailbox_that_nobody_confirmed_gets_a_few_however_its_address_is_tagged(self, shop: Shop):
        for n in range(FEW + 2):
            shop.order(f"victim+{n}@elsewhere.example")
        shop.order("somebody@elsewhere.example")
        shop.work()
        assert shop.mails() == [f"victim+{n}@elsewhere.example" for n in range(FEW)] + ["somebody@elsewhere.example"]
        assert shop.unsent() == [WORDS] * 2

    def test_what_is_not_sent_is_no_difference_to_the_books(self, shop: Shop):
        for _ in range(FEW + 1):
            shop.order(VICTIM)
        shop.work()
        assert shop.built.reconcile.run("tests").verdict is Verdict.AGREES
        assert shop.built.notifications.unread() == 0, "nobody has to look after it"

    def test_it_goes_out_once_the_address_is_confirmed_by_a_link(self, shop: Shop):
        for _ in range(FEW + 2):
            shop.order(VICTIM)
        shop.order("victim+tagged@elsewhere.example")
        shop.work()
        shop.confirm(shop.account(VICTIM))
        shop.work()
        assert shop.mails() == [VICTIM] * (FEW + 2)
        assert shop.unsent() == [WORDS], "of the other address"

    def test_it_goes_out_when_people_send_it_by_hand(self, shop: Shop):
        for _ in range(FEW + 1):
            shop.order(VICTIM)
        shop.work()
        (entry,) = shop.built.notifications.deliveries(OutboxState.NOT_SENT)
        shop.built.notifications.resend(entry.entry_id, TESTER)
        shop.work()
        assert shop.mails() == [VICTIM] * (FEW + 1)

    def test_who_confirmed_an_address_gets_every_receipt_of_their_own_orders(self, shop: Shop):
        ada = shop.account("ada@elsewhere.example", verified=True)
        for _ in range(FEW + 2):
            shop.order("ada@elsewhere.example", ada)
        for _ in range(FEW + 1):
            shop.order("ada@elsewhere.example")  # a guest, who may be anybody
        shop.work()
        assert len(shop.mails()) == FEW + 2 + FEW
        assert shop.unsent() == [WORDS]

    def test_workers_at_once_send_no_more(self, shop: Shop, tmp_path: Path):
        for _ in range(FEW * 3):
            shop.order(VICTIM)
        workers = [composition.build(settings_for(tmp_path), shop.database).worker for _ in range(4)]
        at_once(4, lambda n: [workers[n].tick() for _ in range(8)])
        shop.work()
        assert len(shop.mails()) == FEW
        assert len(shop.unsent()) == FEW * 2

    def test_what_could_not_be_delivered_does_not_count(self, shop: Shop, monkeypatch: pytest.MonkeyPatch):
        def fails(*_: object) -> None:
            raise DeliveryFailed("away")

        for _ in range(FEW):
            shop.order(VICTIM)
        with monkeypatch.context() as patched:
            patched.setattr(LocalMailbox, "send", fails)
            shop.work()
        for entry in shop.built.notifications.deliveries(OutboxState.PENDING):
            shop.built.notifications.resend(entry.entry_id, TESTER)
        shop.work()
        assert len(shop.mails()) == FEW


class TestAccounts:
    def test_sign_ups_resets_and_changes_to_one_mailbox_count_together(self, shop: Shop):
        sign_ins = shop.built.sign_ins
        ada = sign_ins.sign_up("Ada", "victim+1@elsewhere.example", PASSWORD, "203.0.113.1")
        sign_ins.request_reset("Victim+2@elsewhere.example", "203.0.113.2")
        sign_ins.count_mail(ada.user_id, VICTIM)
        assert MAIL_MAILBOX.burst == 3
        for ask in (
            lambda: sign_ins.sign_up("Ada", "victim+4@elsewhere.example", PASSWORD, "203.0.113.4"),
            lambda: sign_ins.request_reset(VICTIM, "203.0.113.5"),
            lambda: sign_ins.count_mail(ada.user_id + 1, "victim+6@elsewhere.example"),
        ):
            with pytest.raises(TooManyMails, match=r"Several e-mails went to this address a moment ago\. Try again in"):
                ask()
        shop.work()
        assert shop.mails("account") == ["victim+1@elsewhere.example"], "of a reset without an account none"
        assert shop.database.read(lambda c: c.execute(select(func.count()).select_from(users)).scalar()) == 1

    def test_notices_of_an_account_that_nobody_confirmed_are_a_few(self, shop: Shop):
        ada = shop.account(VICTIM)
        shop.work()
        for _ in range(FEW + 3):
            shop.built.accounts.notify(ada.user_id, "second_factor_on")
        shop.work()
        assert shop.mails("account") == [VICTIM] * (1 + FEW)
        assert shop.unsent() == [WORDS] * 3

    def test_notices_of_a_confirmed_one_are_all_sent(self, shop: Shop):
        ada = shop.account(VICTIM, verified=True)
        for _ in range(FEW + 3):
            shop.built.accounts.notify(ada.user_id, "second_factor_on")
        shop.work()
        assert shop.mails("account") == [VICTIM] * (FEW + 3)

    def test_nobody_can_keep_an_owner_from_hearing_that_the_address_was_changed(self, shop: Shop):
        ada = shop.account(VICTIM, verified=True)
        for _ in range(FEW + 1):
            shop.order(VICTIM)
        shop.work()
        shop.built.accounts.request_email_change(ada.user_id, PASSWORD, "thief@elsewhere.example")
        links = SqlAccountLinks(shop.database)
        links.change_email(shop.database.read(lambda c: c.execute(select(account_links.c.link_id)).scalar_one()))
        shop.work()
        assert shop.mails("account").count(VICTIM) == 1
