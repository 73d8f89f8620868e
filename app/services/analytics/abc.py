"""ABC classes: which few products make most of the sales."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from app.domain import NON_MERCHANDISE, Period, Product, ProductStatus
from app.errors import InvalidInput
from app.frames import typed_frame
from app.services.analytics.ports import ProductSales, SalesReader

A_SHARE, B_SHARE = 80, 95  # percent of gross sales, up to and including
COLUMNS = {
    "product_id": "object", "name": "object", "units": "int64", "gross": "int64", "share": "float64",
    "cumulative_share": "float64", "abc": "object",
}  # fmt: skip


class ProductAnalytics:
    """Products by what they bring in, and their classes.

    `products` gives the catalogue's snapshot, those that left the store too.
    """

    def __init__(self, reader: SalesReader, products: Callable[[], tuple[Product, ...]]) -> None:
        self._reader = reader
        self._products = products

    def abc(self, period: Period) -> pd.DataFrame:
        """The merchandise in classes by its sales in `period`, see `abc_classes`; what left the store if it sold.

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
        return abc_classes(products, sold)


def abc_classes(products: Iterable[Product], sold: Mapping[str, ProductSales]) -> pd.DataFrame:
    """One row per product, by gross sales in the period, descending (ties: product id ascending).

    Columns: product_id, name, units, gross (int64, minor units), share and cumulative_share (of all gross sales,
    0 to 1), abc. A up to and including 80 % of cumulative share, B up to and including 95 %, C the rest; the first
    product is always A, those without sales are C.
    """
    rows = []
    for product in products:
        sale = sold.get(product.product_id)
        rows.append((product.product_id, product.name, sale.units if sale else 0, sale.gross if sale else 0))
    rows.sort(key=lambda row: (-row[3], row[0]))
    total, so_far, classed = sum(row[3] for row in rows), 0, []
    for number, (product_id, name, units, gross) in enumerate(rows):
        so_far += gross
        share, cumulative = (gross / total, so_far / total) if total else (0.0, 0.0)
        letter = _letter(number, gross, so_far, total)
        classed.append((product_id, name, units, gross, share, cumulative, letter))
    return typed_frame(classed, COLUMNS)


def _letter(number: int, gross: int, so_far: int, total: int) -> str:
    """In whole numbers: 80 % exactly is A, whatever a float makes of it."""
    if gross <= 0:
        return "C"
    if number == 0 or 100 * so_far <= A_SHARE * total:
        return "A"
    return "B" if 100 * so_far <= B_SHARE * total else "C"
