"""What the browser needs to write amounts, numbers and days as `Formats` does: the locale's signs and patterns.

Browsers have locale data of their own, of another version than the server's; so they get the server's, in the
document's `<meta name="shop-formats">`, and assets/06-formats.js writes by them.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import NumberPattern, get_decimal_symbol, get_group_symbol

from app.money import Formats, apply_money, compact_patterns, day_patterns, joined_pattern

_ONE = Decimal(2)  # a number in whose place the browser's own goes
_DAYS_FROM_SUNDAY = (6, 0, 1, 2, 3, 4, 5)
_MONTHS = range(1, 13)


@lru_cache
def formats_json(formats: Formats) -> str:
    return json.dumps(browser_formats(formats), separators=(",", ":"))


def browser_formats(formats: Formats) -> dict[str, Any]:
    """JSON-ready. Affixes are [[before, after] of a number of zero or more, the same of one below]."""
    locale = Locale.parse(formats.locale)
    return {
        "zone": formats.zone.key,
        "digits": formats.digits,
        "decimal": get_decimal_symbol(locale),
        "group": get_group_symbol(locale),
        "number": _written(locale.decimal_formats[None], formats),
        "money": _written(locale.currency_formats["standard"], formats),
        "percent": _written(locale.percent_formats[None], formats, share=True),
        "compact": [
            {"least": least, "by": by, **_written(pattern, formats)}
            for least, by, pattern in compact_patterns(formats.locale)
        ],
        "days": day_patterns(formats.locale),
        "joined": joined_pattern(formats.locale),
        "names": _names(locale),
        "plotly": plotly_locale(formats),
    }


def _written(pattern: NumberPattern, formats: Formats, *, share: bool = False) -> dict[str, Any]:
    return {"affixes": _affixes(pattern, formats, share=share), "groups": list(pattern.grouping)}


def _affixes(pattern: NumberPattern, formats: Formats, *, share: bool = False) -> list[list[str]]:
    value = _ONE / 100 if share else _ONE
    texts = (apply_money(pattern, one, formats.currency, formats.locale, (0, 0)) for one in (value, -value))
    return [re.split(r"\d+", text, maxsplit=1) for text in texts]


def _names(locale: Locale) -> dict[str, list[str]]:
    """Of months from January on, of weekdays from Sunday on, by the letters of CLDR's patterns."""
    months = {"M": "format", "L": "stand-alone"}
    names = {
        letter * count: [locale.months[context][width][month] for month in _MONTHS]
        for letter, context in months.items()
        for count, width in ((3, "abbreviated"), (4, "wide"))
    }
    for letters, width in (("EEE", "abbreviated"), ("EEEE", "wide")):
        names[letters] = [locale.days["format"][width][day] for day in _DAYS_FROM_SUNDAY]
    return names


def plotly_locale(formats: Formats) -> dict[str, Any]:
    """The locale as Plotly's charts take it: names, grouping and signs."""
    names, locale = _names(Locale.parse(formats.locale)), Locale.parse(formats.locale)
    return {
        "days": names["EEEE"],
        "shortDays": names["EEE"],
        "months": names["MMMM"],
        "shortMonths": names["MMM"],
        "decimal": get_decimal_symbol(locale),
        "thousands": get_group_symbol(locale),
        "grouping": [locale.decimal_formats[None].grouping[0], *[locale.decimal_formats[None].grouping[1]] * 5],
        "currency": ["", ""],
    }
