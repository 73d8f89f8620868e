"""What a row means: a sale line, a return line, or a reason for leaving it out (docs/metrics.md)."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app import numbers
from app.domain.amounts import half_up
from app.money import MAX_MINOR
from app.services.checks import is_blank
from app.tools.importer.reader import RawRow

_MOST_UNITS = 1_000_000
_MOST_AMOUNT = 10**15  # of a line, in minor units: thousands of them still fit a BIGINT
_LONGEST_ID = 64
_LONGEST_NAME = 200


class LeftOut(StrEnum):
    """Why a row was not imported; the first that applies."""

    UNREADABLE = "unreadable row"
    ADJUSTMENT = "adjustment invoice"
    QUANTITY = "quantity not positive"
    PRICE = "price below one minor unit"


class Kind(StrEnum):
    SALE = "sale"
    RETURN = "return"


class Line(NamedTuple):  # half a million of them: a frozen dataclass takes several times as long to make
    """A row that is imported. `units` is positive for both kinds; `price` in minor units; `at` in UTC."""

    kind: Kind
    invoice: str
    code: str
    description: str
    units: int
    at: datetime
    price: int
    customer: str  # "": a guest
    country: str


class RowRules:
    """Reads rows with the shop's time zone and the decimals of its currency."""

    def __init__(self, zone: ZoneInfo, digits: int) -> None:
        self._moment = functools.lru_cache(maxsize=4096)(functools.partial(_moment, zone=zone))
        self._minor = functools.lru_cache(maxsize=4096)(functools.partial(_minor, digits=digits))

    def read(self, row: RawRow) -> tuple[Line | LeftOut, str, str]:
        """(what the row is, its product id, its description); the last two are "" for an unreadable row."""
        try:
            return self._read(row)
        except (ValueError, ArithmeticError):  # decimals have errors of their own: no number, or one beyond all bounds
            return LeftOut.UNREADABLE, "", ""

    def _read(self, row: RawRow) -> tuple[Line | LeftOut, str, str]:
        if row is None:
            raise ValueError("too few or too many fields")
        texts = [text.strip() for text in row]
        invoice, code, description, quantity, when, price, customer, country = texts
        code, description = code.upper(), _name(description[:_LONGEST_NAME])
        if not invoice or not code or max(map(len, (invoice, code, customer, country))) > _LONGEST_ID:
            raise ValueError("no invoice or stock code, or a text that is too long")
        units, at, minor = _units(quantity), self._moment(when), self._minor(price)
        if abs(units * minor) > _MOST_AMOUNT:
            raise ValueError("not an amount")
        kind = _kind(invoice, units, minor)
        if isinstance(kind, LeftOut):
            return kind, code, description
        count = -units if kind is Kind.RETURN else units
        return Line(kind, invoice, code, description, count, at, minor, _customer(customer), country), code, description


def _name(description: str) -> str:
    """ "" for one of which nothing would be seen."""
    return "" if is_blank(description) else description.rstrip()


def _kind(invoice: str, units: int, price: int) -> Kind | LeftOut:
    first = invoice[0].upper()
    if first == "C":
        # A cancellation that takes nothing back, or a negative amount, is neither a return nor a sale.
        if units >= 0:
            return LeftOut.QUANTITY
        return Kind.RETURN if price >= 0 else LeftOut.PRICE
    if first == "A":
        return LeftOut.ADJUSTMENT
    if units <= 0:
        return LeftOut.QUANTITY
    return Kind.SALE if price >= 1 else LeftOut.PRICE


@functools.lru_cache(maxsize=4096)
def _units(text: str) -> int:
    number = numbers.exact(text)
    if abs(number) > _MOST_UNITS or number != int(number):
        raise ValueError("not a count")
    return int(number)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    at = numbers.moment(text)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _minor(text: str, digits: int) -> int:
    minor = half_up(numbers.exact(text).scaleb(digits))
    if abs(minor) > MAX_MINOR:
        raise ValueError("not a price")
    return minor


def _customer(text: str) -> str:
    """Tools that took the column for numbers write 17850.0."""
    return text.removesuffix(".0")
