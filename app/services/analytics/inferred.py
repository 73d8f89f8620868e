"""Stock that nobody booked: an import takes the least that fits what was sold, so what is built on it is inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class InferredStock:
    """The products whose stock an import inferred, by the instant at which one was counted since; None: not yet.

    A count ends it: from then on what is on hand is known. A receipt only adds to what was inferred.
    """

    counted: Mapping[str, datetime | None]

    def has(self, product_id: str, at: datetime | None = None) -> bool:
        """Whether the product's stock is inferred now, or was `at` an instant."""
        if product_id not in self.counted:
            return False
        counted = self.counted[product_id]
        return counted is None or (at is not None and at < counted)

    def any(self, at: datetime | None = None) -> bool:
        return any(self.has(product_id, at) for product_id in self.counted)

    @property
    def products(self) -> int:
        """How many have not been counted yet."""
        return sum(counted is None for counted in self.counted.values())
