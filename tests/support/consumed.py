"""What a client's requests consume, in DynamoDB's own units: dynoxide counts them as AWS says it does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.stores.dynamo.client import Dynamo

_TELL = (
    "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "TransactWriteItems",
    "UpdateItem",
)  # fmt: skip


@dataclass
class Consumed:
    """Units by table, or `table/index`; how often each operation was asked, and the bytes of its answers."""

    units: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    bytes: Counter[str] = field(default_factory=Counter)

    def clear(self) -> None:
        for counts in (self.units, self.asked, self.bytes):
            counts.clear()


@contextmanager
def consumed(dynamo: Dynamo) -> Iterator[Consumed]:
    """Counts what this client does within."""
    found = Consumed()

    def tell(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name in _TELL:
            params["body"] = json.dumps(json.loads(params["body"]) | {"ReturnConsumedCapacity": "INDEXES"}).encode()

    def count(http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        found.asked[model.name] += 1
        found.bytes[model.name] += len(http_response.content)
        told = parsed.get("ConsumedCapacity", [])
        for one in told if isinstance(told, list) else [told]:
            name = str(one["TableName"]).removeprefix(dynamo.prefix)
            found.units[name] += one.get("Table", {}).get("CapacityUnits", 0)
            for index, of_index in one.get("GlobalSecondaryIndexes", {}).items():
                found.units[f"{name}/{index}"] += of_index["CapacityUnits"]

    events = dynamo.client.meta.events
    events.register("before-call.dynamodb", tell)
    events.register("after-call.dynamodb", count)
    try:
        yield found
    finally:
        events.unregister("before-call.dynamodb", tell)
        events.unregister("after-call.dynamodb", count)
