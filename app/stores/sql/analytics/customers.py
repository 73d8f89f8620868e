"""Reads about customers: their totals, cohorts and standings from the rollups, and a few rows by index."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    case,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
    update,
)

from app.domain import Role
from app.services.analytics.customer_ports import (
    EVERYBODY,
    MOST_FOUND,
    CohortMonth,
    CountrySum,
    CustomerGroup,
    CustomerMonth,
    CustomerOrder,
    CustomerRow,
    CustomerSort,
    CustomerSpending,
    CustomerSummary,
    SegmentSum,
    Standing,
    TopCustomer,
    ValueBand,
)
from app.services.analytics.ports import ProductSales
from app.stores.sql.analytics.customer_search import found, holding, matching, with_countries
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.time_parts import FirstOfMonth
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.orders.returns import is_complete_return
from app.stores.sql.rollups.before_tax import gross_of, gross_of_line
from app.stores.sql.rollups.rebuild import CUSTOMER_SUMMARY
from app.stores.sql.tables import (
    UtcDateTime,
    order_lines,
    orders,
    returns,
    rollup_buyers,
    rollup_cohorts,
    rollup_customer_days,
    rollup_customers,
    shop_facts,
    users,
)

MOST_COUNTRIES = 100  # people may type any; there are not many more, and the rest is not worth a page
MOST_SORTED = 5_000  # of a month with fewer, to sort them costs less than to look for them in the order of an index


class SqlCustomerAnalytics:
    """`CustomerReader` on SQLite and MySQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def customers(
        self,
        q: str,
        sort: CustomerSort,
        limit: int,
        offset: int,
        by_email: bool = True,
        group: CustomerGroup = EVERYBODY,
        ascending: bool = False,
        total: int | None = None,
    ) -> tuple[list[CustomerRow], int]:
        words = q.strip().lower()
        wanted = [_is_customer(), *_in(group)]
        order = _order(sort, ascending)

        def counted(connection: Connection) -> int:
            return _customer_count(connection, group) if total is None else total

        def listed(connection: Connection, *conditions: ColumnElement[bool]) -> list[Any]:
            rows: list[Any] = []
            is_few = group.cohort is not None and counted(connection) <= MOST_SORTED
            if not is_few and (sort not in _WORDS or group.is_everybody):
                rows = list(connection.execute(_by_index(sort, ascending, group, limit, offset, *conditions)))
                if sort == "margin" and len(rows) < limit:
                    known = _having(sort, group, *conditions)
                    before = offset + len(rows) if rows else _count_of(connection, known)
                    rest = _customers(*wanted, *conditions, _SORTED[sort].is_(None))
                    rest = rest.order_by(users.c.user_id.asc() if ascending else users.c.user_id.desc())
                    rest = rest.limit(limit - len(rows)).offset(max(offset - before, 0))
                    return [*rows, *connection.execute(rest)]  # of a shop that knows few costs they are nearly all
            if len(rows) < limit:  # at the end, also those who never bought; or another order
                query = _customers(*wanted, *conditions).order_by(*order).limit(limit).offset(offset)
                rows = list(connection.execute(query))
            return rows

        def searched(connection: Connection) -> tuple[list[Any], int]:
            holds = holding(connection, words, by_email)
            ids = found(connection, holds)
            if len(ids) > MOST_FOUND:  # then a page of them is soon full
                return listed(connection, or_(*holds)), MOST_FOUND + 1
            query = _customers(*wanted, users.c.user_id.in_(ids)).order_by(*order)
            rows = list(connection.execute(query))
            return rows[offset : offset + limit], len(rows)

        def work(connection: Connection) -> tuple[list[CustomerRow], int]:
            if words:
                rows, known = searched(connection)
            else:
                rows, known = listed(connection), counted(connection)
            return with_countries(connection, [CustomerRow(*row) for row in rows]), known

        return self._database.read(work)

    def customers_after(self, after: int, limit: int, group: CustomerGroup) -> list[CustomerRow]:
        wanted = [_is_customer(), users.c.user_id > after, *_in(group)]
        query = _customers(*wanted).order_by(users.c.user_id).limit(limit)

        def work(connection: Connection) -> list[CustomerRow]:
            rows: list[Any] = list(connection.execute(query))
            return with_countries(connection, [CustomerRow(*row) for row in rows])

        return self._database.read(work)

    def spending(self, q: str, limit: int, after: int) -> list[CustomerSpending]:
        r = rollup_customers.c
        query = (
            select(
                users.c.user_id, users.c.full_name, users.c.email, *(func.coalesce(c, 0) for c in (r.units, r.gross))
            )
            .select_from(_SOURCE)
            .where(_is_customer(), *matching(q, by_email=True), users.c.user_id > after)
            .order_by(users.c.user_id)
            .limit(limit)
        )  # fmt: skip
        return [CustomerSpending(*row) for row in self._all(query)]

    def buyer_totals(self) -> tuple[int, int, int]:
        b = rollup_buyers.c
        sums = (func.coalesce(func.sum(column), 0) for column in (b.customers, b.returning_customers, b.lifetime))
        buyers, returning, lifetime = map(int, self._all(select(*sums))[0])
        return buyers, returning, lifetime

    def customer_count(self, group: CustomerGroup = EVERYBODY, after: int = 0) -> int:
        return self._database.read(lambda connection: _customer_count(connection, group, after))

    def last_account(self) -> int:
        return int(self._all(select(func.coalesce(func.max(users.c.user_id), 0)))[0][0])

    def cohorts(self) -> list[CohortMonth]:
        c = rollup_cohorts.c
        return [
            CohortMonth(*row) for row in self._all(select(c.cohort, c.month, c.customers).order_by(c.cohort, c.month))
        ]

    def standings(self) -> list[Standing]:
        r = rollup_customers.c
        query = select(r.user_id, r.orders, r.lifetime, r.last_order_at, r.segment).where(r.orders > 0)
        return [Standing(*row) for row in self._all(query.order_by(r.user_id))]

    def standings_until(self, at: datetime, day: date, day_start: datetime) -> list[Standing]:
        d, o, r = rollup_customer_days.c, orders.c, returns.c
        before = select(
            d.user_id, d.orders, (d.gross - d.returns).label("lifetime"), d.last_order_at
        ).where(d.day < day)  # fmt: skip
        bought = select(o.user_id, literal(1), gross_of(o), o.paid_at).where(
            o.paid_at >= day_start, o.paid_at < at, o.user_id.is_not(None)
        )
        given_back = select(r.user_id, literal(0), -r.amount, type_coerce(null(), UtcDateTime())).where(
            r.day == day, r.at < at, r.user_id.is_not(None), is_complete_return()
        )
        every = union_all(before, bought, given_back).subquery()
        e = every.c
        query = (
            select(e.user_id, func.sum(e.orders), func.sum(e.lifetime), func.max(e.last_order_at))
            .group_by(e.user_id)
            .having(func.sum(e.orders) > 0)
            .order_by(e.user_id)
        )
        return [
            Standing(user_id, int(count), int(lifetime), last_at)
            for user_id, count, lifetime, last_at in self._all(query)
        ]

    def country_sums(self) -> list[CountrySum]:
        r, country = rollup_customers.c, func.coalesce(users.c.country, "")
        sums: tuple[Any, ...] = (func.count(), func.sum(r.lifetime))
        query = select(country, *sums).join(users, users.c.user_id == r.user_id).where(r.orders > 0)
        rows: list[Any] = self._all(query.group_by(country).order_by(sums[1].desc(), country).limit(MOST_COUNTRIES))
        return [CountrySum(name, count, int(lifetime)) for name, count, lifetime in rows]

    def keep(self, segments: Mapping[int, str], summary: CustomerSummary) -> None:
        by_segment: dict[str, list[int]] = defaultdict(list)
        for user_id, segment in sorted(segments.items()):
            by_segment[segment].append(user_id)
        r = rollup_customers

        def work(connection: Connection, segment: str, ids: Sequence[int]) -> None:
            connection.execute(update(r).where(r.c.user_id.in_(ids)).values(segment=segment))

        for segment, user_ids in by_segment.items():
            for ids in chunks(user_ids):  # a transaction each: folding need not wait for thousands
                self._database.write(lambda c, s=segment, i=ids: work(c, s, i))  # type: ignore[misc]
        value = json.dumps(summary._asdict() | {"at": summary.at.isoformat()})
        self._database.write(lambda c: upsert(c, shop_facts, [{"name": CUSTOMER_SUMMARY, "value": value}], ["name"]))

    def summary(self) -> CustomerSummary | None:
        rows = self._all(select(shop_facts.c.value).where(shop_facts.c.name == CUSTOMER_SUMMARY))
        kept = json.loads(rows[0].value) if rows else {}
        if set(kept) != set(CustomerSummary._fields):  # none, or of another version: the worker writes it anew
            return None
        return CustomerSummary(
            at=datetime.fromisoformat(kept["at"]),
            segments=[SegmentSum(*row) for row in kept["segments"]],
            bands=[ValueBand(*row) for row in kept["bands"]],
            countries=[CountrySum(*row) for row in kept["countries"]],
            median=kept["median"],
            top_share=kept["top_share"],
            accounts=kept["accounts"],
            last_account=kept["last_account"],
        )

    # --- one customer --------------------------------------------------------------------------

    def customer(self, user_id: int) -> CustomerRow | None:
        query = _customers(_is_customer(), users.c.user_id == user_id)

        def work(connection: Connection) -> CustomerRow | None:
            row = connection.execute(query).first()
            return None if row is None else with_countries(connection, [CustomerRow(*row)])[0]

        return self._database.read(work)

    def months_of(self, user_id: int) -> list[CustomerMonth]:
        d = rollup_customer_days.c
        month = FirstOfMonth(d.day)
        sums = (func.sum(column) for column in (d.orders, d.gross, d.returns))
        rows = self._all(select(month, *sums).where(d.user_id == user_id).group_by(month).order_by(month))
        return [CustomerMonth(first, *map(int, numbers)) for first, *numbers in rows]

    def orders_of(self, user_id: int, limit: int, offset: int = 0) -> list[CustomerOrder]:
        o = orders.c
        query = select(o.order_id, o.external_id, o.units, o.total, o.refunded, o.paid_at)
        return [CustomerOrder(*row) for row in self._all(_latest_paid(query, user_id, limit).offset(offset))]

    def products_of(self, user_id: int, latest: int) -> list[ProductSales]:
        line = order_lines.c
        some = _latest_paid(select(orders.c.order_id), user_id, latest).subquery()
        units, gross = func.sum(line.quantity), func.sum(gross_of_line(line))
        query = select(line.product_id, units, gross).join(some, some.c.order_id == line.order_id)
        rows = self._all(query.group_by(line.product_id).order_by(gross.desc(), line.product_id))
        return [ProductSales(product_id, int(units), int(gross)) for product_id, units, gross in rows]

    def top(self, limit: int) -> list[TopCustomer]:
        r = rollup_customers.c
        query = (
            select(
                r.user_id, users.c.external_id, users.c.full_name, r.orders, r.units, r.lifetime, r.last_order_at,
                r.segment,
            )
            .join(users, users.c.user_id == r.user_id)
            .where(r.orders > 0)
            .order_by(r.lifetime.desc(), r.user_id)
            .limit(limit)
        )  # fmt: skip
        return [TopCustomer(*row) for row in self._all(query)]

    def _all(self, query: Select[Any]) -> list[Any]:
        return self._database.read(lambda connection: list(connection.execute(query)))


_LIFETIME = case((rollup_customers.c.orders > 0, rollup_customers.c.lifetime))
_SOURCE = users.outerjoin(rollup_customers, users.c.user_id == rollup_customers.c.user_id)


def _customers(*wanted: ColumnElement[bool], source: FromClause = _SOURCE) -> Select[Any]:
    """The columns of `CustomerRow`."""
    r = rollup_customers.c
    sums = (func.coalesce(column, 0) for column in (r.orders, r.units, r.gross, r.returns))
    return (
        select(
            users.c.user_id, users.c.full_name, users.c.email, users.c.country, *sums, _LIFETIME,
            r.first_order_at, r.last_order_at, r.segment,
            *(func.coalesce(column, 0) for column in (r.cost, r.costed, r.costed_returns)),
        )
        .select_from(source)
        .where(*wanted)
    )  # fmt: skip


def _latest_paid(query: Select[Any], user_id: int, limit: int) -> Select[Any]:
    o = orders.c
    return query.where(o.user_id == user_id, o.paid_at.is_not(None)).order_by(o.order_id.desc()).limit(limit)


def _by_index(
    sort: CustomerSort,
    ascending: bool,
    group: CustomerGroup,
    limit: int,
    offset: int,
    *conditions: ColumnElement[bool],
) -> Select[Any]:
    """Those that have what they are sorted by, in the order of an index, which is read no further than the page.

    The order is that of `_order`.
    """
    column, user_id = _SORTED[sort], _SORTED[sort].table.c.user_id
    order = _directed(column, user_id, rises=ascending != (sort in _WORDS))
    page = _having(sort, group, *conditions).order_by(*order).limit(limit).offset(offset).subquery()
    of_page = page.join(users, users.c.user_id == page.c.user_id).outerjoin(
        rollup_customers, rollup_customers.c.user_id == page.c.user_id
    )
    return _customers(source=of_page).order_by(*order)


def _having(sort: CustomerSort, group: CustomerGroup, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The ids of those that have what they are sorted by."""
    column, user_id = _SORTED[sort], _SORTED[sort].table.c.user_id
    some = select(user_id).where(column.is_not(None), *_in(group), *conditions)
    if sort in _WORDS_OF_PEOPLE:
        bought = select(rollup_customers.c.user_id).where(
            rollup_customers.c.user_id == users.c.user_id, rollup_customers.c.orders > 0
        )
        some = some.where(or_(users.c.role == Role.CUSTOMER.value, bought.exists()))
    elif sort == "lifetime":
        some = some.where(rollup_customers.c.orders > 0)
    if conditions and sort not in _WORDS_OF_PEOPLE:
        some = some.join(users, users.c.user_id == user_id)
    return some


def _count_of(connection: Connection, some: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def _in(group: CustomerGroup) -> list[ColumnElement[bool]]:
    r = rollup_customers.c
    asked = ((r.segment, group.segment), (r.cohort, group.cohort))
    return [column == value for column, value in asked if value is not None]


def _customer_count(connection: Connection, group: CustomerGroup = EVERYBODY, after: int = 0) -> int:
    """How many `_is_customer` holds for, from indexes alone."""
    r = rollup_customers.c
    if not group.is_everybody:  # who is in one bought something
        return connection.execute(select(func.count()).where(*_in(group))).scalar_one()
    staff = select(func.count()).select_from(
        users.join(rollup_customers, users.c.user_id == r.user_id)
    ).where(users.c.role != Role.CUSTOMER.value, r.orders > 0, users.c.user_id > after)  # fmt: skip
    accounts = select(func.count()).where(users.c.role == Role.CUSTOMER.value, users.c.user_id > after)
    return connection.execute(accounts).scalar_one() + connection.execute(staff).scalar_one()


def _is_customer() -> ColumnElement[bool]:
    """Staff are customers once they bought something."""
    return or_(users.c.role == Role.CUSTOMER.value, rollup_customers.c.orders > 0)


_WORDS_OF_PEOPLE = ("name", "country")
_WORDS = (*_WORDS_OF_PEOPLE, "segment")
_SORTED: dict[CustomerSort, Column[Any]] = {
    "lifetime": rollup_customers.c.lifetime,
    "margin": rollup_customers.c.margin,
    "recent": rollup_customers.c.last_order_at,
    "orders": rollup_customers.c.orders,
    "units": rollup_customers.c.units,
    "gross": rollup_customers.c.gross,
    "returns": rollup_customers.c.returns,
    "name": users.c.sort_name,
    "country": users.c.sort_country,
    "segment": rollup_customers.c.segment,
}


def _order(sort: CustomerSort, ascending: bool) -> tuple[ColumnElement[Any], ...]:
    """Numbers and times fall, words rise; `ascending` turns both round. Those without one come last."""
    column = _LIFETIME if sort == "lifetime" else _SORTED[sort]
    return column.is_(None), *_directed(column, users.c.user_id, rises=ascending != (sort in _WORDS))


def _directed(column: ColumnElement[Any], user_id: ColumnElement[Any], *, rises: bool) -> tuple[Any, Any]:
    return (column.asc(), user_id.asc()) if rises else (column.desc(), user_id.desc())
