"""The overview's chart of sales and what they are made of, as its controls choose them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html

from app.domain import Access, Period, ShopEvent
from app.services import services
from app.services.analytics.breakdown import busiest_hours, largest
from app.services.analytics.order_sizes import OrderSizes, outlier_words, without_cancelled_words
from app.services.analytics.sales import SalesTotals
from app.services.analytics.sales_over_time import Choice, Sold
from app.web.identity.principal import current_actor, current_principal
from components.admin import event_notes, margin, overview, sales_cards
from components.admin.chart_foot import export_href
from components.admin.outliers import outlier_list
from components.admin.sales_chart import Today, sales_chart
from pages.admin._overview_numbers import address, behind, page
from pages.admin._parts_of_sales import chips, product_names

LISTED = 8
OF_ALL = "Hours, forecast, latest orders and low stock stay those of the whole shop."


@dataclass(frozen=True)
class Drawn:
    """What the controls change."""

    figure: Any
    totals: Any
    has_sales: bool
    foot: Any
    best: Any
    categories: Any
    countries: Any
    hours: Any
    chips: Any
    events: Any


def draw(choice: Choice) -> Drawn:
    shop, period, before, part = services(), choice.period, choice.before, choice.part
    current, earlier = shop.sales_over_time.of(choice), shop.sales_over_time.before(choice)
    rows, now = current.rows, current.totals
    before_rows, before_totals, before_name = None, None, ""
    if before is not None and earlier is not None:
        before_rows, before_totals, before_name = earlier.rows, earlier.totals, before.label
    events = shop.events.of(period)
    figure = sales_chart(
        rows,
        before_rows,
        period,
        choice.cut,
        events,
        shop.formats,
        before_name=before_name,
        until=shop.formats.clock(choice.until) if choice.until else "",
        today=_today(current, choice),
    )
    may_take = current_principal().may(Access.ANALYTICS)
    export = export_href("sales", {**address(choice), "grain": choice.whole_days}) if may_take else ""
    unknown = margin.unknown_words(now.margin, shop.formats) if may_take else ""
    hours = shop.breakdowns.hours_of_week(period)
    sizes = None if part else shop.order_sizes.of(period)  # kept of all sales alone
    return Drawn(
        figure=figure,
        totals=overview.sales_totals(
            now,
            before_totals,
            before_name,
            shop.formats,
            with_orders=not part.of_products,
            median=sizes.median if sizes else None,
            with_margin=may_take,
        ),
        has_sales=bool(now.gross or now.returns),
        foot=[
            sales_cards.sales_foot(
                now,
                before_totals,
                before_name,
                current.best,
                choice.cut,
                rows,
                shop.formats,
                uneven=shop.sales_over_time.comparison(choice, current, earlier),
                with_orders=not part.of_products,
                export=export,
                behind=behind(period, part),
                things="sales" if part else "days",
            ),
            _outliers(choice, sizes, now, before_totals) if sizes else None,
            _about_costs(period, bool(part)) if may_take else None,
        ]
        if now.gross or now.returns
        else None,
        best=_best(choice, unknown),
        categories=_categories(choice, unknown),
        countries=_countries(choice, unknown),
        hours=sales_cards.hours_body(
            hours, busiest_hours(hours), shop.formats, bool(part), _taking("hours", choice, may_take)
        ),
        chips=[chips(part, page), html.P(OF_ALL, className="muted")] if part else None,
        events=event_notes.event_list(events, shop.formats, page.item, _may_remove),
    )


def _outliers(choice: Choice, sizes: OrderSizes, now: SalesTotals, before: SalesTotals | None) -> Any:
    """Named, and what sales are without those that were cancelled."""
    shop, may_open = services(), current_principal().may(Access.ADMIN)
    named = [
        (one.number, f"/admin/orders/{one.order_id}" if may_open else "", outlier_words(one, shop.formats))
        for one in sizes.outliers
    ]
    then = shop.order_sizes.of(choice.before) if choice.before else None
    return outlier_list(named, without_cancelled_words(now, sizes, before, then, choice.until, shop.formats))


def _about_costs(period: Period, is_part: bool) -> Any:
    """What was written off beside the margin, and that costs of the period are not those of its days, if so."""
    shop = services()
    filled, lost = shop.past_sales.filled(), shop.shop_days.written_off(period)
    until = filled.until if filled else None
    said = [
        "" if is_part else margin.shrinkage_words(lost.units, lost.value, shop.formats),
        margin.filled_words(until, shop.formats) if until and shop.formats.day_start(period.start) <= until else "",
    ]
    return html.Div([html.P(words, className="chart-says") for words in said if words], className="chart-foot")


def _may_remove(event: ShopEvent) -> bool:
    """Admins any, analysts their own."""
    principal = current_principal()
    return principal.may(Access.ADMIN) or (principal.may(Access.NOTES) and event.actor == current_actor().name)


def _taking(name: str, choice: Choice, may_take: bool) -> str:
    return export_href(name, address(choice)) if may_take else ""


def _best(choice: Choice, unknown: str) -> Any:
    shop = services()
    found = shop.breakdowns.best(choice.period, choice.part, LISTED)
    export = _taking("products", choice, current_principal().may(Access.ANALYTICS))
    every = product_names()
    names = {row.product_id: every.get(row.product_id, row.product_id) for row in found}
    best = overview.best_sellers(
        found, names, shop.formats, choice.part.product_id, page.item, with_margin=bool(unknown)
    )
    return [best, sales_cards.taken(export, unknown) if found else None]


def _categories(choice: Choice, unknown: str) -> Any:
    shop, chosen = services(), choice.part.category
    found = largest(shop.breakdowns.category_shares(choice.period, choice.part), LISTED, chosen)
    export = _taking("categories", choice, current_principal().may(Access.ANALYTICS))
    return sales_cards.part_body("category", found, str, chosen, shop.formats, page.item, export, unknown)


def _countries(choice: Choice, unknown: str) -> Any:
    shop, chosen = services(), choice.part.country
    found = largest(shop.breakdowns.country_shares(choice.period, choice.part), LISTED, chosen)
    export = _taking("countries", choice, current_principal().may(Access.ANALYTICS))
    name = shop.formats.country
    return sales_cards.part_body("country", found, name, chosen, shop.formats, page.item, export, unknown)


def _today(current: Sold, choice: Choice) -> Today | None:
    """For the browser, which moves the last point; a part of sales follows by its callback."""
    if choice.part or choice.period.last_day != choice.today or current.rows.empty:
        return None
    return Today(choice.today, current.beside_last_day)
