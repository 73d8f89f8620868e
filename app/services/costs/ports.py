"""What is known of costs: those given to sales afterwards, and when prices and costs changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


@dataclass(frozen=True)
class FilledCosts:
    """Some sales whose cost nobody had noted were given that of their product later: so many `lines`.

    `until`: when the latest of them was paid; None: none was.
    """

    lines: int
    until: datetime | None


class Filled(NamedTuple):
    """How many lines were given a cost: of those sold, and of those that came back."""

    sold: int
    returned: int


class PastSales(Protocol):
    def fill(self, costs: Mapping[str, int]) -> Filled:
        """Give lines sold that have no known cost that of their product (minor units a piece), and lines returned that
        of their own sale, or of their product where they name none; and note it. Totals follow. Known costs stay.

        Safe to run twice, beside a shop that is open, and after a run that died: the lines of that are counted too.
        """

    def filled(self) -> FilledCosts | None:
        """What was filled so far, 0 lines where nothing had to be; None: nobody has looked yet."""

    def is_due(self) -> bool:
        """Nobody has looked yet, or a run died half-way."""

    def lacks_costs(self) -> bool:
        """Whether any line has no known cost."""


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
