"""What shoppers are about to buy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.discounts import CartCode
from app.domain.order_money import OrderMoney
from app.domain.stock import Product, ProductStatus
from app.domain.taxes import Treatment

LINE_LIMIT = 99  # lines of a cart: what one all-or-nothing reservation can take on every store
UNIT_LIMIT = 99_999  # units of one line


@dataclass(frozen=True)
class CartLine:
    product_id: str
    quantity: int
    unit_price: int  # the price the shopper last saw and thereby accepted


@dataclass(frozen=True)
class Cart:
    """What somebody is about to buy. `revision` is random and new at every change; "" for a cart that never existed.

    `emptied_by` is the order that just emptied it, until the cart changes again. `code`: a discount code, "" for none.
    """

    owner: str
    revision: str
    lines: tuple[CartLine, ...] = ()
    emptied_by: int | None = None
    code: str = ""


@dataclass(frozen=True)
class PricedLine:
    """A cart line joined with the catalogue as it is now."""

    product: Product
    quantity: int
    accepted_price: int
    unit_price: int  # at which one is sold: the product's, less the tax in it that this buyer does not pay

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity

    @property
    def can_be_had(self) -> int:
        """Units that can be bought now."""
        return max(self.product.stock, 0) if self.product.status is ProductStatus.ACTIVE else 0

    @property
    def is_short(self) -> bool:
        return self.product.status is not ProductStatus.ACTIVE or self.product.stock < self.quantity

    @property
    def price_changed(self) -> bool:
        return self.accepted_price != self.product.price


@dataclass(frozen=True)
class PricedCart:
    revision: str
    lines: tuple[PricedLine, ...]
    money: OrderMoney
    treatment: Treatment = Treatment.TAXED
    code: CartCode | None = None

    @property
    def subtotal(self) -> int:
        return self.money.subtotal

    @property
    def tax(self) -> int:
        return self.money.tax

    @property
    def total(self) -> int:
        return self.money.total

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


class CartDemand(NamedTuple):
    """Carts with something in them, and the units in them by product."""

    carts: int
    units: Mapping[str, int]
