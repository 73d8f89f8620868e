"""Moving available stock by hand: a mark and the new count in one transaction."""

from __future__ import annotations

from app.domain import StockChange
from app.errors import Busy, Conflict, NotFound
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import put, update
from app.stores.dynamo.failures import Refused
from app.stores.dynamo.items import can_be_key, time_text
from app.stores.dynamo.products import product_of
from app.stores.dynamo.tables import MARKS, PRODUCTS


def adjust(dynamo: Dynamo, edit_id: str, product_id: str, delta: int | None, set_to: int | None) -> StockChange:
    """Apply one edit to the count that was read, unless its mark is there; read anew when the count moved."""
    if not can_be_key(product_id):
        raise NotFound("There is no such product.")
    for _ in dynamo.attempts():
        found = dynamo.get_many({PRODUCTS: [{"product_id": product_id}], MARKS: [{"edit_id": edit_id}]})
        if not found[PRODUCTS]:
            raise NotFound("There is no such product.")
        if found[MARKS]:
            return StockChange(found[MARKS][0]["delta"], found[MARKS][0]["available"])
        product = product_of(found[PRODUCTS][0])
        change = delta if delta is not None else (set_to or 0) - product.stock
        available = product.stock + change
        if available < 0:
            raise Conflict(f"Only {product.stock} of {product.name} are available, so {-change} cannot be taken out.")
        stamp = time_text(dynamo.now())
        mark = {"edit_id": edit_id, "product_id": product_id, "delta": change, "available": available, "at": stamp}
        actions = [
            put(dynamo.table(MARKS), mark, "attribute_not_exists(#edit_id)"),
            update(
                dynamo.table(PRODUCTS),
                {"product_id": product_id},
                "SET #stock = :available, #changed_at = :stamp",
                "#stock = :seen",
                {"available": available, "stamp": stamp, "seen": product.stock},
            ),
        ]
        try:
            dynamo.transact(actions)
        except Refused:
            continue  # the count moved, or another process applied the same edit: reading tells
        return StockChange(change, available)
    raise Busy()
