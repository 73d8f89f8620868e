"""Reads of orders by their size: a rollup of rounded values, and the largest of each day out of an index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.services.analytics.order_size_ports import LargeOrder, OrderValue, Quantities
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.returns import is_complete_return
from app.stores.sql.rollups.before_tax import gross_of
from app.stores.sql.rollups.spans import in_days
from app.stores.sql.tables import order_lines, orders, return_lines, returns, rollup_days, rollup_order_values


class SqlOrderSizes:
    """`OrderSizeReader` on SQLite and MySQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def order_values(self, start: date, end: date) -> list[OrderValue]:
        v = rollup_order_values.c
        query = select(v.value, func.sum(v.orders)).where(in_days(rollup_order_values, start, end))
        return [OrderValue(value, int(n)) for value, n in self._all(query.group_by(v.value).order_by(v.value))]

    def largest_orders(self, start: date, end: date, most: int) -> list[LargeOrder]:
        """Those of the days with the largest ones: each day costs a look at the end of an index, however many sold.

        The index has list prices as they are: where they hold taxes of several rates, those with the most on them.
        """
        d, o = rollup_days.c, orders.c
        largest = (
            select(o.subtotal)
            .where(o.paid_day == d.day)
            .order_by(o.subtotal.desc())
            .limit(1)
            .correlate(rollup_days)
            .scalar_subquery()
        )
        of_days = select(d.day, largest.label("largest")).where(d.day >= start, d.day < end, d.orders > 0).subquery()
        days = self._all(select(of_days.c.day).order_by(of_days.c.largest.desc(), of_days.c.day).limit(most))
        found = [order for (day,) in days for order in self._largest_of(day, most)]
        return sorted(found, key=lambda one: (-one.value, one.order_id))[:most]

    def _largest_of(self, day: date, most: int) -> list[LargeOrder]:
        o = orders.c
        query = select(o.order_id, o.external_id, o.user_id, o.paid_at, gross_of(o)).where(o.paid_day == day)
        return [LargeOrder(*row) for row in self._all(query.order_by(o.subtotal.desc(), o.order_id).limit(most))]

    def quantities(self, order: LargeOrder, until: datetime) -> Quantities:
        line = order_lines.c
        bought = select(line.product_id, func.sum(line.quantity)).where(line.order_id == order.order_id)
        return Quantities(self._by_product(bought, line.product_id), self._given_back(order, until))

    def _given_back(self, order: LargeOrder, until: datetime) -> dict[str, int]:
        """By the order's number; where an import named none, by customer among those of these days: by an index."""
        r = returns.c
        found = self._returned([r.order_id == order.order_id], order, until)
        if order.user_id is not None:
            days = order.paid_at.date() - timedelta(days=1), until.date() + timedelta(days=1)
            by_customer = [r.day.between(*days), r.user_id == order.user_id, r.order_id.is_(None)]
            for product, units in self._returned(by_customer, order, until).items():
                found[product] = found.get(product, 0) + units
        return found

    def _returned(self, which: Sequence[ColumnElement[bool]], order: LargeOrder, until: datetime) -> dict[str, int]:
        r, line = returns.c, return_lines.c
        query = (
            select(line.product_id, func.sum(line.quantity))
            .select_from(returns.join(return_lines, r.return_id == line.return_id))
            .where(*which, r.at >= order.paid_at, r.at < until, is_complete_return())
        )
        return self._by_product(query, line.product_id)

    def _by_product(self, query: Select[Any], product: ColumnElement[str]) -> dict[str, int]:
        return {product_id: int(units) for product_id, units in self._all(query.group_by(product))}

    def _all(self, query: Select[Any]) -> list[Any]:
        return self._database.read(lambda connection: list(connection.execute(query)))
