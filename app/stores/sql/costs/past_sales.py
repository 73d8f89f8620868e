"""Costs of sales from before costs were noted with them: filled in once, from what products cost then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    ScalarSelect,
    Table,
    bindparam,
    case,
    cast,
    func,
    select,
    update,
)

from app.services.costs.ports import FilledCosts
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import order_lines, orders, return_lines, returns, shop_facts

FACT = "filled_costs"


class SqlPastSales:
    """`PastSales` on SQLite and MySQL: all in one transaction, so that a process may die at any time."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self._database = database
        self._rollups = SqlRollups(database, zone, "costs")

    def fill(self, costs: Mapping[str, int]) -> int:
        filled = 0

        def work(connection: Connection) -> bool:
            nonlocal filled
            filled = _fill(connection, costs)
            return filled > 0

        self._rollups.rebuild(first=work)
        return filled

    def filled(self) -> FilledCosts | None:
        return self._database.read(_filled)


def _filled(connection: Connection) -> FilledCosts | None:
    text = connection.execute(select(shop_facts.c.value).where(shop_facts.c.name == FACT)).scalar()
    if text is None:
        return None
    known = json.loads(text)
    return FilledCosts(known["lines"], datetime.fromtimestamp(known["until"], UTC))


def _fill(connection: Connection, costs: Mapping[str, int]) -> int:
    lines = sum(_give(connection, costs, product_id) for product_id in sorted(costs))
    if lines:
        add_up_costs(connection)
    before, now = _filled(connection), database_now(connection)
    known = before.lines if before else 0
    until = now if lines or before is None else before.until
    value = json.dumps({"lines": known + lines, "until": until.timestamp()})
    upsert(connection, shop_facts, [{"name": FACT, "value": value}], ["name"])
    return lines


def _give(connection: Connection, costs: Mapping[str, int], product_id: str) -> int:
    sold, _ = (
        connection.execute(statement, {"product": product_id, "cost": costs[product_id]}).rowcount
        for statement in _GIVE
    )
    return sold


_GIVE = tuple(
    update(table)
    .where(table.c.product_id == bindparam("product"), table.c.unit_cost.is_(None))
    .values(unit_cost=bindparam("cost"))
    for table in (order_lines, return_lines)
)


def add_up_costs(connection: Connection, order_id: int | None = None) -> int:
    """Of all orders and returns, or of one and its own, from their lines; how many rows that are not so changed."""
    line, back = order_lines.c, return_lines.c
    sold, came_back = cast(line.quantity, BigInteger), cast(back.quantity, BigInteger)
    of_order = line.unit_cost.is_not(None), line.order_id == orders.c.order_id
    of_return = back.unit_cost.is_not(None), back.return_id == returns.c.return_id
    restocked = case((back.restock.is_(True), came_back * back.unit_cost), else_=0)
    return sum(
        _write_sums(connection, table, sums, order_id)
        for table, sums in (
            (orders, (_sum(sold * line.unit_cost, *of_order), _sum(sold * line.unit_price, *of_order))),
            (returns, (_sum(restocked, *of_return), _sum(back.amount, *of_return))),
        )
    )


def _sum(of: ColumnElement[int], *which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.coalesce(func.sum(of), 0)).where(*which).scalar_subquery()


def _write_sums(
    connection: Connection, table: Table, sums: tuple[ScalarSelect[int], ScalarSelect[int]], order_id: int | None
) -> int:
    cost, costed = sums
    change = update(table).where((table.c.cost != cost) | (table.c.costed != costed)).values(cost=cost, costed=costed)
    if order_id is not None:
        change = change.where(table.c.order_id == order_id)
    return connection.execute(change).rowcount
