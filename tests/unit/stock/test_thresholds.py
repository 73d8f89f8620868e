"""The low-stock rule where admins change it: products that follow it get its thresholds, others keep theirs."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain import Product, ProductStatus
from app.errors import StaleEdit
from app.services.stock.thresholds import MOST_AT_ONCE, BandEffect, RuleFollower, effects_of
from app.settings.environment import Settings


def product(key: str, price: int, stock: int, threshold: int, *, manual: bool = False) -> Product:
    return Product(
        product_id=key, name=key, price=price, stock=stock, category="Kitchen", threshold=threshold,
        threshold_manual=manual, status=ProductStatus.ACTIVE,
    )  # fmt: skip


SETTINGS = Settings(_env_file=None, currency="INR", low_stock_rule="0-100:5, else:2")
SHELF = (
    product("cheap", 9_900, 4, 15), product("dear", 10_000, 9, 2), product("own", 5_000, 1, 9, manual=True),
)  # fmt: skip


class Shelf:
    """What of the `Catalog` port is needed."""

    def __init__(self) -> None:
        self.products = {one.product_id: one for one in SHELF}

    def get(self, product_id: str) -> Product | None:
        return self.products.get(product_id)

    def update(self, product: Product) -> Product:
        self.products[product.product_id] = product
        return product


def test_what_a_rule_would_do_is_counted_band_by_band():
    bands, changed = effects_of(SETTINGS, SHELF)
    assert bands == [BandEffect(0, 100, 5, 1, 1), BandEffect(0, None, 2, 1, 0)]
    assert changed == 1


def test_products_follow_a_rule_that_was_set_and_those_with_their_own_threshold_do_not():
    catalog = Shelf()
    rule: list[object | None] = [None]
    checked: list[Sequence[str]] = []
    follower = RuleFollower(
        catalog, lambda: tuple(catalog.products.values()), lambda: rule[0], SETTINGS.default_threshold, checked.append
    )
    assert (follower.follow(), checked) == (0, [])
    rule[0] = SETTINGS.low_stock_rule
    assert [follower.follow(), follower.follow(), follower.follow()] == [1, 0, 0]
    assert checked == [["cheap"], ["cheap", "dear"]]
    assert {key: one.threshold for key, one in catalog.products.items()} == {"cheap": 5, "dear": 2, "own": 9}


def test_products_that_cannot_be_rewritten_do_not_keep_the_others_waiting():
    catalog = Shelf()
    catalog.products = {one: product(one, 9_900, 4, 15) for one in map("{:03}".format, range(MOST_AT_ONCE + 1))}
    rewrite = catalog.update

    def update(one: Product) -> Product:
        if one.product_id != "200":
            raise StaleEdit()
        return rewrite(one)

    catalog.update = update
    follower = RuleFollower(
        catalog, lambda: tuple(catalog.products.values()), lambda: "rule", SETTINGS.default_threshold, lambda _: None
    )
    assert [follower.follow() for _ in range(3)] == [200, 1, 200]
    assert catalog.products["200"].threshold == 5
