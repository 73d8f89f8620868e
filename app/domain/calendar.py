"""Days that are not like others, as far as they are known before they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

USUAL = 1.0
LONGEST_ENTRY = 731  # days: two years, one of them a leap year


class EntryKind(StrEnum):
    """What people put into the calendar."""

    PROMOTION = "promotion"
    PRICE = "price"
    CLOSED = "closed"
    OUTAGE = "outage"
    OTHER = "other"


@dataclass(frozen=True)
class CalendarEntry:
    """Something that people know of the days from `first` to `last`, both included.

    `percent`: of a usual day's sales that they expect on each of these days, None: they said nothing; `category`: of
    which products, empty: of all. `noted_on`: the store day on which it was written down first. `revision` grows with
    each change.
    """

    entry_id: int
    kind: EntryKind
    first: date
    last: date
    words: str
    actor: str
    percent: int | None = None
    category: str = ""
    noted_on: date | None = None
    revision: int = 0

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Holiday:
    """A public holiday of a country (ISO 3166). The same feast has the same `name` in every year."""

    day: date
    country: str
    name: str


@dataclass(frozen=True)
class SameFeast:
    """A feast in or near some days, and the day it was on a year before."""

    name: str
    day: date
    before: date


class NoteKind(StrEnum):
    """What the shop notes by itself, in the order in which it is told."""

    SALE = "1_sale"
    PRICE = "2_price"
    SOLD_OUT = "3_sold_out"


@dataclass(frozen=True)
class ShopNote:
    """What the shop knows of a day by itself; derived from what it keeps, and kept nowhere."""

    day: date
    kind: NoteKind
    words: str
    product_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownDay:
    """A day that is not like others.

    `planned`: how much of a usual day's sales people expect of it, 1.0 when they said nothing, 0.0 when the shop is
    closed. `feast`: the same as learned from this feast in earlier years, 1.0 when there is none or none was seen.
    `by_category`: what people expect of one category, on top of `planned`. `is_first_feast`: a public holiday of the
    shop's own country, of a feast that it never traded at before.
    """

    day: date
    is_closed: bool = False
    planned: float = USUAL
    feast: float = USUAL
    by_category: tuple[tuple[str, float], ...] = ()
    holidays: tuple[Holiday, ...] = ()
    entries: tuple[CalendarEntry, ...] = ()
    is_first_feast: bool = False

    @property
    def factor(self) -> float:
        """Sales of the whole shop over those of a usual day of the same weekday."""
        return 0.0 if self.is_closed else self.planned * self.feast

    def factor_of(self, category: str) -> float:
        """The same of one category."""
        own = dict(self.by_category).get(category, USUAL)
        return self.factor * own
