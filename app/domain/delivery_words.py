"""How and when an order gets to its customer, in words of the language that is spoken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from app.domain.orders import Delivery
from app.words import say


class DayNames(Protocol):
    """`Formats` has them."""

    def weekday_short(self, value: date) -> str: ...
    def day_short(self, value: date) -> str: ...


def arrival_words(delivery: Delivery, formats: DayNames) -> str:
    first, last = _day(delivery.arrives, formats), _day(delivery.arrives_latest, formats)
    if delivery.pick_up:
        return say("Ready to be fetched from {day}", day=first)
    if first == last:
        return say("Arrives {day}", day=first)
    return say("Arrives {first} to {last}", first=first, last=last)


def delivery_lines(delivery: Delivery, formats: DayNames) -> Sequence[str]:
    """The method, when it arrives, and where it can be fetched."""
    return (delivery.name, arrival_words(delivery, formats), *delivery.pick_up.splitlines())


def _day(day: date, formats: DayNames) -> str:
    return f"{formats.weekday_short(day)}, {formats.day_short(day)}"
