"""Bounces and complaints that SES publishes to an SNS topic, which sends them to our hook."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any

from email_validator import EmailNotValidError, validate_email

from app import numbers
from app.domain import BlockReason
from app.errors import HookRefused, StoreUnavailable
from app.services.messages.ports import EventMessage, MailEvent
from app.stores.aws.sns_signature import Fetch, NotFetched, SnsSignatures, fetch_by_https, sns_host

log = logging.getLogger(__name__)

OLDEST = timedelta(hours=24)  # SNS repeats what was not taken for some hours
AHEAD = timedelta(minutes=15)  # of our clock
MOST_RECIPIENTS = 50  # SES sends to no more at once
_TEXTS = ("Type", "MessageId", "TopicArn", "Timestamp", "Message", "Signature", "SignatureVersion", "SigningCertURL")
LONGEST_ADDRESS = 1_000  # with the name before it
_MESSAGE_ID = re.compile(r"[A-Za-z0-9-]{1,100}")


class SesEvents:
    """The `EventInbox` port."""

    def __init__(
        self,
        topic_arn: str,
        fetch: Fetch = fetch_by_https,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        host = sns_host(topic_arn)
        self._topic_arn = topic_arn
        self._confirm_url = re.compile(rf"https://{re.escape(host)}/\?[\x21-\x7e]{{1,2000}}")
        self._signatures = SnsSignatures(host, fetch, now)
        self._fetch = fetch
        self._now = now

    def read(self, body: bytes) -> EventMessage:
        message = _envelope(body)
        if message["TopicArn"] != self._topic_arn:
            raise HookRefused("This message is of another topic.")
        self._check_age(message["Timestamp"])
        self._signatures.check(message)  # nothing of it is believed before
        if message["Type"] == "SubscriptionConfirmation":
            self._confirm(message)
        is_news = message["Type"] == "Notification"
        events = tuple(_events(message["Message"], self._now())) if is_news else ()
        return EventMessage(message["MessageId"], events)

    def _check_age(self, text: str) -> None:
        at = _time(text)
        if at is None or not self._now() - OLDEST <= at <= self._now() + AHEAD:
            raise HookRefused("This message is too old, or from the future.")

    def _confirm(self, message: Mapping[str, str]) -> None:
        url = message.get("SubscribeURL", "")
        if not self._confirm_url.fullmatch(url):
            raise HookRefused("The link that confirms this subscription leads elsewhere.")
        try:
            self._fetch(url)
        except NotFetched as error:
            raise StoreUnavailable("The subscription cannot be confirmed right now. Send the message again.") from error
        log.info("the subscription of bounces and complaints is confirmed")


def _envelope(body: bytes) -> dict[str, str]:
    """The texts of an SNS message. Raises HookRefused for anything else."""
    found = _object(body)
    if found is None or not all(isinstance(found.get(name), str) for name in _TEXTS):
        raise HookRefused("This is no message of the service that it should come from.")
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    if not _MESSAGE_ID.fullmatch(texts["MessageId"]) or not all(_is_text(value) for value in texts.values()):
        raise HookRefused("This is no message of the service that it should come from.")
    return texts


def _is_text(value: str) -> bool:
    """Without halves of surrogate pairs, which JSON may hold and nothing can encode."""
    return not any("\ud800" <= c <= "\udfff" for c in value)


def _object(text: bytes | str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # nested too deep is no use either
        return None
    return found if isinstance(found, dict) else None


def _events(text: str, now: datetime) -> Iterator[MailEvent]:
    """What SES says in a signed message; other events of it, and test messages, say nothing here."""
    event = _object(text) or {}
    kind = event.get("eventType") or event.get("notificationType")
    if kind == "Bounce":
        bounce = _dict(event.get("bounce"))
        if bounce.get("bounceType") == "Permanent":
            yield from _of(bounce, "bouncedRecipients", BlockReason.BOUNCE, now)
    elif kind == "Complaint":
        complaint = _dict(event.get("complaint"))
        if complaint.get("complaintFeedbackType") != "not-spam":
            yield from _of(complaint, "complainedRecipients", BlockReason.COMPLAINT, now)


def _of(part: Mapping[str, Any], name: str, reason: BlockReason, now: datetime) -> Iterator[MailEvent]:
    at = _time(part.get("timestamp")) or now
    recipients = part.get(name)
    for one in recipients[:MOST_RECIPIENTS] if isinstance(recipients, list) else ():
        address = _address(_dict(one).get("emailAddress"))
        if address is not None:
            said = _dict(one).get("diagnosticCode") or part.get("complaintFeedbackType") or part.get("bounceSubType")
            yield MailEvent(address, reason, _line(said), at)


def _address(value: object) -> str | None:
    """As accounts keep addresses: lower case, names of other alphabets spelt out."""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS:
        return None
    _, address = parseaddr(value)
    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return valid.normalized.lower()


def _line(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _time(value: object) -> datetime | None:
    try:
        at = numbers.moment(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
