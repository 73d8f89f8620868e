"""What becomes of a cart's lines, the same on every store. Nothing here changes the lines it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from app.domain import LINE_LIMIT, Cart, CartLine, Quantity
from app.errors import InvalidInput

GUEST_LIFETIME = timedelta(days=90)  # of a guest's cart after its last change

Lines = dict[str, CartLine]  # by product id, in the order in which they were put in


def lines_of(cart: Cart) -> Lines:
    return {line.product_id: line for line in cart.lines}


def with_line(lines: Lines, line: CartLine) -> Lines:
    """Lines with this one set; a quantity of 0 removes it. Raises InvalidInput when the cart is full."""
    if line.quantity <= 0:
        return {key: other for key, other in lines.items() if key != line.product_id}
    if line.product_id not in lines and len(lines) >= LINE_LIMIT:
        raise InvalidInput(
            f"A cart holds at most {LINE_LIMIT} different products. Order these first, or take one out.", "product_id"
        )
    return lines | {line.product_id: line}


def with_more(lines: Lines, product_id: str, units: int, unit_price: int, most: int) -> Lines:
    before = lines[product_id].quantity if product_id in lines else 0
    return with_line(lines, CartLine(product_id, min(before + units, most), unit_price))


class NoRoom(Exception):
    """Not all of the units can be put in."""


def with_all(lines: Lines, product_id: str, units: int, unit_price: int, most: int) -> Lines:
    """Lines with all of these units more. Raises NoRoom for more than `most` in the line, and for a full cart."""
    before = lines[product_id].quantity if product_id in lines else 0
    if before + units > most or (not before and len(lines) >= LINE_LIMIT):
        raise NoRoom
    return with_line(lines, CartLine(product_id, before + units, unit_price))


def with_prices(lines: Lines, prices: Mapping[str, int]) -> Lines:
    return {key: replace(line, unit_price=prices.get(key, line.unit_price)) for key, line in lines.items()}


def merged(lines: Lines, given: Sequence[CartLine], most: int) -> tuple[Lines, Lines]:
    """The lines with what is given added, and what stays with the giver because there is no room for it."""
    both, left = dict(lines), {}
    for line in given:
        present = both.get(line.product_id)
        if present is None and len(both) >= LINE_LIMIT:
            left[line.product_id] = line  # rather than get lost
            continue
        units = line.quantity + (present.quantity if present else 0)
        both[line.product_id] = replace(line, quantity=min(units, most))
    return both, left


def without(lines: Lines, bought: Sequence[Quantity]) -> Lines:
    kept = dict(lines)
    for item in bought:
        line = kept.pop(item.product_id, None)
        if line is not None and line.quantity > item.units:
            kept[item.product_id] = replace(line, quantity=line.quantity - item.units)
    return {key: kept[key] for key in lines if key in kept}
