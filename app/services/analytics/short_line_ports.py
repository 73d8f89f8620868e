"""What is read of checkouts that found too little. Times are aware UTC, half-open."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol


class ShortLines(NamedTuple):
    """A product that checkouts asked more of than there was: by so many shoppers, and the units that were missing.

    A shopper who tried again is counted once, with the most that was missing.
    """

    product_id: str
    name: str  # as the shopper saw it
    shoppers: int
    units: int


class ShortLineReader(Protocol):
    def short_lines(self, start: datetime, end: datetime, most: int) -> list[ShortLines]:
        """Of the latest `most` checkouts in `[start, end)` that were rejected, by units, the most first."""
