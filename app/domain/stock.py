"""Products, and where their units are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

StockLevel = Literal["out", "low", "ok"]
IMPORTED = "import"  # the actor of what an import books, and the source of its orders


def stock_level(available: int, threshold: int) -> StockLevel:
    """Nothing to sell, less than the threshold, or enough."""
    if available <= 0:
        return "out"
    return "low" if available < threshold else "ok"


class ProductStatus(StrEnum):
    ACTIVE = "active"
    REMOVED = "removed"  # out of the store; history and past orders stay


@dataclass(frozen=True)
class Product:
    """Something that the shop sells.

    `stock` is what is available: units that can be sold now (held units are not in it).

    `version` counts what people changed about it; sales and stock edits leave it alone.
    """

    product_id: str
    name: str
    price: int
    stock: int
    threshold: int
    category: str = "Other"
    description: str = ""
    cost: int | None = None
    threshold_manual: bool = False  # False: threshold follows the price by the low-stock rule
    image: str | None = None  # file name of an uploaded picture; None: the drawn one
    status: ProductStatus = ProductStatus.ACTIVE
    created_at: datetime | None = None
    changed_at: datetime | None = None
    version: int = 0

    @property
    def is_low(self) -> bool:
        return self.stock < self.threshold

    @property
    def level(self) -> StockLevel:
        return stock_level(self.stock, self.threshold)


@dataclass(frozen=True)
class Quantity:
    """Units of one product, as a reservation or an order asks for them."""

    product_id: str
    units: int


class ReservationState(StrEnum):
    HELD = "held"
    SETTLED = "settled"
    RELEASED = "released"


@dataclass(frozen=True)
class Reservation:
    order_id: int
    state: ReservationState
    lines: tuple[Quantity, ...]


class MovementKind(StrEnum):
    SALE = "sale"
    RETURN = "return"
    RECEIPT = "receipt"
    CORRECTION = "correction"
    WRITE_OFF = "write_off"


@dataclass(frozen=True)
class StockMovement:
    """One entry of the ledger; `quantity` is signed, `on_hand` is the count after it."""

    movement_id: int
    product_id: str
    at: datetime
    kind: MovementKind
    quantity: int
    on_hand: int
    cause: str  # "order:12", "return:3", "edit:<id>", "import", ...
    actor: str
    note: str = ""


@dataclass(frozen=True)
class StockChange:
    """What a stock edit did: the difference applied, and what is available after it."""

    delta: int
    available: int


# Codes of an imported history that are charges, not merchandise: in sales, but in no report of products.
NON_MERCHANDISE = frozenset({"POST", "DOT", "C2", "M", "S", "B", "D", "BANK CHARGES", "AMAZONFEE", "CRUK"})
