"""Reading orders: one in full, and the lists people page through, whose cost does not grow with the orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, func, select

from app.domain import (
    Address,
    Delivery,
    LongPage,
    Order,
    OrderLine,
    OrderStatus,
    OrderSummary,
    Page,
    order_number,
)
from app.domain.fulfilment import FulfilmentState
from app.domain.order_money import TaxRow
from app.errors import Shortage
from app.services.orders.ports import Attempt
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.tables import order_lines, order_taxes, orders, payments

T = TypeVar("T")

# Customers see what came to a payment: not a click that found too little stock, nor one just begun.
SHOWN_TO_CUSTOMERS = (OrderStatus.CHARGING, OrderStatus.PAID, OrderStatus.PAYMENT_FAILED)
LAST_PAGE = 500  # an offset costs what it skips; deeper pages are reached by `before`

SUMMARY = (
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
    orders.c.payment_due,
    orders.c.fulfilment,
)

_WITH_PAYMENT = select(
    orders,
    payments.c.provider.label("payment_provider"),
    payments.c.method.label("payment_method"),
    payments.c.reference.label("payment_reference"),
).select_from(orders.outerjoin(payments, payments.c.order_id == orders.c.order_id))


_BY_ID = _WITH_PAYMENT.where(orders.c.order_id == bindparam("which"))
_BY_KEY = _WITH_PAYMENT.where(orders.c.owner == bindparam("whose"), orders.c.idempotency_key == bindparam("click"))
_BY_CART = _WITH_PAYMENT.where(orders.c.live_cart == bindparam("cart"))
_TAXES_OF_ONE = select(order_taxes).where(order_taxes.c.order_id == bindparam("which")).order_by(order_taxes.c.row_no)
_LINES_OF_ONE = select(order_lines).where(order_lines.c.order_id == bindparam("which")).order_by(order_lines.c.line_no)


def read_order(connection: Connection, order_id: int) -> Order | None:
    found = attempt(connection, order_id)
    return found.order if found else None


def attempt(connection: Connection, order_id: int) -> Attempt | None:
    return _attempt(connection, _BY_ID, which=order_id)


def attempt_by_key(connection: Connection, owner: str, idempotency_key: str) -> Attempt | None:
    return _attempt(connection, _BY_KEY, whose=owner, click=idempotency_key)


def attempt_by_cart(connection: Connection, live_cart: str) -> Attempt | None:
    return _attempt(connection, _BY_CART, cart=live_cart)


def _attempt(connection: Connection, query: Select[Any], **named: Any) -> Attempt | None:
    """The one order that a unique condition names."""
    row = connection.execute(query, named).first()
    if row is None:
        return None
    shortages = tuple(Shortage(**values) for values in row.shortages or ())
    lines = tuple(line_of(line) for line in connection.execute(_LINES_OF_ONE, {"which": row.order_id}))
    taxes: Sequence[Any] = connection.execute(_TAXES_OF_ONE, {"which": row.order_id}).all() if row.tax_rows else ()
    return Attempt(_order(row, lines, tuple(map(_tax_row, taxes))), row.idempotency_key, row.fingerprint, shortages)


def attempts(connection: Connection, order_ids: Collection[int]) -> tuple[Attempt, ...]:
    """Those that exist, in the order of the ids. For few."""
    found = (attempt(connection, order_id) for order_id in order_ids)
    return tuple(one for one in found if one is not None)


def read_orders(connection: Connection, order_ids: Collection[int]) -> dict[int, Order]:
    """Those that exist, by id."""
    found: dict[int, Order] = {}
    for ids in chunks(sorted(set(order_ids))):
        rows = connection.execute(_WITH_PAYMENT.where(orders.c.order_id.in_(ids))).all()
        lines = _lines(connection, order_lines.c.order_id.in_(ids))
        taxes = _taxes(connection, order_taxes.c.order_id.in_(ids))
        found |= {row.order_id: _order(row, tuple(lines[row.order_id]), tuple(taxes[row.order_id])) for row in rows}
    return found


def orders_of(connection: Connection, user_id: int) -> tuple[Order, ...]:
    """Every order of a user in full, oldest first."""
    theirs = orders.c.user_id == user_id
    rows = connection.execute(_WITH_PAYMENT.where(theirs).order_by(orders.c.order_id)).all()
    ids = select(orders.c.order_id).where(theirs)
    lines = _lines(connection, order_lines.c.order_id.in_(ids))
    taxes = _taxes(connection, order_taxes.c.order_id.in_(ids))
    return tuple(_order(row, tuple(lines[row.order_id]), tuple(taxes[row.order_id])) for row in rows)


def list_of(connection: Connection, owner: str, user_id: int | None, page: int, page_size: int) -> Page[OrderSummary]:
    """A user's orders wherever they were placed; a guest's of one browser."""
    shown = _shown_to(owner, user_id)
    total = connection.execute(select(func.count()).select_from(orders).where(shown)).scalar_one()
    pages = max(1, -(-total // page_size))
    page = min(max(page, 1), pages)
    query = select(*SUMMARY).where(shown).order_by(orders.c.order_id.desc())
    rows = connection.execute(query.limit(page_size).offset((page - 1) * page_size)).all()
    return Page(summaries(rows), total, page, pages)


def older(
    connection: Connection, owner: str, user_id: int | None, before: int | None, limit: int
) -> tuple[OrderSummary, ...]:
    query = select(*SUMMARY).where(_shown_to(owner, user_id)).order_by(orders.c.order_id.desc()).limit(limit)
    if before is not None:
        query = query.where(orders.c.order_id < before)
    return summaries(connection.execute(query).all())


def _shown_to(owner: str, user_id: int | None) -> ColumnElement[bool]:
    mine = orders.c.owner == owner if user_id is None else orders.c.user_id == user_id
    return mine & orders.c.status.in_([status.value for status in SHOWN_TO_CUSTOMERS])


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


def one_holds(of_row: ColumnElement[bool], lines: Table, product_ids: Collection[str]) -> ColumnElement[bool]:
    """Whether one of a row's lines is of these products. With a limit it is looked for row by row, by the lines' key:
    of a plain EXISTS a server may rather read every line of the products there ever was."""
    line = select(lines.c.product_id).where(of_row, lines.c.product_id.in_(sorted(product_ids))).limit(1)
    return line.scalar_subquery().is_not(None)


def _lines(connection: Connection, which: ColumnElement[bool]) -> Mapping[int, list[OrderLine]]:
    """By order; one without lines has an empty list."""
    found: defaultdict[int, list[OrderLine]] = defaultdict(list)
    for row in connection.execute(select(order_lines).where(which).order_by(order_lines.c.line_no)):
        found[row.order_id].append(line_of(row))
    return found


def line_of(row: Any) -> OrderLine:
    taxes = None if row.taxes is None else tuple((row_no, tax) for row_no, tax in row.taxes)
    return OrderLine(
        row.line_no, row.product_id, row.name, row.unit_price, row.quantity, row.returned, row.unit_cost,
        row.discount, taxes, row.tax_included, row.list_tax,
    )  # fmt: skip


def _taxes(connection: Connection, which: ColumnElement[bool]) -> Mapping[int, list[TaxRow]]:
    """By order; one without rows has an empty list."""
    found: defaultdict[int, list[TaxRow]] = defaultdict(list)
    for row in connection.execute(select(order_taxes).where(which).order_by(order_taxes.c.row_no)):
        found[row.order_id].append(_tax_row(row))
    return found


def _tax_row(row: Any) -> TaxRow:
    return TaxRow(row.name, Decimal(row.rate), row.base, row.tax, row.shipping_base, row.shipping_tax)


def _order(row: Any, lines: tuple[OrderLine, ...], taxes: tuple[TaxRow, ...]) -> Order:
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
        pay_by=row.pay_by or "",
        payment_due=row.payment_due,
        language=row.language or "",
        refunded=row.refunded,
        discount=row.discount,
        shipping=row.shipping,
        tax_included=row.tax_included,
        taxes=taxes,
        vat_number=row.vat_number,
        tax_treatment=row.tax_treatment,
        delivery=_delivery(row),
        code=row.code or "",
    )


def delivery_row(delivery: Delivery | None) -> dict[str, Any]:
    if delivery is None:
        return dict.fromkeys(("delivery_id", "delivery_name", "leaves_on", "arrives_on", "arrives_by", "pick_up"))
    return {
        "delivery_id": delivery.method_id,
        "delivery_name": delivery.name,
        "leaves_on": delivery.leaves,
        "arrives_on": delivery.arrives,
        "arrives_by": delivery.arrives_latest,
        "pick_up": delivery.pick_up or None,
    }


def _delivery(row: Any) -> Delivery | None:
    if row.delivery_id is None:
        return None
    days = row.leaves_on, row.arrives_on, row.arrives_by
    return Delivery(row.delivery_id, row.delivery_name, *days, row.pick_up or "")


def summaries(rows: Sequence[Any]) -> tuple[OrderSummary, ...]:
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
            payment_due=row.payment_due,
            work=None if row.fulfilment is None else FulfilmentState(row.fulfilment),
        )
        for row in rows
    )
