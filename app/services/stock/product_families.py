"""What no two products of a shop may share: an SKU, and in a family a combination of options."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain import Product, ProductStatus
from app.errors import Conflict, InvalidInput

MOST_MEMBERS = 100


def check_sku(sku: str, product_id: str, products: Iterable[Product]) -> None:
    """Raises Conflict when another product than `product_id` is known by it, in the store or not."""
    for other in products:
        if other.product_id != product_id and sku in (other.product_id, other.sku):
            raise Conflict(f"{other.name} has the SKU {sku} already. Choose another one.")


def check_family(product: Product, products: Iterable[Product]) -> None:
    """Raises InvalidInput for options that do not fit the family's others in the store."""
    members = [
        other
        for other in products
        if other.family_id == product.family_id
        and other.product_id != product.product_id
        and other.status is ProductStatus.ACTIVE
    ]
    if len(members) >= MOST_MEMBERS:
        raise InvalidInput(f"A family may have at most {MOST_MEMBERS} products.", "family_id")
    wanted = _plain(product)
    for other in members:
        present = _plain(other)
        if set(present) != set(wanted):
            names = " and ".join(name for name, _ in other.options)
            raise InvalidInput(f"{other.sku} of this family has the options {names}. Give just these.", "options")
        if present == wanted:
            words = ", ".join(f"{name} {value}" for name, value in other.options)
            raise InvalidInput(f"{other.sku} of this family is {words} already. Choose another combination.", "options")


def _plain(product: Product) -> dict[str, str]:
    return {name.casefold(): value.casefold() for name, value in product.options}
