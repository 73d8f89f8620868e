"""Returns in SQL: an intent that reserves the units and the refund, and one transaction that completes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, case, delete, func, insert, select, update

from app.domain import (
    LongPage,
    MovementKind,
    Order,
    OrderLine,
    OrderReturn,
    OrderStatus,
    ReturnEntry,
    ReturnLine,
    effects,
    order_number,
)
from app.domain.orders import costs_of_return
from app.domain.payments import LATER
from app.domain.refunds import MoneyBack, money_back
from app.errors import Conflict, InvalidInput, NotFound
from app.services.orders.ports import ReturnItem, SoldIn
from app.stores.sql.discounts import redeeming
from app.stores.sql.engine.clock import ago, database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.fulfilment import following
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.orders.reads import long_page, one_holds, read_order, rows_of_page
from app.stores.sql.stock import ledger
from app.stores.sql.tables import order_lines, orders, payments, return_lines, return_taxes, returns

# How long the process that began a return may take before another one completes it.
GRACE = timedelta(seconds=15)
MOST_SEARCHED = 5_000  # of the latest returns, so many are searched for those of a part of sales

# Of one whose refund was refused, only an empty row is left.
_NOT_CANCELLED = returns.c.units > 0


class SqlReturns:
    """`Returns` on SQLite and MySQL. `zone` cuts the store day on which a return is booked."""

    def __init__(self, database: Database, zone: tzinfo, grace: timedelta = GRACE) -> None:
        self._database = database
        self._zone = zone
        self._grace = grace

    def begin(
        self,
        order_id: int,
        items: Sequence[ReturnItem],
        reason: str,
        actor: str,
        request_key: str,
        *,
        before_shipping: bool = False,
    ) -> OrderReturn:
        def work(connection: Connection) -> OrderReturn:
            # The order's row is the lock: of two returns at once, the second sees the first one's intent.
            lock = select(orders.c.fulfilment).where(orders.c.order_id == order_id).with_for_update()
            locked = connection.execute(lock).first()
            if locked is None:
                raise NotFound("There is no such order.")
            known = read_returns(connection, returns.c.request_key == request_key)
            if known:
                if known[0].order_id != order_id:
                    raise InvalidInput("This request key was used for another order's return.", "request_key")
                return known[0]
            order = read_order(connection, order_id)
            assert order is not None
            if order.status is not OrderStatus.PAID:
                raise Conflict("Only a paid order can be returned.")
            lines = _lines(order, items, _intended(connection, order_id))
            if locked.fulfilment is not None:
                lines = _with_unsent(lines, following.units_of(connection, order_id))
            if before_shipping and locked.fulfilment is None:
                raise Conflict("Shipments of this order are not followed here. Record what comes back as a return.")
            if before_shipping and not all(line.unsent == line.quantity for line in lines):
                raise Conflict("Something of this order was sent meanwhile. Record what comes back as a return.")
            begun = self._insert(connection, order, lines, reason, actor, request_key)
            following.follow(connection, order_id)
            return begun

        return self._database.write(work)

    def cancel(self, return_id: int) -> None:
        def work(connection: Connection) -> None:
            # The guarded change comes first: whoever completes the return meanwhile, wins or waits.
            open_one = (returns.c.return_id == return_id) & returns.c.refunded_at.is_(None)
            order_id = _lock_order(connection, return_id)
            if connection.execute(select(returns.c.return_id).where(open_one).with_for_update()).first() is None:
                return
            connection.execute(delete(return_lines).where(return_lines.c.return_id == return_id))
            # The row stays, empty: SQLite would give its id, and with it the refund's key, to the next return.
            connection.execute(delete(return_taxes).where(return_taxes.c.return_id == return_id))
            nothing = {"units": 0, "amount": 0, "refund": 0, "cost": 0, "costed": 0, "tax_rows": 0, "request_key": None}
            connection.execute(update(returns).where(open_one).values(nothing))
            if order_id is not None:
                following.follow(connection, order_id)

        self._database.write(work)

    def complete(self, return_id: int) -> bool:
        def work(connection: Connection) -> bool:
            now = database_now(connection)
            _lock_order(connection, return_id)
            marked = connection.execute(
                update(returns)
                .where(returns.c.return_id == return_id, returns.c.refunded_at.is_(None), _NOT_CANCELLED)
                .values(refunded_at=now, at=now, day=now.astimezone(self._zone).date())
            )
            if marked.rowcount != 1:
                return False
            completed = read_returns(connection, returns.c.return_id == return_id)[0]
            _take_back(connection, completed)
            if completed.is_cancellation and completed.order_id is not None:
                redeeming.give_back_if_cancelled(connection, completed.order_id)
            ledger.book(connection, _restocked(completed), now)
            _enqueue_effects(connection, completed, now)
            return True

        return self._database.write(work)

    def get(self, return_id: int) -> OrderReturn | None:
        found = self._database.read(lambda c: read_returns(c, returns.c.return_id == return_id))
        return found[0] if found else None

    def of_order(self, order_id: int) -> tuple[OrderReturn, ...]:
        return self._database.read(lambda c: read_returns(c, returns.c.order_id == order_id))

    def booked(self, sold: SoldIn, page: int, page_size: int) -> LongPage[ReturnEntry]:
        among = self._counted(sold)
        wanted = _of_part(among, sold)

        def work(connection: Connection) -> LongPage[ReturnEntry]:
            number, listed = rows_of_page(connection, wanted, page, page_size)
            ids = [row[0] for row in listed]
            found = {one.return_id: one for one in read_returns(connection, returns.c.return_id.in_(ids))}
            named = select(returns.c.return_id, returns.c.country, orders.c.order_id, orders.c.external_id)
            named = named.select_from(returns.outerjoin(orders, orders.c.order_id == returns.c.order_id))
            rows = {row.return_id: row for row in connection.execute(named.where(returns.c.return_id.in_(ids)))}
            entries = [_entry(found[return_id], rows[return_id]) for return_id in ids]
            return long_page(connection, entries, number, page_size, among if _is_part(sold) else None, MOST_SEARCHED)

        return self._database.read(work)

    def _counted(self, sold: SoldIn) -> Select[Any]:
        """Ids of what counts as returned in some days, the latest first."""
        query = select(returns.c.return_id).where(is_complete_return(), _NOT_CANCELLED)
        # By itself the server finds what is complete in two indexes, and sorts all there ever was.
        query = query.with_hint(returns, "FORCE INDEX (ix_returns_day)", "mysql")
        if sold.start is not None:
            query = query.where(returns.c.day >= sold.start.astimezone(self._zone).date())
        if sold.end is not None:
            query = query.where(returns.c.day < sold.end.astimezone(self._zone).date())
        return query.order_by(returns.c.day.desc(), returns.c.return_id.desc())

    def claim_unfinished(self, limit: int) -> tuple[OrderReturn, ...]:
        if not self._database.read(lambda c: c.execute(self._abandoned(c).limit(1)).first()):
            return ()

        def work(connection: Connection) -> tuple[OrderReturn, ...]:
            found = self._abandoned(connection).order_by(returns.c.return_id).limit(limit)
            ids = list(connection.execute(found.with_for_update(skip_locked=True)).scalars())
            # The time of an intent is its lease: completing it sets the time for good.
            claimed = update(returns).where(returns.c.return_id.in_(ids)).values(at=database_now(connection))
            connection.execute(claimed)
            return read_returns(connection, returns.c.return_id.in_(ids))

        return self._database.write(work)

    def _abandoned(self, connection: Connection) -> Select[Any]:
        started = ago(connection, self._grace)
        is_open = returns.c.refunded_at.is_(None) & returns.c.order_id.is_not(None)
        return select(returns.c.return_id).where(is_open, _NOT_CANCELLED, returns.c.at <= started)

    def _insert(
        self,
        connection: Connection,
        order: Order,
        lines: Sequence[ReturnLine],
        reason: str,
        actor: str,
        request_key: str,
    ) -> OrderReturn:
        now = database_now(connection)
        amount = sum(line.amount for line in lines)
        back = _money_back(connection, order, lines)
        result = connection.execute(
            insert(returns).values(
                order_id=order.order_id,
                request_key=request_key,
                user_id=order.user_id,
                country=order.address.country,
                actor=actor,
                reason=reason,
                amount=amount,
                refund=back.refund,
                tax_rows=len(back.taxes),
                units=sum(line.quantity for line in lines),
                **costs_of_return(lines)._asdict(),
                at=now,
                day=now.astimezone(self._zone).date(),
            )
        )
        key = result.inserted_primary_key
        assert key is not None
        return_id = int(key[0])
        connection.execute(
            insert(return_lines),
            [
                {
                    "return_id": return_id,
                    "item_no": item_no,
                    "line_no": line.line_no,
                    "product_id": line.product_id,
                    "name": line.name,
                    "quantity": line.quantity,
                    "amount": line.amount,
                    "restock": line.restock,
                    "unit_cost": line.unit_cost,
                    "unsent": line.unsent,
                }
                for item_no, line in enumerate(lines, start=1)
            ],
        )
        if back.taxes:
            rows = [{"return_id": return_id, "row_no": t.row_no, "base": t.base, "tax": t.tax} for t in back.taxes]
            connection.execute(insert(return_taxes), rows)
        return read_returns(connection, returns.c.return_id == return_id)[0]


def is_complete_return() -> ColumnElement[bool]:
    """A return counts once it is refunded; an imported one that names no order was so long ago."""
    return returns.c.refunded_at.is_not(None) | returns.c.order_id.is_(None)


def _is_part(sold: SoldIn) -> bool:
    return bool(sold.country) or sold.product_ids is not None


def _of_part(among: Select[Any], sold: SoldIn) -> Select[Any]:
    if not _is_part(sold):
        return among
    latest = among.limit(MOST_SEARCHED).subquery()
    query = select(returns.c.return_id).join(latest, latest.c.return_id == returns.c.return_id)
    if sold.country:
        query = query.where(returns.c.country == sold.country)
    if sold.product_ids is not None:
        query = query.where(one_holds(return_lines.c.return_id == returns.c.return_id, return_lines, sold.product_ids))
    return query.order_by(returns.c.day.desc(), returns.c.return_id.desc())


def _entry(booked: OrderReturn, row: Any) -> ReturnEntry:
    number = order_number(row.order_id, row.external_id) if row.order_id is not None else ""
    return ReturnEntry(booked, number, row.country)


class _Before(NamedTuple):
    """Of one line in returns that are there already: units of those that are not completed, what all came to."""

    intended: int = 0
    amount: int = 0


def _lines(order: Order, items: Sequence[ReturnItem], before: Mapping[int, _Before]) -> list[ReturnLine]:
    """The return's lines, checked against what was bought and neither returned nor about to be."""
    by_number = {line.line_no: line for line in order.lines}
    if not items:
        raise InvalidInput("Choose at least one line to return.", "lines")
    if len({item.line_no for item in items}) != len(items):
        raise InvalidInput("Each line can be in a return only once.", "lines")
    return [_line(by_number.get(item.line_no), item, before.get(item.line_no, _Before())) for item in items]


def _line(line: OrderLine | None, item: ReturnItem, before: _Before) -> ReturnLine:
    if line is None:
        raise InvalidInput(f"The order has no line {item.line_no}.", "lines")
    left = line.left - before.intended
    if item.quantity < 1:
        raise InvalidInput(f"How many of {line.name} come back must be 1 or more.", "quantity")
    if item.quantity > left:
        raise InvalidInput(f"Only {left} of {line.name} can still be returned.", "quantity")
    amount = line.worth(item.quantity, line.returned + before.intended, before.amount)
    return ReturnLine(line.line_no, line.product_id, line.name, item.quantity, amount, item.restock, line.unit_cost)


def _with_unsent(lines: Sequence[ReturnLine], units: Mapping[int, following.Units]) -> list[ReturnLine]:
    """Goods that come back are those that were sent, as long as there are any; more of them never leave."""
    return [
        replace(line, unsent=max(0, line.quantity - units[line.line_no].away)) if line.line_no in units else line
        for line in lines
    ]


def _lock_order(connection: Connection, return_id: int) -> int | None:
    """The order first, as `begin` does: one order of locks for all."""
    order_id = connection.execute(select(returns.c.order_id).where(returns.c.return_id == return_id)).scalar()
    connection.execute(select(orders.c.order_id).where(orders.c.order_id == order_id).with_for_update())
    return order_id


def _intended(connection: Connection, order_id: int) -> dict[int, _Before]:
    """By line."""
    open_units = case((returns.c.refunded_at.is_(None), return_lines.c.quantity), else_=0)
    query = (
        select(
            return_lines.c.line_no, func.sum(open_units).label("units"), func.sum(return_lines.c.amount).label("sum")
        )
        .select_from(return_lines.join(returns, returns.c.return_id == return_lines.c.return_id))
        .where(returns.c.order_id == order_id)
        .group_by(return_lines.c.line_no)
    )
    return {row.line_no: _Before(int(row.units), int(row.sum)) for row in connection.execute(query)}


def _money_back(connection: Connection, order: Order, lines: Sequence[ReturnLine]) -> MoneyBack:
    """Beside all that came back before, or is about to."""
    refunds = select(func.coalesce(func.sum(returns.c.refund), 0)).where(returns.c.order_id == order.order_id)
    refunded = int(connection.execute(refunds).scalar_one())
    before = (
        select(return_lines.c.line_no, func.sum(return_lines.c.quantity).label("units"))
        .select_from(return_lines.join(returns, returns.c.return_id == return_lines.c.return_id))
        .where(returns.c.order_id == order.order_id)
        .group_by(return_lines.c.line_no)
    )
    came = {row.line_no: int(row.units) for row in connection.execute(before)}
    return money_back(order, came, {line.line_no: line.quantity for line in lines}, refunded)


def _take_back(connection: Connection, completed: OrderReturn) -> None:
    for line in completed.lines:
        taken = connection.execute(
            update(order_lines)
            .where(
                order_lines.c.order_id == completed.order_id,
                order_lines.c.line_no == line.line_no,
                order_lines.c.returned + line.quantity <= order_lines.c.quantity,
            )
            .values(returned=order_lines.c.returned + line.quantity)
        )
        if taken.rowcount != 1:
            raise Conflict(f"More of {line.name} would come back than was bought.")
    connection.execute(
        update(orders)
        .where(orders.c.order_id == completed.order_id)
        .values(refunded=orders.c.refunded + completed.refund)
    )


def _restocked(completed: OrderReturn) -> list[ledger.NewMovement]:
    return [
        ledger.NewMovement(
            uid=f"return:{completed.return_id}:{line.line_no}",
            product_id=line.product_id,
            kind=MovementKind.RETURN,
            quantity=line.quantity,
            cause=f"return:{completed.return_id}",
            actor=completed.actor,
            note=completed.reason,
        )
        for line in completed.lines
        if line.restock
    ]


def _enqueue_effects(connection: Connection, completed: OrderReturn, now: datetime) -> None:
    enqueue(connection, effects.rollup_of_return(completed.return_id), now)
    if completed.refund and completed.order_id is not None:
        enqueue(connection, effects.refund_mail(completed.order_id, completed.return_id), now)
        paid_by = select(payments.c.provider).where(payments.c.order_id == completed.order_id)
        if connection.execute(paid_by).scalar() in LATER:
            enqueue(connection, effects.pay_back(completed.order_id, completed.return_id), now)
    if any(line.restock for line in completed.lines):
        enqueue(connection, effects.restock(completed.return_id), now, delay=GRACE / 5)


def returns_of(connection: Connection, user_id: int) -> tuple[OrderReturn, ...]:
    """Every return of a user's orders, oldest first."""
    return read_returns(
        connection, returns.c.order_id.in_(select(orders.c.order_id).where(orders.c.user_id == user_id))
    )


def read_returns(connection: Connection, which: ColumnElement[bool]) -> tuple[OrderReturn, ...]:
    rows = connection.execute(select(returns).where(which, _NOT_CANCELLED).order_by(returns.c.return_id)).all()
    ids = [row.return_id for row in rows]
    items: dict[int, list[ReturnLine]] = {return_id: [] for return_id in ids}
    query = select(return_lines).where(return_lines.c.return_id.in_(ids))
    for line in connection.execute(query.order_by(return_lines.c.item_no)):
        items[line.return_id].append(return_line_of(line))
    return tuple(_return(row, tuple(items[row.return_id])) for row in rows)


def return_line_of(row: Any) -> ReturnLine:
    """`row` of `return_lines`."""
    return ReturnLine(
        row.line_no or 0,
        row.product_id,
        row.name,
        row.quantity,
        row.amount,
        row.restock,
        row.unit_cost,
        row.unsent,
    )


def _return(row: Any, lines: tuple[ReturnLine, ...]) -> OrderReturn:
    return OrderReturn(
        return_id=row.return_id,
        order_id=row.order_id,
        at=row.at,
        actor=row.actor,
        reason=row.reason,
        lines=lines,
        refund=row.refund,
        refunded_at=row.refunded_at,
    )
