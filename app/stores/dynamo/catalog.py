"""Products, their stock and its reservations on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.domain import Product, Quantity, Reservation, StockChange
from app.errors import Conflict, NotFound, StaleEdit
from app.services.catalog.ports import CatalogChanges
from app.stores.dynamo import reservations, stock
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import assignments, put, update_request
from app.stores.dynamo.failures import Refused
from app.stores.dynamo.following import Following
from app.stores.dynamo.items import Item, decode_item, time_text
from app.stores.dynamo.products import new_item, product_of, read_products
from app.stores.dynamo.tables import PRODUCTS
from app.stores.shared.product_fields import written_fields

# For what was stamped before it was written, for an index that follows its table, and for clocks.
OVERLAP = timedelta(seconds=30)


class DynamoCatalog:
    """The `Catalog` port."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo
        self._following = Following(dynamo)

    def get(self, product_id: str) -> Product | None:
        return self.get_many([product_id]).get(product_id)

    def get_many(self, product_ids: Sequence[str]) -> dict[str, Product]:
        return read_products(self._dynamo, product_ids)

    def changes_since(self, cursor: datetime | None) -> CatalogChanges:
        now = self._dynamo.now()  # before the items: what is written in between is found next time
        found = self._following.everything() if cursor is None else self._following.since(cursor)
        return CatalogChanges(tuple(found), now - OVERLAP)

    def add(self, product: Product) -> None:
        item = new_item(product, time_text(self._dynamo.now()))
        try:
            self._dynamo.transact([put(self._dynamo.table(PRODUCTS), item, "attribute_not_exists(#product_id)")])
        except Refused as refused:
            raise Conflict("There is already a product with this id.") from refused

    def update(self, product: Product) -> Product:
        written = written_fields(product)
        values = written | {"version": product.version + 1, "changed_at": time_text(self._dynamo.now())}
        change, condition = assignments(values), "attribute_exists(#product_id) AND #version = :seen"
        if product.version == 0:  # items of earlier releases have none
            condition = "attribute_exists(#product_id) AND (#version = :seen OR attribute_not_exists(#version))"
        key = {"product_id": product.product_id}
        values["seen"] = product.version
        request = update_request(self._dynamo.table(PRODUCTS), key, change, condition, values)
        try:
            answer = self._dynamo.call("update_item", **request, ReturnValues="ALL_NEW")
        except Refused as refused:
            return _standing(refused.item, written)
        return product_of(decode_item(answer["Attributes"]))

    def adjust_stock(
        self, edit_id: str, product_id: str, *, delta: int | None = None, set_to: int | None = None
    ) -> StockChange:
        if (delta is None) == (set_to is None):
            raise ValueError("exactly one of delta and set_to")
        return stock.adjust(self._dynamo, edit_id, product_id, delta, set_to)

    def reserve(self, order_id: int, lines: Sequence[Quantity]) -> Reservation:
        return reservations.reserve(self._dynamo, order_id, lines)

    def release(self, order_id: int) -> None:
        reservations.release(self._dynamo, order_id)

    def settle(self, order_id: int) -> None:
        reservations.settle(self._dynamo, order_id)

    def reservation(self, order_id: int) -> Reservation | None:
        return reservations.read(self._dynamo, order_id)

    def held(self) -> dict[str, int]:
        return reservations.held(self._dynamo)


def _standing(item: Item | None, written: dict[str, Any]) -> Product:
    """What a refused edit found: itself, made by an attempt whose answer was lost, or another one."""
    if item is None:
        raise NotFound("There is no such product.")
    present = product_of(item)
    if written_fields(present) != written:
        raise StaleEdit()
    return present
