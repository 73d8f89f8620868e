"""What will sell, when it runs out, and how much to order: forecasts made by the worker, read by everybody."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.blocking import offload
from app.domain import NON_MERCHANDISE, Actor, AuditAction, Demand, Forecast, Period, Product, ProductStatus, StockAhead
from app.errors import InvalidInput, NotFound
from app.money import Formats, grouped
from app.services.analytics import utc_now
from app.services.analytics.anchor import Anchor
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.ports import SalesReader, StockReader
from app.services.analytics.sales import daily
from app.services.audit.log import entry_of
from app.services.edit_clashes import changed_fields
from app.services.forecasts.models import HORIZON, MODELS, QUICK_MODELS, Z, forecast
from app.services.forecasts.ports import ForecastStore, ReorderSettings

ALL_SALES = ""  # the id under which the forecast of the whole shop's gross sales is kept
HISTORY_DAYS = 400  # what a model of all sales learns from, at most
PRODUCT_DAYS = 182  # the same of one product: there are many
USUAL = ReorderSettings(lead_days=7)
MOST_LEAD_DAYS = HORIZON
MOST_SAFETY = 1_000_000
COVER_DAYS = 28  # what an order should last for beyond its lead time
A_ROUND = 2  # forecasts made at once: a worker has other things to do


@dataclass(frozen=True)
class StockPlan:
    """When a product runs out and what to order. Units; days are store days.

    `earliest`: when it runs out if sales go as high as one time in ten; None: not within ten years. `reorder_point` =
    expected sales over the lead time +
    `safety_stock`. `order_units`: what lasts for the lead time and four weeks more, safety stock on top, less what is
    available; 0 above the reorder point.
    """

    settings: ReorderSettings
    earliest: date | None
    reorder_point: int
    safety_stock: int
    order_units: int

    def must_order(self, available: int) -> bool:
        return self.order_units > 0 and available <= self.reorder_point


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
        sales: SalesReader,
        stock: StockReader,
        formats: Formats,
        products: Callable[[], tuple[Product, ...]],
        now: Callable[[], datetime] = utc_now,
        anchor: Anchor | None = None,
    ) -> None:
        self._store = store
        self._sales = sales
        self._stock = stock
        self._formats = formats
        self._products = products
        self._anchor = anchor or Anchor(sales, formats, now)
        self._points: AnswerCache[dict[str, int]] = AnswerCache()  # the hub asks each second

    # --- what the worker does ---------------------------------------------------------------------

    def refresh(self, most: int = A_ROUND) -> int:
        """Make up to `most` of the forecasts that are not of today, all sales first; how many were made."""
        first_day = self._first_day()
        if first_day is None:
            return 0
        made_for = self._store.made_for()
        wanted = [ALL_SALES, *sorted(p.product_id for p in self._merchandise())]
        stale = [product_id for product_id in wanted if made_for.get(product_id) != first_day][:most]
        if not stale:
            return 0
        series = self._units(stale, first_day - timedelta(days=HISTORY_DAYS), first_day)
        made = {
            product_id: offload(forecast, values, first_day, MODELS)
            if product_id == ALL_SALES
            else offload(forecast, values[-PRODUCT_DAYS:], first_day, QUICK_MODELS)
            for product_id, values in series.items()
        }
        self._store.keep(made)
        return len(made)

    def _first_day(self) -> date | None:
        """Today, or the day after a quiet shop's last day of trade: the days before it are full ones."""
        trade = self._anchor.trade()
        return None if trade.last_day is None else trade.full_end

    def _today(self) -> date:
        """From which day on plans look: today, or the day after a quiet shop's last day of trade."""
        return self._anchor.trade().full_end

    def _units(self, product_ids: Sequence[str], start: date, end: date) -> dict[str, list[float]]:
        """Per product the units of each day before `end`, from its first stock or the first sale of all on."""
        days = (end - start).days
        found: dict[str, list[float]] = {product_id: [0.0] * days for product_id in product_ids}
        if ALL_SALES in found:
            for row in self._sales.days(start, end):
                found[ALL_SALES][(row.day - start).days] = float(row.gross)
        of_products = [product_id for product_id in product_ids if product_id != ALL_SALES]
        for sold in self._stock.product_days(of_products, start, end) if of_products else ():
            found[sold.product_id][(sold.day - start).days] = float(sold.units)
        bounds = self._sales.day_bounds()
        opened = bounds[0] if bounds else end
        stocked = self._stock.first_stocked() if of_products else {}
        for product_id, values in found.items():
            at = stocked.get(product_id)
            first = max(start, opened, self._formats.store_day(at) if at else opened)
            found[product_id] = values[min(days, max(0, (first - start).days)) :]
        return found

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

    def plans(self) -> dict[str, StockPlan]:
        """Of all merchandise in the store with a forecast of the coming days."""
        today, made, settings = self._today(), self._store.get(), self._store.plans()
        return {
            p.product_id: _plan(p, one, settings.get(p.product_id), today)
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
        waited_for = len(merchandise) if self._first_day() else 0
        return ToOrder(len(units), sum(units), sum(p.product_id in known for p in merchandise), waited_for)

    def plan_of(self, product: Product) -> StockPlan | None:
        made, today = self.of_product(product.product_id), self._today()
        if made is None or made.last_day < today:
            return None
        return _plan(product, made, self._store.plans().get(product.product_id), today)

    def settings_of(self, product_id: str) -> ReorderSettings:
        """Its own, or the shop's usual."""
        return self._store.plans().get(product_id, USUAL)

    def own_plan(self, product_id: str) -> ReorderSettings | None:
        return self._store.plans().get(product_id)

    def set_plan(
        self,
        product_id: str,
        lead_days: int | None,
        safety_stock: int | None,
        actor: Actor,
        seen: ReorderSettings | None,
    ) -> None:
        """Set a product's own lead time and safety stock; without a lead time, the shop's usual ones again.

        `seen`: its own plan as the actor was looking at it. Raises EditClash when somebody else has set another one
        since, NotFound, InvalidInput for numbers out of range.
        """
        product = next((p for p in self._merchandise() if p.product_id == product_id), None)
        if product is None:
            raise NotFound("There is no such product in the store.")
        if lead_days is not None and not 0 <= lead_days <= MOST_LEAD_DAYS:
            raise InvalidInput(f"The lead time must be from 0 to {MOST_LEAD_DAYS} days.", "lead_days")
        if safety_stock is not None and not 0 <= safety_stock <= MOST_SAFETY:
            raise InvalidInput(f"The safety stock must be from 0 to {grouped(MOST_SAFETY)} units.", "safety_stock")
        before = self.own_plan(product_id)
        after = None if lead_days is None else ReorderSettings(lead_days, safety_stock)
        # One thing: a safety stock is meant for the lead time that it was chosen with.
        if not changed_fields({"plan": seen}, {"plan": after}, {"plan": before}):
            return
        self._store.set_plan(
            product_id,
            after,
            entry_of(
                actor, AuditAction.REORDER_PLAN, "product", product_id, product.name, _facts(before), _facts(after)
            ),
            before,
        )

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


def _plan(product: Product, made: Forecast, settings: ReorderSettings | None, today: date) -> StockPlan:
    chosen = settings or USUAL
    ahead = made.days[max(0, (today - made.first_day).days) :]
    lead = ahead[: chosen.lead_days]
    expected = _expected(ahead, chosen.lead_days)
    safety = chosen.safety_stock
    if safety is None:
        # Days vary by themselves: their variances add up, and the width of one is Z standard deviations.
        safety = math.ceil(Z * math.sqrt(sum(((day[2] - day[1]) / Z) ** 2 for day in lead)))
    point = math.ceil(expected) + safety
    wanted = _expected(ahead, chosen.lead_days + COVER_DAYS) + safety
    available = max(0, product.stock)
    units = max(0, math.ceil(wanted) - available) if available <= point else 0
    return StockPlan(
        settings=chosen,
        earliest=Demand.of_days(today, [day[2] for day in ahead]).runs_out(available) if any(made.expected) else None,
        reorder_point=point,
        safety_stock=safety,
        order_units=units,
    )


def _expected(ahead: Sequence[tuple[float, float, float]], days: int) -> float:
    """What is expected to sell in so many days; those that the forecast does not reach go on at its mean."""
    known = [day[1] for day in ahead]
    return sum(known[:days]) + max(0, days - len(known)) * sum(known) / max(1, len(known))


def _facts(settings: ReorderSettings | None) -> Mapping[str, object] | None:
    return None if settings is None else {"lead_days": settings.lead_days, "safety_stock": settings.safety_stock}
