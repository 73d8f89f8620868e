"""Costs of sales from before costs were noted with them: filled in from what products cost now.

In small transactions, so that no checkout and no return waits for it: each fills some lines, adds up their orders or
returns, and notes that the totals are yet to follow. The last one makes these anew and says how much was filled. Where
the process dies between, the next run goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, case, delete, func, select, update

from app.services.costs.ports import Filled, FilledCosts
from app.stores.sql.costs.sums import add_up_orders, add_up_returns, cost_as_sold
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import order_lines, orders, return_lines, shop_facts

FACT = "filled_costs"
UNDER_WAY = "filling_costs"  # lines were filled, and totals are yet to follow
LINES = 500  # at once


class _UnderWay(NamedTuple):
    sold: int = 0
    returned: int = 0
    until: float | None = None  # when the latest of the orders was paid


class SqlPastSales:
    """`PastSales` on SQLite and MySQL."""

    def __init__(self, database: Database, zone: tzinfo, lines: int = LINES) -> None:
        self._database = database
        self._rollups = SqlRollups(database, zone, "costs")
        self._lines = lines

    def fill(self, costs: Mapping[str, int]) -> Filled:
        for table, fill in ((order_lines, _fill_sold), (return_lines, _fill_returned)):
            after = (0, 0)
            while lines := self._without_cost(table, after):
                self._database.write(lambda c, fill=fill, lines=lines: fill(c, lines, costs))  # type: ignore[misc]
                after = (lines[-1][0], lines[-1][1])
        done = _UnderWay()

        def finish(connection: Connection) -> bool:
            nonlocal done
            done = _under_way(connection) or _UnderWay()
            return _finish(connection, done)

        self._rollups.rebuild(first=finish)
        return Filled(done.sold, done.returned)

    def filled(self) -> FilledCosts | None:
        return self._database.read(_filled)

    def is_due(self) -> bool:
        return self._database.read(lambda c: _filled(c) is None or _under_way(c) is not None)

    def lacks_costs(self) -> bool:
        return any(self._without_cost(table, (0, 0), 1) for table in (order_lines, return_lines))

    def _without_cost(self, table: Table, after: tuple[int, int], most: int | None = None) -> Sequence[Any]:
        first, second = table.primary_key.columns
        beyond = (first > after[0]) | (second > after[1])
        query = select(*dict.fromkeys((first, second, table.c.product_id, table.c.line_no)))
        query = query.where(first >= after[0], beyond, table.c.unit_cost.is_(None)).order_by(first, second)
        return self._database.read(lambda c: c.execute(query.limit(most or self._lines)).all())


def _fill_sold(connection: Connection, lines: Sequence[Any], costs: Mapping[str, int]) -> None:
    known = [line for line in lines if line.product_id in costs]
    if filled := _give(connection, order_lines, known, costs):
        ids = {line.order_id for line in known}
        add_up_orders(connection, ids)
        paid = connection.execute(select(func.max(orders.c.paid_at)).where(orders.c.order_id.in_(ids))).scalar()
        _note(connection, _UnderWay(sold=filled, until=paid.timestamp() if paid else None))


def _fill_returned(connection: Connection, lines: Sequence[Any], costs: Mapping[str, int]) -> None:
    """What came back cost what its own sale did; only where no line of an order is named, what its product does."""
    back = return_lines.c
    filled = cost_as_sold(connection, {line.return_id for line in lines}, back.unit_cost.is_(None))
    known = [line for line in lines if line.line_no is None and line.product_id in costs]
    filled += _give(connection, return_lines, known, costs)
    if filled:
        add_up_returns(connection, {line.return_id for line in lines})
        _note(connection, _UnderWay(returned=filled))


def _give(connection: Connection, table: Table, lines: Sequence[Any], costs: Mapping[str, int]) -> int:
    if not lines:
        return 0
    products = sorted({line.product_id for line in lines})
    change = update(table).where(
        table.primary_key.columns[0].in_({line[0] for line in lines}),
        table.c.product_id.in_(products),
        table.c.unit_cost.is_(None),
    )
    if table is return_lines:
        change = change.where(return_lines.c.line_no.is_(None))
    cost = case({product_id: costs[product_id] for product_id in products}, value=table.c.product_id)
    return connection.execute(change.values(unit_cost=cost)).rowcount


def _note(connection: Connection, more: _UnderWay) -> None:
    known = _under_way(connection) or _UnderWay()
    until = max((at for at in (known.until, more.until) if at is not None), default=None)
    _write(connection, UNDER_WAY, _UnderWay(known.sold + more.sold, known.returned + more.returned, until)._asdict())


def _finish(connection: Connection, done: _UnderWay) -> bool:
    """Say what was filled; whether totals must follow."""
    before = _filled(connection) or FilledCosts(0, None)
    until = max((at for at in (_stamp(before.until), done.until) if at is not None), default=None)
    _write(connection, FACT, {"lines": before.lines + done.sold, "until": until})
    connection.execute(delete(shop_facts).where(shop_facts.c.name == UNDER_WAY))
    return done.sold + done.returned > 0


def _filled(connection: Connection) -> FilledCosts | None:
    known = _read(connection, FACT)
    if known is None:
        return None
    at = known["until"] if known["lines"] else None
    return FilledCosts(known["lines"], None if at is None else datetime.fromtimestamp(at, UTC))


def _under_way(connection: Connection) -> _UnderWay | None:
    known = _read(connection, UNDER_WAY)
    return None if known is None else _UnderWay(**known)


def _read(connection: Connection, name: str) -> Any:
    text = connection.execute(select(shop_facts.c.value).where(shop_facts.c.name == name)).scalar()
    return None if text is None else json.loads(text)


def _write(connection: Connection, name: str, value: Mapping[str, Any]) -> None:
    upsert(connection, shop_facts, [{"name": name, "value": json.dumps(value)}], ["name"])


def _stamp(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
