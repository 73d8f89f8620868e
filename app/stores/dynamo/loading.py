"""Many products at once into an empty catalogue, beside a database transaction that is all or nothing.

DynamoDB cannot be part of that transaction. So every product of a load carries the load's name, and an
item says which load is unfinished: what a load that never came to its end left behind counts as nothing
and is taken away by the next one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from app.domain import Product
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.items import Item, encode_item, time_text
from app.stores.dynamo.products import new_item
from app.stores.dynamo.tables import MARKS, PRODUCTS

_UNFINISHED = {"edit_id": "load#unfinished"}  # among the marks; edits of stock have other ids


class DynamoLoader:
    """The `ProductLoader` port."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def is_empty(self) -> bool:
        unfinished = self._unfinished()
        return all(item.get("load", "") == unfinished for item in self._items())

    def load(self, products: Iterable[Product]) -> None:
        self._remove_unfinished()
        name = uuid.uuid4().hex
        self._dynamo.write_many(MARKS, [{"PutRequest": {"Item": encode_item(_UNFINISHED | {"load": name})}}])
        stamp = time_text(self._dynamo.now())
        items = (new_item(product, stamp) | {"load": name} for product in products)
        self._dynamo.write_many(PRODUCTS, [{"PutRequest": {"Item": encode_item(item)}} for item in items])

    def finish(self) -> None:
        self._dynamo.write_many(MARKS, [{"DeleteRequest": {"Key": encode_item(_UNFINISHED)}}])

    def _remove_unfinished(self) -> None:
        if (unfinished := self._unfinished()) is not None:
            left = [item["product_id"] for item in self._items() if item.get("load") == unfinished]
            keys = [encode_item({"product_id": product_id}) for product_id in left]
            self._dynamo.write_many(PRODUCTS, [{"DeleteRequest": {"Key": key}} for key in keys])

    def _unfinished(self) -> str | None:
        mark = self._dynamo.get(MARKS, _UNFINISHED)
        return None if mark is None else str(mark["load"])

    def _items(self) -> Iterator[Item]:
        return self._dynamo.pages("scan", PRODUCTS, ConsistentRead=True)
