"""What needs attention first: what runs out and earns most, cash in dead stock, good customers who stay away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.domain import Product, Trade
from app.services.analytics.customers import CustomerAnalytics
from app.services.analytics.holdings import Holdings, StockValue
from app.services.analytics.segments import Slipping
from app.services.analytics.stock import StockAnalytics
from app.services.forecasts.forecasts import ForecastService, StockPlan

SOON_DAYS = 14


@dataclass(frozen=True)
class RunningOut:
    """The product that loses most a day of those that run out soon, today's sold out ones among them.

    `days`: until it does. `velocity`: units a day, and their `value` at today's price, minor units. `order_units`: what
    to order; 0 when nothing, or nothing is known. `others`: how many more run out within `within` days.
    """

    product: Product
    days: int
    velocity: float
    value: int
    order_units: int
    others: int
    within: int = SOON_DAYS


@dataclass(frozen=True)
class NeedsAttention:
    """What needs attention first; None of what does not."""

    running_out: RunningOut | None
    dead: StockValue | None
    slipping: Slipping | None


class Attention:
    """Finds what needs attention. `products` gives the catalogue's snapshot, `trade` the days of trade."""

    def __init__(
        self,
        products: Callable[[], tuple[Product, ...]],
        stock: StockAnalytics,
        forecasts: ForecastService,
        holdings: Holdings,
        customers: CustomerAnalytics,
        trade: Callable[[], Trade],
    ) -> None:
        self._products = products
        self._stock = stock
        self._forecasts = forecasts
        self._holdings = holdings
        self._customers = customers
        self._trade = trade

    def read(self) -> NeedsAttention:
        velocity, plans = self._stock.velocities(), self._forecasts.plans()
        value = self._holdings.once().value()
        return NeedsAttention(
            running_out=running_out(self._products(), velocity, plans, self._trade().today),
            dead=value if value.dead_products else None,
            slipping=self._customers.segments().slipping,
        )


def running_out(
    products: Iterable[Product], velocity: Mapping[str, float], plans: Mapping[str, StockPlan], today: date
) -> RunningOut | None:
    """What is gone but wanted counts as running out today; of all, that which loses most a day."""

    def days(product: Product) -> int | None:
        if product.stock <= 0:
            return 0 if velocity.get(product.product_id, 0) > 0 else None
        plan = plans.get(product.product_id)
        return None if plan is None or plan.stock_out is None else (plan.stock_out - today).days

    soon = [(p, left) for p in products if (left := days(p)) is not None and left <= SOON_DAYS]
    if not soon:
        return None
    soon.sort(key=lambda one: (-velocity.get(one[0].product_id, 0) * one[0].price, one[1], one[0].product_id))
    product, left = soon[0]
    plan, speed = plans.get(product.product_id), velocity.get(product.product_id, 0.0)
    return RunningOut(
        product, left, speed, round(speed * product.price), plan.order_units if plan else 0, others=len(soon) - 1
    )
