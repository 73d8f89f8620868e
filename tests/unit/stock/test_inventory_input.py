"""What inventory accepts from an admin, over an SQLite file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain import Actor, Product, ProductStatus
from app.errors import InvalidInput, NotFound
from app.services.audit.log import AuditService
from app.services.stock.inventory import InventoryService
from app.services.stock.product_drafts import ProductDraft, edited_fields
from app.settings.environment import Settings
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.database import Database
from app.stores.sql.stock.ledger import SqlLedger

ADA = Actor("ada")
DRAFT = ProductDraft("Mug", 19_900, "Kitchen")


class Pictures:
    def save(self, data: bytes) -> str:
        return f"{data.decode()}.webp"


class Shop:
    def __init__(self, database: Database) -> None:
        self.catalog = SqlCatalog(database)
        self.changes = 0
        audit = AuditService(SqlAuditLog(database))
        rule = Settings(_env_file=None).default_threshold
        self.inventory = InventoryService(self.catalog, SqlLedger(database), Pictures(), rule, audit, self.note)

    def note(self) -> None:
        self.changes += 1

    def edit(self, product_id: str, draft: ProductDraft) -> Product:
        """By somebody who opened the product just now."""
        seen = self.catalog.get(product_id)
        return self.inventory.edit_product(product_id, draft, ADA, {} if seen is None else edited_fields(seen))


@pytest.fixture
def shop(empty_database: Database) -> Shop:
    return Shop(empty_database)


class TestAddProduct:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "   "),
            ("name", "x" * 201),
            ("name", 7),
            ("name", "bell\x07"),
            ("name", "half \ud83d"),
            ("price", 0),
            ("price", -1),
            ("price", 1.5),
            ("price", "100"),
            ("price", True),
            ("price", 10**13),
            ("cost", -1),
            ("threshold", -1),
            ("threshold", 2.5),
            ("stock", -1),
            ("stock", 10**12),
            ("category", ""),
            ("category", "x" * 65),
            ("description", "x" * 10_001),
        ],
    )
    def test_wrong_values_name_their_field_and_change_nothing(self, shop: Shop, field: str, value: object):
        with pytest.raises(InvalidInput) as raised:
            shop.inventory.add_product(replace(DRAFT, **{field: value}), ADA)
        assert raised.value.field == field
        assert shop.catalog.changes_since(None).products == ()

    def test_html_in_a_name_is_just_a_name(self, shop: Shop):
        made = shop.inventory.add_product(replace(DRAFT, name="  <script>alert(1)</script>\n x "), ADA)
        assert made.name == "<script>alert(1)</script> x"
        assert made.product_id.startswith("script-alert-1-script-x-")

    @pytest.mark.parametrize("name", ["कप", "☕", "x" * 200])
    def test_ids_are_short_and_plain_whatever_the_name(self, shop: Shop, name: str):
        made = shop.inventory.add_product(replace(DRAFT, name=name), ADA)
        assert made.product_id.isascii()
        assert len(made.product_id) <= 47

    def test_the_same_name_twice_makes_two_products(self, shop: Shop):
        first, second = (shop.inventory.add_product(DRAFT, ADA) for _ in range(2))
        assert first.product_id != second.product_id

    def test_other_readers_are_told_of_changes(self, shop: Shop):
        made = shop.inventory.add_product(DRAFT, ADA)
        shop.inventory.receive(made.product_id, 1, ADA)
        assert shop.changes == 2


class TestThreshold:
    @pytest.mark.parametrize(
        ("price", "threshold"),
        [(9_999, 15), (10_000, 50), (49_999, 50), (50_000, 25), (99_999, 25), (100_000, 15), (1, 15)],
    )
    def test_follows_the_price_by_the_rule(self, shop: Shop, price: int, threshold: int):
        assert shop.inventory.default_threshold(price) == threshold
        made = shop.inventory.add_product(replace(DRAFT, price=price), ADA)
        assert (made.threshold, made.threshold_manual) == (threshold, False)

    def test_moves_with_the_price_unless_set_by_hand(self, shop: Shop):
        key = shop.inventory.add_product(DRAFT, ADA).product_id
        assert shop.edit(key, replace(DRAFT, price=60_000)).threshold == 25
        by_hand = shop.edit(key, replace(DRAFT, price=60_000, threshold=3))
        assert (by_hand.threshold, by_hand.threshold_manual) == (3, True)
        assert shop.edit(key, replace(DRAFT, threshold=0)).threshold == 0
        assert shop.edit(key, DRAFT).threshold == 50


class TestEditProduct:
    def test_leaves_stock_picture_and_creation_alone(self, shop: Shop):
        made = shop.inventory.add_product(replace(DRAFT, stock=9, image=b"one"), ADA)
        edited = shop.edit(made.product_id, replace(DRAFT, name="Cup", stock=77))
        assert (edited.name, edited.stock, edited.image, edited.created_at) == ("Cup", 9, "one.webp", made.created_at)
        assert shop.edit(made.product_id, replace(DRAFT, image=b"two")).image == "two.webp"

    def test_unknown_products(self, shop: Shop):
        with pytest.raises(NotFound):
            shop.edit("nope", DRAFT)

    def test_remove_and_restore_keep_stock_and_history(self, shop: Shop):
        key = shop.inventory.add_product(replace(DRAFT, stock=9), ADA).product_id
        shop.inventory.remove(key, ADA)
        shop.inventory.remove(key, ADA)
        removed = shop.catalog.get(key)
        assert (removed.status, removed.stock) == (ProductStatus.REMOVED, 9)
        assert len(shop.inventory.movements(key)) == 1
        assert shop.edit(key, DRAFT).status is ProductStatus.REMOVED
        shop.inventory.restore(key, ADA)
        assert shop.catalog.get(key).status is ProductStatus.ACTIVE


class TestStockInput:
    @pytest.mark.parametrize("units", [0, -3, 1.5, "4", True, None, 10**12])
    def test_wrong_units(self, shop: Shop, units: object):
        key = shop.inventory.add_product(DRAFT, ADA).product_id
        with pytest.raises(InvalidInput):
            shop.inventory.receive(key, units, ADA)
        with pytest.raises(InvalidInput):
            shop.inventory.write_off(key, units, ADA, "")
        assert shop.inventory.movements(key) == ()

    def test_a_count_may_be_zero_but_not_less(self, shop: Shop):
        key = shop.inventory.add_product(replace(DRAFT, stock=3), ADA).product_id
        assert shop.inventory.correct(key, 0, ADA, "").available == 0
        with pytest.raises(InvalidInput):
            shop.inventory.correct(key, -1, ADA, "")

    @pytest.mark.parametrize("edit_id", ["", "x" * 65, "a b", 7])
    def test_wrong_edit_ids(self, shop: Shop, edit_id: object):
        key = shop.inventory.add_product(DRAFT, ADA).product_id
        with pytest.raises(InvalidInput):
            shop.inventory.receive(key, 1, ADA, edit_id=edit_id)
