"""The tax report: what each rate came to in some days, by country, returns taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app import numbers
from app.domain import Period
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.periods import days_between
from app.services.analytics.tax_ports import TaxReader, TaxSums


@dataclass(frozen=True)
class TaxLine:
    """One rate in one country; minor units. Orders count on the day they were paid, returns on theirs."""

    country: str
    name: str
    rate: Decimal
    base: int
    tax: int
    returned_base: int
    returned_tax: int

    @property
    def net_base(self) -> int:
        return self.base - self.returned_base

    @property
    def net_tax(self) -> int:
        return self.tax - self.returned_tax


@dataclass(frozen=True)
class TaxPeriod:
    """The lines of a period, by country, then name and rate. Taxes add up; bases do not, where goods bear several."""

    period: Period
    lines: Sequence[TaxLine]

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def returned_tax(self) -> int:
        return sum(line.returned_tax for line in self.lines)

    @property
    def net_tax(self) -> int:
        return self.tax - self.returned_tax


class TaxReport:
    def __init__(self, reader: TaxReader, formats: Formats) -> None:
        self._reader = reader
        self._formats = formats

    def of(self, period: Period) -> TaxPeriod:
        lines = [_line(row) for row in self._reader.taxes(period.start, period.end)]
        return TaxPeriod(period, sorted(lines, key=lambda one: (one.country, one.name, one.rate)))

    def days(self, first: object, last: object) -> Period:
        """From and to as forms and addresses have them, both included; this month without them. Raises InvalidInput."""
        today = self._formats.today()
        if not first and not last:
            return days_between(today.replace(day=1), today, "to")
        return days_between(_day(first, "from"), _day(last, "to"), "to")


def _line(row: TaxSums) -> TaxLine:
    return TaxLine(row.country, row.name, Decimal(row.rate), row.base, row.tax, row.returned_base, row.returned_tax)


def _day(value: object, field: str) -> date:
    try:
        return numbers.day(value)
    except ValueError:
        raise InvalidInput("Choose the first and the last day.", field) from None
