"""Recomputes every rollup from the rows, in bulk: after a bulk load, or to prove that folding was exact.

Pending events are marked done first, and every statement leaves out what has a pending event at its
own moment. An order that is paid while this runs commits together with its event, so each statement
either sees both, and leaves the order to the next fold, or sees neither.
"""

from __future__ import annotations

from datetime import tzinfo
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    type_coerce,
    union_all,
    update,
)

from app.domain import OrderStatus, OutboxState
from app.domain.effects import EffectKind
from app.money import MAX_MINOR
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.time_parts import EpochQuarter, FirstOfMonth, FirstOfWeek, FloorMinute
from app.stores.sql.orders.returns import is_complete_return
from app.stores.sql.rollups.before_tax import charged_of_line, gross_of, gross_of_line, tax_of
from app.stores.sql.rollups.cut import write_cut
from app.stores.sql.rollups.rebuild_stock import by_grain, stock_days, stock_hours, stock_outs
from app.stores.sql.rollups.taxes import NO_RATE
from app.stores.sql.tables import (
    UtcDateTime,
    order_lines,
    order_taxes,
    orders,
    outbox,
    return_lines,
    return_taxes,
    returns,
    rollup_buyers,
    rollup_cohorts,
    rollup_countries,
    rollup_customer_days,
    rollup_customer_periods,
    rollup_customers,
    rollup_days,
    rollup_minutes,
    rollup_order_values,
    rollup_product_days,
    rollup_products,
    rollup_quarters,
    rollup_stock,
    rollup_stock_hours,
    rollup_stock_outs,
    rollup_taxes,
    shop_facts,
)
from app.stores.sql.webhooks.telling import note_folded

ROLLUPS: tuple[Table, ...] = (
    rollup_minutes,
    rollup_days,
    rollup_quarters,
    rollup_product_days,
    rollup_products,
    rollup_countries,
    rollup_taxes,
    rollup_order_values,
    rollup_customer_days,
    rollup_customers,
    rollup_buyers,
    rollup_cohorts,
    rollup_customer_periods,
    rollup_stock_hours,
    rollup_stock,
    rollup_stock_outs,
)
CUSTOMER_SUMMARY = "customer_segments"
_LATEST = ("last_order_at",)  # not summed
_NOTHING: ColumnElement[int] = literal(0, literal_execute=True)


def rebuild(connection: Connection, zone: tzinfo) -> None:
    """Write every rollup anew in the caller's transaction, who keeps folding out of the way.

    `zone`: the store's clocks, by which the days of orders and returns were cut.
    """
    _take_pending(connection)
    for table in ROLLUPS:
        connection.execute(delete(table))
    connection.execute(delete(shop_facts).where(shop_facts.c.name == CUSTOMER_SUMMARY))  # of the customers before
    for table, rows in recomputed(connection, zone):
        _fill(connection, table, rows)
    write_cut(connection, zone)


def _take_pending(connection: Connection) -> None:
    """Mark the pending events done, and tell what folding them would have told.

    By their ids: one that comes meanwhile stays pending, and whoever folds it tells of it.
    """
    now = database_now(connection)
    waiting = select(outbox.c.entry_id, outbox.c.payload).where(
        outbox.c.kind == EffectKind.ROLLUP.value, outbox.c.state == OutboxState.PENDING.value
    )
    entries = connection.execute(waiting.order_by(outbox.c.entry_id).with_for_update()).all()
    for some in chunks([entry.entry_id for entry in entries]):
        taken = update(outbox).where(outbox.c.entry_id.in_(some))
        connection.execute(taken.values(state=OutboxState.DONE.value, done_at=now))
    note_folded(connection, [entry.payload for entry in entries], now)


def recomputed(connection: Connection, zone: tzinfo) -> tuple[tuple[Table, Select[Any]], ...]:
    """Each rollup beside what it should hold; some by the rollups that they are summed from."""
    rows = {**_zoneless(), rollup_stock: stock_days(connection, zone)}
    return tuple((table, rows[table]) for table in ROLLUPS)


@cache
def _zoneless() -> dict[Table, Select[Any]]:
    """Those that need no clock of the store: statements that are long to make, and always the same."""
    return {
        rollup_minutes: _minutes(),
        rollup_days: _days(),
        rollup_quarters: _quarters(),
        rollup_product_days: _product_days(),
        rollup_products: _products(),
        rollup_countries: _countries(),
        rollup_taxes: _taxes(),
        rollup_order_values: _order_values(),
        rollup_customer_days: _customer_days(),
        rollup_customers: _customers(),
        rollup_buyers: _buyers(),
        rollup_cohorts: _cohorts(),
        rollup_customer_periods: _customer_periods(),
        rollup_stock_hours: stock_hours(),
        rollup_stock_outs: stock_outs(),
    }


def _fill(connection: Connection, table: Table, rows: Select[Any]) -> None:
    names = [column.name for column in rows.selected_columns]
    connection.execute(insert(table).from_select(names, rows))


def _without_event(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """True for ids that no pending event names."""
    named = cast(func.json_extract(outbox.c.payload, f"$.{name}"), BigInteger)
    waiting = select(named).where(
        outbox.c.kind == EffectKind.ROLLUP.value, outbox.c.state == OutboxState.PENDING.value, named.is_not(None)
    )
    return column.not_in(waiting)


def _is_sale() -> tuple[ColumnElement[bool], ...]:
    return (
        orders.c.status == OrderStatus.PAID.value,
        orders.c.paid_at.is_not(None),
        _without_event(orders.c.order_id, "order_id"),
    )


def _has_buyer() -> tuple[ColumnElement[bool], ...]:
    """A guest's order that turned out to be a user's counts as theirs once its event is folded."""
    return orders.c.user_id.is_not(None), _without_event(orders.c.order_id, "adopted_order_id")


def _is_return() -> tuple[ColumnElement[bool], ...]:
    return is_complete_return(), _without_event(returns.c.return_id, "return_id")


def _summed(sales: Select[Any], given_back: Select[Any], keys: tuple[str, ...]) -> Select[Any]:
    """The two kinds of rows (same columns) under each other, summed by `keys`; of times, the latest."""
    both = union_all(sales, given_back).subquery()
    group = [both.c[key] for key in keys]
    sums = [
        (func.max if column.name in _LATEST else func.sum)(column).label(column.name)
        for column in both.c
        if column.name not in keys
    ]
    return select(*group, *sums).group_by(*group)


def _zero(name: str) -> ColumnElement[int]:
    return _NOTHING.label(name)


def _costs_of_orders() -> tuple[ColumnElement[int], ...]:
    return orders.c.cost, orders.c.costed, _zero("costed_returns")


def _costs_of_returns() -> tuple[ColumnElement[int], ...]:
    return (-returns.c.cost).label("cost"), _zero("costed"), returns.c.costed.label("costed_returns")


def _minutes() -> Select[Any]:
    o, r = orders.c, returns.c
    sales = select(
        FloorMinute(o.paid_at).label("minute"), literal(1, literal_execute=True).label("orders"), o.units,
        gross_of(o).label("gross"), tax_of(o).label("tax"), _zero("returns"), *_costs_of_orders(),
    ).where(*_is_sale())  # fmt: skip
    given_back = select(
        FloorMinute(r.at).label("minute"), _zero("orders"), _zero("units"), _zero("gross"), _zero("tax"),
        r.amount.label("returns"), *_costs_of_returns(),
    ).where(*_is_return())  # fmt: skip
    return _summed(sales, given_back, ("minute",))


def _days() -> Select[Any]:
    o, r = orders.c, returns.c
    sales = select(
        o.paid_day.label("day"), literal(1, literal_execute=True).label("orders"), o.units, gross_of(o).label("gross"),
        tax_of(o).label("tax"), _zero("returned_units"), _zero("returns"), *_costs_of_orders(),
    ).where(*_is_sale())  # fmt: skip
    given_back = select(
        r.day, _zero("orders"), _zero("units"), _zero("gross"), _zero("tax"), r.units.label("returned_units"),
        r.amount.label("returns"), *_costs_of_returns(),
    ).where(*_is_return())  # fmt: skip
    return _summed(sales, given_back, ("day",))


def _product_days() -> Select[Any]:
    o, line, r, back = orders.c, order_lines.c, returns.c, return_lines.c
    quantity = cast(line.quantity, BigInteger)
    sold_lines: FromClause = orders.join(order_lines, o.order_id == line.order_id)
    returned_lines: FromClause = returns.join(return_lines, r.return_id == back.return_id)
    sales = select(
        o.paid_day.label("day"), line.product_id, o.ship_country.label("country"), line.quantity.label("units"),
        gross_of_line(line, quantity).label("gross"), _zero("returned_units"), _zero("returns"),
        (func.coalesce(line.unit_cost, _NOTHING) * line.quantity).label("cost"),
        case((line.unit_cost.is_not(None), charged_of_line(line, quantity)), else_=0).label("costed"),
        _zero("costed_returns"),
    ).select_from(sold_lines).where(*_is_sale())  # fmt: skip
    given_back = select(
        r.day, back.product_id, r.country, _zero("units"), _zero("gross"), back.quantity.label("returned_units"),
        back.amount.label("returns"),
        case((back.restock.is_(True), -func.coalesce(back.unit_cost, _NOTHING) * back.quantity), else_=0).label("cost"),
        _zero("costed"), case((back.unit_cost.is_not(None), back.amount), else_=0).label("costed_returns"),
    ).select_from(returned_lines).where(*_is_return())  # fmt: skip
    return _summed(sales, given_back, ("day", "product_id", "country"))


def _quarters() -> Select[Any]:
    m = rollup_minutes.c
    quarter = EpochQuarter(m.minute)
    sums = (func.sum(column).label(column.name) for column in (m.orders, m.units, m.gross))
    return select(quarter.label("quarter"), *sums).where(m.orders > 0).group_by(quarter)


def _products() -> Select[Any]:
    p = rollup_product_days.c
    sums = [p.units, p.gross, p.returned_units, p.returns, p.cost, p.costed, p.costed_returns]
    return by_grain(p.day, rollup_product_days, p.product_id, sums)


def _countries() -> Select[Any]:
    o, r = orders.c, returns.c
    sales = select(
        o.paid_day.label("day"), o.ship_country.label("country"), literal(1, literal_execute=True).label("orders"),
        o.units, gross_of(o).label("gross"), _zero("returned_units"), _zero("returns"), *_costs_of_orders(),
    ).where(*_is_sale())  # fmt: skip
    given_back = select(
        r.day, r.country, _zero("orders"), _zero("units"), _zero("gross"), r.units.label("returned_units"),
        r.amount.label("returns"), *_costs_of_returns(),
    ).where(*_is_return())  # fmt: skip
    days = _summed(sales, given_back, ("day", "country")).subquery()
    c = days.c
    sums = [c.orders, c.units, c.gross, c.returned_units, c.returns, c.cost, c.costed, c.costed_returns]
    return by_grain(c.day, days, c.country, sums)


def _taxes() -> Select[Any]:
    o, r, t, back = orders.c, returns.c, order_taxes.c, return_taxes.c
    none = literal("", literal_execute=True).label("name")
    plain_sales = select(
        o.paid_day.label("day"), o.ship_country.label("country"), none, o.tax_rate.label("rate"),
        o.subtotal.label("base"), o.tax, _zero("returned_base"), _zero("returned_tax"),
    ).where(*_is_sale(), o.tax_rows == 0)  # fmt: skip
    sales = select(
        o.paid_day, o.ship_country, t.name, t.rate, t.base, t.tax, _zero("returned_base"), _zero("returned_tax"),
    ).select_from(orders.join(order_taxes, t.order_id == o.order_id)).where(*_is_sale(), o.tax_rows > 0)  # fmt: skip
    of_no_order = literal(NO_RATE, literal_execute=True)
    plain_returns = select(
        r.day, r.country, none, func.coalesce(o.tax_rate, of_no_order), _zero("base"), _zero("tax"), r.amount,
        r.refund - r.amount,
    ).select_from(returns.outerjoin(orders, o.order_id == r.order_id))  # fmt: skip
    plain_returns = plain_returns.where(*_is_return(), r.tax_rows == 0)
    whose = and_(t.order_id == r.order_id, t.row_no == back.row_no)
    taxed = returns.join(return_taxes, back.return_id == r.return_id).join(order_taxes, whose)
    given_back = select(
        r.day, r.country, t.name, t.rate, _zero("base"), _zero("tax"), back.base, back.tax,
    ).select_from(taxed).where(*_is_return(), r.tax_rows > 0)  # fmt: skip
    every = union_all(plain_sales, sales, plain_returns, given_back).subquery()
    e = every.c
    keys = (e.day, e.country, e.name, e.rate)
    sums = [func.sum(column).label(column.name) for column in (e.base, e.tax, e.returned_base, e.returned_tax)]
    return select(*keys, *sums).group_by(*keys)


def _order_values() -> Select[Any]:
    o = orders.c
    sales = (
        select(o.paid_day, _rounded_value(gross_of(o)).label("value"), literal(1, literal_execute=True).label("orders"))
        .where(*_is_sale())
        .subquery()
    )
    return by_grain(sales.c.paid_day, sales, sales.c.value, [sales.c.orders])


def _rounded_value(value: ColumnElement[int]) -> ColumnElement[int]:
    """`app.domain.amounts.rounded_value`, without a division: MySQL's is of decimals."""

    def to(step: int) -> ColumnElement[int]:
        raised = value + literal(step // 2, literal_execute=True)
        return raised - raised % literal(step, literal_execute=True)

    most = len(str(MAX_MINOR)) + 6  # an order of many dear things
    return case(*((value < literal(10 ** (n + 3), literal_execute=True), to(10**n)) for n in range(most)), else_=value)


def _customer_days() -> Select[Any]:
    o, r = orders.c, returns.c
    sales = select(
        o.paid_day.label("day"), o.user_id, literal(1, literal_execute=True).label("orders"), o.units,
        gross_of(o).label("gross"), _zero("returns"), *_costs_of_orders(), o.paid_at.label("last_order_at"),
    ).where(*_is_sale(), *_has_buyer())  # fmt: skip
    given_back = select(
        r.day,
        r.user_id,
        _zero("orders"),
        _zero("units"),
        _zero("gross"),
        r.amount.label("returns"),
        *_costs_of_returns(),
        type_coerce(null(), UtcDateTime()).label("last_order_at"),
    ).where(*_is_return(), r.user_id.is_not(None), _without_event(r.return_id, "adopted_return_id"))
    return _summed(sales, given_back, ("day", "user_id"))


def _customers() -> Select[Any]:
    """Totals from the days that were just written; the order times from the orders."""
    days, o = rollup_customer_days.c, orders.c
    totals = (
        select(
            days.user_id,
            func.sum(days.orders).label("orders"),
            func.sum(days.units).label("units"),
            func.sum(days.gross).label("gross"),
            func.sum(days.returns).label("returns"),
            func.sum(days.cost).label("cost"),
            func.sum(days.costed).label("costed"),
            func.sum(days.costed_returns).label("costed_returns"),
        )
        .group_by(days.user_id)
        .subquery()
    )
    times = (
        select(
            o.user_id,
            func.min(o.paid_at).label("first_order_at"),
            func.max(o.paid_at).label("last_order_at"),
            _month(func.min(o.paid_day)).label("cohort"),
        )
        .where(*_is_sale(), *_has_buyer())
        .group_by(o.user_id)
        .subquery()
    )
    return select(
        totals, (totals.c.gross - totals.c.returns).label("lifetime"),
        times.c.first_order_at, times.c.last_order_at, times.c.cohort,
    ).select_from(totals.outerjoin(times, totals.c.user_id == times.c.user_id))  # fmt: skip


def _buyers() -> Select[Any]:
    c = rollup_customers.c
    return (
        select(
            c.cohort,
            func.count().label("customers"),
            func.sum(case((c.last_order_at > c.first_order_at, 1), else_=0)).label("returning_customers"),
            func.sum(c.lifetime).label("lifetime"),
        )
        .where(c.cohort.is_not(None))
        .group_by(c.cohort)
    )


def _cohorts() -> Select[Any]:
    days, customers = rollup_customer_days, rollup_customers
    active = (
        select(customers.c.cohort, _month(days.c.day).label("month"), days.c.user_id)
        .select_from(days.join(customers, days.c.user_id == customers.c.user_id))
        .where(days.c.orders > 0, customers.c.cohort.is_not(None))
        .distinct()
        .subquery()
    )
    return select(active.c.cohort, active.c.month, func.count().label("customers")).group_by(
        active.c.cohort, active.c.month
    )


def _customer_periods() -> Select[Any]:
    """Who bought in each day, week and month, and who of them not for the first time."""
    days = rollup_customer_days.c
    starts = {"day": days.day, "week": FirstOfWeek(days.day), "month": FirstOfMonth(days.day)}
    return union_all(*(_periods_of(grain, start) for grain, start in starts.items())).subquery().select()


def _periods_of(grain: str, start: ColumnElement[Any]) -> Select[Any]:
    days, customers = rollup_customer_days.c, rollup_customers.c
    buyers = (
        select(start.label("first_day"), days.user_id, func.max(days.last_order_at).label("last_at"))
        .where(days.orders > 0)
        .group_by(start, days.user_id)
        .subquery()
    )
    returning = case((buyers.c.last_at > customers.first_order_at, 1), else_=0)
    return (
        select(
            literal(grain, literal_execute=True).label("grain"),
            buyers.c.first_day,
            func.count().label("customers"),
            func.sum(returning).label("returning_customers"),
        )
        .select_from(buyers.join(rollup_customers, buyers.c.user_id == customers.user_id))
        .group_by(buyers.c.first_day)
    )


def _month(day: ColumnElement[Any]) -> ColumnElement[str]:
    return func.substr(cast(day, String(10)), 1, 7)
