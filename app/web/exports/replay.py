"""A policy replay as a file: every product, the policy beside what really happened."""

from __future__ import annotations

from app import numbers
from app.errors import NotFound
from app.services import services
from app.web.exports.sheets import PRODUCT, Asked, money, number, sheet
from app.web.exports.writing import Sheet


@sheet("replay")
def replay(asked: Asked) -> Sheet:
    """That of the address, else the last one; the products of which it matters most first. Raises NotFound."""
    shop, run = services(), numbers.row_id(numbers.natural(asked.text("run")))
    latest = shop.replays.latest(1) if run is None else [shop.replays.get(run)]
    found = shop.replays.result(latest[0].replay_id) if latest else None
    if found is None and run is not None:
        raise NotFound("This replay is not done.")
    names = {product.product_id: product.name for product in shop.catalog.all(include_removed=True)}
    rows = []
    for one in found.by_difference if found else ():
        p, r = one.played, one.real
        real = (r.out, r.sold, r.lost, r.lost_value, r.value, r.arrived, r.end) if r else (None,) * 7
        rows.append(
            (
                one.product_id, names.get(one.product_id, one.product_id), p.days, p.out, p.sold, p.lost, p.lost_value,
                p.value, p.orders, p.ordered, p.arrived, p.start, p.end, *real,
            )
        )  # fmt: skip
    head = [
        *PRODUCT, number("Days"), number("Days out of stock"), number("Units sold"), number("Units lost"),
        money("Lost sales"), money("Mean stock value"), number("Orders"), number("Units ordered"),
        number("Units arrived"), number("On hand at the start"), number("On hand at the end"),
        number("Really: days out of stock"), number("Really: units sold"), number("Really: units lost, estimated"),
        money("Really: lost sales, estimated"), money("Really: mean stock value"), number("Really: units received"),
        number("Really: on hand at the end"),
    ]  # fmt: skip
    span = f"{found.request.first}-to-{found.request.last}" if found else "none"
    return Sheet(f"replay-{span}", head, rows)
