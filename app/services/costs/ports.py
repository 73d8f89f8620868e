"""What is known of costs: those given to sales afterwards, and when prices and costs changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


@dataclass(frozen=True)
class FilledCosts:
    """Sales before `until` whose cost nobody had noted were given that of their product then: so many `lines`."""

    lines: int
    until: datetime


class PastSales(Protocol):
    def fill(self, costs: Mapping[str, int]) -> int:
        """Give lines sold and returned that have no known cost that of their product (minor units a piece), and note
        it; how many were sold. Totals follow. Known costs stay: safe to run twice.
        """

    def filled(self) -> FilledCosts | None:
        """What was filled so far, 0 lines where nothing had to be; None: nobody has looked yet."""


class Pricing(NamedTuple):
    """What a product was sold for and cost from `at` on, in minor units; `cost` None: unknown.

    `version` of the product in the catalogue. `actor`: who changed it; "" where it was found so later.
    """

    product_id: str
    version: int
    at: datetime
    price: int
    cost: int | None
    actor: str


class PriceHistory(Protocol):
    """Price and cost of products over time, written where one of them changed."""

    def note(self, found: Sequence[Pricing]) -> int:
        """Write those that are not known by (product, version); how many were new. Safe to run twice."""

    def latest(self, product_ids: Collection[str] | None = None) -> dict[str, Pricing]:
        """What was noted last, of every product that anything was noted of, or of these."""

    def of(self, product_id: str) -> list[Pricing]:
        """Of one product, the oldest first."""

    def all(self) -> list[Pricing]:
        """Everything, by product, the oldest first: some rows a product, however many orders there are."""
