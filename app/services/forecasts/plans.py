"""When a product runs out, when to order it and how many: all from its one forecast."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain import Demand, Forecast, OnOrder, Product
from app.services.forecasts.ports import ReorderSettings

USUAL = ReorderSettings(lead_days=7)


@dataclass(frozen=True)
class StockPlan:
    """When a product runs out and what to order. Units; days are store days.

    `earliest`: when it runs out if sales go as high as one time in ten; None: not within ten years. `expected` sales
    over lead time and review period; `reorder_point`: what is enough for them as often as the service level says, or
    `expected` + the safety stock that somebody chose; `safety_stock` is what lies between. `order_units`: what brings
    what is available and `on_order` to the reorder point and one review period's sales, in whole packs; 0 above it.
    `order_by`: the day on which they reach the reorder point; None where the forecast does not get there.
    """

    settings: ReorderSettings
    earliest: date | None
    expected: float
    reorder_point: int
    safety_stock: int
    order_units: int
    order_by: date | None
    on_order: OnOrder | None = None

    def must_order(self, available: int) -> bool:
        coming = self.on_order.units if self.on_order else 0
        return self.order_units > 0 and available + coming <= self.reorder_point


def plan_for(
    product: Product, made: Forecast, settings: ReorderSettings | None, today: date, on_order: OnOrder | None = None
) -> StockPlan:
    """`made` reaches `today` or later."""
    chosen, over = settings or USUAL, max(0, (today - made.first_day).days)
    available, days = max(0, product.stock), chosen.lead_days + chosen.review_days
    demand, position = made.over(days, over), available + (on_order.units if on_order else 0)
    rounded = math.ceil(round(demand.mean, 6))
    if chosen.safety_stock is None:
        point = max(rounded, math.ceil(round(demand.quantiles[chosen.service], 6)))
    else:
        point = rounded + chosen.safety_stock
    wanted = point + made.over(chosen.review_days, over + days).mean
    short = max(0, math.ceil(round(wanted, 6)) - position) if position <= point else 0
    ahead = made.days[over:]
    return StockPlan(
        settings=chosen,
        earliest=Demand.of_days(today, [day[2] for day in ahead]).runs_out(available) if any(made.expected) else None,
        expected=demand.mean,
        reorder_point=point,
        safety_stock=point - rounded,
        order_units=math.ceil(short / chosen.pack) * chosen.pack,
        order_by=_order_by(made, over, position, point, today),
        on_order=on_order,
    )


def _order_by(made: Forecast, over: int, available: int, point: int, today: date) -> date | None:
    if point <= 0:
        return None
    left = float(available)
    for number, (_, expected, _) in enumerate(made.days[over:]):
        if left <= point:
            return today + timedelta(days=number)
        left -= expected
    return None


def day_rows(made: Forecast) -> Iterator[tuple[date, float, float, float, float, float]]:
    """Day, mean, and the quantiles of 10, 50, 90 and 95 %, as files and the API have them; units."""
    for day, (low, mean, high), (middle, highest) in zip(made.dates, made.days, made.middle, strict=False):
        yield day, mean, low, middle, high, highest


def lead_row(made: Forecast, settings: ReorderSettings) -> tuple[int, float, float, float, float]:
    """Lead time and review period together: days, mean, and the quantiles of 50, 90 and 95 %."""
    days = settings.lead_days + settings.review_days
    demand = made.over(days)
    return days, round(demand.mean, 4), *(round(demand.quantiles[level], 4) for level in (50, 90, 95))  # type: ignore[return-value]
