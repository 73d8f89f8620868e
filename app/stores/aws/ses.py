"""E-mails by Amazon SES: HTML and text, with attachments, and our key as a tag of the message."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from email_validator import EmailNotValidError, validate_email

from app.domain import Message
from app.errors import DeliveryFailed, ServiceAway, Undeliverable
from app.stores.aws.client import client, code_of, general_words, is_away

TAG = "message_key"
_TAG_MAY_HOLD = re.compile(r"[^A-Za-z0-9_.@-]")
_TAG_LENGTH = 256
_ILLEGAL = re.compile(r"illegal address|missing final|invalid.*address|domain (contains|starts|ends)", re.IGNORECASE)

_WORDS = {
    "AccountSuspendedException": "SES has suspended the account. Open a case with AWS support.",
    "SendingPausedException": "Sending is paused for the SES account. Look at its reputation in the SES console.",
    "MailFromDomainNotVerifiedException": "The MAIL FROM domain of the sender is not verified. See the SES console.",
    "LimitExceededException": "The sending quota of the SES account is used up. Ask AWS for a larger one.",
    "NotFoundException": "SES does not know the configuration set. Correct SES_CONFIGURATION_SET, or make one.",
}


class SesSender:
    """The `Sender` port. SES knows no idempotency key: a process killed between sending and its mark sends once more.

    `sender` is an address or "Name <address>"; `headed` says at each mail which name it has instead, and where answers
    go, "" for as it is.
    """

    def __init__(
        self,
        sender: str,
        configuration_set: str = "",
        headed: Callable[[], tuple[str, str]] = lambda: ("", ""),
    ) -> None:
        self._sender = sender
        self._configuration_set = configuration_set
        self._headed = headed

    def send(self, message: Message) -> None:
        """Raises ServiceAway where nothing is wrong here, Undeliverable where nothing helps, else DeliveryFailed."""
        to = _ascii_address(message.to)
        request: dict[str, Any] = {
            "Destination": {"ToAddresses": [to]},
            "Content": {"Raw": {"Data": self._mime(message, to)}},
            "EmailTags": [{"Name": TAG, "Value": _TAG_MAY_HOLD.sub("_", message.key)[:_TAG_LENGTH]}],
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        try:
            client("sesv2").send_email(**request)
        except (BotoCoreError, ClientError) as error:
            # Not chained: what SES says repeats addresses, and must not get into a log with a traceback.
            raise self._failure(error) from None

    def _mime(self, message: Message, to: str) -> bytes:
        mail = EmailMessage(policy=policy.SMTP)
        name, reply_to = self._headed()
        # Never as one text: what stands in a name would be read as addresses.
        mail["From"] = Address(name, addr_spec=parseaddr(self._sender)[1]) if name else self._sender
        if reply_to:
            mail["Reply-To"] = reply_to
        mail["To"] = to
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Auto-Submitted"] = "auto-generated"  # nobody's holiday notice need answer it
        mail.set_content(message.text, cte="quoted-printable")
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        shown = mail.get_body(("html",))
        assert shown is not None
        for one in message.inline:
            kind, _, subtype = one.mimetype.partition("/")
            shown.add_related(one.data, maintype=kind, subtype=subtype, cid=f"<{one.name}>", filename=one.name)
        for one in message.attachments:
            kind, _, subtype = one.mimetype.partition("/")
            mail.add_attachment(one.data, maintype=kind, subtype=subtype, filename=one.name)
        return mail.as_bytes()

    def _failure(self, error: BotoCoreError | ClientError) -> DeliveryFailed:
        words = general_words("SES", error)
        if words is not None or not isinstance(error, ClientError):
            return (ServiceAway if is_away(error) else DeliveryFailed)(words or "SES could not be reached.")
        code, message = code_of(error), str(error.response["Error"].get("Message", ""))
        if code in _WORDS:
            return DeliveryFailed(_WORDS[code])
        if "not verified" in message:
            return DeliveryFailed(self._unverified(message))
        if code == "BadRequestException" and _ILLEGAL.search(message):
            return Undeliverable("SES says that this address cannot exist. The person has to correct it.")
        if code == "MessageRejected":
            return Undeliverable("SES refused the message itself. The event in the SES console says why.")
        return DeliveryFailed(
            f"SES refused to send ({code or 'without a reason'}). Check SES_SENDER and the SES account."
        )

    def _unverified(self, message: str) -> str:
        _, own = parseaddr(self._sender)
        if own.lower() in message.lower() or own.rpartition("@")[2].lower() in re.split(r"[\s,:]+", message.lower()):
            return "SES has not verified the sender of SES_SENDER. Verify its address or domain in the SES console."
        return "SES may only write to verified addresses: the account is in the sandbox. Ask AWS to move it out."


def _ascii_address(address: str) -> str:
    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise Undeliverable("This cannot be an e-mail address. The person has to correct it.") from None
    return valid.ascii_email or address
