"""By what rules products are ordered anew, and of what such a rule may be said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class RuleLevel(StrEnum):
    """The narrowest first: what it says of a product goes before what the next ones say."""

    PRODUCT = "product"
    SUPPLIER = "supplier"
    CATEGORY = "category"
    SHOP = "shop"


class RuleKey(NamedTuple):
    """What a rule is said of: a product by its id, a supplier or a category by its name, or the whole shop."""

    level: RuleLevel
    name: str = ""


@dataclass(frozen=True)
class ReorderRule:
    """What is said on one level; None: as the next one has it.

    Days, per cent and units as in `ReorderSettings`. A safety stock is said of single products only: no number of units
    fits a whole category.
    """

    lead_days: int | None = None
    review_days: int | None = None
    service: int | None = None
    pack: int | None = None
    safety_stock: int | None = None
