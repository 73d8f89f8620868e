"""What a shopper sends to check out, made clean: every field checked before anything is written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache

from babel import Locale

from app.domain import Address
from app.errors import InvalidInput
from app.services.accounts import clean_email
from app.services.checks import is_showable

KEY_LENGTH = 128
# What Babel lists beside countries: groupings, pseudo-locales, codes that are only reserved.
_NO_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])

_ADDRESS_FIELDS = (  # field, what people call it, most characters, required
    ("name", "The name", 120, True),
    ("line1", "The street address", 160, True),
    ("line2", "The second address line", 160, False),
    ("city", "The city", 80, True),
    ("region", "The region", 80, False),
    ("postcode", "The postcode", 20, True),
)


@dataclass(frozen=True)
class CheckoutRequest:
    """A click on "pay". `owner` and `user_id` come from the session, the rest from the client.

    `expected_total` (minor units) and `cart_revision` are what the shopper was shown, where known.
    The card is a mapping of number, expiry ("MM/YY"), cvc and name; it is never stored nor shown.
    """

    owner: str
    user_id: int | None
    email: str | None
    address: Address
    card: Mapping[str, str] | None
    idempotency_key: str | None
    expected_total: int | None = None
    cart_revision: str | None = None
    needs_address: bool = True  # the JSON API never asked for one: it takes what is known

    def __repr__(self) -> str:
        return f"<checkout request of {'user' if self.user_id is not None else 'guest'} {self.user_id or ''}>"


def cleaned(request: CheckoutRequest) -> CheckoutRequest:
    """The request with its texts trimmed. Raises InvalidInput naming the first field that is wrong."""
    return replace(
        request,
        email=_email(request),
        address=_address(request.address, request.needs_address),
        idempotency_key=_key(request.idempotency_key),
    )


def fingerprint(request: CheckoutRequest) -> str:
    """Binds an idempotency key to a cleaned request.

    Of the card only what an order shows of it anyway, and its expiry, take part: a digest of so few
    possible numbers would be no secret.
    """
    card = request.card or {}
    parts = {
        "email": request.email,
        "address": asdict(request.address),
        "card": [re.sub(r"\D", "", str(card.get("number", "")))[-4:], str(card.get("expiry", "")).strip()],
        "total": request.expected_total,
        "cart": request.cart_revision,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def countries() -> dict[str, str]:
    """English names of countries by ISO 3166 alpha-2 code."""
    territories = Locale("en").territories
    return {code: name for code, name in territories.items() if _is_country(code)}


def _is_country(code: str) -> bool:
    return re.fullmatch("[A-Z]{2}", code) is not None and code not in _NO_COUNTRIES


def _email(request: CheckoutRequest) -> str | None:
    if request.email:
        return clean_email(request.email)
    if request.user_id is None:
        raise InvalidInput("Give an e-mail address for the receipt.", "email")
    return None


def _key(key: str | None) -> str | None:
    if key is None:
        return None
    key = key.strip()  # MySQL compares without trailing blanks
    if not 1 <= len(key) <= KEY_LENGTH or not key.isprintable():
        raise InvalidInput(f"An idempotency key has 1 to {KEY_LENGTH} printable characters.", "idempotency_key")
    return key


def _address(address: Address, is_needed: bool) -> Address:
    texts = {
        field: _text(getattr(address, field), words, most, required and is_needed, field)
        for field, words, most, required in _ADDRESS_FIELDS
    }
    country = address.country.strip().upper() if isinstance(address.country, str) else ""
    if country not in countries() and (country or is_needed):
        raise InvalidInput("Choose a country.", "country")
    return Address(**texts, country=country)


def _text(value: object, words: str, most: int, required: bool, field: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{words} must be text.", field)
    text = " ".join(value.split())
    if not is_showable(text):
        raise InvalidInput(f"{words} contains characters that cannot be printed.", field)
    if required and not text:
        raise InvalidInput(f"{words} is missing.", field)
    if len(text) > most:
        raise InvalidInput(f"{words} may have at most {most} characters.", field)
    return text
