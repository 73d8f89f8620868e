"""What orders and returns cost, added up from their lines; and lines that came back, at the cost of what was sold."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import BigInteger, ColumnElement, Connection, ScalarSelect, Table, case, cast, func, select, update

from app.stores.sql.rollups.before_tax import charged_of_line
from app.stores.sql.tables import order_lines, orders, return_lines, returns


def add_up_orders(connection: Connection, order_ids: Collection[int]) -> int:
    """Write `cost` and `costed` of these; how many were not so."""
    line = order_lines.c
    sold, of_order = cast(line.quantity, BigInteger), (line.unit_cost.is_not(None), line.order_id == orders.c.order_id)
    sums = _sum(sold * line.unit_cost, *of_order), _sum(charged_of_line(line, sold), *of_order)
    return _write(connection, orders, sums, orders.c.order_id.in_(order_ids))


def add_up_returns(connection: Connection, return_ids: Collection[int]) -> int:
    """The same of returns: what was not put back into stock brings no cost back."""
    back = return_lines.c
    of_return = back.unit_cost.is_not(None), back.return_id == returns.c.return_id
    restocked = case((back.restock.is_(True), cast(back.quantity, BigInteger) * back.unit_cost), else_=0)
    sums = _sum(restocked, *of_return), _sum(back.amount, *of_return)
    return _write(connection, returns, sums, returns.c.return_id.in_(return_ids))


def cost_as_sold(connection: Connection, return_ids: Collection[int], *which: ColumnElement[bool]) -> int:
    """Give lines of these returns the cost of the order line that they name, unknown or not; how many had another."""
    back, line = return_lines.c, order_lines.c
    named = (
        select(line.unit_cost)
        .select_from(order_lines.join(returns, returns.c.order_id == line.order_id))
        .where(returns.c.return_id == back.return_id, line.line_no == back.line_no)
    )
    sold = named.scalar_subquery()
    change = update(return_lines).where(
        back.return_id.in_(return_ids), named.exists(), back.unit_cost.is_distinct_from(sold), *which
    )
    return connection.execute(change.values(unit_cost=sold)).rowcount


def _sum(of: ColumnElement[int], *which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.coalesce(func.sum(of), 0)).where(*which).scalar_subquery()


def _write(
    connection: Connection, table: Table, sums: tuple[ScalarSelect[int], ScalarSelect[int]], which: ColumnElement[bool]
) -> int:
    cost, costed = sums
    change = update(table).where(which, (table.c.cost != cost) | (table.c.costed != costed))
    return connection.execute(change.values(cost=cost, costed=costed)).rowcount
