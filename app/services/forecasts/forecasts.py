"""What will sell, when it runs out, and how much to order: forecasts made by the worker, read by everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain import (
    NON_MERCHANDISE,
    Actor,
    AuditAction,
    Forecast,
    LeftOut,
    OnOrder,
    Period,
    Product,
    ProductStatus,
    StockAhead,
)
from app.errors import InvalidInput, NotFound
from app.money import Formats, grouped
from app.services.analytics import utc_now
from app.services.analytics.anchor import Anchor
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.ports import SalesReader
from app.services.analytics.sales import daily
from app.services.audit.log import entry_of
from app.services.edit_clashes import changed_fields
from app.services.forecasts.plans import StockPlan, plan_for
from app.services.forecasts.ports import ALL_SALES, ForecastStore
from app.services.forecasts.reorder_rules import MOST_SAFETY, ReorderRules

MOST_SHOWN = 20  # lines that were bounded
HORIZON = 28  # days that are shown one by one
NEW_PRODUCTS_AFTER = timedelta(minutes=10)  # from one look for products without a forecast to the next


@dataclass(frozen=True)
class Outlook:
    """The forecast of all sales, and what was sold on each of as many days before it; gross, minor units."""

    made: Forecast
    past_days: tuple[date, ...]
    past: tuple[int, ...]

    @property
    def past_total(self) -> int:
        return sum(self.past)


@dataclass(frozen=True)
class ToOrder:
    """How many products are at their reorder point, and the units to order of them.

    It is known of the products that have a forecast: `forecast` of `of`.
    """

    products: int
    units: int
    forecast: int
    of: int

    @property
    def is_whole(self) -> bool:
        """Not while forecasts are still being made: until then the number only grows."""
        return self.forecast >= self.of


class ForecastService:
    """Forecasts of sales per product, and what to order by them. `products` gives the catalogue's snapshot."""

    def __init__(
        self,
        store: ForecastStore,
        rules: ReorderRules,
        sales: SalesReader,
        formats: Formats,
        products: Callable[[], tuple[Product, ...]],
        now: Callable[[], datetime] = utc_now,
        anchor: Anchor | None = None,
    ) -> None:
        self._store = store
        self._rules = rules
        self._sales = sales
        self._formats = formats
        self._products = products
        self._anchor = anchor or Anchor(sales, formats, now)
        self._now = now
        self._looked_at: datetime | None = None
        self._points: AnswerCache[dict[str, int]] = AnswerCache()  # the hub asks each second

    # --- what the worker asks -----------------------------------------------------------------------

    def is_due(self) -> bool:
        """Whether the forecasts are not of today, or, looked at now and then, those of some products are not."""
        trade = self._anchor.trade()
        if trade.last_day is None:
            return False
        of_all = self._store.get([ALL_SALES]).get(ALL_SALES)
        if of_all is None or of_all.first_day != trade.full_end:
            return True
        now = self._now()
        if self._looked_at is not None and now - self._looked_at < NEW_PRODUCTS_AFTER:
            return False
        self._looked_at = now
        made_for = self._store.made_for()
        return any(made_for.get(p.product_id) != trade.full_end for p in self._merchandise())

    def _today(self) -> date:
        """From which day on plans look: today, or the day after a quiet shop's last day of trade."""
        return self._anchor.trade().full_end

    # --- what pages read ----------------------------------------------------------------------------

    def of_sales(self) -> Forecast | None:
        """Gross sales per day, minor units."""
        return self._store.get([ALL_SALES]).get(ALL_SALES)

    def outlook(self) -> Outlook | None:
        made = self.of_sales()
        if made is None:
            return None
        period = Period.ending(made.first_day, HORIZON)
        sold = daily(period, self._sales.days(period.start, period.end))
        return Outlook(made, tuple(day.date() for day in sold["day"]), tuple(int(gross) for gross in sold["gross"]))

    def of_product(self, product_id: str) -> Forecast | None:
        """Units per day."""
        return self._store.get([product_id]).get(product_id)

    def bounded(self) -> list[tuple[str, LeftOut]]:
        """The lines of all orders that forecasts take for much less than they were, with their products' ids; those
        first that lost most."""
        found = [(one, line) for one, lines in self._store.left_out().items() for line in lines if line.counted]
        return sorted(found, key=lambda each: each[1].counted - each[1].units)[:MOST_SHOWN]

    def plans(self) -> dict[str, StockPlan]:
        """Of all merchandise in the store with a forecast of the coming days."""
        today, made, rules, coming = self._today(), self._store.get(), self._rules.read(), self._store.on_order()
        return {
            p.product_id: plan_for(p, one, rules.of(p), today, coming.get(p.product_id))
            for p in self._merchandise()
            if (one := made.get(p.product_id)) and one.last_day >= today
        }

    def reorder_points(self) -> Mapping[str, int]:
        """Of the same products; some seconds old."""
        return self._points.get("all", lambda: {id_: plan.reorder_point for id_, plan in self.plans().items()})

    def to_order(self, plans: Mapping[str, StockPlan] | None = None) -> ToOrder:
        """`plans`: those that a page has read already."""
        known, merchandise = self.plans() if plans is None else plans, self._merchandise()
        units = [
            plan.order_units
            for product in merchandise
            if (plan := known.get(product.product_id)) and plan.must_order(product.stock)
        ]
        # Before the first sale there is nothing to forecast by, and nothing is waited for.
        waited_for = len(merchandise) if self._anchor.trade().last_day else 0
        return ToOrder(len(units), sum(units), sum(p.product_id in known for p in merchandise), waited_for)

    def plan_of(self, product: Product) -> StockPlan | None:
        made, today = self.of_product(product.product_id), self._today()
        if made is None or made.last_day < today:
            return None
        return plan_for(product, made, self._rules.of(product), today, self.on_order(product.product_id))

    def on_order(self, product_id: str) -> OnOrder | None:
        return self._store.on_order().get(product_id)

    def set_on_order(self, product_id: str, ordered: OnOrder | None, actor: Actor, seen: OnOrder | None) -> None:
        """Note what is on order of a product, what came of it left out; None: nothing.

        `seen`: what the actor was looking at. Raises EditClash when somebody else has noted something else since,
        NotFound, InvalidInput for numbers out of range.
        """
        product = self._known(product_id)
        if ordered is not None and not 1 <= ordered.units <= MOST_SAFETY:
            raise InvalidInput(f"On order must be from 1 to {grouped(MOST_SAFETY)} units.", "on_order")
        before = self.on_order(product_id)
        if not changed_fields({"on_order": seen}, {"on_order": ordered}, {"on_order": before}):
            return
        facts = _ordered_facts(before), _ordered_facts(ordered)
        entry = entry_of(actor, AuditAction.REORDER_PLAN, "product", product_id, product.name, *facts)
        self._store.set_on_order(product_id, ordered, entry, before)

    def _known(self, product_id: str) -> Product:
        product = next((p for p in self._merchandise() if p.product_id == product_id), None)
        if product is None:
            raise NotFound("There is no such product in the store.")
        return product

    def _merchandise(self) -> list[Product]:
        return [p for p in self._products() if p.status is ProductStatus.ACTIVE and p.product_id not in NON_MERCHANDISE]


def stock_ahead(made: Forecast, available: int) -> StockAhead:
    """How what is available goes on if nothing comes in, until it is gone or the forecast ends."""
    days, left, fewest, most = [made.first_day], [float(available)], [float(available)], [float(available)]
    for day, (low, expected, high) in zip(made.dates, made.days, strict=True):
        left.append(max(0.0, left[-1] - expected))
        fewest.append(max(0.0, fewest[-1] - high))
        most.append(max(0.0, most[-1] - low))
        days.append(day + timedelta(days=1))
        if left[-1] == 0:
            break
    return StockAhead(tuple(days), tuple(left), tuple(fewest), tuple(most))


def _ordered_facts(ordered: OnOrder | None) -> Mapping[str, object] | None:
    if ordered is None:
        return None
    return {"on_order": ordered.units, "due": ordered.due.isoformat() if ordered.due else None}
