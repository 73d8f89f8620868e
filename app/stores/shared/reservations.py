"""What a reservation asks for, the same on every store."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain import Quantity


def per_product(lines: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """One line per product, in the order of their ids."""
    if not lines:
        raise ValueError("a reservation of nothing")
    units: dict[str, int] = {}
    for line in lines:
        if line.units < 1:
            raise ValueError(f"a reservation of {line.units} units")
        units[line.product_id] = units.get(line.product_id, 0) + line.units
    return tuple(Quantity(product_id, count) for product_id, count in sorted(units.items()))
