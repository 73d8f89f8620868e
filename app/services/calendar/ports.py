"""What the calendar keeps, and what others may ask it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import date, datetime
from typing import NamedTuple, Protocol

from app.domain import AuditEntry, CalendarEntry, Holiday, KnownDay


class CalendarStore(Protocol):
    def add(self, entry: CalendarEntry, audited: Callable[[int], AuditEntry]) -> int:
        """Write it, its id given by the store, with the entry of the audit log; the id."""

    def change(self, entry: CalendarEntry, audited: AuditEntry) -> bool:
        """Write it in place of the one with its id and its revision, which grows; False when there is none such."""

    def remove(self, entry: CalendarEntry, audited: AuditEntry) -> bool:
        """The one with its id and its revision; False when there is none such."""

    def get(self, entry_id: int) -> CalendarEntry | None: ...

    def between(self, start: date, end: date, limit: int) -> list[CalendarEntry]:
        """Those that hold on a day of `[start, end)`, by their first day; the latest `limit`."""

    def version(self) -> Hashable:
        """Another one after each change of entries and countries."""

    def countries(self) -> list[str]:
        """The countries whose holidays count besides the shop's own, ascending."""

    def set_country(self, country: str, is_kept: bool, by: str, audited: AuditEntry) -> bool:
        """Add or take away one; False, and nothing written, when it was so already."""


class HolidayBook(Protocol):
    """Public holidays by country."""

    def knows(self, country: str) -> bool: ...

    def known_countries(self) -> tuple[str, ...]:
        """ISO 3166 alpha-2, ascending."""

    def between(self, countries: Collection[str], start: date, end: date) -> list[Holiday]:
        """Of the days `[start, end)`, ascending; a country that is not known has none."""


class PriceChange(NamedTuple):
    """`before` and `after` in minor units."""

    at: datetime
    product_id: str
    before: int
    after: int


class PriceLog(Protocol):
    def changes(self, start: datetime, end: datetime, limit: int) -> list[PriceChange]:
        """Of the prices changed in `[start, end)`, ascending; the latest `limit`."""


class KnownDays(Protocol):
    """What forecasts, goals and anomalies ask of the calendar."""

    def known_days(self, start: date, end: date, as_of: date | None = None) -> Mapping[date, KnownDay]:
        """Of the days `[start, end)` those that are not like others: a day left out is a usual one.

        `as_of`: as it was known before that day, as a back-test needs it: only entries that were written down before
        it, or were in force before it, and feasts as they sold before it. At most 800 days; raises InvalidInput.
        """

    def version(self) -> Hashable:
        """Another one as soon as people change the calendar: part of the key of whatever is kept of its days."""
