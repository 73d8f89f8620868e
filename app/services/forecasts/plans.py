"""When a product runs out, when to order it and how many: all from its one forecast."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain import Demand, Expected, Forecast, OnOrder, Product
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


@dataclass(frozen=True)
class Need:
    """What is expected to sell `over` lead time and review period, and the mean of the review period `after` them."""

    over: Expected
    after: float


def need_of(made: Forecast, lead_days: int, review_days: int, skip: int = 0) -> Need:
    """`skip`: days of the forecast that are over."""
    days = lead_days + review_days
    return Need(made.over(days, skip), made.over(review_days, skip + days).mean)


def reorder_point(need: Need, settings: ReorderSettings) -> int:
    """What is enough as often as the service level says, at least the mean; or the mean and the chosen safety stock."""
    if settings.safety_stock is not None:
        return _up(need.over.mean) + settings.safety_stock
    return max(_up(need.over.mean), _up(need.over.quantiles[settings.service]))


def units_to_order(need: Need, settings: ReorderSettings, position: int) -> int:
    """The rule of pages and of the replay. `position`: units on hand and on order.

    At the reorder point or below, what brings them to it and one review period's sales, in whole packs; else 0.
    """
    point = reorder_point(need, settings)
    if position > point:
        return 0
    short = max(0, _up(point + need.after) - position)
    return math.ceil(short / settings.pack) * settings.pack


def _up(units: float) -> int:
    return math.ceil(round(units, 6))


def plan_for(
    product: Product, made: Forecast, settings: ReorderSettings | None, today: date, on_order: OnOrder | None = None
) -> StockPlan:
    """`made` reaches `today` or later."""
    chosen, over = settings or USUAL, max(0, (today - made.first_day).days)
    available, need = max(0, product.stock), need_of(made, chosen.lead_days, chosen.review_days, over)
    position, point = available + (on_order.units if on_order else 0), reorder_point(need, chosen)
    ahead = made.days[over:]
    return StockPlan(
        settings=chosen,
        earliest=Demand.of_days(today, [day[2] for day in ahead]).runs_out(available) if any(made.expected) else None,
        expected=need.over.mean,
        reorder_point=point,
        safety_stock=point - _up(need.over.mean),
        order_units=units_to_order(need, chosen, position),
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
