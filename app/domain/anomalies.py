"""Days that sold less or more than could be expected of them, and what explains it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Watched = Literal["orders", "sales"]


@dataclass(frozen=True)
class Reason:
    """A part of the trade that explains a part of the difference.

    `kind`: "category", "country", "product" or "order"; `share` of the whole difference, 0 to 1. `because`: what the
    shop knows of it, such as "sold out since 14:00".
    """

    kind: str
    name: str
    share: float
    because: str = ""


@dataclass(frozen=True)
class Anomaly:
    """A day that was not as expected. `is_over` False: the running one, compared with its usual part up to now.

    `orders` and `sales` (gross, minor units) beside what was expected of them. `watched`: in which it shows.
    """

    day: date
    is_drop: bool
    is_over: bool
    watched: tuple[Watched, ...]
    orders: int
    expected_orders: int
    sales: int
    expected_sales: int
    reasons: tuple[Reason, ...] = ()

    @property
    def difference(self) -> int:
        """Gross sales over or under what was expected, minor units."""
        return self.sales - self.expected_sales

    @property
    def change(self) -> float:
        """The same as a part of what was expected of orders: -0.5 is half of them missing."""
        return self.orders / self.expected_orders - 1 if self.expected_orders else 0.0
