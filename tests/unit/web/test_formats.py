"""Amounts, numbers, shares and days in many locales, of every currency: nothing stray, nothing lost, and one writer."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.numbers import (
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    list_currencies,
    parse_decimal,
)

from app.money import Formats
from tests.support.locales import LOCALES

ROOT = Path(__file__).parents[3]
UTC = ZoneInfo("UTC")
MINOR = (-123_456_789, 0, 5, 32_731)
MARKS = "\u200e\u200f\u061c"


def formats_of(locale: str, currency: str) -> Formats:
    return Formats(currency, get_currency_precision(currency), locale, UTC)


def value_of(text: str, locale: str) -> Decimal:
    """The number in a text, which holds nothing else but marks of the side it is read from."""
    plain = re.sub(r"-\s", "-", text.translate(dict.fromkeys(map(ord, MARKS)))).strip("\u00a0\u202f ")
    assert re.fullmatch(r"-?[\d.,'’\u00a0\u202f\u066b\u066c]*\d", plain), text
    return parse_decimal(plain, locale=locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_currency_is_written_whole_and_can_be_read_back(locale: str):
    point = get_decimal_symbol(locale)
    for currency in sorted(list_currencies()):
        formats, sign = formats_of(locale, currency), get_currency_symbol(currency, locale)
        for minor in MINOR if currency in ("USD", "JPY", "KWD", "CLF") else MINOR[:1]:
            text, major = formats.money(minor), formats.major(minor)
            assert text.count(sign) == 1, (currency, text)
            assert value_of(text.replace(sign, ""), locale) == major, (currency, text)
            assert value_of(formats.amount(minor), locale) == major, (currency, formats.amount(minor))
            decimals = formats.amount(minor).rpartition(point)[2] if formats.digits else ""
            assert len(decimals) == formats.digits, (currency, formats.amount(minor))


@pytest.mark.parametrize(
    ("currency", "locale", "money", "amount"),
    [
        ("DKK", "da_DK", "327,31\u00a0kr.", "327,31"),
        ("ISK", "is_IS", "32.731\u00a0kr.", "32.731"),
        ("BGN", "bg_BG", "327,31\u00a0лв.", "327,31"),
        ("EGP", "ar_EG", "\u200f327.31\u00a0ج.م.\u200f", "327.31"),
        ("EGP", "en_US", "EGP\u00a0327.31", "327.31"),
        ("JPY", "ja_JP", "￥32,731", "32,731"),
        ("KWD", "en_US", "KWD\u00a032.731", "32.731"),
        ("INR", "en_IN", "₹327.31", "327.31"),
    ],
)
def test_signs_with_dots_leave_none_behind(currency: str, locale: str, money: str, amount: str):
    formats = formats_of(locale, currency)
    assert (formats.money(32_731), formats.amount(32_731)) == (money, amount)


@pytest.mark.parametrize(
    ("locale", "day", "short", "month", "share"),
    [
        ("en_IN", "9 Dec 2026", "9 Dec", "Dec 2026", "9%"),
        ("en_US", "Dec 9, 2026", "Dec 9", "Dec 2026", "9%"),
        ("de_DE", "09.12.2026", "9. Dez.", "Dez. 2026", "9\u00a0%"),
        ("ja_JP", "2026/12/09", "12月9日", "2026年12月", "9%"),
        ("sv_SE", "9 dec. 2026", "9 dec.", "dec. 2026", "9\u00a0%"),
        ("lt_LT", "2026-12-09", "12-09", "2026-12", "9\u00a0%"),
    ],
)
def test_days_and_shares_are_the_locales_own(locale: str, day: str, short: str, month: str, share: str):
    formats, at = formats_of(locale, "EUR"), date(2026, 12, 9)
    assert (formats.day(at), formats.day_short(at), formats.month(at)) == (day, short, month)
    assert formats.percent(0.09) == share


def test_shares_and_decimals_are_rounded_half_up():
    formats = formats_of("en_IN", "INR")
    assert [formats.percent(share) for share in (0.125, 0.145, 0.005, 1.5)] == ["13%", "15%", "1%", "150%"]
    assert [formats.number(1.25, 1), formats.number(2.5, 0), formats.number(150_000.0, 1)] == ["1.3", "3", "1,50,000.0"]


# --- nothing else writes them ---------------------------------------------------------------------

# Commands talk to operators, in English: their numbers are grouped as English does.
WRITES_ITSELF = re.compile(r":,[.\d]*[fd]?\}|\{[^{}]+\} %(?![\w(])|\{[^{}]*:[^{}]*%[bB]")
FOR_OPERATORS = ("app/cli/", "app/tools/")


@pytest.mark.parametrize("top", ["app", "pages", "components"])
def test_python_writes_numbers_by_the_formatter_alone(top: str):
    found = []
    for path in (ROOT / top).rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(FOR_OPERATORS):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            code = line.split("  #")[0]
            if WRITES_ITSELF.search(code) and name != "app/money.py":
                found.append(f"{name}:{number} {line.strip()}")
    assert not found, "\n".join(found)


def test_the_browser_writes_numbers_by_the_formatter_alone():
    found = []
    for path in (ROOT / "assets").glob("*.js"):
        if path.name == "06-formats.js":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"toLocale\w*\(|Intl\.(?!Collator)|\} %`", line):
                found.append(f"{path.name}:{number} {line.strip()}")
    assert not found, "\n".join(found)


def test_every_locale_of_the_list_is_one():
    assert all(Locale.parse(name) for name in LOCALES)
    assert len(LOCALES) >= 40
