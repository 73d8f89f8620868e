"""The time machine of the whole shop as a sheet: every product on two days, and what led from one to the other."""

from __future__ import annotations

from typing import Any

from app.services import services
from app.services.analytics.shop_days import KINDS, ProductDifference, Shelf
from app.web.exports.sheets import PRODUCT, Asked, money, number, sheet
from app.web.exports.writing import Column, Sheet

_KIND_WORDS = {
    "received": "received", "sold": "sold", "returned": "returned to stock", "corrected": "corrected",
    "written_off": "written off",
}  # fmt: skip


@sheet("time-machine")
def time_machine(asked: Asked) -> Sheet:
    """From the end of the day `from` to the end of `to`; movements are signed."""
    days = asked.period(28)
    found = services().shop_days.between(days.start, days.last_day)
    moved = {row.product_id: row for row in found.products}
    ends = [{shelf.product_id: shelf for shelf in end.shelves} for end in (found.before, found.after)]
    rows = [
        _row(product_id, ends[0].get(product_id), ends[1].get(product_id), moved.get(product_id))
        for product_id in sorted({*ends[0], *ends[1]})
    ]
    head = [*PRODUCT, Column("Category")]
    for end in (found.before.day, found.after.day):
        head += [number(f"On hand, {end}"), money(f"Cost a unit, {end}"), money(f"Price a unit, {end}")]
        head += [money(f"Value, {end}")]
    for kind in KINDS:
        head += [number(f"Units {_KIND_WORDS[kind]}"), money(f"Value {_KIND_WORDS[kind]}")]
    head += [money("Costs and prices changed"), money("Difference in value")]
    return Sheet(f"time-machine-{found.before.day}-to-{found.after.day}", head, rows)


def _row(
    product_id: str, before: Shelf | None, after: Shelf | None, moved: ProductDifference | None
) -> tuple[Any, ...]:
    shelf = after or before
    assert shelf is not None
    movements = (
        value
        for kind in KINDS
        for value in ((moved.units.get(kind, 0), moved.values.get(kind, 0)) if moved else (0, 0))
    )
    rise = (after.value if after else 0) - (before.value if before else 0)
    repriced = moved.repriced if moved else 0
    return product_id, shelf.name, shelf.category, *_end(before), *_end(after), *movements, repriced, rise


def _end(shelf: Shelf | None) -> tuple[Any, ...]:
    return (0, None, None, 0) if shelf is None else (shelf.on_hand, shelf.worth.cost, shelf.worth.price, shelf.value)
