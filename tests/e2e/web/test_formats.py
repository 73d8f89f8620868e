"""The browser writes amounts, numbers, shares and days as the server does, in every locale and currency."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision, list_currencies
from playwright.sync_api import Browser

from app.money import Formats
from app.web.browser_formats import browser_formats
from tests.support.locales import LOCALES

WRITER = Path(__file__).parents[3] / "assets" / "06-formats.js"
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


COMPARE = """({ cases, given }) => {
  const wrong = [];
  for (const { known, expected, of } of cases) {
    const formats = window.shopFormats.build(known);
    for (const [name, texts] of Object.entries(expected)) {
      texts.forEach((text, place) => {
        const value = given[name][place];
        const got = formats[name](name === "moment" || name === "clock" ? new Date(value) : value);
        if (got !== text) wrong.push(`${of} ${name}(${value}): ${JSON.stringify(got)}, not ${JSON.stringify(text)}`);
      });
    }
  }
  return wrong;
}"""


def test_browser_and_server_write_the_same(browser: Browser):
    known = json.dumps(browser_formats(Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))))
    days, moments = [day.isoformat() for day in DAYS], [at.isoformat() for at in MOMENTS]
    given: dict[str, Any] = {"number": NUMBERS, "percent": SHARES, "moment": moments, "clock": moments}
    given |= dict.fromkeys(("money", "amount", "moneyWhole", "moneyCompact"), MINOR)
    given |= dict.fromkeys(("day", "dayShort", "dayOfWeek", "month"), days)
    page = browser.new_page()
    page.set_content(f'<meta name="shop-formats" content="{escape(known)}">')
    page.evaluate(WRITER.read_text())
    wrong = page.evaluate(COMPARE, {"cases": cases(), "given": given})
    page.close()
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:40])
