"""Reservations as reconciling reads them: many at once, strongly consistent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from app.domain import Quantity, ReservationState
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import named
from app.stores.dynamo.items import Item
from app.stores.dynamo.tables import BY_HELD, RESERVATIONS, SHARDS


class DynamoReservationBook:
    """The `ReservationBook` port."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def states(self, order_ids: Sequence[int]) -> Mapping[int, ReservationState]:
        return {item["order_id"]: ReservationState(item["state"]) for item in self._items(order_ids)}

    def held(self, order_ids: Collection[int]) -> Mapping[int, tuple[Quantity, ...]]:
        # The index only says where to look: it may still name what was settled a moment ago.
        found = self._items({*order_ids, *self._indexed()})
        return {
            item["order_id"]: tuple(Quantity(line["product_id"], line["units"]) for line in item["lines"])
            for item in found
            if item["state"] == ReservationState.HELD.value
        }

    def _items(self, order_ids: Iterable[int]) -> list[Item]:
        keys = [{"order_id": order_id} for order_id in sorted(set(order_ids))]
        return self._dynamo.get_many({RESERVATIONS: keys})[RESERVATIONS] if keys else []

    def _indexed(self) -> list[int]:
        found = []
        for shard in range(SHARDS):
            wanted = named({"KeyConditionExpression": "#held_shard = :shard"}, {"shard": shard})
            found += [
                item["order_id"] for item in self._dynamo.pages("query", RESERVATIONS, IndexName=BY_HELD, **wanted)
            ]
        return found
