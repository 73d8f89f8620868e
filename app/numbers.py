"""Numbers, days and times as people, programs and files write them: the one place that reads them.

A number is a sign, ASCII digits and a point; a day is `2026-11-30`. All else is a ValueError, also what Python's own
parsers would take (`1_000`, digits of other scripts, weeks of a year) or break on (`1e999999`, thousands of digits).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

FIRST_YEAR, LAST_YEAR = 1900, 2199
BLANK = " \t\r\n\u00a0"
# As JSON Schema knows them too, for what is documented to be read so.
WHOLE = r"[+-]?[0-9]{1,19}(\.0{1,9})?"
AMOUNT = r"[+-]?([0-9]{1,30}(\.[0-9]{0,9})?|\.[0-9]{1,9})"

_WHOLE = re.compile(WHOLE)
_AMOUNT = re.compile(AMOUNT)
_EXACT = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][+-]?[0-9]{1,2})?")
_NATURAL = re.compile(r"[0-9]{1,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_LARGEST_EXACT_FLOAT = 2**53
_LARGEST_ID = 2**63 - 1
_Day = TypeVar("_Day", date, datetime)


def whole(value: object) -> int:
    """A whole number as a number or as text; 2.0 is 2, and 2.5, true or NaN are none. Raises ValueError."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT_FLOAT:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(_matched(_WHOLE, value).partition(".")[0])


def natural(value: object) -> int | None:
    """The number that digits alone stand for, such as a row's id in an address; None for anything else."""
    return int(value) if isinstance(value, str) and _NATURAL.fullmatch(value) else None


def row_id(value: object) -> int | None:
    """The id of a row, as a number or as digits; None for what no column of 64 bits can hold, and for anything else."""
    found = natural(value) if isinstance(value, str) else value
    if not isinstance(found, int) or isinstance(found, bool):
        return None
    return found if 0 < found <= _LARGEST_ID else None


def amount(value: object) -> Decimal:
    """A number of up to nine decimals, without an exponent. Raises ValueError."""
    if isinstance(value, Decimal):
        return Decimal(_matched(_AMOUNT, str(value)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Python writes floats from 10^16 on, and below 10^-4, with an exponent: neither is an amount.
        value = str(value) if abs(value) < 10**15 else ""
    return Decimal(_matched(_AMOUNT, value))


def exact(text: str) -> Decimal:
    """A number as programs write it into files: `1E-05` is one too. Raises ValueError."""
    return Decimal(_matched(_EXACT, text))


def day(text: object) -> date:
    """A day as `2026-11-30`, from FIRST_YEAR to LAST_YEAR: a zone can still shift both. Raises ValueError."""
    return _in_range(date.fromisoformat(_matched(_DAY, text)))


def moment(text: object) -> datetime:
    """A day and a time of it, as `2026-11-30T18:00`, with or without seconds and offset. Raises ValueError."""
    return _in_range(datetime.fromisoformat(_matched(_MOMENT, text)))


def _matched(pattern: re.Pattern[str], value: object) -> str:
    text = value.strip(BLANK) if isinstance(value, str) else ""
    if not pattern.fullmatch(text):
        raise ValueError("not written as a number or a time is")
    return text


def _in_range(value: _Day) -> _Day:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"not of the years {FIRST_YEAR} to {LAST_YEAR}")
    return value
