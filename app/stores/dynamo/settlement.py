"""Units sold and the cart without what was bought, in one transaction of the order's two items and the cart's."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain import Cart, Quantity
from app.errors import Busy
from app.stores.dynamo import reservations
from app.stores.dynamo.carts import DynamoCarts
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.failures import Refused

_RESERVATION, _MARK = 0, 1  # positions in the transaction; what comes after them is the cart


class DynamoSettlement:
    """The `Settlement` port, where stock and carts are on DynamoDB."""

    marks_outbox = False

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo
        self._carts = DynamoCarts(dynamo)

    def settle_and_take(self, order_id: int, owner: str, lines: Sequence[Quantity], seen: Cart | None = None) -> bool:
        for _ in self._dynamo.attempts():
            taking = self._carts.taking(seen or self._carts.get(owner), order_id, lines)
            try:
                self._dynamo.transact([reservations.settling(self._dynamo, order_id), *taking])
                return True
            except Refused as refused:
                if _RESERVATION in refused.failed:
                    reservations.require_settled(refused)
                    if seen is None:
                        self._carts.take_bought(owner, order_id, lines)
                    return seen is None
                if _MARK in refused.failed:
                    reservations.settle(self._dynamo, order_id)
                    return True
            if seen is not None:
                return False
        raise Busy()
