"""Products, and where their units are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

STANDARD = "standard"
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
class ProductPicture:
    """An uploaded picture by its file name, and what it shows in words ("" where nobody has said it yet)."""

    name: str
    alt: str = ""


@dataclass(frozen=True)
class Product:
    """Something that the shop sells: one SKU.

    `stock` is what is available: units that can be sold now (held units are not in it).

    `version` counts what people changed about it; sales and stock edits leave it alone.

    SKUs that differ by `options` alone share a `family_id`; "" is no family. Price, stock, carts and orders know
    SKUs only.
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
    status: ProductStatus = ProductStatus.ACTIVE
    created_at: datetime | None = None
    changed_at: datetime | None = None
    version: int = 0
    sku: str = ""  # what people and other systems call it; the id unless given
    brand: str = ""
    barcode: str = ""  # a GTIN of 8, 12, 13 or 14 digits
    tags: tuple[str, ...] = ()
    weight: int | None = None  # grams
    pictures: tuple[ProductPicture, ...] = ()  # the first one stands in lists; none: the drawn one does
    family_id: str = ""
    options: tuple[tuple[str, str], ...] = ()  # ("Size", "M"), ("Colour", "Red"): names and values, in order
    supplier: str = ""  # of whom the shop buys it; shoppers are not told
    ships_alone: bool = False  # each unit is a parcel of its own
    tax_class: str = STANDARD  # one of `TAX_CLASSES`

    def __post_init__(self) -> None:
        if not self.sku:
            object.__setattr__(self, "sku", self.product_id)

    @property
    def image(self) -> str | None:
        """The file name of the picture that stands for it; None where that is the drawn one."""
        return self.pictures[0].name if self.pictures else None

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
