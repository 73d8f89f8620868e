"""What single settings may be: each check gives the text that is kept, or raises InvalidInput naming the setting."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from zoneinfo import available_timezones

from babel.numbers import get_currency_name, list_currencies

from app import numbers
from app.domain.mail_texts import PART_LENGTHS, PLACES, TEXT_SETTINGS, wrong_place
from app.domain.marked_text import tree_of
from app.domain.order_money import TaxMode
from app.domain.shop import COLOUR, PAGE_LENGTH, READABLE, contrast_words, worst_contrast
from app.domain.taxes import FOLLOWS_GOODS, TAX_CLASSES, UNTAXED
from app.errors import InvalidInput
from app.services.accounts.accounts import clean_email
from app.services.checks import line, noting, paragraphs, raise_noted
from app.settings.checks import Bands, parse_threshold_rule
from app.settings.in_force import OFF, ON, PAGES
from app.settings.tax_lines import parse_rates, rates_text

NAME_LENGTH = 60
ADDRESS_LENGTH, ADDRESS_LINES = 400, 8
FOOTER_LENGTH = 500
TRANSFER_LENGTH, MOST_DAYS = 600, 90
MOST_BANDS, MOST_THRESHOLD, MOST_PRICE = 20, 1_000_000, 10**9
_RULE_LENGTH = 1_000
RATES_LENGTH = 30_000
_PICTURE = re.compile(r"[0-9a-f]{32}\.webp")

Check = Callable[[object], str]


def checked(values: Mapping[str, object]) -> dict[str, str]:
    """All that are wrong are named together."""
    wrong: dict[str, str] = {}
    right: dict[str, str] = {}
    for name, value in values.items():
        if name not in _CHECKS:
            raise InvalidInput("There is no such setting.", name)
        with noting(wrong):
            right[name] = _CHECKS[name](value)
    raise_noted(wrong)
    return right


def rule_text(bands: Bands) -> str:
    """As LOW_STOCK_RULE writes it."""
    return ", ".join(
        f"else:{threshold}" if high is None else f"{low}-{high}:{threshold}" for low, high, threshold in bands
    )


@functools.cache  # it reads hundreds of files
def time_zones() -> tuple[str, ...]:
    """By name: places, and UTC."""
    places = (one for one in available_timezones() if "/" in one and not one.startswith("Etc/"))
    return (*sorted(places), "UTC")


@functools.cache
def currencies() -> tuple[tuple[str, str], ...]:
    """Code and English name of each, by code."""
    return tuple((code, get_currency_name(code, locale="en")) for code in sorted(list_currencies()))


def _one_line(name: str, most: int, label: str, required: bool | str = False) -> Check:
    return lambda value: line(value, name, most, required, label)


def _email(name: str, label: str) -> Check:
    def check(value: object) -> str:
        text = line(value, name, 254, label=label)
        try:
            return clean_email(text) if text else ""
        except InvalidInput as error:
            raise InvalidInput(error.message, name) from error

    return check


def _address(value: object) -> str:
    text = paragraphs(value, "address", ADDRESS_LENGTH, label="Address")
    lines = [" ".join(one.split()) for one in text.splitlines()]
    kept = [one for one in lines if one]
    if len(kept) > ADDRESS_LINES:
        raise InvalidInput(f"Address may have at most {ADDRESS_LINES} lines.", "address")
    return "\n".join(kept)


def _logo(value: object) -> str:
    if value != "" and not (isinstance(value, str) and _PICTURE.fullmatch(value)):
        raise InvalidInput("Upload the logo again.", "logo")
    return str(value)


def _accent(name: str, theme: str) -> Check:
    def check(value: object) -> str:
        colour = line(value, name, 20, label="Accent").lower()
        if not colour:
            return ""
        if not COLOUR.fullmatch(colour):
            raise InvalidInput("Accent must be a colour such as #0f766e.", name)
        found = worst_contrast(colour, theme)
        if found < READABLE:
            raise InvalidInput(
                f"In the {theme} theme text in {colour} has a contrast of {contrast_words(found)}:1, and needs "
                f"{READABLE}:1 to be read. Choose a {'darker' if theme == 'light' else 'lighter'} one.",
                name,
            )
        return colour

    return check


def _timezone(value: object) -> str:
    if not isinstance(value, str) or value not in time_zones():
        raise InvalidInput("Choose a time zone such as Asia/Kolkata or Europe/London.", "timezone")
    return value


def _currency(value: object) -> str:
    if not isinstance(value, str) or value not in list_currencies():
        raise InvalidInput("Choose a currency by its three letters, such as INR or GBP.", "currency")
    return value


def _rule(value: object) -> str:
    try:
        bands = parse_threshold_rule(line(value, "low_stock_rule", _RULE_LENGTH, label="Low-stock rule"))
    except ValueError:
        raise InvalidInput(
            "Each band needs whole numbers: a price from, a higher price below, and units.", "low_stock_rule"
        ) from None
    if len(bands) > MOST_BANDS:
        raise InvalidInput(f"There may be at most {MOST_BANDS} bands.", "low_stock_rule")
    if any(threshold > MOST_THRESHOLD or (high or 0) > MOST_PRICE for _, high, threshold in bands):
        raise InvalidInput("A number of the rule is too large.", "low_stock_rule")
    return rule_text(bands)


def _sender_name(value: object) -> str:
    name = line(value, "sender_name", NAME_LENGTH, label="Sender’s name")
    if "=?" in name:  # with which encoded words begin: programs would show what they say instead
        raise InvalidInput("Sender’s name must not hold “=?”.", "sender_name")
    return name


def _page(name: str) -> Check:
    label = f"The page “{name.removeprefix('page_').capitalize()}”"

    def check(value: object) -> str:
        text = "\n".join(paragraphs(value, name, PAGE_LENGTH, label=label).splitlines())
        if tree_of(text) is None:
            raise InvalidInput(f"{label} has emphasis or lists in each other, too deep to be shown.", name)
        return text

    return check


def _one_of(name: str, *known: str) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise InvalidInput("Choose one of the list.", name)
        return value

    return check


def _rates(value: object) -> str:
    return rates_text(parse_rates(paragraphs(value, "tax_rates", RATES_LENGTH, label="Rates"), "tax_rates"))


def _mail_text(name: str, mail: str, part: str) -> Check:
    label = part.capitalize()

    def check(value: object) -> str:
        most = PART_LENGTHS[part]
        text = line(value, name, most, label=label) if part == "subject" else paragraphs(value, name, most, label=label)
        text = "\n".join(text.splitlines())
        if wrong := wrong_place(mail, text):
            places = ", ".join(f"{{{place}}}" for place in PLACES[mail])
            raise InvalidInput(f"Nothing stands for {wrong}. This mail has {places}.", name)
        return text

    return check


def _choice(name: str, label: str) -> Check:
    def check(value: object) -> str:
        if value not in (ON, OFF):
            raise InvalidInput(f"{label} is either offered or not.", name)
        return str(value)

    return check


def _days(name: str, label: str) -> Check:
    def check(value: object) -> str:
        days = numbers.natural(line(value, name, 4, label=label))
        if days is None or not 1 <= days <= MOST_DAYS:
            raise InvalidInput(f"{label} must be a whole number from 1 to {MOST_DAYS}.", name)
        return str(days)

    return check


_CHECKS: dict[str, Check] = {
    "pay_card": _choice("pay_card", "Card"),
    "pay_transfer": _choice("pay_transfer", "Bank transfer"),
    "transfer_text": lambda value: paragraphs(value, "transfer_text", TRANSFER_LENGTH, label="Where the money goes"),
    "transfer_days": _days("transfer_days", "Days for a transfer"),
    "pay_delivery": _choice("pay_delivery", "On delivery"),
    "delivery_days": _days("delivery_days", "Days for a delivery"),
    "name": _one_line("name", NAME_LENGTH, "Shop name", required=True),
    "timezone": _timezone,
    "currency": _currency,
    "low_stock_rule": _rule,
    "legal_name": _one_line("legal_name", 120, "Legal name"),
    "address": _address,
    "tax_number": _one_line("tax_number", 40, "Tax number"),
    "email": _email("email", "E-mail"),
    "phone": _one_line("phone", 40, "Telephone"),
    "logo": _logo,
    "accent": _accent("accent", "light"),
    "accent_dark": _accent("accent_dark", "dark"),
    "sender_name": _sender_name,
    "reply_to": _email("reply_to", "Reply-to address"),
    "mail_footer": lambda value: paragraphs(value, "mail_footer", FOOTER_LENGTH, label="Footer"),
    **{name: _page(name) for name in PAGES},
    **{name: _mail_text(name, mail, part) for name, (mail, _, part) in TEXT_SETTINGS.items()},
    "tax_prices": _one_of("tax_prices", *TaxMode),
    "tax_rates": _rates,
    "tax_shipping": _one_of("tax_shipping", FOLLOWS_GOODS, UNTAXED, *TAX_CLASSES),
    "tax_reverse": _one_of("tax_reverse", "no", "ask", "yes"),
    "tax_region": _one_line("tax_region", 80, "Region"),
}
