"""The numbers of the analytics pages for other programs, from the same services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import flask

from app.domain import Access, Period, Scope
from app.errors import NotFound
from app.frames import records
from app.services import services
from app.services.analytics.breakdown import Part
from app.services.analytics.margin import Margin
from app.services.forecasts.plans import day_rows, lead_row
from app.services.forecasts.ports import ReorderSettings
from app.web.api.analytics_answers import (
    AbcRows,
    CohortRows,
    ForecastRows,
    MarginRows,
    MovementRows,
    SalesRows,
    SegmentRows,
    TopRows,
)
from app.web.api.analytics_queries import AbcQuery, MarginQuery, PeriodQuery, SalesQuery, SegmentsQuery, TopQuery
from app.web.api.failures import NOT_FOUND
from app.web.api.reading import read_query
from app.web.api.routing import Doc, route
from app.web.api.writing import amount, moment

TAG = "analytics"


@route(
    "/api/analytics/sales",
    Access.ANALYTICS,
    scope=Scope.ANALYTICS,
    doc=Doc(
        "Sales by day, week or month",
        TAG,
        answers=SalesRows,
        description="A row for every day, week (from Monday) or month, zeros included; the first and last may be cut "
        "off by the period.",
        query=SalesQuery,
    ),
)
def analytics_sales() -> flask.Response:
    query = read_query(SalesQuery)
    as_of = services().sales.complete_until()
    buckets = services().sales.buckets(Period(query.start, query.end), query.grain)
    return _rows(
        as_of,
        [
            {
                "start": bucket.period.start.isoformat(),
                "complete": bucket.complete,
                "orders": bucket.totals.orders,
                "units": bucket.totals.units,
                "gross": amount(bucket.totals.gross),
                "returns": amount(bucket.totals.returns),
                "net": amount(bucket.totals.net),
                "aov": None if bucket.totals.aov is None else amount(bucket.totals.aov),
                **_made(bucket.totals.margin),
                "customers": bucket.customers,
                "returning_customers": bucket.returning_customers,
            }
            for bucket in buckets
        ],
    )


@route(
    "/api/analytics/customers/cohorts",
    Access.ANALYTICS,
    scope=Scope.ANALYTICS,
    doc=Doc("Who came back, by the month of the first order", TAG, answers=CohortRows),
)
def analytics_cohorts() -> flask.Response:
    as_of = services().sales.complete_until()
    cohorts = services().customers.cohorts()
    return _rows(
        as_of,
        [{"cohort": c.month, "size": c.size, "retained": c.retained, "complete": c.complete} for c in cohorts],
    )


@route(
    "/api/analytics/customers/segments",
    Access.ANALYTICS,
    scope=Scope.ANALYTICS,
    doc=Doc(
        "Customers by RFM segment",
        TAG,
        answers=SegmentRows,
        description="Every segment, as they were at `as_of`; without it those of a minute ago at most.",
        query=SegmentsQuery,
    ),
)
def analytics_segments() -> flask.Response:
    asked = read_query(SegmentsQuery).as_of
    if asked is not None:
        asked = (asked if asked.tzinfo else asked.replace(tzinfo=services().formats.zone)).astimezone(UTC)
    as_of = services().sales.complete_until()
    segments = services().customers.segments(asked)
    return _rows(
        min(segments.at, as_of),
        [{"segment": s.segment, "customers": s.customers, "monetary": amount(s.monetary)} for s in segments.sums],
    )


@route(
    "/api/analytics/customers/top",
    Access.ANALYTICS,
    scope=Scope.ANALYTICS,
    doc=Doc("The customers of the highest lifetime value", TAG, answers=TopRows, query=TopQuery),
)
def analytics_top() -> flask.Response:
    limit = read_query(TopQuery).limit
    as_of = services().sales.complete_until()
    return _rows(
        as_of,
        [
            {
                "user_id": row.user_id,
                "external_id": row.external_id,
                "full_name": row.full_name,
                "orders": row.orders,
                "units": row.units,
                "lifetime_value": amount(row.lifetime),
                "last_order_at": moment(row.last_order_at),
                "segment": row.segment,
            }
            for row in services().customers.top(limit)
        ],
    )


@route(
    "/api/analytics/products/abc",
    Access.ANALYTICS,
    scope=Scope.ANALYTICS,
    doc=Doc(
        "Products in ABC classes by their sales or their margin",
        TAG,
        answers=AbcRows,
        description="All merchandise, what brings most first.",
        query=AbcQuery,
    ),
)
def analytics_abc() -> flask.Response:
    query = read_query(AbcQuery)
    period = _period(query)
    as_of = services().sales.complete_until()
    frame = services().products.abc(period, query.by)
    return _rows(
        as_of,
        [
            {
                "product_id": row.product_id,
                "name": row.name,
                "units": row.units,
                "gross": amount(row.gross),
                "margin": None if row.margin is None else amount(row.margin),
                "share": row.share,
                "cumulative_share": row.cumulative_share,
                "class": row.abc,
            }
            for row in records(frame)
        ],
    )


@route(
    "/api/analytics/margin",
    Access.ANALYTICS,
    scope=Scope.ANALYTICS,
    doc=Doc(
        "Margin by product, category or country",
        TAG,
        answers=MarginRows,
        description="Whatever sold or came back, what brings most first.",
        query=MarginQuery,
    ),
)
def analytics_margin() -> flask.Response:
    query = read_query(MarginQuery)
    period, sold = _period(query), services().breakdowns
    as_of = services().sales.complete_until()
    found: dict[str, Callable[[], list[tuple[str, Any]]]] = {
        "product": lambda: [(row.product_id, row) for row in sold.products(period, Part())],
        "category": lambda: [(row.category, row) for row in sold.categories(period, Part())],
        "country": lambda: [(row.country, row) for row in sold.countries(period, Part())],
    }
    filled = services().past_sales.filled()
    rows = [
        {
            "key": key,
            "units": row.units,
            "gross": amount(row.gross),
            "returns": amount(row.returns),
            "net": amount(row.gross - row.returns),
            **_made(row.margin),
        }
        for key, row in found[query.by]()
    ]
    lost = services().shop_days.written_off(period)
    return _rows(
        as_of,
        rows,
        costs_filled_until=moment(filled.until) if filled and filled.until else None,
        shrinkage=amount(-lost.value),
    )


@route(
    "/api/analytics/products/<path:product_id>/movements",
    Access.ANALYTICS,
    scope=Scope.ANALYTICS,
    doc=Doc(
        "What moved a product's stock",
        TAG,
        answers=MovementRows,
        description="Up to 10,000 movements, oldest first.",
        query=PeriodQuery,
        refusals=(NOT_FOUND,),
    ),
)
def analytics_movements(product_id: str) -> flask.Response:
    product = services().catalog.get(product_id)
    query, formats = read_query(PeriodQuery), services().formats
    as_of = datetime.now(UTC)  # the ledger itself, which is never behind
    start = datetime(1970, 1, 1, tzinfo=UTC) if query.start is None else formats.day_start(query.start)
    inferred = services().holdings.inferred()
    end = max(as_of, start) + timedelta(days=1) if query.end is None else formats.day_start(query.end)
    return _rows(
        as_of,
        [
            {
                "at": moment(m.at),
                "kind": m.kind.value,
                "quantity": m.quantity,
                "on_hand": m.on_hand,
                "cause": m.cause,
                "actor": m.actor,
                "inferred": inferred.has(product.product_id, m.at),
            }
            for m in services().stock.movements(product.product_id, start, end)
        ],
    )


@route(
    "/api/analytics/products/<path:product_id>/forecast",
    Access.ANALYTICS,
    scope=Scope.ANALYTICS,
    doc=Doc(
        "What is expected to sell of a product",
        TAG,
        answers=ForecastRows,
        description="Units a day, and over lead time and review period; as they were made when the first day "
        "began. `q90`: with 90 % no more is sold.",
        refusals=(NOT_FOUND,),
    ),
)
def analytics_forecast(product_id: str) -> flask.Response:
    product, forecasts, formats = services().catalog.get(product_id), services().forecasts, services().formats
    made = forecasts.of_product(product.product_id)
    if made is None or not made.middle:
        raise NotFound("There is no forecast of this product yet.")
    names, settings = ("mean", "q10", "q50", "q90", "q95"), services().reorder.of(product)
    days, *numbers = lead_row(made, settings)
    return flask.jsonify(
        {
            "as_of": moment(formats.day_start(made.first_day)),
            "currency": services().settings.currency,
            "rows": [{"day": day.isoformat(), **dict(zip(names, row, strict=True))} for day, *row in day_rows(made)],
            "lead_time": {"days": days, **dict(zip(("mean", "q50", "q90", "q95"), numbers, strict=True))},
            "reorder": _reordered(settings),
            "left_out": [{**asdict(line), "day": line.day.isoformat()} for line in made.left_out],
        }
    )


def _reordered(settings: ReorderSettings) -> dict[str, Any]:
    """By what rules it is ordered anew, and whose they are."""
    values = {
        "lead_days": settings.lead_days,
        "review_days": settings.review_days,
        "service": settings.service,
        "pack": settings.pack,
        "safety_stock": settings.safety_stock,
    }
    return {**values, "sources": {name: key.level.value for name, key in settings.sources.items()}}


def _made(margin: Margin) -> dict[str, Any]:
    known = margin.amount
    return {
        "cost": amount(margin.cost) if known is not None else None,
        "margin": amount(known) if known is not None else None,
        "margin_rate": margin.rate,
        "unknown_cost_share": margin.unknown,
    }


def _period(query: PeriodQuery) -> Period:
    """What is not given is open: from the first day with sales, to today included."""
    tomorrow = services().formats.today() + timedelta(days=1)
    end = query.end or max(tomorrow, query.start or tomorrow)
    return Period(query.start or min(services().sales.trade().first_day or end, end), end)


def _rows(as_of: datetime, rows: list[dict[str, Any]], **beside: Any) -> flask.Response:
    return flask.jsonify({"as_of": moment(as_of), "currency": services().settings.currency, "rows": rows, **beside})
