"""What the tax report needs of the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol


class TaxSums(NamedTuple):
    """What a tax came to in a country: of orders paid, and of returns booked. A base never holds the tax."""

    country: str
    name: str  # "" where it is just called tax
    rate: str  # a fraction
    base: int
    tax: int
    returned_base: int
    returned_tax: int


class TaxReader(Protocol):
    def taxes(self, start: date, end: date) -> Sequence[TaxSums]:
        """Of the store days `[start, end)`."""
