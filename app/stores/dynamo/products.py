"""Products as items."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain import Product
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.items import Item, can_be_key, parse_time, time_text
from app.stores.dynamo.tables import PRODUCTS, shard_of
from app.stores.shared.product_fields import read_product, written_fields


def read_products(dynamo: Dynamo, product_ids: Iterable[str]) -> dict[str, Product]:
    """Those that exist, by id, strongly consistent."""
    keys = [{"product_id": product_id} for product_id in dict.fromkeys(product_ids) if can_be_key(product_id)]
    found = dynamo.get_many({PRODUCTS: keys})[PRODUCTS] if keys else []
    return {item["product_id"]: product_of(item) for item in found}


def new_item(product: Product, stamp: str) -> Item:
    return written_fields(product) | {
        "product_id": product.product_id,
        "shard": shard_of(product.product_id),
        "stock": product.stock,
        "created_at": stamp if product.created_at is None else time_text(product.created_at),
        "changed_at": stamp,
        "version": product.version,
    }


def product_of(item: Item) -> Product:
    return read_product(item, parse_time(item["created_at"]), parse_time(item["changed_at"]))
