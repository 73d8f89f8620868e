"""What changed in the catalogue, read from an index of stamps and counts alone.

Most changes are sales, and a sale changes nothing but a count. So the index holds each product's stamp, its count and
which edition of its other fields it has; the fields themselves are read once per edition, from the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from app.domain import Product
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import named
from app.stores.dynamo.items import Item, parse_time, time_text
from app.stores.dynamo.products import product_of
from app.stores.dynamo.tables import PRODUCTS, RECENT_CHANGES, SHARDS


class _Edition(NamedTuple):
    """Of everything but count and stamp: an edit makes another version, a load other items of the same ids."""

    version: int
    load: str


class Following:
    """Products as they change, for one process. Remembers each edition it has read."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo
        self._known: dict[str, tuple[_Edition, Product]] = {}

    def everything(self) -> Iterator[Product]:
        """For a process that starts, and now and then, so that its snapshot mends whatever it missed."""
        return self._remembered(self._dynamo.pages("scan", PRODUCTS, ConsistentRead=True))

    def since(self, cursor: datetime) -> Iterator[Product]:
        """At least what was stamped at `cursor` or after it."""
        unknown: dict[str, None] = {}
        for entry in self._entries(cursor):
            known = self._known.get(entry["product_id"])
            if known is not None and known[0] == _edition(entry):
                yield self._counted(known[1], entry)
            else:
                unknown[entry["product_id"]] = None
        if unknown:
            keys = [{"product_id": product_id} for product_id in unknown]
            yield from self._remembered(self._dynamo.get_many({PRODUCTS: keys})[PRODUCTS])

    def _entries(self, cursor: datetime) -> Iterator[Item]:
        for shard in range(SHARDS):
            condition = {"KeyConditionExpression": "#shard = :shard AND #changed_at >= :cursor"}
            wanted = named(condition, {"shard": shard, "cursor": time_text(cursor)})
            yield from self._dynamo.pages("query", PRODUCTS, IndexName=RECENT_CHANGES, **wanted)

    def _counted(self, product: Product, entry: Item) -> Product:
        """The count as the index has it, also where its stamp is an earlier one: hosts stamp almost alike."""
        stock, changed_at = entry["stock"], parse_time(entry["changed_at"])
        if (product.stock, product.changed_at) == (stock, changed_at):
            return product
        counted = replace(product, stock=stock, changed_at=changed_at)
        self._known[product.product_id] = (_edition(entry), counted)
        return counted

    def _remembered(self, items: Iterable[Item]) -> Iterator[Product]:
        for item in items:
            product = product_of(item)
            self._known[product.product_id] = (_edition(item), product)
            yield product


def _edition(item: Item) -> _Edition:
    return _Edition(item.get("version", 0), item.get("load", ""))  # items of earlier releases have no version
