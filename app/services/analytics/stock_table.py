"""What is on hand of every product, how it sells and what to do about it: the stock page's table, and its file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from app.domain import Product
from app.frames import records, typed_frame
from app.services.analytics.abc import AbcBy, ProductAnalytics
from app.services.analytics.holdings import Holdings, StockValue, unit_value
from app.services.analytics.sales import SalesAnalytics
from app.services.analytics.stock import StockAnalytics, is_calm
from app.services.forecasts.forecasts import ForecastService, ToOrder
from app.services.forecasts.plans import StockPlan

ABC_DAYS, SELL_THROUGH_DAYS = 365, 28
BESIDE = {
    "abc": "object", "speed": "object", "reorder_point": "object", "order_units": "object", "sell_through": "object",
    "sell_through_of": "object",
    "is_calm": "bool", "inferred": "bool",
}  # fmt: skip


class StockTable:
    def __init__(
        self,
        sales: SalesAnalytics,
        stock: StockAnalytics,
        holdings: Holdings,
        products: ProductAnalytics,
        forecasts: ForecastService,
    ) -> None:
        self._sales = sales
        self._stock = stock
        self._holdings = holdings
        self._products = products
        self._forecasts = forecasts

    def read(
        self,
        holdings: Holdings | None = None,
        plans: Mapping[str, StockPlan] | None = None,
        abc_by: AbcBy = "gross",
    ) -> pd.DataFrame:
        """One row per active product, the most urgent first.

        Columns: those of `StockAnalytics.overview`; abc (by the sales, or the margin, of the last 365 days), speed
        ("fast", "slow", "still"), reorder_point and order_units (units), sell_through (share, of the same 28 days as
        sold_28d) and sell_through_of (units that it is of), is_calm (see there), inferred (whether its stock is). What
        is not known is None. `holdings` and `plans`: those that a page has read already.
        """
        trade = self._sales.trade()
        known = self._forecasts.plans() if plans is None else plans
        classes = self._products.abc(trade.last(ABC_DAYS), abc_by)
        letters = dict(zip(classes["product_id"], classes["abc"], strict=True))
        read = holdings or self._holdings
        sold_of, inferred = read.sold_of(trade.full(SELL_THROUGH_DAYS)), read.inferred()
        overview = most_urgent_first(self._stock.overview())
        rows = [
            (
                letters.get(row.product_id, "C"),
                speed,
                *_planned(known.get(row.product_id), row, sold_of),
                inferred.has(row.product_id),
            )
            for row, speed in zip(records(overview), speeds_of(overview), strict=True)
        ]
        return pd.concat([overview, typed_frame(rows, BESIDE)], axis="columns")


@dataclass(frozen=True)
class MatrixCell:
    """Products of one class and speed, and what they are worth on hand, minor units."""

    products: int
    value: int


@dataclass(frozen=True)
class Matrix:
    """Products by ABC class and speed. `earning`: of all `products`, those of class A."""

    cells: Mapping[tuple[str, str], MatrixCell]
    products: int
    earning: int


@dataclass(frozen=True)
class StockSummary:
    """`sold_out`: products with nothing to sell, and how many of them sold in the last 28 full days.

    `lost`: the estimate of sales lost while nothing was there, minor units.
    """

    value: StockValue
    to_order: ToOrder
    sold_out: int
    sold_out_wanted: int
    lost: int


def matrix_of(table: pd.DataFrame, products: Iterable[Product]) -> Matrix:
    """`table` as `StockTable.read` has it; `products` as they are valued."""
    worth = {product.product_id: unit_value(product) for product in products}
    cells: dict[tuple[str, str], MatrixCell] = {}
    for row in records(table):
        cell = cells.get((row.abc, row.speed), MatrixCell(0, 0))
        value = cell.value + row.on_hand * worth.get(row.product_id, 0)
        cells[row.abc, row.speed] = MatrixCell(cell.products + 1, value)
    return Matrix(cells, len(table), int((table["abc"] == "A").sum()))


def summary_of(table: pd.DataFrame, lost: int, value: StockValue, to_order: ToOrder) -> StockSummary:
    """`table` as `StockTable.read` has it; `lost` in minor units."""
    sold_out = table["level"] == "out"
    wanted = sold_out & (table["sold_28d"] > 0)
    return StockSummary(value, to_order, int(sold_out.sum()), int(wanted.sum()), lost)


def first_shown(table: pd.DataFrame) -> str:
    """The most urgent product that sells and can be sold: its line moves; else simply the first of the table."""
    selling = table[(table["velocity"] > 0) & (table["available"] > 0)]
    return str(records(table if selling.empty else selling)[0].product_id)


def most_urgent_first(overview: pd.DataFrame) -> pd.DataFrame:
    """In order of time: what sells by its days of cover; then what does not, the low ones first; ties by name.

    Among the low ones the order is that of `app.services.analytics.stock.most_urgent`.
    """
    low, sells = overview["available"] < overview["threshold"], overview["days_of_cover"].notna()
    frame = overview.assign(
        group=(~sells).astype(int) + (~sells & ~low).astype(int),
        cover=overview["days_of_cover"].fillna(math.inf),
        speed=-overview["a_day"].where(sells, 0.0),
        left=(overview["available"] / overview["threshold"].clip(lower=1)).where(low & ~sells, 1.0),
    )
    keys = ["group", "cover", "speed", "left", "name"]
    return (
        frame.sort_values(keys, kind="stable").drop(columns=["group", "cover", "speed", "left"]).reset_index(drop=True)
    )


def speeds_of(overview: pd.DataFrame) -> list[str]:
    """Fast: as many units a day as the median of what sells, or more; slow: fewer; still: none in 28 days."""
    selling = overview["velocity"][overview["sold_28d"] > 0]
    middle = float(selling.median()) if len(selling) else 0.0
    return [
        "still" if not sold else "fast" if velocity >= middle else "slow"
        for velocity, sold in zip(overview["velocity"], overview["sold_28d"], strict=True)
    ]


def _planned(plan: StockPlan | None, row: Any, sold_of: Mapping[str, tuple[int, int]]) -> tuple[object, ...]:
    point, units = (None, None) if plan is None else (plan.reorder_point, plan.order_units)
    sold, there = sold_of.get(row.product_id, (0, 0))
    return point, units, sold / there if there else None, there or None, is_calm(row.available, row.threshold, point)
