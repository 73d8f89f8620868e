"""Whether a message really comes from Amazon SNS: its signature, by a certificate from SNS itself.

boto3 has nothing for it. The cryptography is a library's; what is ours is which address a certificate may come from,
how often one is fetched, and which fields are signed.
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import httpx
from cachetools import LRUCache
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app.errors import HookRefused, StoreUnavailable

Fetch = Callable[[str], bytes]
Message = Mapping[str, str]

FETCH_SECONDS = 5.0
MOST_BYTES = 64 * 1024
MOST_CERTIFICATES = 16  # kept; SNS changes its own once a year
FETCHES_A_MINUTE = 6  # anybody may make us fetch one: not more often than this

_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_HASHES: dict[str, type[hashes.SHA1 | hashes.SHA256]] = {"1": hashes.SHA1, "2": hashes.SHA256}


class NotFetched(Exception):
    """The address did not answer as it should."""


def fetch_by_https(url: str) -> bytes:
    """What a GET of `url` answers, without following it elsewhere. Raises NotFetched."""
    try:
        with httpx.stream("GET", url, timeout=FETCH_SECONDS, follow_redirects=False) as answer:
            if answer.status_code != 200:
                raise NotFetched(f"status {answer.status_code}")
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise NotFetched("too long")
            return body
    except httpx.HTTPError as error:
        raise NotFetched(type(error).__name__) from error


def sns_host(topic_arn: str) -> str:
    """The one host that speaks for a topic."""
    _, partition, _, region, *_ = topic_arn.split(":")
    return f"sns.{region}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}"


def signed_text(message: Message) -> bytes:
    """What the signature is about: the fields of this type of message that there are, each with its name."""
    fields = _SIGNED[message["Type"]]
    return "".join(f"{name}\n{message[name]}\n" for name in fields if name in message).encode()


class SnsSignatures:
    """Checks messages of one host. Certificates are kept while they are valid."""

    def __init__(
        self,
        host: str,
        fetch: Fetch = fetch_by_https,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # The whole address by one pattern: what is no part of it cannot be read differently by whoever fetches it.
        self._certificate_url = re.compile(
            rf"https://{re.escape(host)}/SimpleNotificationService-[0-9A-Za-z]{{1,64}}\.pem"
        )
        self._fetch = fetch
        self._now = now
        self._clock = clock
        self._known: LRUCache[str, x509.Certificate] = LRUCache(MOST_CERTIFICATES)
        self._fetched: deque[float] = deque(maxlen=FETCHES_A_MINUTE)
        self._lock = threading.Lock()

    def check(self, message: Message) -> None:
        """Raises HookRefused unless SNS signed it, StoreUnavailable when its certificate cannot be had now."""
        url, version = message.get("SigningCertURL", ""), message.get("SignatureVersion", "")
        if message.get("Type") not in _SIGNED or version not in _HASHES or not self._certificate_url.fullmatch(url):
            raise HookRefused("This message does not come from the service that it should come from.")
        try:
            signature = base64.b64decode(message.get("Signature", ""), validate=True)
        except (binascii.Error, ValueError):
            raise HookRefused("The signature of this message cannot be read.") from None
        key = self._certificate(url).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise HookRefused("The signature of this message was made with a key of another kind.")
        try:
            key.verify(signature, signed_text(message), padding.PKCS1v15(), _HASHES[version]())
        except InvalidSignature:
            raise HookRefused("The signature of this message is wrong.") from None

    def _certificate(self, url: str) -> x509.Certificate:
        with self._lock:
            known = self._known.get(url)
        if known is None:
            known = self._fetch_certificate(url)
        if not known.not_valid_before_utc <= self._now() <= known.not_valid_after_utc:
            raise HookRefused("The certificate of this message has expired.")
        return known

    def _fetch_certificate(self, url: str) -> x509.Certificate:
        with self._lock:
            now = self._clock()
            if len(self._fetched) == FETCHES_A_MINUTE and now - self._fetched[0] < 60:
                raise StoreUnavailable("The signature cannot be checked right now. Send the message again.")
            self._fetched.append(now)
        try:
            found = x509.load_pem_x509_certificate(self._fetch(url))
        except (NotFetched, ValueError) as error:
            raise StoreUnavailable("The signature cannot be checked right now. Send the message again.") from error
        with self._lock:
            self._known[url] = found
        return found
