"""A cart as an item: three maps by product id, so that one update can change one line, whatever the others are.

`lines` is what older versions keep carts in. It is always there, since they read it; what one of them put there while
both run counts as well, and moves into the maps at the next change that is written whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.domain import UNIT_LIMIT, Cart, CartLine
from app.stores.dynamo.items import Item

QUANTITIES, PRICES, ADDED, OLD_LINES = "quantities", "prices", "added", "lines"
LINE_MAPS = (QUANTITIES, PRICES, ADDED)
CODE = "code"  # missing in carts that never had one
SLOTS = "slots"  # see `cart_slots`


def microseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def line_attributes(lines: Sequence[CartLine], at: int) -> Item:
    """`at`: microseconds; lines are shown in the order in which they were added, these before what is added then."""
    return {
        QUANTITIES: {line.product_id: line.quantity for line in lines},
        PRICES: {line.product_id: line.unit_price for line in lines},
        ADDED: {line.product_id: at - len(lines) + number for number, line in enumerate(lines)},
        OLD_LINES: [],
    }


def old_line_attributes(lines: Sequence[CartLine]) -> Item:
    return {OLD_LINES: [asdict(line) for line in lines]}


def lines_of_item(item: Mapping[str, Any]) -> tuple[CartLine, ...]:
    units, prices = Counter[str](item.get(QUANTITIES, {})), dict[str, int](item.get(PRICES, {}))
    added = item.get(ADDED, {})
    for line in item[OLD_LINES]:
        units[line["product_id"]] += line["quantity"]
        prices[line["product_id"]] = line["unit_price"]
    in_order = sorted(
        units, key=lambda key: (key not in added, added.get(key, 0))
    )  # what an older version added is last
    return tuple(CartLine(key, min(units[key], UNIT_LIMIT), prices[key]) for key in in_order)


def cart_of(item: Item) -> Cart:
    lines = lines_of_item(item)
    return Cart(item["owner"], item["revision"], lines, None if lines else item["emptied_by"], item.get(CODE) or "")
