"""Both senders: the mailbox and SES; and alerts by SNS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr

import boto3
import pytest

from app.domain import Attachment, Message
from app.errors import DeliveryFailed, NotFound, ServiceAway, StoreUnavailable, Undeliverable
from app.services.messages.ports import Sender
from app.stores.aws.ses import SesSender
from app.stores.aws.sns import SUBJECT_LENGTH, SnsAlerts, SnsTopic
from app.stores.local.mailbox import LocalMailbox
from tests.support.aws import ACCEPTED, SENDER, Aws, endpoint, failing_ses, fake_aws, refusal

MAIL = Message(
    key="receipt:7:again:1",
    kind="receipt",
    to="meera@shop.example",
    subject="Your receipt: Чашка für 1 ₹",
    html="<h1>Danke</h1>" + "<p>x</p>" * 400,
    text="Danke, Meera\n" + "x" * 2_000,
    order_id=7,
)
ALERT = Message("alert:3", "low_stock", "stock@shop.example", "Mug is low: 3 left", "<p>", "On hand: 3", None, "mug")


@dataclass(frozen=True)
class Sent:
    """A sender, and what its readers have: (to, subject, html, text)."""

    sender: Sender
    read: Callable[[], list[tuple[str, str, str, str]]]
    knows_keys: bool


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with fake_aws(monkeypatch) as made:
        yield made


@pytest.fixture(params=["mailbox", "ses"])
def sent(request: pytest.FixtureRequest) -> Sent:
    if request.param == "ses":
        aws: Aws = request.getfixturevalue("aws")
        return Sent(SesSender(SENDER), lambda: [parts(mail) for mail in aws.mails()], knows_keys=False)
    box = LocalMailbox(request.getfixturevalue("empty_database"))

    def read() -> list[tuple[str, str, str, str]]:
        ids = [one.message_id for one in box.page(None, 1, 50).items]
        found = [one.message for i in ids if (one := box.get(i))]
        return [(m.to, m.subject, m.html, m.text) for m in found]

    return Sent(box, read, knows_keys=True)


def parts(mail: EmailMessage) -> tuple[str, str, str, str]:
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    return mail["To"], mail["Subject"], lines(html), lines(text)


def lines(part: EmailMessage) -> str:
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


class TestBoth:
    def test_the_reader_gets_subject_html_and_text_as_they_were_written(self, sent: Sent):
        sent.sender.send(MAIL)
        assert sent.read() == [(MAIL.to, MAIL.subject, MAIL.html, MAIL.text)]

    def test_a_repeat_of_a_key_comes_once_where_keys_are_known(self, sent: Sent):
        sent.sender.send(MAIL)
        sent.sender.send(MAIL)
        assert len(sent.read()) == (1 if sent.knows_keys else 2)


class TestSes:
    def test_sender_attachment_and_headers(self, aws: Aws):
        pdf = Attachment("invoice-10007.pdf", "application/pdf", b"%PDF-1.4 \x00\xff")
        SesSender(SENDER).send(replace(MAIL, attachments=(pdf,)))
        (mail,) = aws.mails()
        (attached,) = mail.iter_attachments()
        assert mail["From"] == SENDER
        assert mail["Auto-Submitted"] == "auto-generated"
        assert (attached.get_filename(), attached.get_content_type()) == ("invoice-10007.pdf", "application/pdf")
        assert attached.get_content() == pdf.data
        assert [part.get_content_type() for part in mail.walk()][:4] == [
            "multipart/mixed", "multipart/alternative", "text/plain", "text/html",
        ]  # fmt: skip

    def test_our_key_and_the_configuration_set_go_along(self, monkeypatch: pytest.MonkeyPatch):
        with failing_ses(monkeypatch, ACCEPTED) as ses:
            SesSender(SENDER, "shop-mail").send(MAIL)
        asked = json.loads(ses.asked[0])
        assert asked["ConfigurationSetName"] == "shop-mail"
        assert asked["EmailTags"] == [{"Name": "message_key", "Value": "receipt_7_again_1"}]
        assert asked["Destination"] == {"ToAddresses": ["meera@shop.example"]}

    def test_a_domain_of_another_alphabet_is_spelt_out(self, aws: Aws):
        SesSender("Ladén <shop@shop.example>").send(replace(MAIL, to="meera@bücher.example"))
        (mail,) = aws.mails()
        assert mail["To"] == "meera@xn--bcher-kva.example"
        assert mail["From"] == "Ladén <shop@shop.example>"

    @pytest.mark.parametrize("name", ["Müller <evil@x.example>, Y", 'a" <b@x.example>', "Cotton, & Sons"])
    def test_a_senders_name_becomes_no_address(self, aws: Aws, name: str):
        SesSender(SENDER, headed=lambda: (name, "")).send(MAIL)
        (mail,) = aws.mails()
        assert getaddresses([str(mail["From"])]) == [(name, parseaddr(SENDER)[1])]

    @pytest.mark.parametrize(
        ("answer", "error", "words"),
        [
            (refusal(429, "TooManyRequestsException"), ServiceAway, "asks for fewer requests"),
            (refusal(400, "LimitExceededException"), DeliveryFailed, "quota .* is used up"),
            (refusal(400, "SendingPausedException"), DeliveryFailed, "Sending is paused"),
            (refusal(400, "AccountSuspendedException"), DeliveryFailed, "suspended"),
            (refusal(404, "NotFoundException"), DeliveryFailed, "Correct SES_CONFIGURATION_SET"),
            (refusal(400, "MailFromDomainNotVerifiedException"), DeliveryFailed, "MAIL FROM domain"),
            (refusal(403, "AccessDeniedException"), DeliveryFailed, "Look at their policy"),
            (refusal(500, "InternalServiceErrorException"), ServiceAway, "failure of its own"),
            (refusal(418, "Teapot"), DeliveryFailed, r"refused to send \(Teapot\)"),
            (
                refusal(400, "MessageRejected", "Email address is not verified. The following identities failed "
                        "the check in region EU-WEST-1: shop@shop.example"),
                DeliveryFailed, "has not verified the sender of SES_SENDER",
            ),
            (
                refusal(400, "MessageRejected", "Email address is not verified. The following identities failed "
                        "the check in region EU-WEST-1: meera@elsewhere.example"),
                DeliveryFailed, "in the sandbox",
            ),
            (refusal(400, "MessageRejected", "Message contains a virus"), Undeliverable, "refused the message itself"),
            (refusal(400, "BadRequestException", "Illegal address"), Undeliverable, "address cannot exist"),
        ],
    )  # fmt: skip
    def test_each_failure_says_what_to_do_and_repeats_no_address(
        self, monkeypatch: pytest.MonkeyPatch, answer, error, words
    ):
        with failing_ses(monkeypatch, answer) as ses, pytest.raises(DeliveryFailed, match=words) as failed:
            SesSender(SENDER).send(MAIL)
        assert type(failed.value) is error
        assert len(ses.asked) == 1, "the outbox repeats it, nothing else: each repetition may be one mail more"
        assert "@" not in failed.value.message
        assert failed.value.__cause__ is None

    def test_a_service_that_is_away_is_said_so(self, monkeypatch: pytest.MonkeyPatch):
        with endpoint(monkeypatch, "SESV2", "http://127.0.0.1:9"), pytest.raises(ServiceAway, match="be reached"):
            SesSender(SENDER).send(MAIL)

    def test_what_can_be_no_address_is_not_even_asked_for(self, monkeypatch: pytest.MonkeyPatch):
        with failing_ses(monkeypatch, ACCEPTED) as ses, pytest.raises(Undeliverable):
            SesSender(SENDER).send(replace(MAIL, to="nobody"))
        assert ses.asked == []

    def test_no_address_and_no_text_is_logged_at_the_most_talkative(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ):
        caplog.set_level("DEBUG")
        with failing_ses(monkeypatch, ACCEPTED):
            SesSender(SENDER).send(MAIL)
        assert "meera" not in caplog.text
        assert "Danke" not in caplog.text


class TestAlerts:
    def test_an_alert_is_published_as_text_with_its_subject(self, aws: Aws):
        SnsAlerts(aws.topic).send(ALERT)
        assert aws.published() == [{"text": "On hand: 3", "subject": "Mug is low: 3 left"}]

    def test_a_long_subject_is_cut_to_what_sns_takes(self, aws: Aws):
        SnsAlerts(aws.topic).send(replace(ALERT, subject="Ж" * 180))
        (one,) = aws.published()
        assert len(one["subject"]) == SUBJECT_LENGTH
        assert one["subject"].endswith("…")

    def test_a_topic_that_is_not_there_is_named(self, aws: Aws):
        with pytest.raises(DeliveryFailed, match="Correct SNS_TOPIC_ARN"):
            SnsAlerts(aws.topic + "-gone").send(ALERT)

    def test_a_service_that_is_away_is_said_so(self, monkeypatch: pytest.MonkeyPatch):
        topic = "arn:aws:sns:eu-west-1:123456789012:low-stock"
        with endpoint(monkeypatch, "SNS", "http://127.0.0.1:9"):
            with pytest.raises(ServiceAway, match="SNS could not be reached"):
                SnsAlerts(topic).send(ALERT)
            with pytest.raises(StoreUnavailable, match="SNS could not be reached"):
                SnsTopic(topic).subscriptions()


class TestTopic:
    def test_subscribing_twice_is_one_subscription(self, aws: Aws):
        topic = SnsTopic(aws.topic)
        assert topic.subscriptions() == ()
        topic.subscribe("ravi@shop.example")
        topic.subscribe("ravi@shop.example")
        (one,) = topic.subscriptions()
        assert (one.protocol, one.endpoint, one.is_email) == ("email", "ravi@shop.example", True)

    def test_one_whose_link_was_not_followed_waits(self, aws: Aws, monkeypatch: pytest.MonkeyPatch):
        listed = [{"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "Endpoint": "a@shop.example"}]
        listed.append({"SubscriptionArn": f"{aws.topic}:1", "Protocol": "sqs", "Endpoint": "arn:aws:sqs:q"})
        listed.append({"SubscriptionArn": "Deleted", "Protocol": "email", "Endpoint": "b@shop.example"})
        monkeypatch.setattr(SnsTopic, "_call", lambda self, operation, **_: {"Subscriptions": listed})
        found = SnsTopic(aws.topic).subscriptions()
        assert [(one.endpoint, one.is_confirmed, one.is_email) for one in found] == [
            ("a@shop.example", False, True),
            ("arn:aws:sqs:q", True, False),
        ]

    def test_long_lists_are_read_to_their_end(self, aws: Aws):
        sns = boto3.client("sns")
        for number in range(130):
            sns.subscribe(TopicArn=aws.topic, Protocol="email", Endpoint=f"a{number}@shop.example")
        assert len(SnsTopic(aws.topic).subscriptions()) == 130

    def test_unsubscribing_ends_it_and_a_repeat_changes_nothing(self, aws: Aws):
        topic = SnsTopic(aws.topic)
        topic.subscribe("ravi@shop.example")
        (one,) = topic.subscriptions()
        assert one.subscription_id
        topic.unsubscribe(one.subscription_id)
        topic.unsubscribe(one.subscription_id)
        assert topic.subscriptions() == ()

    def test_a_subscription_of_another_topic_is_not_touched(self, aws: Aws):
        with pytest.raises(NotFound):
            SnsTopic(aws.topic).unsubscribe("arn:aws:sns:eu-west-1:123456789012:other:1234")
