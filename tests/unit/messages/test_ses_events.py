"""Who may tell the shop that an address bounced: SNS, of our topic, and what it really signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import BlockReason
from app.errors import HookRefused, StoreUnavailable
from app.services.messages.ports import MailEvent
from app.stores.aws.ses_events import SesEvents
from app.stores.aws.sns_signature import FETCHES_A_MINUTE, sns_host
from tests.support.sns_messages import (
    CERTIFICATE,
    HOST,
    TOPIC,
    Web,
    body,
    bounce,
    certificate,
    complaint,
    confirmation,
    notification,
    signed,
)

GONE = "gone@elsewhere.example"


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def inbox(web: Web) -> SesEvents:
    return SesEvents(TOPIC, web.fetch)


def stamp(away: timedelta) -> str:
    return (datetime.now(UTC) + away).isoformat()


class TestSignature:
    @pytest.mark.parametrize("version", ["1", "2"])
    def test_what_sns_signed_is_believed(self, inbox: SesEvents, version: str):
        message = notification(bounce(GONE), version)
        read = inbox.read(body(message))
        assert read.message_id == message["MessageId"]
        assert [event.email for event in read.events] == [GONE]

    def test_a_subject_is_signed_with_the_rest(self, inbox: SesEvents):
        assert inbox.read(body(notification(bounce(GONE), Subject="Bounce"))).events

    @pytest.mark.parametrize("field", ["Message", "MessageId", "Timestamp", "Subject"])
    def test_no_signed_field_can_be_changed(self, inbox: SesEvents, field: str):
        message = notification(bounce(GONE), Subject="Bounce")
        changed = {"Message": "{}", "MessageId": "other", "Timestamp": stamp(timedelta(minutes=-1)), "Subject": "x"}
        with pytest.raises(HookRefused, match="wrong"):
            inbox.read(body({**message, field: changed[field]}))

    def test_another_key_is_not_that_of_sns(self, inbox: SesEvents):
        with pytest.raises(HookRefused, match="wrong"):
            inbox.read(body(notification(bounce(GONE), key="a stranger")))

    @pytest.mark.parametrize("signature", ["", "AAAA", "not base64!", "é"])
    def test_no_signature_is_none(self, inbox: SesEvents, signature: str):
        with pytest.raises(HookRefused):
            inbox.read(body({**notification(bounce(GONE)), "Signature": signature}))

    @pytest.mark.parametrize("version", ["0", "3", "", "01"])
    def test_only_the_two_ways_of_signing_count(self, inbox: SesEvents, version: str):
        with pytest.raises(HookRefused):
            inbox.read(body({**notification(bounce(GONE)), "SignatureVersion": version}))

    @pytest.mark.parametrize(
        "url",
        [
            "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem",
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem",
            "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0a1b2c.pem",
            "https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem",
            "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0a1b2c.pem",
            "https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-0a1b2c.pem",
            "https://sns.eu-west-1.amazonaws.com/other.pem",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem?x=1",
            "https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem",
            "https://SNS.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem\n",
            "",
        ],
    )
    def test_a_certificate_from_elsewhere_is_not_even_fetched(self, url: str):
        web = Web({url: certificate("a stranger")})
        message = notification(bounce(GONE), key="a stranger", SigningCertURL=url)
        with pytest.raises(HookRefused):
            SesEvents(TOPIC, web.fetch).read(body(message))
        assert web.fetched == []

    def test_the_host_is_that_of_the_topic(self):
        assert sns_host(TOPIC) == "sns.eu-west-1.amazonaws.com"
        assert sns_host("arn:aws-cn:sns:cn-north-1:123456789012:x") == "sns.cn-north-1.amazonaws.com.cn"

    def test_a_certificate_is_fetched_once(self, inbox: SesEvents, web: Web):
        for _ in range(3):
            inbox.read(body(notification(bounce(GONE))))
        assert web.fetched == [CERTIFICATE]

    def test_an_expired_certificate_proves_nothing(self, web: Web):
        web.pages[CERTIFICATE] = certificate(days=-1)
        with pytest.raises(HookRefused, match="expired"):
            SesEvents(TOPIC, web.fetch).read(body(notification(bounce(GONE))))

    @pytest.mark.parametrize("page", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
    def test_what_is_no_certificate_makes_the_sender_try_again(self, web: Web, page: bytes):
        web.pages[CERTIFICATE] = page
        with pytest.raises(StoreUnavailable):
            SesEvents(TOPIC, web.fetch).read(body(notification(bounce(GONE))))

    def test_a_stranger_cannot_make_the_shop_fetch_without_end(self, inbox: SesEvents, web: Web):
        for number in range(50):
            url = f"{HOST}/SimpleNotificationService-{number}.pem"
            with pytest.raises(StoreUnavailable):
                inbox.read(body(notification(bounce(GONE), SigningCertURL=url)))
        assert len(web.fetched) == FETCHES_A_MINUTE


class TestEnvelope:
    def test_another_topic_is_not_ours(self, inbox: SesEvents, web: Web):
        with pytest.raises(HookRefused, match="another topic"):
            inbox.read(body(notification(bounce(GONE), TopicArn=TOPIC + "2")))
        assert web.fetched == []

    @pytest.mark.parametrize("away", [timedelta(hours=-25), timedelta(minutes=20), timedelta(days=-4000)])
    def test_the_old_and_the_future_do_not_count(self, inbox: SesEvents, web: Web, away: timedelta):
        with pytest.raises(HookRefused, match="too old"):
            inbox.read(body(notification(bounce(GONE), Timestamp=stamp(away))))
        assert web.fetched == []

    def test_what_sns_repeats_for_hours_still_counts(self, inbox: SesEvents):
        assert inbox.read(body(notification(bounce(GONE), Timestamp=stamp(timedelta(hours=-20))))).events

    @pytest.mark.parametrize(
        "rubbish",
        [
            b"", b"{", b"null", b"[]", b"7", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"Type": "Notification"}',
            body({**notification("{}"), "Message": 7}),
            body({**notification("{}"), "MessageId": "x" * 101}),
            body({**notification("{}"), "MessageId": "a\nb"}),
            body({**notification("{}"), "Type": "Other"}),
            body({**notification("{}"), "Timestamp": "yesterday"}),
            body({**notification("{}"), "Timestamp": "2026-03-01T12:00:00"}),
            body({**notification("{}"), "Subject": "\ud800"}),
        ],
    )  # fmt: skip
    def test_rubbish_is_refused(self, inbox: SesEvents, rubbish: bytes):
        with pytest.raises(HookRefused):
            inbox.read(rubbish)


class TestSubscription:
    def test_it_is_confirmed_after_it_was_verified(self, inbox: SesEvents, web: Web):
        link = f"{HOST}/?Action=ConfirmSubscription"
        web.pages[link] = b"<ConfirmSubscriptionResponse/>"
        assert inbox.read(body(confirmation())).events == ()
        assert web.fetched == [CERTIFICATE, link]

    def test_a_forged_one_confirms_nothing(self, inbox: SesEvents, web: Web):
        with pytest.raises(HookRefused):
            inbox.read(body({**confirmation(), "SubscribeURL": f"{HOST}/?Action=Other"}))
        assert web.fetched == [CERTIFICATE]

    @pytest.mark.parametrize(
        "link",
        ["https://evil.example/?x", "http://sns.eu-west-1.amazonaws.com/?x", f"{HOST}:81/?x", f"{HOST}.a/?x", ""],
    )
    def test_a_signed_link_to_elsewhere_is_not_followed(self, inbox: SesEvents, web: Web, link: str):
        with pytest.raises(HookRefused):
            inbox.read(body(confirmation(SubscribeURL=link)))
        assert web.fetched == [CERTIFICATE]

    def test_one_that_cannot_be_confirmed_now_is_sent_again(self, inbox: SesEvents):
        with pytest.raises(StoreUnavailable):
            inbox.read(body(confirmation()))

    def test_an_end_of_the_subscription_changes_nothing(self, inbox: SesEvents, web: Web):
        assert inbox.read(body(confirmation(Type="UnsubscribeConfirmation"))).events == ()
        assert web.fetched == [CERTIFICATE]


class TestEvents:
    @pytest.mark.parametrize(
        ("event", "addresses"),
        [
            (bounce(GONE, "Two <TWO@Elsewhere.example>"), [GONE, "two@elsewhere.example"]),
            (bounce("a@xn--bcher-kva.example"), ["a@bücher.example"]),
            (bounce(GONE, kind="Transient"), []),
            (bounce(GONE, kind="Undetermined"), []),
            (bounce("nobody"), []),
            (complaint(GONE), [GONE]),
            (complaint(GONE, kind="not-spam"), []),
            ({"eventType": "Delivery", "delivery": {}}, []),
            ({"eventType": "Bounce", "bounce": [1]}, []),
            ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": "x"}}, []),
            ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [1, None, {}]}}, []),
            ("Successfully validated SNS topic for Amazon SES event publishing.", []),
            ([1], []),
        ],
    )
    def test_who_cannot_or_must_not_be_written_to(self, inbox: SesEvents, event: Any, addresses: list[str]):
        assert [one.email for one in inbox.read(body(notification(event))).events] == addresses

    def test_why_and_since_when(self, inbox: SesEvents):
        (one,) = inbox.read(body(notification(bounce(GONE)))).events
        at = datetime(2026, 3, 1, 12, tzinfo=UTC)
        assert one == MailEvent(GONE, BlockReason.BOUNCE, "smtp; 550 5.1.1 no such user", at)
        (other,) = inbox.read(body(notification(complaint(GONE)))).events
        assert (other.reason, other.detail) == (BlockReason.COMPLAINT, "abuse")

    def test_a_message_is_signed_as_it_was_sent(self, inbox: SesEvents):
        message = signed({**notification(bounce(GONE)), "Message": '{"eventType":\n "Bounce"}'})
        assert inbox.read(body(message)).events == ()
