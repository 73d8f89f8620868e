"""How a number compares with an earlier one, and a part with its whole: in per cent, or of few things as two counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

SAME_WITHIN = 0.005  # less than half a per cent is as much as before
FEW = 10  # of fewer things nothing is said in per cent: one order more than four is no "25 %"


class Percents(Protocol):
    """What writes numbers for people: the shop's formats."""

    def percent(self, share: float, digits: int = 0) -> str: ...
    def number(self, value: float) -> str: ...


@dataclass(frozen=True)
class Change:
    """From `before`, which is not 0, to `now`.

    `things`: how many things `before` was of, where it is no count itself, such as the orders behind an amount. None:
    it is a count.
    """

    now: float
    before: float
    things: float | None = None

    @property
    def ratio(self) -> float:
        """By how much of `before` it rose; below 0 where it fell."""
        return (self.now - self.before) / self.before

    @property
    def times(self) -> float:
        return self.now / self.before

    @property
    def is_none(self) -> bool:
        """Too little to speak of."""
        return abs(self.ratio) < SAME_WITHIN

    @property
    def is_rise(self) -> bool:
        return self.ratio > 0

    @property
    def is_of_few(self) -> bool:
        """Of fewer than ten things: both counts are said, and no percentage."""
        return is_few(self.before if self.things is None else self.things)


def change_of(now: float | None, before: float | None, things: float | None = None) -> Change | None:
    """None where there was nothing before, or one of the two is none: no per cent says how they compare."""
    return Change(now, before, things) if before and now is not None else None


def is_few(things: float) -> bool:
    """Too few things to speak of in per cent."""
    return abs(things) < FEW


def change_words(change: Change, formats: Percents, show: Callable[[Any], str] | None = None) -> str:
    """ "12% more"; of fewer than ten things the count before, to stand beside the present one: "up from 4".

    `show` words what is no plain number, such as an amount.
    """
    if change.is_of_few:
        return f"{'up' if change.is_rise else 'down'} from {(show or formats.number)(change.before)}"
    return f"{formats.percent(abs(change.ratio))} {'more' if change.is_rise else 'less'}"


def share_words(
    part: float,
    whole: float,
    formats: Percents,
    show: Callable[[Any], str] | None = None,
    things: float | None = None,
) -> str:
    """ "12%"; of fewer than ten things both counts, "3 of 8"; of nothing "none".

    `show` and `things` (of the whole) as with changes.
    """
    if not whole:
        return "none"
    if is_few(whole if things is None else things):
        shown = show or formats.number
        return f"{shown(part)} of {shown(whole)}"
    return formats.percent(part / whole)
