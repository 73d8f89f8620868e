"""What a shopper sends to check out, made clean: every field checked before anything is written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from app.domain import ADDRESS_LENGTHS, Address
from app.domain.places import AddressRules, address_rules, countries, narrow
from app.errors import InvalidInput
from app.services.accounts.accounts import clean_email
from app.services.checkout.vat_numbers import checked_vat_number
from app.services.checks import line, noting, raise_noted
from app.words import joined, mark

KEY_LENGTH = 128
_LONGEST_CODE = 8  # of what may be a country's two letters with blanks around
_WORDS = {
    "name": mark("The name"),
    "line1": mark("The street address"),
    "line2": mark("The second address line"),
    "district": mark("The district"),
    "city": mark("The city"),
    "region": mark("The region"),
    "postcode": mark("The postcode"),
    "phone": mark("The phone number"),
}
_MISSING = {"name": mark("Who is it for? Enter a name."), "line1": mark("Enter a street and number.")}
_PHONE_DIGITS = re.compile("[0-9]{6,15}")  # E.164 has at most 15; the shortest that carriers can call have 6


@dataclass(frozen=True)
class CheckoutRequest:
    """A click on "pay". `owner` and `user_id` come from the session, the rest from the client.

    `network` is the caller's network address, by which guests' orders and everybody's declined cards are counted;
    empty where there is none. `expected_total` (minor units) and `cart_revision` are what the shopper was shown,
    where known.
    `details` is what the payment provider is to be paid with, which it alone reads; it is never stored nor shown.
    """

    owner: str
    user_id: int | None
    email: str | None
    address: Address
    details: Mapping[str, str] | None
    idempotency_key: str | None
    expected_total: int | None = None
    cart_revision: str | None = None
    needs_address: bool = True  # the JSON API never asked for one: it takes what is known
    network: str = ""
    language: str = ""  # of the page, by its code; English without one
    method: str = ""  # how it is to be paid, by the name of one of the providers on offer; the first one without it
    vat_number: str = ""  # of a business
    is_tax_exempt: bool = False  # by the session
    delivery_method: int | None = None  # by its id; None: the first that is offered

    def __repr__(self) -> str:
        return f"<checkout request of {'user' if self.user_id is not None else 'guest'} {self.user_id or ''}>"


def cleaned(request: CheckoutRequest) -> CheckoutRequest:
    """The request with its texts trimmed. Raises InvalidInput naming every field that is wrong."""
    wrong: dict[str, str] = {}
    email, address, key = request.email, request.address, request.idempotency_key
    method = request.delivery_method
    with noting(wrong):
        if method is not None and (not isinstance(method, int) or isinstance(method, bool)):
            raise InvalidInput(mark("Choose how it is delivered."), "delivery")
    with noting(wrong):
        email = _email(request)
    with noting(wrong):
        address = _address(request.address, request.needs_address)
    with noting(wrong):
        key = _key(key)
    vat_number = request.vat_number
    if "country" not in wrong:
        with noting(wrong):
            vat_number = checked_vat_number(vat_number, address.country)
    raise_noted(wrong)
    return replace(request, email=email, address=address, idempotency_key=key, vat_number=vat_number)


def fingerprint(request: CheckoutRequest, traits: Sequence[str]) -> str:
    """Binds an idempotency key to a cleaned request, and to what its payment details are told from others by.

    The details themselves take no part: a digest of so few possible numbers would be no secret.
    """
    parts = {
        "email": request.email,
        "address": _told_apart(request.address),
        "card": list(traits),  # so called in the digests that are stored
        "total": request.expected_total,
        "cart": request.cart_revision,
        **({"method": request.method} if request.method else {}),
        **({"vat_number": request.vat_number} if request.vat_number else {}),
    }
    if request.delivery_method is not None:  # as what is newer in an address
        parts["delivery"] = request.delivery_method
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _told_apart(address: Address) -> dict[str, str]:
    """What is newer takes part where it is filled: else the version before, in a rollout, would not know its own."""
    return {field: text for field, text in asdict(address).items() if text or field not in ("district", "phone")}


def _email(request: CheckoutRequest) -> str | None:
    if request.email:
        return clean_email(request.email)
    if request.user_id is None:
        raise InvalidInput(mark("Enter an e-mail address for the receipt."), "email")
    return None


def _key(key: str | None) -> str | None:
    if key is None:
        return None
    key = key.strip()  # MySQL compares without trailing blanks
    if not 1 <= len(key) <= KEY_LENGTH or not key.isprintable():
        raise InvalidInput(f"An idempotency key has 1 to {KEY_LENGTH} printable characters.", "idempotency_key")
    return key


def clean_address(address: Address) -> Address:
    """As the checkout takes it. Raises InvalidInput naming every field that is wrong."""
    return _address(address, is_needed=True)


def _address(address: Address, is_needed: bool) -> Address:
    """With its country's fields alone: what was typed while another country was chosen is dropped."""
    wrong: dict[str, str] = {}
    with noting(wrong):
        country = _country(address.country, is_needed)
    rules = address_rules(country) if "country" not in wrong and country else None
    kept = Address(name="", line1="", city="", postcode="", country="" if rules is None else rules.country)
    for field in ("name", *(rules.fields if rules else ("line1",)), "line2", "phone"):
        with noting(wrong):
            kept = replace(kept, **{field: _field(field, getattr(address, field), rules, is_needed)})
    raise_noted(wrong)
    return kept


def clean_region(country: str, value: object) -> str:
    """A region as an order to that country has it, "" where it has none. Raises InvalidInput."""
    rules = address_rules(country)
    return _field("region", value, rules, is_needed=False) if "region" in rules.fields else ""


def _country(value: object, is_needed: bool) -> str:
    code = value.strip().upper() if isinstance(value, str) and len(value) <= _LONGEST_CODE else None
    if code not in countries() and (code or is_needed or code is None):
        raise InvalidInput(mark("Choose a country."), "country")
    return code or ""


def _field(field: str, value: object, rules: AddressRules | None, is_needed: bool) -> str:
    text = _text(field, value)
    if not text:
        if is_needed and (field == "name" or field in (rules.required if rules else ("line1",))):
            raise InvalidInput(_missing_words(field, rules), field)
        return ""
    if field == "phone":
        return _phone(text)
    if rules and field == "postcode":
        return _postcode(text, rules)
    if rules and field == "region" and rules.areas:
        return _area(text, rules)
    return text


def _text(field: str, value: object) -> str:
    return line(value, field, ADDRESS_LENGTHS[field], label=_WORDS[field])


def _missing_words(field: str, rules: AddressRules | None) -> str:
    if rules is None or field in _MISSING:
        return _MISSING[field]
    is_chosen = field == "region" and rules.areas
    return mark("Choose {thing}.", thing=rules.a(field)) if is_chosen else mark("Enter {thing}.", thing=rules.a(field))


def _postcode(text: str, rules: AddressRules) -> str:
    known = rules.postcode(text)
    if known is None:
        wrong = mark("This is not {thing} of this country.", thing=rules.a("postcode"))
        if rules.postcode_examples:
            wrong = joined([wrong, mark("Write it like {example}.", example=rules.postcode_examples[0])])
        raise InvalidInput(wrong, "postcode")
    return known


def _area(text: str, rules: AddressRules) -> str:
    known = rules.area(text)
    if known is None:
        raise InvalidInput(mark("Choose {thing} of this country.", thing=rules.a("region")), "region")
    return known.value


def _phone(text: str) -> str:
    """As it was typed, in narrow characters and with digits 0 to 9."""
    plain = narrow(text)
    digits = re.sub(r"[ ().\-/]", "", plain).removeprefix("+")
    if not _PHONE_DIGITS.fullmatch(digits) or len(plain) > ADDRESS_LENGTHS["phone"]:
        raise InvalidInput(mark("A phone number has 6 to 15 digits, such as +44 20 7946 0018."), "phone")
    return plain
