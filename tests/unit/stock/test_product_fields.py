"""SKU, brand, barcode, tags, weight, pictures and families, as inventory takes and refuses them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import Actor, Product, ProductPicture
from app.domain.gtin import is_gtin
from app.errors import Conflict, EditClash, InvalidInput, NotFound
from app.services.audit.log import AuditService
from app.services.stock.inventory import InventoryService
from app.services.stock.product_drafts import ProductDraft, edited_fields
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.database import Database
from app.stores.sql.stock.ledger import SqlLedger

ADA = Actor("ada")
DRAFT = ProductDraft("Tee", 19_900, "Clothes")


class Pictures:
    """A store that has kept two pictures."""

    def save(self, data: bytes) -> str:
        return f"{data.decode()}.webp"

    def load(self, name: str) -> bytes:
        if name not in ("one.webp", "two.webp"):
            raise NotFound("There is no such picture.")
        return b""


@pytest.fixture
def inventory(empty_database: Database) -> InventoryService:
    audit = AuditService(SqlAuditLog(empty_database))
    return InventoryService(SqlCatalog(empty_database), SqlLedger(empty_database), Pictures(), lambda _: 15, audit)


def add(inventory: InventoryService, **fields: object) -> Product:
    return inventory.add_product(replace(DRAFT, **fields), ADA)


def edit(inventory: InventoryService, seen: Product, **fields: object) -> Product:
    """By somebody who opened it and changed these fields alone."""
    shown = replace(
        DRAFT, name=seen.name, price=seen.price, category=seen.category, sku=seen.sku, brand=seen.brand,
        barcode=seen.barcode, tags=seen.tags, weight=seen.weight, family_id=seen.family_id, options=seen.options,
        pictures=seen.pictures, supplier=seen.supplier, ships_alone=seen.ships_alone,
        tax_class=seen.tax_class,
    )  # fmt: skip
    return inventory.edit_product(seen.product_id, replace(shown, **fields), ADA, edited_fields(seen))


@pytest.mark.parametrize("code", ["40170725", "036000291452", "4006381333931", "00012345600012"])
def test_a_gtin_of_each_length_is_one(code: str):
    assert is_gtin(code)


@pytest.mark.parametrize("code", ["", "4006381333932", "400638133393", "4006381333931x", "٤٠٠٦٣٨١٣٣٣٩٣١", "0" * 15])
def test_wrong_digits_letters_and_lengths_are_none(code: str):
    assert not is_gtin(code)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", " "),
        ("sku", "x" * 65),
        ("sku", ".."),
        ("brand", "x" * 81),
        ("supplier", "x" * 81),
        ("ships_alone", "yes"),
        ("tax_class", "luxury"),
        ("barcode", "4006381333932"),
        ("barcode", "barcode"),
        ("tags", ["x" * 41]),
        ("tags", [f"tag {n}" for n in range(21)]),
        ("weight", 0),
        ("weight", 2.5),
        ("weight", 10**9),
        ("pictures", [ProductPicture("gone.webp")]),
        ("pictures", [ProductPicture("one.webp", "x" * 251)]),
        ("options", [("Size", "M")]),  # of no family
    ],
)
def test_wrong_values_name_their_field_and_change_nothing(inventory: InventoryService, field: str, value: object):
    with pytest.raises(InvalidInput) as raised:
        add(inventory, **{field: value})
    assert raised.value.field == ("family_id" if field == "options" else field)
    assert inventory._catalog.changes_since(None).products == ()


def test_what_is_given_is_kept_tidy(inventory: InventoryService):
    made = add(
        inventory, sku=" TEE 1/2 ", brand="Loom & Co", barcode="4 006381-333931", tags=[" Cotton", "cotton", "", "new"],
        weight=180, pictures=[ProductPicture("two.webp", " From  behind ")], supplier=" Sharma  Traders ",
    )  # fmt: skip
    assert (made.product_id, made.sku, made.brand) == ("TEE 1/2", "TEE 1/2", "Loom & Co")
    assert made.supplier == "Sharma Traders"
    assert (made.barcode, made.tags, made.weight) == ("4006381333931", ("cotton", "new"), 180)
    assert made.pictures == (ProductPicture("two.webp", "From behind"),)


class TestSku:
    def test_a_product_without_one_has_its_id(self, inventory: InventoryService):
        made = add(inventory)
        assert made.sku == made.product_id

    def test_one_that_is_taken_is_refused_and_leaves_no_stock_to_come(self, inventory: InventoryService):
        add(inventory, sku="TEE", stock=3)
        with pytest.raises(Conflict, match="Tee has the SKU TEE already"):
            add(inventory, sku="TEE", stock=5)
        assert inventory.finish_edits() == 0
        assert inventory.on_hand("TEE") == 3

    def test_whoever_is_slower_by_a_moment_is_told_so_and_books_no_units(self, inventory: InventoryService):
        inventory._catalog.add(Product("TEE", "Tee", 100, 3, 1))
        inventory._everything = lambda: ()  # what was read a moment before
        with pytest.raises(Conflict, match="already a product with the SKU TEE"):
            add(inventory, sku="TEE", stock=5)
        inventory.finish_edits(older_than=-timedelta(minutes=1))
        assert inventory._catalog.get("TEE").stock == 3

    def test_it_may_be_changed_and_the_id_stays(self, inventory: InventoryService):
        made = add(inventory, sku="TEE")
        changed = edit(inventory, made, sku="TEE-2")
        assert (changed.product_id, changed.sku) == ("TEE", "TEE-2")
        other = add(inventory)
        for taken in ("TEE", "TEE-2"):
            with pytest.raises(Conflict, match="Choose another one"):
                edit(inventory, other, sku=taken)

    def test_the_longest_one_gets_its_opening_stock(self, inventory: InventoryService):
        assert add(inventory, sku="ü" * 64, stock=7).stock == 7


class TestFamily:
    def test_a_combination_is_given_once_and_the_refusal_says_to_which(self, inventory: InventoryService):
        add(inventory, sku="TEE-M", family_id="TEE", options=[("Size", "M"), ("Colour", "Red")])
        add(inventory, sku="TEE-L", family_id="TEE", options=[("Size", "L"), ("Colour", "Red")])
        with pytest.raises(InvalidInput, match="TEE-M of this family is Size M, Colour Red already"):
            add(inventory, family_id="TEE", options=[("colour", "red"), ("size", "m")])

    def test_all_have_the_same_options(self, inventory: InventoryService):
        add(inventory, sku="TEE-M", family_id="TEE", options=[("Size", "M")])
        for options in ([("Colour", "Red")], [("Size", "M"), ("Colour", "Red")], []):
            with pytest.raises(InvalidInput) as raised:
                add(inventory, family_id="TEE", options=options)
            assert raised.value.field == "options"

    def test_one_taken_out_gives_its_place_free_and_does_not_come_back_into_it(self, inventory: InventoryService):
        first = add(inventory, family_id="TEE", options=[("Size", "M")])
        inventory.remove(first.product_id, ADA)
        add(inventory, sku="NEW", family_id="TEE", options=[("Size", "M")])
        with pytest.raises(InvalidInput, match="NEW of this family is Size M already"):
            inventory.restore(first.product_id, ADA)

    def test_other_edits_of_a_member_ask_nothing_of_the_others(self, inventory: InventoryService):
        made = add(inventory, family_id="TEE", options=[("Size", "M")])
        inventory._everything = None
        assert edit(inventory, made, price=100).price == 100


def test_two_who_edit_other_fields_of_one_product_keep_both(inventory: InventoryService):
    seen = add(inventory, tags=["old"])
    edit(inventory, seen, tags=["old", "new"])
    edit(inventory, seen, weight=200)
    with pytest.raises(EditClash) as raised:
        edit(inventory, seen, tags=["mine"])
    (clash,) = raised.value.clashes
    assert (clash.field, clash.theirs, clash.mine) == ("tags", ["old", "new"], ["mine"])
    found = inventory._catalog.get(seen.product_id)
    assert (found.tags, found.weight) == (("old", "new"), 200)
