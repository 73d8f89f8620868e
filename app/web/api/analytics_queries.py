"""What clients may ask the analytics for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from app import numbers
from app.numbers import FIRST_YEAR, LAST_YEAR
from app.web.api.requests import Body, Whole

MOST_TOP = 1_000


def _day(value: Any) -> date:
    try:
        return numbers.day(value)
    except ValueError:
        raise ValueError(f"must be a day such as 2026-11-30, from {FIRST_YEAR} to {LAST_YEAR}") from None


def _instant(value: Any) -> datetime:
    words = "must be a time such as 2026-11-30T18:00:00, in the store's time zone unless it has an offset"
    try:
        # An unescaped "+" of a query string arrives as a space.
        return numbers.moment(value.replace(" ", "+") if isinstance(value, str) else value)
    except ValueError:
        raise ValueError(words) from None


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


class AbcQuery(PeriodQuery):
    by: Literal["gross", "margin"] = "gross"


class MarginQuery(PeriodQuery):
    by: Literal["product", "category", "country"] = "product"


class SegmentsQuery(Body):
    as_of: (
        Annotated[Instant, Field(description="A time of the store unless it has an offset; now without it.")] | None
    ) = None


class TopQuery(Body):
    limit: Annotated[Whole, Field(ge=1, le=MOST_TOP)] = 10
