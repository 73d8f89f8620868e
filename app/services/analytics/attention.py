"""What needs attention first: what runs out and earns most, cash in dead stock, good customers who stay away."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from app.domain import Demand, Product
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.customers import CustomerAnalytics
from app.services.analytics.holdings import Holdings, StockValue
from app.services.analytics.segments import Slipping
from app.services.analytics.stock import StockAnalytics, days_of_cover, is_merchandise
from app.services.forecasts.forecasts import ForecastService
from app.services.forecasts.plans import StockPlan

SOON_DAYS = 14


@dataclass(frozen=True)
class RunningOut:
    """The product that runs out first, what is sold out before all; of those of one day that which loses most a day.

    `days`: whole ones until it does. `a_day`: units expected a day, and their `value` at today's price, minor units.
    `order_units`: what to order; 0 when nothing, or nothing is known. Of the others `sold_out` are so already, and
    `others` run out within `within` days. `inferred`: its stock is.
    """

    product: Product
    days: int
    a_day: float
    value: int
    order_units: int
    sold_out: int
    others: int
    within: int = SOON_DAYS
    inferred: bool = False


@dataclass(frozen=True)
class NeedsAttention:
    """What needs attention first; None of what does not."""

    running_out: RunningOut | None
    dead: StockValue | None
    slipping: Slipping | None


class Attention:
    """Finds what needs attention. `products` gives the catalogue's snapshot."""

    def __init__(
        self,
        products: Callable[[], tuple[Product, ...]],
        stock: StockAnalytics,
        forecasts: ForecastService,
        holdings: Holdings,
        customers: CustomerAnalytics,
    ) -> None:
        self._products = products
        self._stock = stock
        self._forecasts = forecasts
        self._holdings = holdings
        self._customers = customers
        self._found: AnswerCache[NeedsAttention] = AnswerCache(one_at_a_time=True)  # it looks at every product

    def read(self) -> NeedsAttention:
        """As of a few seconds ago."""
        return self._found.get("all", self._read)

    def _read(self) -> NeedsAttention:
        demands, plans = self._stock.demands(), self._forecasts.plans()
        value, first = self._holdings.once().value(), running_out(self._products(), demands, plans)
        if first and self._holdings.inferred().has(first.product.product_id):
            first = replace(first, inferred=True)
        return NeedsAttention(
            running_out=first,
            dead=value if value.dead_products else None,
            slipping=self._customers.segments().slipping,
        )


def running_out(
    products: Iterable[Product], demands: Mapping[str, Demand], plans: Mapping[str, StockPlan]
) -> RunningOut | None:
    """In order of time. What is gone but wanted comes first, what nobody wants never runs out."""
    soon = [
        (p.stock > 0, math.floor(cover), -demands[p.product_id].a_day * p.price, p.product_id, p)
        for p in filter(is_merchandise, products)
        if (cover := days_of_cover(p, demands)) is not None and math.floor(cover) <= SOON_DAYS
    ]
    if not soon:
        return None
    soon.sort(key=lambda one: one[:4])
    is_there, days, _, product_id, product = soon[0]
    gone, plan, a_day = sum(not one[0] for one in soon), plans.get(product_id), demands[product_id].a_day
    return RunningOut(
        product, days, a_day, round(a_day * product.price), plan.order_units if plan else 0,
        sold_out=gone if is_there else gone - 1, others=len(soon) - gone - is_there,
    )  # fmt: skip
