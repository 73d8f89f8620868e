"""What the server writes in every locale: the table by which the browser's writer is tested."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision, list_currencies

from app.money import Formats
from app.web.browser_formats import browser_formats
from tests.support.locales import LOCALES

MINOR = (0, 5, 32_731, -32_731, 14_379_750, 1_998_900_000, -123_456_789_012)
NUMBERS = (0, 1, 999, 1_000, 150_000, -1_234_567, 0.5, 2.25, 1_234.5678)
SHARES = (0.09, 0.125, 0.145, 0.91, -0.005, 12.3456)
DAYS = (date(2026, 1, 9), date(2026, 11, 30), date(2024, 2, 29))
MOMENTS = (datetime(2026, 1, 8, 20, 31, 7, tzinfo=UTC), datetime(2026, 7, 31, 23, 59, 59, tzinfo=UTC))
CURRENCIES = ("USD", "JPY", "KWD", "DKK")


def written(formats: Formats, *, all_of_it: bool) -> dict[str, list[str]]:
    """What the server writes, by the name of the browser's function."""
    found = {"money": [formats.money(one) for one in MINOR]}
    if all_of_it:
        found |= {
            "amount": [formats.amount(one) for one in MINOR],
            "moneyWhole": [formats.money_whole(one) for one in MINOR],
            "moneyCompact": [formats.money_compact(one) for one in MINOR],
            "number": [formats.number(one) for one in NUMBERS],
            "percent": [formats.percent(one) for one in SHARES],
            "day": [formats.day(one) for one in DAYS],
            "dayShort": [formats.day_short(one) for one in DAYS],
            "dayOfWeek": [formats.day_of_week(one) for one in DAYS],
            "month": [formats.month(one) for one in DAYS],
            "moment": [formats.moment(one) for one in MOMENTS],
            "clock": [formats.clock(one) for one in MOMENTS],
        }
    return found


def cases() -> list[dict[str, Any]]:
    """Every locale with every currency's amounts; the rest of them with some currencies."""
    found = []
    for locale in LOCALES:
        for currency in CURRENCIES if locale != "en_IN" else (*CURRENCIES, *sorted(list_currencies())[::7]):
            formats = Formats(currency, get_currency_precision(currency), locale, ZoneInfo("Asia/Kolkata"))
            expected = written(formats, all_of_it=currency in CURRENCIES)
            found.append({"known": browser_formats(formats), "expected": expected, "of": f"{locale} {currency}"})
    return found


def given() -> dict[str, Any]:
    """What the texts of `cases` are written from, by the name of the browser's function."""
    days, moments = [day.isoformat() for day in DAYS], [at.isoformat() for at in MOMENTS]
    found: dict[str, Any] = {"number": NUMBERS, "percent": SHARES, "moment": moments, "clock": moments}
    found |= dict.fromkeys(("money", "amount", "moneyWhole", "moneyCompact"), MINOR)
    return found | dict.fromkeys(("day", "dayShort", "dayOfWeek", "month"), days)
