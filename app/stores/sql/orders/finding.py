"""Finding orders for admins, by words and by what was sold, at a cost that does not grow with the orders.

A word that few orders hold leads to them by the index of words. Where every word is a common one the latest orders
are gone through, and each is asked whether it holds them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, or_, select

from app.domain import ORDER_NUMBER_OFFSET, LongPage, OrderStatus, OrderSummary
from app.domain.fulfilment import OPEN
from app.domain.search_words import Term, terms_of
from app.services.orders.ports import EVERYTHING, SoldIn
from app.stores.sql.orders.reads import SUMMARY, long_page, one_holds, rows_of_page, summaries
from app.stores.sql.tables import order_lines, order_tags, order_words, orders, sold_words

SOURCES = ("shop", "demo", "import")
MOST_HELD = 2_000  # a word of no more orders leads to them
MOST_PRODUCTS = 500  # that a word may name to lead to their orders
MOST_SEARCHED = 20_000  # of the latest orders, so many are gone through
_BIGGEST_ID = 2**63 - 1
_DIGITS = re.compile(r"[0-9.]+")


@dataclass(frozen=True)
class Wanted:
    """What words ask for. `within`: an order that is none of these is not meant.

    `terms`: what each has to hold besides, but for the `named` ones. `by_amount`: whether totals are looked at.
    """

    within: ColumnElement[bool] | None = None
    terms: tuple[Term, ...] = ()
    named: frozenset[int] = frozenset()
    by_amount: bool = True


def search(
    connection: Connection,
    q: str,
    status: OrderStatus | None,
    page: int,
    page_size: int,
    before: int | None,
    sold: SoldIn = EVERYTHING,
    *,
    by_amount: bool = True,
) -> LongPage[OrderSummary]:
    wanted = _wanted(connection, q.strip(), by_amount)
    is_gone_through = sold.product_ids is not None or (wanted.within is None and bool(wanted.terms))
    if is_gone_through:
        among = _narrowed(select(orders.c.order_id), wanted, status, before, sold)
        query = _of_latest(among, wanted, sold)
    else:
        among, query = None, _narrowed(select(*SUMMARY), wanted, status, before, sold)
        query = query.where(*_holds(wanted, orders.c.order_id))
    page, rows = rows_of_page(connection, query, page, page_size)
    return long_page(connection, summaries(rows), page, page_size, among, MOST_SEARCHED)


def _narrowed(
    query: Select[Any], wanted: Wanted, status: OrderStatus | None, before: int | None, sold: SoldIn
) -> Select[Any]:
    """By all but products and common words, newest first: each condition stands on an index.

    What waits to be packed comes oldest first.
    """
    if sold.tag:
        # What is tagged is little: of the latest, so that it stays bounded.
        tagged = select(order_tags.c.order_id).where(order_tags.c.tag == sold.tag)
        latest = tagged.order_by(order_tags.c.order_id.desc()).limit(MOST_SEARCHED).subquery()
        query = query.where(orders.c.order_id.in_(select(latest.c.order_id)))
    is_open = bool(sold.work) and OPEN.issuperset(sold.work)
    if sold.work and set(sold.work) != OPEN:
        query = query.where(orders.c.fulfilment.in_([state.value for state in sold.work]))
    if is_open and len(set(sold.work)) == 1:  # open since it was paid: in the order of the index of its state
        query = query.order_by(orders.c.paid_at, orders.c.order_id)
    elif is_open:
        query = query.where(orders.c.open_since.is_not(None)).order_by(orders.c.open_since, orders.c.order_id)
    elif sold != EVERYTHING:  # in the order of the index that finds them
        query = query.where(orders.c.paid_at.is_not(None)).order_by(orders.c.paid_at.desc())
    if sold.start is not None:
        query = query.where(orders.c.paid_at >= sold.start)
    if sold.end is not None:
        query = query.where(orders.c.paid_at < sold.end)
    if sold.country:
        query = query.where(orders.c.ship_country == sold.country)
    if not is_open:
        query = query.order_by(orders.c.order_id.desc())
    if status is not None:
        query = query.where(orders.c.status == status.value)
    if before is not None:
        query = query.where(orders.c.order_id < before)
    return query if wanted.within is None else query.where(wanted.within)


def _of_latest(among: Select[Any], wanted: Wanted, sold: SoldIn) -> Select[Any]:
    latest = among.limit(MOST_SEARCHED).subquery()
    query = select(*SUMMARY).select_from(latest.join(orders, orders.c.order_id == latest.c.order_id))
    query = query.where(*_holds(wanted, latest.c.order_id))
    if sold.product_ids is not None:
        query = query.where(one_holds(order_lines.c.order_id == latest.c.order_id, order_lines, sold.product_ids))
    if sold != EVERYTHING:
        query = query.order_by(orders.c.paid_at.desc())
    return query.order_by(orders.c.order_id.desc())


# --- words


def _wanted(connection: Connection, q: str, by_amount: bool) -> Wanted:
    if not q:
        return Wanted()
    if "@" in q and _first(connection, select(orders.c.order_id).where(orders.c.email == q.lower())) is not None:
        return Wanted(orders.c.email == q.lower())  # of this very person, not also of an address that begins so
    named = _named(connection, q)
    held = {term: _holders(connection, term, by_amount) for term in terms_of(q)}
    few = [ids for ids in held.values() if ids is not None]
    common = tuple(term for term, ids in held.items() if ids is None)
    if held and not few:
        return Wanted(None, common, named, by_amount)
    ids = frozenset.intersection(*few) if few else frozenset()
    return Wanted(orders.c.order_id.in_(sorted(ids | named)), common, named, by_amount)


def _named(connection: Connection, q: str) -> frozenset[int]:
    """The orders whose number it is, also before their words are written."""
    is_named = orders.c.source.in_(SOURCES) & (orders.c.external_id == q.lstrip("#"))
    found = set(connection.execute(select(orders.c.order_id).where(is_named)).scalars())
    number = re.fullmatch(r"#?([0-9]{1,19})", q)
    if number and 0 < (order_id := int(number[1]) - ORDER_NUMBER_OFFSET) <= _BIGGEST_ID:
        found.add(order_id)
    return frozenset(found)


def _holders(connection: Connection, term: Term, by_amount: bool) -> frozenset[int] | None:
    """The orders that hold it; None where they are too many to begin with."""
    ids: set[int] = set()
    if by_amount or not _may_be_amount(term):
        in_orders = select(order_words.c.order_id).where(_is_word(order_words, term)).limit(MOST_HELD + 1)
        ids.update(connection.execute(in_orders).scalars())
    in_names = select(sold_words.c.product_id).where(_is_word(sold_words, term)).limit(MOST_PRODUCTS + 1)
    product_ids = set(connection.execute(in_names).scalars())
    if len(ids) > MOST_HELD or len(product_ids) > MOST_PRODUCTS:
        return None
    if product_ids:
        line = order_lines.c
        of_products = select(line.order_id).where(line.product_id.in_(sorted(product_ids))).limit(MOST_HELD + 1)
        sold = connection.execute(of_products).scalars().all()
        ids.update(sold)
        if len(sold) > MOST_HELD:
            return None
    return None if len(ids) > MOST_HELD else frozenset(ids)


def _holds(wanted: Wanted, order_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Whether a row's order holds each of the terms, or is named.

    With a limit it is looked for order by order: of a plain EXISTS a server may rather read every order of the word.
    """
    if not wanted.terms:
        return []
    holds = and_(*(_in_order_or_lines(term, order_id, wanted.by_amount) for term in wanted.terms))
    return [or_(order_id.in_(sorted(wanted.named)), holds) if wanted.named else holds]


def _in_order_or_lines(term: Term, order_id: ColumnElement[int], by_amount: bool) -> ColumnElement[bool]:
    in_lines = _in_lines(term, order_id)
    return or_(_in_order(term, order_id), in_lines) if by_amount or not _may_be_amount(term) else in_lines


def _may_be_amount(term: Term) -> bool:
    """Whether an order's total could be a word that is found by it: totals are digits, with a point or without."""
    return any(_DIGITS.fullmatch(first) for first, _ in term.ranges)


def _in_order(term: Term, order_id: ColumnElement[int]) -> ColumnElement[bool]:
    word = select(order_words.c.order_id).where(order_words.c.order_id == order_id, _is_word(order_words, term))
    return word.limit(1).scalar_subquery().is_not(None)


def _in_lines(term: Term, order_id: ColumnElement[int]) -> ColumnElement[bool]:
    lines = order_lines.join(sold_words, sold_words.c.product_id == order_lines.c.product_id)
    word = select(order_lines.c.order_id).select_from(lines)
    word = word.where(order_lines.c.order_id == order_id, _is_word(sold_words, term))
    return word.limit(1).scalar_subquery().is_not(None)


def _is_word(table: Table, term: Term) -> ColumnElement[bool]:
    word = table.c.word
    return or_(*((word >= first) & (word < last) for first, last in term.ranges))


def _first(connection: Connection, query: Select[Any]) -> Any:
    return connection.execute(query.limit(1)).scalar()
