"""Reads of sales by what they are made of: products, countries, hours of the week; and of stock by product."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Select, and_, func, literal, select

from app.domain import IMPORTED, MovementKind
from app.services.analytics.breakdown_ports import (
    CountrySales,
    FilteredDay,
    HourSales,
    Level,
    ProductSums,
    StockOut,
    StockSums,
)
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.deltas import QUARTER_SECONDS
from app.stores.sql.rollups.spans import in_days
from app.stores.sql.rollups.store_days import offsets
from app.stores.sql.stock.ledger import DONE
from app.stores.sql.tables import (
    rollup_countries,
    rollup_product_days,
    rollup_products,
    rollup_quarters,
    rollup_stock,
    rollup_stock_outs,
    stock_edits,
    stock_levels,
    stock_movements,
)

_QUARTERS_AN_HOUR, _QUARTERS_A_WEEK = 4, 4 * 24 * 7
_MONDAY = 4 * 24 * 3  # 1970 began on a Thursday: so many quarters after a Monday


class SqlBreakdowns:
    """`BreakdownReader` on SQLite and MySQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def products(self, start: date, end: date, country: str | None = None) -> list[ProductSums]:
        table = rollup_products if country is None else rollup_product_days
        t = table.c
        days = (
            in_days(rollup_products, start, end)
            if country is None
            else and_(t.country == country, t.day >= start, t.day < end)
        )
        sums = (func.sum(column) for column in (t.units, t.gross, t.returned_units, t.returns, *_costs_of(t)))
        rows = self._all(select(t.product_id, *sums).where(days).group_by(t.product_id))
        return [ProductSums(product_id, *map(int, numbers)) for product_id, *numbers in rows]

    def countries(self, start: date, end: date, product_ids: Collection[str] | None = None) -> list[CountrySales]:
        if product_ids is not None:
            return self._countries_of(start, end, product_ids)
        c = rollup_countries.c
        sums = (func.sum(column) for column in (c.orders, c.units, c.gross, c.returns, *_costs_of(c)))
        rows = self._all(select(c.country, *sums).where(in_days(rollup_countries, start, end)).group_by(c.country))
        return [CountrySales(country, *map(int, numbers)) for country, *numbers in rows]

    def _countries_of(self, start: date, end: date, product_ids: Collection[str]) -> list[CountrySales]:
        p = rollup_product_days.c
        found: dict[str, list[int]] = {}
        for ids in chunks(sorted(product_ids)):
            sums = (func.sum(column) for column in (p.units, p.gross, p.returns, *_costs_of(p)))
            query = select(p.country, *sums).where(p.product_id.in_(ids), p.day >= start, p.day < end)
            for country, *numbers in self._all(query.group_by(p.country)):
                known = found.get(country, [0] * 6)
                found[country] = [a + int(b) for a, b in zip(known, numbers, strict=True)]
        return [CountrySales(country, None, *numbers) for country, numbers in found.items()]

    def days(
        self, start: date, end: date, *, country: str | None = None, product_ids: Collection[str] | None = None
    ) -> list[FilteredDay]:
        if product_ids is None:
            c = rollup_countries.c
            query = select(c.first_day, c.orders, c.units, c.gross, c.returns, *_costs_of(c)).where(
                c.grain == "day", c.country == country, c.first_day >= start, c.first_day < end
            )
            return [FilteredDay(*row) for row in self._all(query.order_by(c.first_day))]
        found: dict[date, list[int]] = {}
        for ids in chunks(sorted(product_ids)):
            for day, *numbers in self._all(_product_days(ids, start, end, country)):
                known = found.get(day, [0] * 6)
                found[day] = [a + int(b) for a, b in zip(known, numbers, strict=True)]
        return [FilteredDay(day, None, *numbers) for day, numbers in sorted(found.items())]

    def hours_of_week(self, start: datetime, end: datetime, zone: tzinfo) -> list[HourSales]:
        q = rollup_quarters.c
        found: dict[int, list[int]] = {}
        for one in offsets(zone, start, end):
            local = q.quarter + literal(one.seconds // QUARTER_SECONDS + _MONDAY, literal_execute=True)
            # The first quarter of its hour, without a division: MySQL's is of decimals and takes twice as long.
            first = local % _QUARTERS_A_WEEK - local % _QUARTERS_AN_HOUR
            query = select(first, func.sum(q.orders), func.sum(q.gross)).where(
                q.quarter >= _first_quarter(one.start), q.quarter < _first_quarter(one.end)
            )
            for quarter, *numbers in self._all(query.group_by(first)):
                hour = int(quarter) // _QUARTERS_AN_HOUR
                known = found.get(hour, [0, 0])
                found[hour] = [a + int(b) for a, b in zip(known, numbers, strict=True)]
        return [HourSales(number, *numbers) for number, numbers in sorted(found.items())]

    # --- stock ---------------------------------------------------------------------------------

    def levels(self) -> list[Level]:
        s = stock_levels.c
        return [Level(*row) for row in self._all(select(s.product_id, s.on_hand, s.first_stocked_at, s.last_sold_at))]

    def inferred_stock(self) -> dict[str, datetime | None]:
        s, m, e = stock_levels.c, stock_movements.c, stock_edits.c
        imported = (
            select(s.product_id)
            .join(stock_movements, (m.product_id == s.product_id) & (m.at == s.first_stocked_at))
            .where(m.actor == IMPORTED)
            .distinct()
        )
        counted = (
            select(e.product_id, func.min(e.at))
            .where(e.state == DONE, e.kind == MovementKind.CORRECTION.value)
            .group_by(e.product_id)
        )
        counts = {row.product_id: row[1] for row in self._all(counted)}
        return {product_id: counts.get(product_id) for (product_id,) in self._all(imported)}

    def stock_sums(self, start: date, end: date, product_ids: Collection[str] | None = None) -> list[StockSums]:
        s = rollup_stock.c
        sums = (func.sum(s[name]) for name in StockSums._fields[1:])
        query = select(s.product_id, *sums).where(in_days(rollup_stock, start, end)).group_by(s.product_id)
        parts = (
            [query]
            if product_ids is None
            else [query.where(s.product_id.in_(ids)) for ids in chunks(sorted(product_ids))]
        )
        rows = (row for part in parts for row in self._all(part))
        return [StockSums(product_id, *map(int, numbers)) for product_id, *numbers in rows]

    def stock_days(
        self, start: date, end: date, product_ids: Collection[str] | None = None
    ) -> list[tuple[date, StockSums]]:
        s = rollup_stock.c
        query = select(s.first_day, s.product_id, *(s[name] for name in StockSums._fields[1:])).where(
            s.grain == "day", s.first_day >= start, s.first_day < end
        )
        if product_ids is not None:
            query = query.where(s.product_id.in_(sorted(product_ids)))
        return [(day, StockSums(*sums)) for day, *sums in self._all(query.order_by(s.first_day))]

    def stock_changes(self, grain: str, start: date, end: date) -> list[tuple[date, str, int]]:
        s = rollup_stock.c
        query = select(s.first_day, s.product_id, s.net).where(
            s.grain == grain, s.first_day >= start, s.first_day < end, s.net != 0
        )
        return [(day, product_id, int(net)) for day, product_id, net in self._all(query)]

    def stock_outs(self, start: datetime, end: datetime, product_ids: Collection[str] | None = None) -> list[StockOut]:
        o, m = rollup_stock_outs.c, stock_movements.c
        emptied = (
            select(func.coalesce(func.sum(-m.quantity), 0))
            .where(m.product_id == o.product_id, m.at == o.began_at, m.kind == MovementKind.SALE.value)
            .scalar_subquery()
        )
        query = select(o.product_id, o.began_at, o.ended_at, o.sold_before + emptied, o.unit_price).where(
            o.began_at < end, o.ended_at.is_(None) | (o.ended_at > start)
        )
        if product_ids is not None:
            query = query.where(o.product_id.in_(sorted(product_ids)))
        rows = self._all(query.order_by(o.began_at, o.product_id))
        return [StockOut(id_, began, ended, int(sold), price) for id_, began, ended, sold, price in rows]

    def _all(self, query: Select[Any]) -> list[Any]:
        return self._database.read(lambda connection: list(connection.execute(query)))


def _costs_of(of: Any) -> tuple[Any, ...]:
    return of.cost, of.costed, of.costed_returns


def _first_quarter(at: datetime) -> int:
    """The first that begins at or after `at`."""
    return -(-int(at.timestamp()) // QUARTER_SECONDS)


def _product_days(ids: Collection[str], start: date, end: date, country: str | None) -> Select[Any]:
    if country is None:
        p = rollup_products.c
        wanted = and_(p.grain == "day", p.first_day >= start, p.first_day < end)
        day = p.first_day
    else:
        p = rollup_product_days.c
        wanted = and_(p.country == country, p.day >= start, p.day < end)
        day = p.day
    sums = (func.sum(column) for column in (p.units, p.gross, p.returns, *_costs_of(p)))
    return select(day, *sums).where(p.product_id.in_(ids), wanted).group_by(day)
