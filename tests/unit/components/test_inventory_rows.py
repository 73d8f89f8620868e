"""The inventory's grid: a family is a row of its own, and its products stand under it."""

from __future__ import annotations

from dataclasses import replace

from app.domain import Product, ProductStatus
from components.admin.inventory import HEAD, rows


def tee(size: str, stock: int, **fields: object) -> Product:
    made = Product(f"TEE-{size}", f"Tee, {size}", 1_000, stock, 5, family_id="TEE", options=(("Size", size),))
    return replace(made, **fields)


def test_a_family_has_a_row_and_its_products_name_it():
    sock, head, medium, small = rows([tee("S", 0), tee("M", 9, price=900), Product("SOCK", "Sock", 100, 9, 5)])
    assert (head["name"], head["members"], head["available"], head["price"]) == ("Tee", 2, 9, 900)
    assert head["state"] == "low", "one of them is sold out, the other is not"
    assert small["family"] == medium["family"] == head["product_id"] == HEAD + "TEE"
    assert sock["family"] is None
    assert "TEE-S" in small["sub"]


def test_what_is_out_of_the_store_or_alone_stands_for_itself():
    alone = rows([tee("S", 3), tee("M", 3, status=ProductStatus.REMOVED)])
    assert [(one["product_id"], one["family"]) for one in alone] == [("TEE-M", None), ("TEE-S", None)]
