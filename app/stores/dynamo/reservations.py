"""Units between available and sold: one item per order, written together with the stock it moves."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence

from app.domain import LINE_LIMIT, ProductStatus, Quantity, Reservation, ReservationState
from app.errors import Busy, Conflict, InvalidInput, OutOfStock, Shortage
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import Action, named, put, update
from app.stores.dynamo.failures import Refused
from app.stores.dynamo.items import Item, time_text
from app.stores.dynamo.products import read_products
from app.stores.dynamo.tables import BY_HELD, PRODUCTS, RESERVATIONS, SHARDS
from app.stores.dynamo.turns import Turn
from app.stores.shared.reservations import per_product

TOGETHER = 48  # orders that one takes along; a transaction holds 100 writes, and larger ones take longer
# Where orders come without end, a process that began its next transaction with the last would never let another one
# in. Tried in a model: two processes then sold 510 of 1,000 orders a second, and with this pause all of them.
LET_OTHERS_IN_SECONDS = 0.03
_NEW = "attribute_not_exists(#order_id)"


def read(dynamo: Dynamo, order_id: int) -> Reservation | None:
    item = dynamo.get(RESERVATIONS, {"order_id": order_id})
    return None if item is None else _reservation(item)


def reserve(dynamo: Dynamo, order_id: int, lines: Sequence[Quantity]) -> Reservation:
    """The order's item and every line's stock in one transaction, maybe with those of others in line.

    Raises InvalidInput for too many lines.
    """
    wanted = per_product(lines)
    if len(wanted) > LINE_LIMIT:  # and the order's own item are what one transaction can take
        raise InvalidInput(f"An order can hold at most {LINE_LIMIT} different products. Take some out of the cart.")
    for _ in dynamo.attempts():
        turn = Turn(order_id, wanted)
        try:
            with dynamo.turn(turn):
                if not turn.is_done:
                    _take(dynamo, turn)
        except Refused as refused:
            if 0 in refused.failed:
                return _as_before(dynamo, order_id)
            if shortages := _shortages(dynamo, wanted):
                raise OutOfStock(shortages) from refused
            continue  # units came back in between
        return Reservation(order_id, ReservationState.HELD, wanted)
    raise Busy()


def release(dynamo: Dynamo, order_id: int) -> None:
    for _ in dynamo.attempts():
        known = read(dynamo, order_id)
        if known is not None and known.state is ReservationState.RELEASED:
            return
        if known is not None and known.state is ReservationState.SETTLED:
            raise Conflict("The units of this order are sold.")
        try:
            dynamo.transact([_tombstone(dynamo, order_id)] if known is None else _returning(dynamo, known))
            return
        except Refused as refused:
            if 0 not in refused.failed:
                raise RuntimeError(f"units of order {order_id} cannot return to their products") from refused
    raise Busy()


def settle(dynamo: Dynamo, order_id: int) -> None:
    # A repeat finds `settled`, so this needs no token.
    try:
        dynamo.call("update_item", **settling(dynamo, order_id)["Update"])
    except Refused as refused:
        require_settled(refused)


def settling(dynamo: Dynamo, order_id: int) -> Action:
    return update(
        dynamo.table(RESERVATIONS),
        {"order_id": order_id},
        "SET #state = :settled, #changed_at = :stamp REMOVE #held_shard",
        "#state = :held",
        {
            "settled": ReservationState.SETTLED.value,
            "held": ReservationState.HELD.value,
            "stamp": time_text(dynamo.now()),
        },
    )


def require_settled(refused: Refused) -> None:
    """Raises Conflict unless what refused `settling` is that it was done before."""
    if refused.item is None or refused.item["state"] != ReservationState.SETTLED.value:
        raise Conflict("No units are held for this order (any more).") from refused


def held(dynamo: Dynamo) -> dict[str, int]:
    """Units held per product, by an index of nothing but what is held."""
    units: Counter[str] = Counter()
    for shard in range(SHARDS):
        wanted = named({"KeyConditionExpression": "#held_shard = :shard"}, {"shard": shard})
        for item in dynamo.pages("query", RESERVATIONS, IndexName=BY_HELD, **wanted):
            for line in _reservation(item).lines:
                units[line.product_id] += line.units
    return dict(units)


def _take(dynamo: Dynamo, turn: Turn) -> None:
    """For others in line as well, if all of them can have theirs. Raises Refused for this order alone."""
    if turn.has_waited and not turn.goes_alone:
        time.sleep(random.uniform(0, LET_OTHERS_IN_SECONDS))
    if others := dynamo.turns.take_along(turn, min(TOGETHER, LINE_LIMIT - len(turn.products))):
        done = False
        try:
            dynamo.transact(_taking(dynamo, [turn, *others]))
            done = True
            return
        except Refused:
            pass  # one of them has its units, or too few are left for all: each finds out for itself
        finally:
            dynamo.turns.bring_back(others, done=done)
    dynamo.transact(_taking(dynamo, [turn]))


def _taking(dynamo: Dynamo, turns: Sequence[Turn]) -> list[Action]:
    stamp = time_text(dynamo.now())
    units: Counter[str] = Counter()
    for turn in turns:
        units.update({line.product_id: line.units for line in turn.lines})
    takes = [
        update(
            dynamo.table(PRODUCTS),
            {"product_id": product_id},
            "SET #stock = #stock - :units, #changed_at = :stamp",
            "#stock >= :units AND #status = :active",
            {"units": count, "active": ProductStatus.ACTIVE.value, "stamp": stamp},
        )
        for product_id, count in units.items()
    ]
    return [*(_guard(dynamo, turn, stamp) for turn in turns), *takes]


def _guard(dynamo: Dynamo, turn: Turn, stamp: str) -> Action:
    item = {
        "order_id": turn.order_id,
        "state": ReservationState.HELD.value,
        "held_shard": turn.order_id % SHARDS,
        "lines": [{"product_id": line.product_id, "units": line.units} for line in turn.lines],
        "changed_at": stamp,
    }
    return put(dynamo.table(RESERVATIONS), item, _NEW)


def _as_before(dynamo: Dynamo, order_id: int) -> Reservation:
    """The answer that the order got before."""
    known = read(dynamo, order_id)
    assert known is not None
    if known.state is not ReservationState.HELD:
        raise Conflict(f"The units of this order were {known.state.value} before.")
    return known


def _shortages(dynamo: Dynamo, lines: Sequence[Quantity]) -> list[Shortage]:
    """Every line that cannot be had now; a transaction need not name more than one."""
    products = read_products(dynamo, [line.product_id for line in lines])
    short = []
    for line in lines:
        product = products.get(line.product_id)
        if product is None:
            short.append(Shortage(line.product_id, "A product that is gone", line.units, 0))
        elif product.status is not ProductStatus.ACTIVE:
            short.append(Shortage(line.product_id, product.name, line.units, 0))
        elif product.stock < line.units:
            short.append(Shortage(line.product_id, product.name, line.units, product.stock))
    return short


def _tombstone(dynamo: Dynamo, order_id: int) -> Action:
    item = {
        "order_id": order_id,
        "state": ReservationState.RELEASED.value,
        "lines": [],
        "changed_at": time_text(dynamo.now()),
    }
    return put(dynamo.table(RESERVATIONS), item, _NEW)


def _returning(dynamo: Dynamo, known: Reservation) -> list[Action]:
    stamp = time_text(dynamo.now())
    change = update(
        dynamo.table(RESERVATIONS),
        {"order_id": known.order_id},
        "SET #state = :released, #changed_at = :stamp REMOVE #held_shard",
        "#state = :held",
        {"released": ReservationState.RELEASED.value, "held": ReservationState.HELD.value, "stamp": stamp},
    )
    returns = [
        update(
            dynamo.table(PRODUCTS),
            {"product_id": line.product_id},
            "SET #stock = #stock + :units, #changed_at = :stamp",
            "attribute_exists(#product_id)",
            {"units": line.units, "stamp": stamp},
        )
        for line in known.lines
    ]
    return [change, *returns]


def _reservation(item: Item) -> Reservation:
    lines = tuple(Quantity(line["product_id"], line["units"]) for line in item["lines"])
    return Reservation(item["order_id"], ReservationState(item["state"]), lines)
