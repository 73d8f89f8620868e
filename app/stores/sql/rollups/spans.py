"""Any days as few rows of a rollup that sums days and months: whole months, and the days before and after them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Table, and_, or_

from app.domain import first_day_of


def in_days(table: Table, start: date, end: date) -> ColumnElement[bool]:
    """The rows of `table` (grain, first_day, ...) whose sums are those of the days `[start, end)`."""
    c = table.c

    def rows(grain: str, first: date, after: date) -> ColumnElement[bool]:
        return and_(c.grain == grain, c.first_day >= first, c.first_day < after)

    first_month = first_day_of(start, "month")
    if first_month < start:
        first_month = _next_month(first_month)
    after_months = first_day_of(end, "month")
    if first_month >= after_months:
        return rows("day", start, end)
    return or_(
        rows("day", start, first_month), rows("month", first_month, after_months), rows("day", after_months, end)
    )


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
