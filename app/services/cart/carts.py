"""The cart as the shopper sees it: joined with the catalogue as it is now, and taxed.

A change never puts more into a line than is available; stock that goes away later shows as a short line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.domain import (
    UNIT_LIMIT,
    Cart,
    CartLine,
    PricedCart,
    PricedLine,
    Product,
    ProductStatus,
)
from app.domain.discounts import REFUSED, CartCode, Refusal
from app.domain.taxes import NOBODY, Buyer, Goods, TaxRules
from app.errors import DiscountRefused, NotFound, OutOfStock, Shortage
from app.numbers import natural
from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog
from app.services.checks import whole
from app.services.discounts.discounts import DiscountService, discounted
from app.words import mark

FORGOTTEN_AT_ONCE = 500
# What may still come of it: such a code stays in the cart, which says why it takes nothing off yet.
WAITS = (Refusal.MINIMUM, Refusal.CATEGORY)

Products = Callable[[Sequence[str]], Mapping[str, Product]]  # those that there are, by id


class Added(NamedTuple):
    cart: PricedCart
    units: int  # of those asked for, how many were put in


class CartService:
    """`snapshot`: products as of a moment ago, which spares asking the catalogue for what is put into a cart.

    By it more may be promised than there is, as by any page; it never refuses: that is looked up first.
    """

    def __init__(
        self,
        carts: Carts,
        catalog: Catalog,
        taxes: Callable[[], TaxRules],
        snapshot: Products | None = None,
        discounts: DiscountService | None = None,
    ) -> None:
        self._carts = carts
        self._discounts = discounts
        self._catalog = catalog
        self._taxes = taxes
        self._snapshot = snapshot or catalog.get_many

    def view(self, owner: str, buyer: Buyer = NOBODY) -> PricedCart:
        """At current prices, with the tax that `buyer` pays; products that are gone stay as short lines."""
        return self._priced(self._carts.get(owner), buyer=buyer)

    def add(self, owner: str, product_id: str, units: int = 1) -> PricedCart:
        """Put up to `units` more into the cart, at most what is available.

        Raises NotFound, OutOfStock when not one more can be had, InvalidInput for wrong units or a full cart.
        """
        return self.put_in(owner, product_id, units).cart

    def put_in(self, owner: str, product_id: str, units: int = 1) -> Added:
        """As `add`, and how many it were."""
        units = whole(units, "quantity", 1, UNIT_LIMIT)
        product = self._seen(product_id)
        if product is not None:
            most = min(product.stock, UNIT_LIMIT)
            cart = self._carts.add_if_room(owner, product_id, units, product.price, most)
            if cart is not None:
                return Added(self._priced(cart, self._snapshot), units)
        return self._put_in_what_can_be_had(owner, product_id, units)

    def _put_in_what_can_be_had(self, owner: str, product_id: str, units: int) -> Added:
        product = self._sellable(product_id)
        most = min(product.stock, UNIT_LIMIT)
        before = _units(self._carts.get(owner), product_id)
        if most <= before:
            raise OutOfStock([Shortage(product_id, product.name, before + units, max(product.stock, 0))])
        cart = self._carts.add(owner, product_id, units, product.price, most)
        return Added(self._priced(cart, self._snapshot), min(units, _units(cart, product_id) - before))

    def set_quantity(self, owner: str, product_id: str, quantity: int) -> PricedCart:
        """Set a line, at most to what is available; 0 removes it. Raises NotFound, OutOfStock, InvalidInput."""
        if whole(quantity, "quantity", 0, UNIT_LIMIT) == 0:
            return self.remove(owner, product_id)
        product = self._seen(product_id)
        if product is None or product.stock < quantity:
            product = self._sellable(product_id)
        if product.stock <= 0:
            raise OutOfStock([Shortage(product_id, product.name, quantity, 0)])
        cart = self._carts.set_quantity(owner, product_id, min(quantity, product.stock), product.price)
        return self._priced(cart, self._snapshot)

    def remove(self, owner: str, product_id: str) -> PricedCart:
        """Take a line out; one that is not there is no error."""
        return self._priced(self._carts.set_quantity(owner, product_id, 0, 0), self._snapshot)

    def enter_code(self, owner: str, text: object) -> PricedCart:
        """Keep a discount code with the cart, in place of any other.

        Raises InvalidInput for what is no code, DiscountRefused for one that takes nothing off this cart: then the
        cart is left as it was.
        """
        if self._discounts is None:
            raise DiscountRefused()
        code = self._discounts.entered(text)
        priced = self._priced(replace(self._carts.get(owner), code=code))
        refusal = None if priced.code is None else priced.code.refusal
        if priced.lines and refusal not in (None, *WAITS):
            raise DiscountRefused(REFUSED[refusal])
        return self._priced(self._carts.set_code(owner, code))

    def remove_code(self, owner: str) -> PricedCart:
        return self._priced(self._carts.set_code(owner, ""))

    def clear(self, owner: str) -> PricedCart:
        return self._priced(self._carts.clear(owner), self._snapshot)

    def accept_prices(self, owner: str) -> PricedCart:
        """The shopper has seen today's prices: checkout will not ask about them."""
        cart = self._carts.get(owner)
        products = self._catalog.get_many([line.product_id for line in cart.lines])
        if any(p.price != line.unit_price for line in cart.lines if (p := products.get(line.product_id))):
            cart = self._carts.accept_prices(owner, {key: product.price for key, product in products.items()})
        return self._priced(cart)

    def merge(self, guest_owner: str, user_owner: str) -> PricedCart:
        """On sign-in the guest's lines join the user's, none above what is available. Safe to run twice."""
        merged = self._priced(self._carts.merge(guest_owner, user_owner, UNIT_LIMIT))
        for line in merged.lines:
            # A line that cannot be had at all stays and shows as sold out: it was wanted.
            if 0 < line.product.stock < line.quantity:
                key = line.product.product_id
                self._carts.set_quantity(user_owner, key, line.product.stock, line.accepted_price)
        return self.view(user_owner)

    def with_shipping(self, cart: PricedCart, price: int, buyer: Buyer = NOBODY) -> PricedCart:
        """The cart that `buyer` was shown, with what its delivery costs."""
        off = _savings(cart.code, len(cart.lines))
        goods = [
            Goods(line.product.price, line.quantity, line.product.tax_class, less)
            for line, less in zip(cart.lines, off, strict=True)
        ]
        is_free = cart.code is not None and cart.code.frees_shipping
        return replace(cart, money=self._taxes().order(goods, buyer, shipping=0 if is_free else price).money)

    def forget_old(self) -> int:
        """For the worker: how many carts of guests who did not come back were deleted."""
        return self._carts.forget_old(FORGOTTEN_AT_ONCE)

    def _seen(self, product_id: str) -> Product | None:
        """As of a moment ago; None unless it was in the store."""
        product = self._snapshot([product_id]).get(product_id) if isinstance(product_id, str) else None
        return product if product is not None and product.status is ProductStatus.ACTIVE else None

    def _sellable(self, product_id: str) -> Product:
        product = self._catalog.get(product_id) if isinstance(product_id, str) else None
        if product is None or product.status is not ProductStatus.ACTIVE:
            raise NotFound(mark("This product is not in the store."))
        return product

    def _priced(self, cart: Cart, products_of: Products | None = None, buyer: Buyer = NOBODY) -> PricedCart:
        products = (products_of or self._catalog.get_many)([line.product_id for line in cart.lines])
        wanted = [(products.get(line.product_id) or _gone(line), line) for line in cart.lines]
        code = self._code(cart, [(product, line.quantity) for product, line in wanted])
        off = _savings(code, len(wanted))
        goods = [
            Goods(product.price, line.quantity, product.tax_class, less)
            for (product, line), less in zip(wanted, off, strict=True)
        ]
        taxed = self._taxes().order(goods, buyer)
        lines = tuple(
            PricedLine(product, line.quantity, line.unit_price, price)
            for (product, line), price in zip(wanted, taxed.unit_prices, strict=True)
        )
        return PricedCart(cart.revision, lines, taxed.money, taxed.treatment, code)

    def _code(self, cart: Cart, lines: Sequence[tuple[Product, int]]) -> CartCode | None:
        """The cart's code, and what it takes off each line; None without one."""
        if not cart.code or self._discounts is None:
            return None
        return self._discounts.seen_by(self._discounts.applied(cart.code, discounted(lines)), _user_id(cart.owner))


def _savings(code: CartCode | None, lines: int) -> tuple[int, ...]:
    return (0,) * lines if code is None else code.savings


def _user_id(owner: str) -> int | None:
    kind, _, number = owner.partition("#")
    return natural(number) if kind == "user" else None


def _units(cart: Cart, product_id: str) -> int:
    return next((line.quantity for line in cart.lines if line.product_id == product_id), 0)


def _gone(line: CartLine) -> Product:
    """Stands in for a product that the catalogue does not know."""
    return Product(
        product_id=line.product_id,
        name="A product that is gone",
        price=line.unit_price,
        stock=0,
        threshold=0,
        status=ProductStatus.REMOVED,
    )
