"""The reading ports of reconciling on the relational store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import Connection, func, or_, select

from app.domain import OrderStatus, OutboxState, Quantity, ReservationState
from app.services.books.ports import (
    BookedInvoice,
    BookedOrder,
    BookedReturn,
    InvoiceSeries,
    LedgerSum,
    LowStock,
    RollupRow,
    StockFlight,
    WaitingEffect,
)
from app.stores.sql.books import invoices as invoice_books
from app.stores.sql.books import orders as order_books
from app.stores.sql.books import rollups as rollup_books
from app.stores.sql.books import stock as stock_books
from app.stores.sql.books.snapshot import at_one_instant, rows_in
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import orders, outbox, payments, reservation_lines, reservations, returns

_UNFINISHED = (OrderStatus.PENDING.value, OrderStatus.CHARGING.value)


class SqlBooks:
    """The `Books` port. Nothing is read inside a transaction that writes, so that nobody waits for it."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self._database = database
        self._zone = zone

    def wrong_sums(self) -> Iterator[LedgerSum]:
        yield from at_one_instant(self._database, lambda c: list(stock_books.wrong_sums(c)))

    def unfinished(self) -> Collection[int]:
        query = select(orders.c.order_id).where(orders.c.status.in_(_UNFINISHED))
        return self._database.read(lambda c: c.execute(query).scalars().all())

    def statuses(self, order_ids: Collection[int]) -> Mapping[int, OrderStatus]:
        return self._database.read(lambda c: stock_books.statuses(c, order_ids))

    def held_and_levels(
        self, order_ids: Collection[int], product_ids: Sequence[str] | None
    ) -> tuple[Mapping[int, OrderStatus], Mapping[str, StockFlight]]:
        return at_one_instant(
            self._database, lambda c: (stock_books.statuses(c, order_ids), stock_books.flights(c, product_ids))
        )

    def rollup_rows(self, most: int) -> Iterator[RollupRow]:
        yield from at_one_instant(self._database, lambda c: list(rollup_books.differing_rows(c, self._zone, most)))

    def orders(self, after: int, limit: int, since: datetime | None) -> tuple[BookedOrder, ...]:
        return at_one_instant(self._database, lambda c: order_books.booked_orders(c, after, limit, since))

    def returns(self, after: int, limit: int, since: datetime | None) -> tuple[BookedReturn, ...]:
        return at_one_instant(self._database, lambda c: order_books.booked_returns(c, after, limit, since))

    def strange_sales(self, after: int, limit: int, since: datetime | None) -> tuple[int, tuple[str, ...]]:
        return at_one_instant(self._database, lambda c: stock_books.strange_sales(c, after, limit, since))

    def strange_payments(self, most: int) -> tuple[tuple[int, OrderStatus], ...]:
        query = (
            select(payments.c.order_id, orders.c.status)
            .join(orders, orders.c.order_id == payments.c.order_id)
            .where(orders.c.status != OrderStatus.PAID.value)
            .order_by(payments.c.order_id)
            .limit(most)
        )
        rows = self._database.read(lambda c: c.execute(query).all())
        return tuple((row.order_id, OrderStatus(row.status)) for row in rows)

    def return_states(self, return_ids: Collection[int]) -> Mapping[int, bool]:
        query = select(returns.c.return_id, returns.c.refunded_at).where(returns.c.units > 0)
        rows = self._database.read(lambda c: list(rows_in(c, query, returns.c.return_id, return_ids)))
        return {row.return_id: row.refunded_at is not None for row in rows}

    def low_stock(
        self, thresholds: Mapping[str, int | None], product_ids: Collection[str] | None = None
    ) -> tuple[LowStock, ...]:
        return at_one_instant(self._database, lambda c: stock_books.low_stock(c, thresholds, product_ids))

    def invoice_series(self) -> tuple[InvoiceSeries, ...]:
        return at_one_instant(self._database, invoice_books.series)

    def invoices(self, after: int, limit: int, since: datetime | None) -> tuple[BookedInvoice, ...]:
        return at_one_instant(self._database, lambda c: invoice_books.booked_invoices(c, after, limit, since))

    def without_invoice(self, overdue: timedelta, most: int) -> tuple[str, ...]:
        return self._database.read(lambda c: invoice_books.without(c, overdue, most))

    def waiting_effects(self, overdue: timedelta, most: int) -> tuple[int, tuple[WaitingEffect, ...]]:
        def work(connection: Connection) -> tuple[int, tuple[WaitingEffect, ...]]:
            late = database_now(connection) - overdue
            is_waiting = outbox.c.state == OutboxState.PENDING.value
            # What is put off to a later time, and was never tried, is not late.
            is_late = is_waiting & (outbox.c.created_at < late) & (outbox.c.next_try_at < late)
            is_failed = outbox.c.state == OutboxState.FAILED.value
            waiting = connection.execute(select(func.count()).select_from(outbox).where(is_waiting)).scalar_one()
            rows = connection.execute(
                select(outbox).where(or_(is_failed, is_late)).order_by(outbox.c.entry_id.desc()).limit(most)
            )
            return waiting, tuple(
                WaitingEffect(
                    row.key, row.kind, row.state == OutboxState.FAILED.value, row.created_at, row.last_error or ""
                )
                for row in rows
            )

        return at_one_instant(self._database, work)


class SqlReservationBook:
    """The `ReservationBook` port, for the catalogue in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def states(self, order_ids: Sequence[int]) -> Mapping[int, ReservationState]:
        query = select(reservations.c.order_id, reservations.c.state)
        rows = self._database.read(lambda c: list(rows_in(c, query, reservations.c.order_id, order_ids)))
        return {row.order_id: ReservationState(row.state) for row in rows}

    def held(self, order_ids: Collection[int]) -> Mapping[int, tuple[Quantity, ...]]:
        line = reservation_lines.c
        query = (
            select(line.order_id, line.product_id, line.units)
            .join(reservations, reservations.c.order_id == line.order_id)
            .where(reservations.c.state == ReservationState.HELD.value)
        )
        found: dict[int, tuple[Quantity, ...]] = {}
        for row in self._database.read(lambda c: c.execute(query).all()):
            found[row.order_id] = (*found.get(row.order_id, ()), Quantity(row.product_id, row.units))
        return found
