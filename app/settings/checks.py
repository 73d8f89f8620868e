"""What single settings may be: each check returns the value, or raises ValueError with what it should be."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from decimal import Decimal
from email.utils import parseaddr
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_settings import NoDecode
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app import numbers
from app.domain.places import countries

SECRET_KEY_LENGTH = 32
MOST_PROXIES = 5  # more than there are, and callers choose their own address
SERVER = "mysql+pymysql://user@host/database"
SENDER = "an address such as shop@shop.example or Shop <shop@shop.example>"
TOPIC = "the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:low-stock"

Bands = tuple[tuple[int, int | None, int], ...]  # (from, below or None, threshold), prices in major units


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("an IANA time zone such as Asia/Kolkata or Europe/London") from error
    return value


def _locale(value: str) -> str:
    try:
        Locale.parse(value)
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError("a locale such as en_IN or en_GB") from error
    return value


def _country(value: str) -> str:
    code = value.strip().upper()
    if code and code not in countries():
        raise ValueError("the two letters of a country by ISO 3166, such as IN or GB")
    return code


def _currency(value: str) -> str:
    if value not in list_currencies():
        raise ValueError("a three-letter ISO 4217 code such as INR or GBP")
    return value


def _fraction(value: Any) -> Decimal:
    words = "a fraction from 0 to below 1, such as 0.05 for 5 %"
    try:
        rate = numbers.amount(value)
    except ValueError as error:
        raise ValueError(words) from error
    if not 0 <= rate < 1:
        raise ValueError(words)
    return rate


def _whole(value: Any) -> int:
    try:
        return numbers.whole(value)
    except ValueError as error:
        raise ValueError("a whole number") from error


def _yes_or_no(value: Any, parse: ValidatorFunctionWrapHandler) -> bool:
    try:
        return bool(parse(value))
    except ValidationError as error:
        raise ValueError("true or false") from error


def _proxies(value: Any, parse: ValidatorFunctionWrapHandler) -> int:
    try:
        return int(parse(numbers.whole(value)))
    except ValueError as error:
        raise ValueError(
            f"a number from 0 to {MOST_PROXIES}: how many proxies of your own every request comes through"
        ) from error


def _database(value: str) -> str:
    words = "sqlite:////path/to/shop.db or mysql+pymysql://user:password@host/database"
    try:
        backend = make_url(value).drivername
    except ArgumentError as error:
        raise ValueError(words) from error
    if backend not in ("sqlite", "mysql+pymysql"):
        raise ValueError(words)
    return value


def _certificates(value: str) -> str:
    words = "the text of certificates in PEM form, from -----BEGIN CERTIFICATE----- on"
    try:
        known = ssl.create_default_context(cadata=value).cert_store_stats()["x509"]
    except (ssl.SSLError, ValueError) as error:
        raise ValueError(words) from error
    if not known:
        raise ValueError(words)
    return value


def _web_origin(value: str) -> str:
    words = "an address such as https://shop.example"
    try:
        parts = urlsplit(value)
        is_origin = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError as error:
        raise ValueError(words) from error
    if not is_origin or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(words)
    return value


def _sender(value: str) -> str:
    _, address = parseaddr(value)
    is_whole = value.strip() == address or value.strip().endswith(f"<{address}>")
    if not (is_whole and value.isprintable() and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address)):
        raise ValueError(SENDER)
    return value.strip()


def _matching(pattern: str, words: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(words)
        return value

    return check


def _or_empty(check: Callable[[str], str]) -> AfterValidator:
    """For what need not be set."""
    return AfterValidator(lambda value: check(value) if value else value)


def _bands(value: Any) -> Any:
    return parse_threshold_rule(value) if isinstance(value, str) else value


def parse_threshold_rule(text: str) -> Bands:
    """Parse `100-500:50, 500-1000:25, else:15`: price from (inclusive) - below (exclusive), in major units."""
    words = "price bands such as 100-500:50, 500-1000:25, else:15"
    bands: list[tuple[int, int | None, int]] = []
    try:
        for part in text.split(","):
            band, threshold = part.strip().split(":")
            if band.strip() == "else":
                bands.append((0, None, numbers.whole(threshold)))
            else:
                low, high = band.split("-")
                bands.append((numbers.whole(low), numbers.whole(high), numbers.whole(threshold)))
    except ValueError as error:
        raise ValueError(words) from error
    *ranges, last = bands or [(0, 0, 0)]
    is_sound = last[1] is None and all(high is not None and 0 <= low < high for low, high, _ in ranges)
    if not is_sound or any(threshold < 0 for _, _, threshold in bands):
        raise ValueError(words)
    return tuple(bands)


TimeZone = Annotated[str, AfterValidator(_zone)]
CountryCode = Annotated[str, AfterValidator(_country)]
LocaleName = Annotated[str, AfterValidator(_locale)]
Currency = Annotated[str, AfterValidator(_currency)]
Fraction = Annotated[Decimal, BeforeValidator(_fraction)]
WholeNumber = Annotated[int, BeforeValidator(_whole)]
ThresholdRule = Annotated[Bands, NoDecode, BeforeValidator(_bands)]
YesOrNo = Annotated[bool, WrapValidator(_yes_or_no)]
Proxies = Annotated[int, Field(ge=0, le=MOST_PROXIES), WrapValidator(_proxies)]
DatabaseUrl = Annotated[str, _or_empty(_database)]
Certificates = Annotated[str, _or_empty(_certificates)]
SecretArn = Annotated[
    str,
    _or_empty(
        _matching(
            r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@!-]{1,512}",
            "the ARN of a secret of AWS Secrets Manager",
        )
    ),
]
TablePrefix = Annotated[
    str,
    AfterValidator(
        _matching(r"[A-Za-z0-9_.-]{1,200}", "up to 200 letters, digits, '-', '_' and '.', such as retail-sync-")
    ),
]
WebOrigin = Annotated[str, _or_empty(_web_origin)]
MailAddress = Annotated[
    str, AfterValidator(_matching(r"[^@\s]+@[^@\s]+", "an e-mail address such as stock@shop.example"))
]
MailSender = Annotated[str, _or_empty(_sender)]
ConfigurationSet = Annotated[
    str,
    _or_empty(
        _matching(r"[A-Za-z0-9_-]{1,64}", "the name of an SES configuration set: letters, digits, _ and -, 64 at most")
    ),
]
TopicArn = Annotated[str, _or_empty(_matching(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}", TOPIC))]
Bucket = Annotated[
    str,
    _or_empty(
        _matching(
            r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            "the name of an S3 bucket, such as my-shop-pictures, without s3://",
        )
    ),
]
MetricsNamespace = Annotated[
    str,
    AfterValidator(
        _matching(
            r"(?!AWS/)[A-Za-z0-9._/#:-]{1,255}",
            "the name of a CloudWatch namespace, such as RetailSync or RetailSync/staging, not one of AWS's own",
        )
    ),
]
SecretKey = Annotated[
    str, _or_empty(_matching(rf"(?s).{{{SECRET_KEY_LENGTH},}}", f"at least {SECRET_KEY_LENGTH} random characters"))
]
StripeKey = Annotated[
    str,
    _or_empty(
        _matching(r"(sk|rk)_(test|live)_[A-Za-z0-9_]{4,250}", "a secret or restricted key of Stripe, such as sk_live_…")
    ),
]
StripeWebhookSecret = Annotated[
    str,
    _or_empty(_matching(r"whsec_[A-Za-z0-9+/=_]{4,250}", "the signing secret of a webhook, such as whsec_…")),
]
