"""What forecasts are made from, out of orders, returns and the times with nothing on hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.services.forecasts.history_ports import Absence, GivenBack, SoldLine
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.returns import is_complete_return
from app.stores.sql.tables import order_lines, orders, return_lines, returns, rollup_stock_outs

AT_ONCE = timedelta(days=28)


class SqlHistory:
    """The `HistoryReader` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sold_lines(self, start: date, end: date) -> Iterator[list[SoldLine]]:
        o, line = orders.c, order_lines.c
        while start < end:
            until = min(start + AT_ONCE, end)
            query = (
                select(o.paid_day, o.order_id, o.user_id, line.product_id, line.quantity, line.unit_price)
                .select_from(orders.join(order_lines, o.order_id == line.order_id))
                .where(o.paid_day >= start, o.paid_day < until)
            )
            yield self._database.read(lambda c, query=query: [SoldLine(*row) for row in c.execute(query)])  # type: ignore[misc]
            start = until

    def given_back(self, start: date, end: date) -> list[GivenBack]:
        r, line = returns.c, return_lines.c
        query = (
            select(r.day, r.order_id, r.user_id, line.product_id, line.quantity)
            .select_from(returns.join(return_lines, r.return_id == line.return_id))
            .where(r.day >= start, r.day < end, is_complete_return())
            .order_by(r.day, r.return_id, line.item_no)
        )
        return self._database.read(lambda c: [GivenBack(*row) for row in c.execute(query)])

    def absences(self, start: datetime, end: datetime) -> list[Absence]:
        out = rollup_stock_outs.c
        query = select(out.product_id, out.began_at, out.ended_at).where(
            out.began_at < end, out.ended_at.is_(None) | (out.ended_at > start)
        )
        return self._database.read(lambda c: [Absence(*row) for row in c.execute(query)])
