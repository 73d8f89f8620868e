"""Records of a moved shop, written and read as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.domain import CartLine, ReservationState
from app.stores.dynamo.cart_items import LINE_MAPS, SLOTS, line_attributes, lines_of_item, microseconds
from app.stores.dynamo.cart_shape import NOTE
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.items import Item, encode_item, parse_time, time_text
from app.stores.dynamo.tables import CART_TTL, CARTS, MARKS, PRODUCTS, RESERVATIONS, SHARDS, shard_of
from app.stores.shared.cart_lines import GUEST_LIFETIME

_TAKES = "order#"  # how the items among the carts begin that are no carts
_TABLES = {
    "products": PRODUCTS, "reservations": RESERVATIONS, "stock_marks": MARKS, "carts": CARTS, "cart_takes": CARTS,
}  # fmt: skip
_KEYS = {
    "products": "product_id", "reservations": "order_id", "stock_marks": "edit_id", "carts": "owner",
    "cart_takes": "order_id",
}  # fmt: skip
_TIMES = ("created_at", "changed_at", "at")
_OURS = (
    "shard",
    "held_shard",
    CART_TTL,
    "load",
    *LINE_MAPS,
    SLOTS,
)  # made from the rest, and known to this store alone

Record = dict[str, Any]


class DynamoTransfer:
    """The `CatalogTarget` port of `app.tools.transfer`."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def get(self, kind: str, keys: Sequence[Any]) -> Mapping[Any, Record]:
        if not keys:
            return {}
        table = _TABLES[kind]
        found = self._dynamo.get_many({table: [_key(kind, key) for key in keys]})[table]
        return {record[_KEYS[kind]]: record for record in (_record(kind, item) for item in found)}

    def put(self, kind: str, records: Sequence[Record]) -> None:
        items = [{"PutRequest": {"Item": encode_item(_item(kind, record))}} for record in records]
        self._dynamo.write_many(_TABLES[kind], items)

    def remove(self, kind: str, keys: Sequence[Any]) -> None:
        self._dynamo.write_many(_TABLES[kind], [{"DeleteRequest": {"Key": encode_item(_key(kind, k))}} for k in keys])

    def everything(self, kind: str) -> Iterator[Record]:
        for item in self._dynamo.pages("scan", _TABLES[kind], ConsistentRead=True):
            if _TABLES[kind] != CARTS or (
                item["owner"] != NOTE and item["owner"].startswith(_TAKES) == (kind == "cart_takes")
            ):
                yield _record(kind, item)


def _key(kind: str, key: Any) -> Item:
    return {"owner": f"{_TAKES}{key}"} if kind == "cart_takes" else {_KEYS[kind]: key}


def _item(kind: str, record: Record) -> Item:
    item = {name: time_text(value) if name in _TIMES else value for name, value in record.items()}
    if kind == "products":
        item |= {"shard": shard_of(record["product_id"])} | {
            name: bool(record.get(name)) for name in ("threshold_manual", "ships_alone")
        }
    if kind == "reservations" and record["state"] == ReservationState.HELD.value:
        item["held_shard"] = record["order_id"] % SHARDS
    if kind == "carts":
        lines = [CartLine(**line) for line in record["lines"]]
        item |= line_attributes(lines, microseconds(record["changed_at"])) | {
            "shard": shard_of(record["owner"]),
            SLOTS: {},
        }
    if kind == "carts" and record["owner"].startswith("guest#"):
        item[CART_TTL] = int((record["changed_at"] + GUEST_LIFETIME).timestamp())
    if kind == "cart_takes":
        return {"owner": f"{_TAKES}{record['order_id']}", "taken_from": record["owner"], "at": item["at"]}
    return item


def _record(kind: str, item: Item) -> Record:
    record = {name: parse_time(v) if name in _TIMES else v for name, v in item.items() if name not in _OURS}
    if kind == "carts":
        record["lines"] = [asdict(line) for line in lines_of_item(item)]
    if kind == "cart_takes":
        return {
            "order_id": int(item["owner"].removeprefix(_TAKES)),
            "owner": item["taken_from"],
            "at": record["at"],
        }
    return record
