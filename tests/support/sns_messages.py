"""Messages as SNS sends them, signed with a certificate of our own."""

from __future__ import annotations

import base64
import functools
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from app.stores.aws.sns_signature import NotFetched, signed_text

TOPIC = "arn:aws:sns:eu-west-1:123456789012:ses-events"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-0a1b2c.pem"


@functools.cache
def key_pair(name: str = "sns") -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(name: str = "sns", days: int = 30) -> bytes:
    """Of that key, valid since 60 days ago."""
    key, now = key_pair(name), datetime.now(UTC)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@dataclass
class Web:
    """What can be fetched, and what was."""

    pages: dict[str, bytes] = field(default_factory=lambda: {CERTIFICATE: certificate()})
    fetched: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        if url not in self.pages:
            raise NotFetched("404")
        return self.pages[url]


def signed(message: dict[str, str], key: str = "sns") -> dict[str, str]:
    """The message with its signature."""
    algorithm = hashes.SHA1() if message["SignatureVersion"] == "1" else hashes.SHA256()
    signature = key_pair(key).sign(signed_text(message), padding.PKCS1v15(), algorithm)
    return {**message, "Signature": base64.b64encode(signature).decode()}


def notification(event: Any, version: str = "2", key: str = "sns", **fields: str) -> dict[str, str]:
    message = {
        "Type": "Notification",
        "MessageId": str(uuid.uuid4()),
        "TopicArn": TOPIC,
        "Message": event if isinstance(event, str) else json.dumps(event),
        "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
        "UnsubscribeURL": f"{HOST}/?Action=Unsubscribe",
    }
    return signed({**message, **fields}, key)


def confirmation(**fields: str) -> dict[str, str]:
    link = {
        "Type": "SubscriptionConfirmation",
        "Token": "t" * 20,
        "SubscribeURL": f"{HOST}/?Action=ConfirmSubscription",
    }
    return notification("You have chosen to subscribe", **{**link, **fields})


def bounce(*addresses: str, kind: str = "Permanent", at: str = "2026-03-01T12:00:00.000Z") -> dict[str, Any]:
    recipients = [{"emailAddress": one, "diagnosticCode": "smtp; 550 5.1.1 no such user"} for one in addresses]
    return {"eventType": "Bounce", "bounce": {"bounceType": kind, "bouncedRecipients": recipients, "timestamp": at}}


def complaint(*addresses: str, kind: str = "abuse") -> dict[str, Any]:
    recipients = [{"emailAddress": one} for one in addresses]
    about = {"complainedRecipients": recipients, "complaintFeedbackType": kind, "timestamp": "2026-03-02T12:00:00.000Z"}
    return {"notificationType": "Complaint", "complaint": about}


def body(message: Any) -> bytes:
    return json.dumps(message).encode()
