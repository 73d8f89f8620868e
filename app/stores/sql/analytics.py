"""Reads for analytics: plain SQL over the rollups, and a few rows by index."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from app.domain import Role
from app.services.readers import (
    CustomerRow,
    CustomerSort,
    CustomerSpending,
    CustomerTotals,
    DaySales,
    LatestMovement,
    LatestOrder,
    LiveRows,
    MinuteSales,
    ProductDay,
    ProductSales,
    StockPoint,
)
from app.stores.sql.engine import Database
from app.stores.sql.rollup_deltas import floor_minute
from app.stores.sql.rollup_rebuild import is_complete_return
from app.stores.sql.tables import (
    orders,
    returns,
    rollup_customers,
    rollup_days,
    rollup_minutes,
    rollup_product_days,
    rollup_stock_hours,
    stock_levels,
    stock_movements,
    users,
)

_MOST_BOUND = 500


class SqlAnalytics:
    """`SalesReader`, `CustomerReader`, `StockReader` and `LiveReader` on SQLite and MySQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- sales --------------------------------------------------------------------------------

    def days(self, start: date, end: date) -> list[DaySales]:
        d = rollup_days.c
        query = select(d.day, d.orders, d.units, d.gross, d.tax, d.returns).where(d.day >= start, d.day < end)
        rows = self._all(query.order_by(d.day))
        return [DaySales(*row) for row in rows]

    def day_bounds(self) -> tuple[date, date] | None:
        first, last = self._all(select(func.min(rollup_days.c.day), func.max(rollup_days.c.day)))[0]
        return (first, last) if first is not None else None

    def minutes(self, start: datetime, end: datetime) -> list[MinuteSales]:
        return self._database.read(lambda connection: _minutes(connection, start, end))

    def best_sellers(
        self,
        start: date,
        end: date,
        limit: int | None = None,
        by: Literal["gross", "units"] = "gross",
        leave_out: Collection[str] = (),
    ) -> list[ProductSales]:
        return self._database.read(lambda c: _best_sellers(c, start, end, limit, by, leave_out))

    # --- customers ----------------------------------------------------------------------------

    def customers(
        self, q: str, sort: CustomerSort, limit: int, offset: int, by_email: bool = True
    ) -> tuple[list[CustomerRow], int]:
        r = rollup_customers.c
        source = users.outerjoin(rollup_customers, users.c.user_id == r.user_id)
        wanted = [_is_customer(), *_matching(q, by_email)]
        query = (
            select(
                users.c.user_id, users.c.full_name, users.c.email, users.c.country,
                *(func.coalesce(c, 0) for c in (r.orders, r.units, r.gross, r.returns, r.lifetime)),
                r.first_order_at, r.last_order_at,
            )
            .select_from(source)
            .where(*wanted)
            .order_by(*_order(sort), users.c.user_id)
            .limit(limit)
            .offset(offset)
        )  # fmt: skip
        count = select(func.count()).select_from(source).where(*wanted)

        def work(connection: Connection) -> tuple[list[CustomerRow], int]:
            total: int = connection.execute(count).scalar_one()
            return _with_countries(connection, [CustomerRow(*row) for row in connection.execute(query)]), total

        return self._database.read(work)

    def spending(self, q: str, limit: int, after: int) -> list[CustomerSpending]:
        r = rollup_customers.c
        query = (
            select(
                users.c.user_id, users.c.full_name, users.c.email, *(func.coalesce(c, 0) for c in (r.units, r.gross))
            )
            .select_from(users.outerjoin(rollup_customers, users.c.user_id == r.user_id))
            .where(_is_customer(), *_matching(q, by_email=True), users.c.user_id > after)
            .order_by(users.c.user_id)
            .limit(limit)
        )  # fmt: skip
        return [CustomerSpending(*row) for row in self._all(query)]

    def customer_totals(self) -> CustomerTotals:
        r = rollup_customers.c
        people = (
            select(func.count())
            .select_from(users.outerjoin(rollup_customers, users.c.user_id == r.user_id))
            .where(_is_customer())
        )
        buyers = select(
            func.count(), func.coalesce(func.sum(r.lifetime), 0)
        ).where(r.orders > 0)  # fmt: skip
        returning = select(func.count()).where(r.orders > 1, r.last_order_at > r.first_order_at)

        def work(connection: Connection) -> CustomerTotals:
            bought, lifetime = connection.execute(buyers).one()
            return CustomerTotals(
                customers=connection.execute(people).scalar_one(),
                buyers=bought,
                returning=connection.execute(returning).scalar_one(),
                lifetime=int(lifetime),
            )

        return self._database.read(work)

    # --- stock --------------------------------------------------------------------------------

    def product_days(self, product_ids: Collection[str], start: date, end: date) -> list[ProductDay]:
        p = rollup_product_days.c
        found: list[ProductDay] = []
        ids = sorted(product_ids)
        for at in range(0, len(ids), _MOST_BOUND):
            query = (
                select(p.product_id, p.day, func.sum(p.units))
                .where(p.product_id.in_(ids[at : at + _MOST_BOUND]), p.day >= start, p.day < end)
                .group_by(p.product_id, p.day)
            )
            found += [ProductDay(product_id, day, int(units)) for product_id, day, units in self._all(query)]
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
                top=_best_sellers(connection, day, day + timedelta(days=1), top),
                movements=_latest_movements(connection, movements),
            )

        return self._database.read(work)

    def _all(self, query: Select[Any]) -> list[Any]:
        return self._database.read(lambda connection: list(connection.execute(query)))


def _minutes(connection: Connection, start: datetime, end: datetime) -> list[MinuteSales]:
    m = rollup_minutes.c
    last = floor_minute(end)
    query = select(m.minute, m.orders, m.units, m.gross, m.tax, m.returns).where(m.minute >= start, m.minute < last)
    found = [MinuteSales(*row) for row in connection.execute(query.order_by(m.minute))]
    if last < end:
        found.append(_part_of_minute(connection, max(start, last), end))
    return found


def _part_of_minute(connection: Connection, start: datetime, end: datetime) -> MinuteSales:
    """Less than a minute of sales, from the few order heads in it: rollups are no finer."""
    o, r = orders.c, returns.c
    sales = select(func.count(), *(func.coalesce(func.sum(c), 0) for c in (o.units, o.subtotal, o.tax))).where(
        # Only paid orders have a time of payment. Asking for the status too makes SQLite walk all paid ones.
        o.paid_at >= start,
        o.paid_at < end,
    )
    # By day first, which is indexed; a store's day overlaps at most two UTC days.
    days = [start.date() + timedelta(days=n) for n in (-1, 0, 1)]
    given_back = select(func.coalesce(func.sum(r.amount), 0)).where(
        r.day.in_(days), r.at >= start, r.at < end, is_complete_return()
    )
    count, units, gross, tax = connection.execute(sales).one()
    returned = connection.execute(given_back).scalar_one()
    return MinuteSales(start, count, int(units), int(gross), int(tax), int(returned))


def _best_sellers(
    connection: Connection,
    start: date,
    end: date,
    limit: int | None,
    by: Literal["gross", "units"] = "gross",
    leave_out: Collection[str] = (),
) -> list[ProductSales]:
    p = rollup_product_days.c
    sums = {"units": func.sum(p.units), "gross": func.sum(p.gross)}
    query = (
        select(p.product_id, sums["units"], sums["gross"])
        .where(p.day >= start, p.day < end, p.product_id.not_in(sorted(leave_out)))
        .group_by(p.product_id)
        .having(sums["units"] > 0)
        .order_by(sums[by].desc(), p.product_id)
    )
    rows = connection.execute(query if limit is None else query.limit(limit))
    return [ProductSales(product_id, int(units), int(gross)) for product_id, units, gross in rows]


def _latest_orders(connection: Connection, limit: int) -> list[LatestOrder]:
    o = orders.c
    # By the index of the time of payment alone, this reads `limit` rows.
    query = (
        select(
            o.order_id, o.external_id, o.ship_name, o.ship_city, o.ship_country, o.units, o.total, o.paid_at
        )
        .where(o.paid_at.is_not(None))
        .order_by(o.paid_at.desc(), o.order_id.desc())
        .limit(limit)
    )  # fmt: skip
    return [LatestOrder(*row) for row in connection.execute(query)]


def _latest_movements(connection: Connection, limit: int) -> list[LatestMovement]:
    m = stock_movements.c
    query = select(m.movement_id, m.product_id, m.at, m.kind, m.quantity, m.on_hand)
    rows = connection.execute(query.order_by(m.movement_id.desc()).limit(limit))
    return [LatestMovement(*row) for row in rows]


def _with_countries(connection: Connection, rows: list[CustomerRow]) -> list[CustomerRow]:
    """A person who told no country has that of the latest order; read for the page's rows only."""
    unknown = [row.user_id for row in rows if not row.country and row.orders]
    if not unknown:
        return rows
    o = orders.c
    latest = select(func.max(o.order_id)).where(o.user_id.in_(unknown)).group_by(o.user_id)
    found = connection.execute(select(o.user_id, o.ship_country).where(o.order_id.in_(latest)))
    countries = {row.user_id: row.ship_country for row in found}
    return [row._replace(country=row.country or countries.get(row.user_id)) for row in rows]


def _is_customer() -> ColumnElement[bool]:
    """Staff are customers once they bought something."""
    return or_(users.c.role == Role.CUSTOMER.value, rollup_customers.c.orders > 0)


def _matching(q: str, by_email: bool) -> list[ColumnElement[bool]]:
    words = q.strip().lower()
    if not words:
        return []
    columns = (users.c.full_name, users.c.country, *((users.c.email,) if by_email else ()))
    return [or_(*(func.lower(column).contains(words, autoescape=True) for column in columns))]


def _order(sort: CustomerSort) -> tuple[ColumnElement[Any], ...]:
    r = rollup_customers.c
    if sort == "name":
        return (func.lower(users.c.full_name),)
    if sort == "recent":
        return (r.last_order_at.is_(None), r.last_order_at.desc())
    return (func.coalesce(r.orders if sort == "orders" else r.lifetime, 0).desc(),)
