"""What clients may ask the analytics for."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.api.requests import Body, Whole

FIRST_YEAR, LAST_YEAR = 1970, 2199
MOST_TOP = 1_000

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[ +-]\d{2}:\d{2})?")


def _day(value: Any) -> date:
    words = f"must be a day such as 2026-11-30, from {FIRST_YEAR} to {LAST_YEAR}"
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(words)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(words) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(words)
    return day


def _instant(value: Any) -> datetime:
    words = "must be a time such as 2026-11-30T18:00:00, in the store's time zone unless it has an offset"
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError(words)
    try:
        # An unescaped "+" of a query string arrives as a space.
        at = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError:
        raise ValueError(words) from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(words)
    return at


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string"})]
End = Field(description="A day of the store, exclusive.")


class SalesQuery(Body):
    start: Annotated[Day, Field(description="A day of the store.")]
    end: Annotated[Day, End]
    grain: Literal["day", "week", "month"] = "day"


class PeriodQuery(Body):
    start: Annotated[Day, Field(description="A day of the store; without it the first with sales.")] | None = None
    end: Annotated[Day, Field(description="A day of the store, exclusive; without it everything.")] | None = None


class SegmentsQuery(Body):
    as_of: (
        Annotated[Instant, Field(description="A time of the store unless it has an offset; now without it.")] | None
    ) = None


class TopQuery(Body):
    limit: Annotated[Whole, Field(ge=1, le=MOST_TOP)] = 10
