"""What of the shop cannot be reached right now, as its pages tell people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Outage:
    """Which stores are away.

    `database`: people, orders and payments are away. `catalog`: products, stock and carts are.

    `as_of`: when the catalogue that is shown was last read, while that cannot be done anew.
    """

    database: bool = False
    catalog: bool = False
    as_of: datetime | None = None

    @property
    def is_any(self) -> bool:
        return self.database or self.catalog
