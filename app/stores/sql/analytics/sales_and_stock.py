"""Reads for analytics: plain SQL over the rollups, and a few rows by index."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    func,
    select,
)

from app.domain import Grain, OutboxState, StockMovement
from app.domain.effects import EffectKind
from app.services.analytics.ports import DaySales, MinuteSales, PeriodCustomers, ProductDay, ProductSales, StockPoint
from app.services.wall.ports import CountryOrders, LatestMovement, LatestOrder, LiveRows, NetSales
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.time_parts import FirstOfMonth
from app.stores.sql.orders.returns import is_complete_return
from app.stores.sql.rollups.before_tax import gross_of, tax_of
from app.stores.sql.rollups.deltas import floor_minute
from app.stores.sql.rollups.spans import in_days
from app.stores.sql.stock.ledger import movement_of
from app.stores.sql.tables import (
    orders,
    outbox,
    returns,
    rollup_countries,
    rollup_customer_days,
    rollup_customer_periods,
    rollup_customers,
    rollup_days,
    rollup_minutes,
    rollup_products,
    rollup_stock_hours,
    stock_levels,
    stock_movements,
)


class SqlAnalytics:
    """`SalesReader`, `StockReader` and `LiveReader` on SQLite and MySQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- sales --------------------------------------------------------------------------------

    def days(self, start: date, end: date) -> list[DaySales]:
        rows = self._database.read(lambda connection: connection.execute(_DAYS, {"start": start, "end": end}).all())
        return [DaySales(*row) for row in rows]

    def day_bounds(self) -> tuple[date, date] | None:
        first, last = self._all(select(func.min(rollup_days.c.day), func.max(rollup_days.c.day)))[0]
        return (first, last) if first is not None else None

    def last_sale_day(self) -> date | None:
        d = rollup_days.c
        rows = self._all(select(d.day).where(d.orders > 0).order_by(d.day.desc()).limit(1))
        return rows[0].day if rows else None

    def last_sales_by_month(self) -> list[date]:
        d = rollup_days.c
        month = FirstOfMonth(d.day)
        query = select(func.max(d.day)).where(d.orders > 0).group_by(month).order_by(month)
        return [last for (last,) in self._all(query)]

    def minutes(self, start: datetime, end: datetime) -> list[MinuteSales]:
        return self._database.read(lambda connection: _minutes(connection, start, end))

    def between(self, start: datetime, end: datetime) -> MinuteSales:
        return self._database.read(lambda connection: _between(connection, start, end))

    def best_sellers(
        self,
        start: date,
        end: date,
        limit: int | None = None,
        by: Literal["gross", "units"] = "gross",
        leave_out: Collection[str] = (),
    ) -> list[ProductSales]:
        return self._database.read(lambda c: _best_sellers(c, start, end, limit, by, leave_out))

    def complete_until(self) -> datetime:
        def work(connection: Connection) -> datetime:
            oldest = select(func.min(outbox.c.created_at)).where(
                outbox.c.kind == EffectKind.ROLLUP.value, outbox.c.state == OutboxState.PENDING.value
            )
            now = database_now(connection)
            waiting: datetime | None = connection.execute(oldest).scalar_one()
            return min(now, waiting or now)

        return self._database.read(work)

    def customer_periods(self, grain: Grain, start: date, end: date) -> list[PeriodCustomers]:
        p = rollup_customer_periods.c
        query = select(p.first_day, p.customers, p.returning_customers).where(
            p.grain == grain, p.first_day >= start, p.first_day < end
        )
        return [PeriodCustomers(*row) for row in self._all(query.order_by(p.first_day))]

    def customers_between(self, start: date, end: date) -> PeriodCustomers:
        d, c = rollup_customer_days.c, rollup_customers.c
        buyers = (
            select(d.user_id, func.max(d.last_order_at).label("last_at"))
            .where(d.day >= start, d.day < end, d.orders > 0)
            .group_by(d.user_id)
            .subquery()
        )
        returning = func.coalesce(func.sum(case((buyers.c.last_at > c.first_order_at, 1), else_=0)), 0)
        query = select(func.count(), returning).select_from(
            buyers.join(rollup_customers, buyers.c.user_id == c.user_id)
        )
        count, again = self._all(query)[0]
        return PeriodCustomers(start, count, int(again))

    # --- stock --------------------------------------------------------------------------------

    def product_days(self, product_ids: Collection[str], start: date, end: date) -> list[ProductDay]:
        p = rollup_products.c
        found: list[ProductDay] = []
        for ids in chunks(sorted(product_ids)):
            query = select(p.product_id, p.first_day, p.units).where(
                p.product_id.in_(ids), p.grain == "day", p.first_day >= start, p.first_day < end
            )
            found += [ProductDay(*row) for row in self._all(query)]
        return found

    def first_stocked(self) -> dict[str, datetime]:
        s = stock_levels.c
        query = select(s.product_id, s.first_stocked_at).where(s.first_stocked_at.is_not(None))
        return dict(self._all(query))

    def on_hand_before(self, product_id: str, at: datetime) -> int | None:
        m = stock_movements.c
        query = select(m.on_hand).where(m.product_id == product_id, m.at < at)
        rows = self._all(query.order_by(m.at.desc(), m.movement_id.desc()).limit(1))
        return rows[0].on_hand if rows else None

    def movements(self, product_id: str, start: datetime, end: datetime, most: int) -> list[StockMovement]:
        m = stock_movements.c
        query = select(stock_movements).where(m.product_id == product_id, m.at >= start, m.at < end)
        return [movement_of(row) for row in self._all(query.order_by(m.at, m.movement_id).limit(most))]

    def movements_before(self, product_id: str, at: datetime, most: int) -> list[StockMovement]:
        m = stock_movements.c
        query = select(stock_movements).where(m.product_id == product_id, m.at < at)
        return [movement_of(row) for row in self._all(query.order_by(m.at.desc(), m.movement_id.desc()).limit(most))]

    def stock_points(self, product_id: str, start: datetime, end: datetime, most: int) -> list[StockPoint]:
        m = stock_movements.c
        query = select(m.at, m.on_hand).where(m.product_id == product_id, m.at >= start, m.at < end)
        points = [StockPoint(*row) for row in self._all(query.order_by(m.at, m.movement_id).limit(most + 1))]
        return points if len(points) <= most else self._stock_hours(product_id, start, end)

    def _stock_hours(self, product_id: str, start: datetime, end: datetime) -> list[StockPoint]:
        h = rollup_stock_hours.c
        query = select(h.hour, h.on_hand).where(h.product_id == product_id, h.hour > start - timedelta(hours=1))
        rows = self._all(query.where(h.hour < end).order_by(h.hour))
        return [StockPoint(min(hour + timedelta(hours=1), end), on_hand) for hour, on_hand in rows]

    # --- live ---------------------------------------------------------------------------------

    def live(self, start: datetime, day: date, *, orders: int, top: int, movements: int) -> LiveRows:
        def work(connection: Connection) -> LiveRows:
            return LiveRows(
                today=_minutes(connection, start, start + timedelta(days=2)),
                orders=_latest_orders(connection, orders),
                top=_top_of_day(connection, day, top),
                top_units=_top_of_day(connection, day, top, by="units"),
                movements=_latest_movements(connection, movements),
                countries=_countries(connection, day),
            )

        return self._database.read(work)

    def orders_between(self, start: datetime, end: datetime, limit: int) -> list[LatestOrder]:
        o = orders.c
        query = _order_heads().where(o.paid_at >= start, o.paid_at < end).order_by(o.paid_at, o.order_id).limit(limit)
        return [LatestOrder(*row) for row in self._all(query)]

    def _all(self, query: Select[Any]) -> list[Any]:
        return self._database.read(lambda connection: list(connection.execute(query)))


def _minutes(connection: Connection, start: datetime, end: datetime) -> list[MinuteSales]:
    m = rollup_minutes.c
    last = floor_minute(end)
    query = select(m.minute, *_sums_of(m)).where(m.minute >= start, m.minute < last)
    found = [MinuteSales(*row) for row in connection.execute(query.order_by(m.minute))]
    if last < end:
        found.append(_part_of_minute(connection, max(start, last), end))
    return found


def _between(connection: Connection, start: datetime, end: datetime) -> MinuteSales:
    last = floor_minute(end)
    whole = connection.execute(_MINUTES_SUMMED, {"start": start, "end": last}).one()
    if last >= end:
        return MinuteSales(start, *map(int, whole))
    part = _part_of_minute(connection, max(start, last), end)
    return MinuteSales(start, *(int(a) + b for a, b in zip(whole, part[1:], strict=True)))


def _part_of_minute(connection: Connection, start: datetime, end: datetime) -> MinuteSales:
    """Less than a minute of sales, from the few order heads in it: rollups are no finer."""
    # A store's day overlaps at most two UTC days.
    days = {f"day{n}": start.date() + timedelta(days=n) for n in (-1, 0, 1)}
    sums = connection.execute(_PART_SUMMED, {"start": start, "end": end, **days}).one()
    return MinuteSales(start, *map(int, sums))


def _days() -> Select[Any]:
    d = rollup_days.c
    query = select(d.day, *_sums_of(d)).order_by(d.day)
    return query.where(d.day >= bindparam("start"), d.day < bindparam("end"))


def _sums_of(of: Any) -> tuple[Any, ...]:
    """The columns of `DaySales` and `MinuteSales` after the first."""
    return of.orders, of.units, of.gross, of.tax, of.returns, of.cost, of.costed, of.costed_returns


def _minutes_summed() -> Select[Any]:
    m = rollup_minutes.c
    sums = (func.coalesce(func.sum(column), 0) for column in _sums_of(m))
    return select(*sums).where(m.minute >= bindparam("start"), m.minute < bindparam("end"))


def _part_summed() -> Select[Any]:
    o, r = orders.c, returns.c
    start: BindParameter[Any] = bindparam("start")
    end: BindParameter[Any] = bindparam("end")

    def given_back(column: ColumnElement[int]) -> ColumnElement[int]:
        return (
            select(func.coalesce(func.sum(column), 0))
            .where(
                # By day first, which is indexed.
                r.day.in_([bindparam(f"day{n}", type_=r.day.type) for n in (-1, 0, 1)]),
                r.at >= start, r.at < end, is_complete_return(),
            )
            .scalar_subquery()
        )  # fmt: skip

    units, gross, tax, cost, costed = (
        func.coalesce(func.sum(column), 0) for column in (o.units, gross_of(o), tax_of(o), o.cost, o.costed)
    )
    # Only paid orders have a time of payment. Asking for the status too makes SQLite walk all paid ones.
    return select(
        func.count(), units, gross, tax, given_back(r.amount), cost - given_back(r.cost), costed, given_back(r.costed)
    ).where(o.paid_at >= start, o.paid_at < end)


# Made once: every page of sales asks them several times, and SQLAlchemy takes longer to make them than the answer.
_DAYS, _MINUTES_SUMMED, _PART_SUMMED = _days(), _minutes_summed(), _part_summed()


def _best_sellers(
    connection: Connection,
    start: date,
    end: date,
    limit: int | None,
    by: Literal["gross", "units"] = "gross",
    leave_out: Collection[str] = (),
) -> list[ProductSales]:
    p = rollup_products.c
    sums = {"units": func.sum(p.units), "gross": func.sum(p.gross)}
    query = (
        select(p.product_id, *sums.values(), *map(func.sum, (p.cost, p.costed, p.costed_returns)))
        .where(in_days(rollup_products, start, end), p.product_id.not_in(sorted(leave_out)))
        .group_by(p.product_id)
        .having(sums["units"] > 0)
        .order_by(sums[by].desc(), p.product_id)
    )
    rows = connection.execute(query if limit is None else query.limit(limit))
    return [ProductSales(product_id, *map(int, numbers)) for product_id, *numbers in rows]


def _top_of_day(connection: Connection, day: date, limit: int, by: Literal["net", "units"] = "net") -> list[NetSales]:
    p = rollup_products.c
    sums = {"units": (p.units - p.returned_units).label("kept"), "net": (p.gross - p.returns).label("net")}
    query = select(p.product_id, sums["units"], sums["net"]).where(
        p.grain == "day", p.first_day == day, p.units > 0, p.gross > p.returns
    )
    return [NetSales(*row) for row in connection.execute(query.order_by(sums[by].desc(), p.product_id).limit(limit))]


def _countries(connection: Connection, day: date) -> list[CountryOrders]:
    c = rollup_countries.c
    query = select(c.country, c.orders, c.gross).where(c.grain == "day", c.first_day == day, c.orders > 0)
    return [CountryOrders(*row) for row in connection.execute(query)]


def _order_heads() -> Select[Any]:
    o = orders.c
    place = case((o.ship_city != "", o.ship_city), else_=o.ship_region)
    return select(o.order_id, o.external_id, o.ship_name, place, o.ship_country, o.units, o.total, o.paid_at)


def _latest_orders(connection: Connection, limit: int) -> list[LatestOrder]:
    o = orders.c
    # By the index of the time of payment alone, this reads `limit` rows.
    query = _order_heads().where(o.paid_at.is_not(None)).order_by(o.paid_at.desc(), o.order_id.desc()).limit(limit)
    return [LatestOrder(*row) for row in connection.execute(query)]


def _latest_movements(connection: Connection, limit: int) -> list[LatestMovement]:
    m = stock_movements.c
    query = select(m.movement_id, m.product_id, m.at, m.kind, m.quantity, m.on_hand)
    rows = connection.execute(query.order_by(m.movement_id.desc()).limit(limit))
    return [LatestMovement(*row) for row in rows]
