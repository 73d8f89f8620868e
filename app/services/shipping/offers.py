"""What an order can be shipped by to one address, and what it is told where it cannot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from app.domain import Product
from app.domain.shipping import Goods, Quote
from app.errors import InvalidInput
from app.words import mark

NOWHERE = mark("We do not deliver to this country.")
NOT_THERE = mark("We do not deliver to this region.")
NOT_TAKEN = mark("None of our delivery methods takes this order. Order less at once.")
GONE = mark("This delivery method is no longer offered here. Choose another one.")


class Offer(NamedTuple):
    """What an order can be shipped by to one address; empty with the reason, and the field that it is about.

    `is_free_for_all`: no methods were set yet, so there is nothing to choose and nothing to pay.
    """

    quotes: tuple[Quote, ...] = ()
    refusal: str = ""
    field: str = ""
    is_free_for_all: bool = False

    def chosen(self, method_id: int | None) -> Quote | None:
        """That of the method, or the first one where none was chosen. Raises InvalidInput for what is not offered."""
        if self.is_free_for_all:
            return None
        if not self.quotes:
            raise InvalidInput(self.refusal, self.field)
        if method_id is None:
            return self.quotes[0]
        found = next((one for one in self.quotes if one.method.method_id == method_id), None)
        if found is None:
            raise InvalidInput(GONE, "delivery")
        return found


def goods_of(lines: Iterable[tuple[Product, int]]) -> list[Goods]:
    """Of products and units of each."""
    return [Goods(units, product.price, product.weight, product.ships_alone) for product, units in lines]
