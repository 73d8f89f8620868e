"""ABC classes: which few products make most of the sales, or of the margin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import pandas as pd

from app.domain import NON_MERCHANDISE, Period, Product, ProductStatus
from app.errors import InvalidInput
from app.frames import typed_frame
from app.services.analytics.margin import margin_of
from app.services.analytics.ports import ProductSales, SalesReader

AbcBy = Literal["gross", "margin"]
A_SHARE, B_SHARE = 80, 95  # percent of what is summed, up to and including
COLUMNS = {
    "product_id": "object", "name": "object", "units": "int64", "gross": "int64", "margin": "object",
    "share": "float64", "cumulative_share": "float64", "abc": "object",
}  # fmt: skip


class ProductAnalytics:
    """Products by what they bring in, and their classes.

    `products` gives the catalogue's snapshot, those that left the store too.
    """

    def __init__(self, reader: SalesReader, products: Callable[[], tuple[Product, ...]]) -> None:
        self._reader = reader
        self._products = products

    def abc(self, period: Period, by: AbcBy = "gross") -> pd.DataFrame:
        """The merchandise in classes by what it brought in `period`, see `abc_classes`; what left the store if it sold.

        Raises InvalidInput when the period ends before it starts.
        """
        if period.end < period.start:
            raise InvalidInput("The period ends before it starts.", "end")
        rows = self._reader.best_sellers(period.start, period.end, leave_out=NON_MERCHANDISE)
        sold = {row.product_id: row for row in rows}
        products = [
            p
            for p in self._products()
            if p.product_id not in NON_MERCHANDISE and (p.status is ProductStatus.ACTIVE or p.product_id in sold)
        ]
        return abc_classes(products, sold, by)


def abc_classes(products: Iterable[Product], sold: Mapping[str, ProductSales], by: AbcBy = "gross") -> pd.DataFrame:
    """One row per product, by gross sales or by gross margin in the period, descending (ties: product id ascending).

    Columns: product_id, name, units, gross (int64, minor units), margin (minor units; None: no cost is known), share
    and cumulative_share (of all that products brought, 0 to 1), abc. A up to and including 80 % of cumulative share, B
    up to and including 95 %, C the rest; the first product is always A, those that brought nothing are C. By margin,
    what brought a loss or has no known cost brought nothing.
    """
    rows = []
    for product in products:
        sale = sold.get(product.product_id) or ProductSales(product.product_id, 0, 0)
        margin = margin_of(sale).amount
        brought = sale.gross if by == "gross" else max(0, margin or 0)
        rows.append((product.product_id, product.name, sale.units, sale.gross, margin, brought))
    rows.sort(key=lambda row: (-row[-1], row[0]))
    total, so_far, classed = sum(row[-1] for row in rows), 0, []
    for number, (*facts, brought) in enumerate(rows):
        so_far += brought
        share, cumulative = (brought / total, so_far / total) if total else (0.0, 0.0)
        classed.append((*facts, share, cumulative, _letter(number, brought, so_far, total)))
    return typed_frame(classed, COLUMNS)


def _letter(number: int, brought: int, so_far: int, total: int) -> str:
    """In whole numbers: 80 % exactly is A, whatever a float makes of it."""
    if brought <= 0:
        return "C"
    if number == 0 or 100 * so_far <= A_SHARE * total:
        return "A"
    return "B" if 100 * so_far <= B_SHARE * total else "C"
