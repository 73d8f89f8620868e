"""What is on hand of every product, how it sells and what to do about it: the stock page's table, and its file."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from app.frames import typed_frame
from app.services.analytics.abc import ProductAnalytics
from app.services.analytics.holdings import Holdings
from app.services.analytics.sales import SalesAnalytics
from app.services.analytics.stock import StockAnalytics
from app.services.forecasts.forecasts import ForecastService, StockPlan

ABC_DAYS, SELL_THROUGH_DAYS = 365, 28
BESIDE = {
    "abc": "object", "speed": "object", "stock_out": "object", "reorder_point": "object", "order_units": "object",
    "sell_through": "object",
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

    def read(self, holdings: Holdings | None = None, plans: Mapping[str, StockPlan] | None = None) -> pd.DataFrame:
        """One row per active product, the most urgent first.

        Columns: those of `StockAnalytics.overview`; abc (by the sales of the last 365 days), speed ("fast", "slow",
        "still"), stock_out (date), reorder_point and order_units (units), sell_through (share, of the last 28 days).
        What is not known is None. `holdings` and `plans`: those that a page has read already.
        """
        trade = self._sales.trade()
        known = self._forecasts.plans() if plans is None else plans
        classes = self._products.abc(trade.last(ABC_DAYS))
        letters = dict(zip(classes["product_id"], classes["abc"], strict=True))
        shares = (holdings or self._holdings).sell_through(trade.last(SELL_THROUGH_DAYS))
        overview = most_urgent_first(self._stock.overview())
        rows = [
            (letters.get(product_id, "C"), speed, *_planned(known.get(product_id)), shares.get(product_id))
            for product_id, speed in zip(overview["product_id"], speeds_of(overview), strict=True)
        ]
        return pd.concat([overview, typed_frame(rows, BESIDE)], axis="columns")


def most_urgent_first(overview: pd.DataFrame) -> pd.DataFrame:
    """Low ones that sell first, by days of cover; then other low ones; then the rest by cover; ties by name.

    Among the low ones the order is that of `app.services.analytics.stock.most_urgent`.
    """
    low, sells = overview["available"] < overview["threshold"], overview["days_of_cover"].notna()
    frame = overview.assign(
        group=(~low).astype(int) * 2 + (low & ~sells).astype(int),
        cover=overview["days_of_cover"].fillna(math.inf),
        speed=-overview["velocity"].fillna(0.0),
        left=(overview["available"] / overview["threshold"].clip(lower=1)).where(low, 1.0),
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


def _planned(plan: StockPlan | None) -> tuple[object, ...]:
    return (None,) * 3 if plan is None else (plan.stock_out, plan.reorder_point, plan.order_units)
