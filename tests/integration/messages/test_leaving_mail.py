"""A whole shop whose mail leaves by SES and SNS: what goes out, and what happens while they are away."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, update

from app.domain import Actor, Address, Demand, Order, OrderStatus, OutboxEntry, OutboxState
from app.errors import InvalidInput
from app.services import Services
from app.services.analytics.stock import StockAnalytics
from app.services.checkout.checkout import CheckoutRequest
from app.services.stock.product_drafts import ProductDraft
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import LONGEST_PATIENT_PAUSE, MOST_ATTEMPTS, PATIENCE
from app.stores.sql.tables import mailbox, outbox, shop_facts
from app.wiring import composition
from tests.support.aws import ACCEPTED, SENDER, endpoint, failing_ses, fake_aws, refusal
from tests.support.shop import APPROVED, assert_books_balance, books, settings_for

TOPIC = "arn:aws:sns:eu-west-1:123456789012:low-stock"
TESTER = Actor("tester@shop.example", 9, "203.0.113.9")
BUYER = "meera@elsewhere.example"


@dataclass
class Shop:
    services: Services
    database: Database

    def buy(self, units: int = 2, stock: int = 9, threshold: int = 2) -> Order:
        draft = ProductDraft("Clay tumbler", 24_900, "Kitchen", stock=stock, threshold=threshold)
        product = self.services.inventory.add_product(draft, TESTER)
        owner = f"guest#{secrets.token_hex(8)}"
        self.services.cart.add(owner, product.product_id, units)
        address = Address("Meera Łukasz", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")
        return self.services.checkout.place(CheckoutRequest(owner, None, BUYER, address, APPROVED, None))

    def work(self) -> None:
        """Everything that is due."""
        for _ in range(12):
            if not self.services.worker.tick():
                return

    def later(self) -> None:
        """The pause of what failed is over."""
        waiting = update(outbox).where(outbox.c.state == "pending")
        self.database.write(lambda c: c.execute(waiting.values(next_try_at=database_now(c))))

    def receipt(self) -> OutboxEntry:
        (entry,) = [one for one in self.services.notifications.deliveries() if one.kind == "receipt"]
        return entry

    def pause(self) -> timedelta:
        return self.receipt().next_try_at - self.now()

    def now(self) -> datetime:
        return self.database.read(database_now)


@pytest.fixture
def shop(tmp_path: Path, empty_database: Database, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    of_a_year = Demand.by_velocity(2.0, date(2026, 11, 25))
    monkeypatch.setattr(StockAnalytics, "demand_of", lambda self, product_id: of_a_year)
    settings = settings_for(tmp_path, notifier="aws", ses_sender=SENDER, sns_topic_arn=TOPIC)
    # To addresses that nobody has, too: the mail services here are stand-ins.
    return Shop(composition.build(settings, empty_database, writes_to_reserved=True), empty_database)


def test_a_receipt_goes_by_ses_with_its_invoice_and_an_alert_by_sns(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    since = {"name": "invoices.since", "value": "2026-11-01T00:00:00+00:00"}
    shop.database.write(lambda c: c.execute(insert(shop_facts).values(**since)))
    with fake_aws(monkeypatch) as aws:
        order = shop.buy(units=8)
        shop.work()
        (mail,) = aws.mails()
        (alert,) = aws.published()
    (attached,) = mail.iter_attachments()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(attached.get_content())).pages)
    assert (mail["To"], mail["From"]) == (BUYER, SENDER)
    assert attached.get_filename() == "invoice-INV-000001.pdf"
    assert shop.services.formats.money(order.total) in text
    assert "Meera Łukasz" in text
    assert alert["subject"] == "Clay tumbler is low: 1 on hand"
    for words in (
        "On hand:   1",
        "Threshold: 2",
        "Suggested order: 57 units",
        "http://127.0.0.1:5000/admin/inventory?product=",
    ):
        assert words in alert["text"], words
    assert {one.state for one in shop.services.notifications.deliveries()} == {OutboxState.DONE}


def test_the_mailbox_is_not_written(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    with fake_aws(monkeypatch):
        shop.buy(units=8)
        shop.work()
    assert shop.database.read(lambda c: c.execute(select(mailbox)).all()) == []


@contextmanager
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with endpoint(monkeypatch, "SESV2", "http://127.0.0.1:9"), endpoint(monkeypatch, "SNS", "http://127.0.0.1:9"):
        yield


OUTAGES: dict[str, tuple[Callable[[pytest.MonkeyPatch], AbstractContextManager[object]], str]] = {
    "nobody listens": (unreachable, "SES could not be reached."),
    "throttled": (lambda mp: failing_ses(mp, refusal(429, "TooManyRequestsException")), "SES asks for fewer requests."),
    "broken": (lambda mp: failing_ses(mp, refusal(500, "InternalFailure")), "SES has a failure of its own."),
    "no answer that can be read": (lambda mp: failing_ses(mp, (502, {}, {})), "SES has a failure of its own."),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_while_ses_is_away_orders_are_paid_and_receipts_wait_with_their_error(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, outage: str
):
    away, words = OUTAGES[outage]
    with away(monkeypatch):
        before = shop.now()
        order = shop.buy()
        shop.work()
        assert shop.services.orders.get(order.order_id).status is OrderStatus.PAID
        assert_books_balance(books(shop.database))
        for _ in range(4):
            entry = shop.receipt()
            assert (entry.state, entry.last_error) == (OutboxState.PENDING, words)
            failed_at = entry.next_try_at - timedelta(seconds=2**entry.attempts)
            assert before <= failed_at <= shop.now(), "each pause is twice the one before"
            before = shop.now()
            shop.later()
            shop.work()
    with fake_aws(monkeypatch) as aws:
        shop.later()
        shop.work()
        assert [mail["To"] for mail in aws.mails()] == [BUYER]
    assert shop.receipt().state is OutboxState.DONE


def test_a_long_outage_gives_nothing_up(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    with failing_ses(monkeypatch, refusal(429, "TooManyRequestsException")):
        shop.buy()
        for _ in range(MOST_ATTEMPTS + 3):
            shop.work()
            assert shop.pause() <= LONGEST_PATIENT_PAUSE
            shop.later()
    assert shop.receipt().state is OutboxState.PENDING
    with fake_aws(monkeypatch) as aws:
        shop.work()
        assert len(aws.mails()) == 1


def test_but_one_of_more_than_a_day_does(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    with failing_ses(monkeypatch, refusal(429, "TooManyRequestsException")):
        shop.buy()
        aged = update(outbox).values(created_at=shop.now() - PATIENCE)
        shop.database.write(lambda c: c.execute(aged))
        for _ in range(MOST_ATTEMPTS):
            shop.work()
            shop.later()
    assert shop.receipt().state is OutboxState.FAILED


def test_a_receipt_that_gave_up_is_sent_again_by_hand(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    with failing_ses(monkeypatch, refusal(400, "SendingPausedException")):
        shop.buy()
        for _ in range(MOST_ATTEMPTS):
            shop.work()
            shop.later()
    entry = shop.receipt()
    assert (entry.state, entry.attempts) == (OutboxState.FAILED, MOST_ATTEMPTS)
    assert shop.services.notifications.unread() == 1
    with fake_aws(monkeypatch) as aws:
        shop.services.notifications.resend(entry.entry_id, TESTER)
        shop.work()
        assert len(aws.mails()) == 1
    assert shop.receipt().state is OutboxState.DONE


def test_an_address_that_cannot_exist_is_given_up_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    with failing_ses(monkeypatch, refusal(400, "BadRequestException", f"Illegal address {BUYER}")) as ses:
        shop.buy()
        shop.work()
        shop.later()
        shop.work()
    entry = shop.receipt()
    assert (entry.state, entry.attempts, len(ses.asked)) == (OutboxState.FAILED, 1, 1)
    assert entry.last_error == "SES says that this address cannot exist. The person has to correct it."


def test_a_lost_answer_is_one_mail_more_and_nothing_else(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    with failing_ses(monkeypatch, (500, {}, {}), ACCEPTED) as ses:
        shop.buy()
        shop.work()
        shop.later()
        shop.work()
        shop.later()
        shop.work()
    keys = [json.loads(asked)["EmailTags"][0]["Value"] for asked in ses.asked]
    assert keys[0] == keys[1]
    assert len(keys) == 2
    assert shop.receipt().state is OutboxState.DONE


class TestInventedPeople:
    """As a shop is wired in production, where nothing says that its mail service is a stand-in."""

    @pytest.fixture
    def real(self, shop: Shop) -> Shop:
        return Shop(composition.build(shop.services.settings, shop.database), shop.database)

    def test_no_mail_to_them_is_even_asked_for(self, real: Shop, monkeypatch: pytest.MonkeyPatch):
        with failing_ses(monkeypatch, ACCEPTED) as ses:
            real.buy()
            real.services.accounts.register("Asha", "asha@mail.example", "seven wild geese")
            real.work()
        assert ses.asked == []
        words = "Not sent: {} is a name for examples and tests, under which nobody has a mailbox."
        told = {one.kind: (one.state, one.last_error) for one in real.services.notifications.deliveries()}
        assert told == {
            "receipt": (OutboxState.NOT_SENT, words.format("elsewhere.example")),
            "account_mail": (OutboxState.NOT_SENT, words.format("mail.example")),
        }

    def test_real_people_get_theirs(self, real: Shop, monkeypatch: pytest.MonkeyPatch):
        with fake_aws(monkeypatch) as aws:
            real.services.accounts.register("Asha", "asha@elsewhere.com", "seven wild geese")
            real.work()
            assert [mail["To"] for mail in aws.mails()] == ["asha@elsewhere.com"]

    def test_they_cannot_be_subscribed_to_alerts(self, real: Shop, monkeypatch: pytest.MonkeyPatch):
        with fake_aws(monkeypatch), pytest.raises(InvalidInput, match="nobody has a mailbox"):
            real.services.alerts.subscribe("stock@shop.example", TESTER)
