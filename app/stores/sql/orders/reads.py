"""Reading orders: one in full, and the lists people page through, whose cost does not grow with the orders."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, func, literal, or_, select

from app.domain import (
    ORDER_NUMBER_OFFSET,
    Address,
    LongPage,
    Order,
    OrderLine,
    OrderStatus,
    OrderSummary,
    Page,
    order_number,
)
from app.domain.plain_words import plain
from app.errors import Shortage
from app.services.orders.ports import EVERYTHING, Attempt, SoldIn
from app.stores.sql.tables import order_lines, orders, payments

T = TypeVar("T")

# Customers see what came to a payment: not a click that found too little stock, nor one just begun.
SHOWN_TO_CUSTOMERS = (OrderStatus.CHARGING, OrderStatus.PAID, OrderStatus.PAYMENT_FAILED)
SOURCES = ("shop", "demo", "import")
LAST_PAGE = 500  # an offset costs what it skips; deeper pages are reached by `before`
MOST_NAMES = 2_000  # of those whose name begins alike, so many are looked at
MOST_SEARCHED = 20_000  # of the latest orders, so many are searched for those that hold a product
_LAST_CHARACTER = "\U0010ffff"
_BIGGEST_ID = 2**63 - 1

_SUMMARY = (
    orders.c.order_id,
    orders.c.external_id,
    orders.c.status,
    orders.c.ship_name,
    orders.c.ship_country,
    orders.c.units,
    orders.c.total,
    orders.c.refunded,
    orders.c.created_at,
    orders.c.paid_at,
)

_WITH_PAYMENT = select(
    orders,
    payments.c.provider.label("payment_provider"),
    payments.c.method.label("payment_method"),
    payments.c.reference.label("payment_reference"),
).select_from(orders.outerjoin(payments, payments.c.order_id == orders.c.order_id))


def read_order(connection: Connection, order_id: int) -> Order | None:
    attempt = read_attempt(connection, orders.c.order_id == order_id)
    return attempt.order if attempt else None


def read_attempt(connection: Connection, which: ColumnElement[bool]) -> Attempt | None:
    """The one order that a unique condition names."""
    row = connection.execute(_WITH_PAYMENT.where(which)).first()
    if row is None:
        return None
    shortages = tuple(Shortage(**values) for values in row.shortages or ())
    order = _order(row, tuple(_lines(connection, order_lines.c.order_id == row.order_id)[row.order_id]))
    return Attempt(order, row.idempotency_key, row.fingerprint, shortages)


def orders_of(connection: Connection, user_id: int) -> tuple[Order, ...]:
    """Every order of a user in full, oldest first."""
    theirs = orders.c.user_id == user_id
    rows = connection.execute(_WITH_PAYMENT.where(theirs).order_by(orders.c.order_id)).all()
    lines = _lines(connection, order_lines.c.order_id.in_(select(orders.c.order_id).where(theirs)))
    return tuple(_order(row, tuple(lines[row.order_id])) for row in rows)


def list_of(connection: Connection, owner: str, user_id: int | None, page: int, page_size: int) -> Page[OrderSummary]:
    """A user's orders wherever they were placed; a guest's of one browser."""
    shown = _shown_to(owner, user_id)
    total = connection.execute(select(func.count()).select_from(orders).where(shown)).scalar_one()
    pages = max(1, -(-total // page_size))
    page = min(max(page, 1), pages)
    query = select(*_SUMMARY).where(shown).order_by(orders.c.order_id.desc())
    rows = connection.execute(query.limit(page_size).offset((page - 1) * page_size)).all()
    return Page(_summaries(rows), total, page, pages)


def older(
    connection: Connection, owner: str, user_id: int | None, before: int | None, limit: int
) -> tuple[OrderSummary, ...]:
    query = select(*_SUMMARY).where(_shown_to(owner, user_id)).order_by(orders.c.order_id.desc()).limit(limit)
    if before is not None:
        query = query.where(orders.c.order_id < before)
    return _summaries(connection.execute(query).all())


def _shown_to(owner: str, user_id: int | None) -> ColumnElement[bool]:
    mine = orders.c.owner == owner if user_id is None else orders.c.user_id == user_id
    return mine & orders.c.status.in_([status.value for status in SHOWN_TO_CUSTOMERS])


def search(
    connection: Connection,
    q: str,
    status: OrderStatus | None,
    page: int,
    page_size: int,
    before: int | None,
    sold: SoldIn = EVERYTHING,
) -> LongPage[OrderSummary]:
    query = searching(q, status, before, sold)
    page, rows = rows_of_page(connection, query, page, page_size)
    among = None if sold.product_ids is None else _narrowed(select(orders.c.order_id), q, status, before, sold)
    return long_page(connection, _summaries(rows), page, page_size, among, MOST_SEARCHED)


def rows_of_page(connection: Connection, query: Select[Any], page: int, page_size: int) -> tuple[int, Sequence[Any]]:
    """The page's rows, and one more if there is one; of a page past the end those of the last one, with its number."""
    page = min(max(page, 1), LAST_PAGE)
    rows = connection.execute(query.limit(page_size + 1).offset((page - 1) * page_size)).all()
    if rows or page == 1:
        return page, rows
    some = query.limit((page - 1) * page_size).subquery()
    total = connection.execute(select(func.count()).select_from(some)).scalar_one()
    last = max(1, -(-total // page_size))
    return last, connection.execute(query.limit(page_size + 1).offset((last - 1) * page_size)).all()


def long_page(
    connection: Connection, found: Sequence[T], page: int, page_size: int, among: Select[Any] | None, most: int
) -> LongPage[T]:
    """The page of what was `found`, one more than fits it if there is one.

    `among`: all that there is, of which the `most` latest were searched.
    """
    more, items = len(found) > page_size, tuple(found[:page_size])
    total = None if more else (page - 1) * page_size + len(items)
    searched = None
    if among is not None and not more and connection.execute(among.limit(1).offset(most)).first():
        searched = most
    return LongPage(items, total, page, page + 1 if more else page, searched)


def searching(q: str, status: OrderStatus | None, before: int | None, sold: SoldIn = EVERYTHING) -> Select[Any]:
    """The search's query without its page: each of its conditions stands on an index."""
    if sold.product_ids is None:
        return _narrowed(select(*_SUMMARY), q, status, before, sold)
    latest = _narrowed(select(orders.c.order_id), q, status, before, sold).limit(MOST_SEARCHED).subquery()
    return (
        select(*_SUMMARY)
        .select_from(latest.join(orders, orders.c.order_id == latest.c.order_id))
        .where(one_holds(order_lines.c.order_id == latest.c.order_id, order_lines, sold.product_ids))
        .order_by(orders.c.paid_at.desc(), orders.c.order_id.desc())
    )


def one_holds(of_row: ColumnElement[bool], lines: Table, product_ids: Collection[str]) -> ColumnElement[bool]:
    """Whether one of a row's lines is of these products. With a limit it is looked for row by row, by the lines' key:
    of a plain EXISTS a server may rather read every line of the products there ever was."""
    line = select(lines.c.product_id).where(of_row, lines.c.product_id.in_(sorted(product_ids))).limit(1)
    return line.scalar_subquery().is_not(None)


def _narrowed(query: Select[Any], q: str, status: OrderStatus | None, before: int | None, sold: SoldIn) -> Select[Any]:
    """By all but products, newest first."""
    if sold != EVERYTHING:  # in the order of the index that finds them
        query = query.where(orders.c.paid_at.is_not(None)).order_by(orders.c.paid_at.desc())
    if sold.start is not None:
        query = query.where(orders.c.paid_at >= sold.start)
    if sold.end is not None:
        query = query.where(orders.c.paid_at < sold.end)
    if sold.country:
        query = query.where(orders.c.ship_country == sold.country)
    query = query.order_by(orders.c.order_id.desc())
    if status is not None:
        query = query.where(orders.c.status == status.value)
    if before is not None:
        query = query.where(orders.c.order_id < before)
    q = q.strip()
    return query.where(_matches(q)) if q else query


def _matches(q: str) -> ColumnElement[bool]:
    if "@" in q:
        return orders.c.email == q.lower()
    named = (orders.c.source.in_(SOURCES)) & (orders.c.external_id == q.lstrip("#"))
    number = re.fullmatch(r"#?([0-9]{1,19})", q)
    if number:
        order_id = int(number[1]) - ORDER_NUMBER_OFFSET
        return or_(orders.c.order_id == order_id, named) if 0 < order_id <= _BIGGEST_ID else named
    # The database lowers both sides, so that they agree on letters beyond ASCII.
    beginnings = [_begin(orders.c.search_name, func.lower(literal(q))), _begin(orders.c.plain_name, literal(plain(q)))]
    if not q.isascii():
        beginnings.append(_begin(orders.c.search_name, literal(plain(q))))
    external = select(orders.c.order_id).where(named)
    return or_(*beginnings, orders.c.order_id.in_(external))


def _begin(column: ColumnElement[str], start: ColumnElement[str]) -> ColumnElement[bool]:
    beginning = (column >= start) & (column < start.concat(_LAST_CHARACTER))
    names = select(orders.c.order_id).where(beginning).limit(MOST_NAMES).subquery()
    return orders.c.order_id.in_(select(names.c.order_id))


def _lines(connection: Connection, which: ColumnElement[bool]) -> Mapping[int, list[OrderLine]]:
    """By order; one without lines has an empty list."""
    found: defaultdict[int, list[OrderLine]] = defaultdict(list)
    for row in connection.execute(select(order_lines).where(which).order_by(order_lines.c.line_no)):
        line = OrderLine(row.line_no, row.product_id, row.name, row.unit_price, row.quantity, row.returned)
        found[row.order_id].append(line)
    return found


def _order(row: Any, lines: tuple[OrderLine, ...]) -> Order:
    return Order(
        order_id=row.order_id,
        owner=row.owner,
        status=OrderStatus(row.status),
        email=row.email,
        address=Address(
            name=row.ship_name,
            line1=row.ship_line1,
            line2=row.ship_line2,
            city=row.ship_city,
            region=row.ship_region,
            postcode=row.ship_postcode,
            country=row.ship_country,
            district=row.ship_district or "",
            phone=row.ship_phone or "",
        ),
        lines=lines,
        currency=row.currency,
        subtotal=row.subtotal,
        tax=row.tax,
        total=row.total,
        tax_rate=row.tax_rate,
        created_at=row.created_at,
        paid_at=row.paid_at,
        user_id=row.user_id,
        external_id=row.external_id,
        failure=row.failure,
        payment_method=row.payment_method,
        payment_reference=row.payment_reference,
        payment_provider=row.payment_provider,
        refunded=row.refunded,
    )


def _summaries(rows: Sequence[Any]) -> tuple[OrderSummary, ...]:
    return tuple(
        OrderSummary(
            order_id=row.order_id,
            number=order_number(row.order_id, row.external_id),
            status=OrderStatus(row.status),
            customer=row.ship_name,
            country=row.ship_country,
            units=row.units,
            total=row.total,
            refunded=row.refunded,
            created_at=row.created_at,
            paid_at=row.paid_at,
        )
        for row in rows
    )
