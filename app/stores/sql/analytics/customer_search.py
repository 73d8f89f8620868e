"""Whom words find among the customers, and where these live."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, or_, select

from app.domain.plain_words import plain
from app.services.analytics.customer_ports import MOST_FOUND, CustomerRow
from app.stores.sql.tables import orders, users


def holding(connection: Connection, words: str, by_email: bool) -> list[ColumnElement[bool]]:
    """What may make somebody be found, each by an index alone.

    A name or country that holds `words`, an e-mail that begins with them; with an @ one that holds them.
    """
    u = users.c
    if by_email and "@" in words:
        return [u.email.contains(words, autoescape=True)]
    bare = plain(words)
    # Where a name has no accents, there is no other one without them.
    names = [u.sort_name.contains(one, autoescape=True) for one in {words: 1, bare: 1}]
    conditions = [*names, _plain_holds(bare)]
    if by_email:
        conditions.append(u.email.startswith(words, autoescape=True))
    countries = connection.execute(select(u.sort_country).distinct()).scalars()
    if named := [country for country in countries if country and bare in plain(country)]:
        conditions.append(u.sort_country.in_(named))
    return conditions


def found(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> set[int]:
    """Accounts by their ids; when there are more than MOST_FOUND, some of them."""
    ids: set[int] = set()
    for holds in conditions:
        ids.update(connection.execute(select(users.c.user_id).where(holds).limit(MOST_FOUND + 1)).scalars())
    return ids


def matching(q: str, by_email: bool) -> list[ColumnElement[bool]]:
    """As `holding`, but an e-mail that holds `q` anywhere: a row of each account is read."""
    words = q.strip().lower()
    if not words:
        return []
    columns = (users.c.full_name, users.c.country, *((users.c.email,) if by_email else ()))
    holds = [func.lower(column).contains(words, autoescape=True) for column in columns]
    return [or_(*holds, users.c.sort_name.contains(plain(words), autoescape=True), _plain_holds(plain(words)))]


def _plain_holds(bare: str) -> ColumnElement[bool]:
    return users.c.plain_name.is_not(None) & users.c.plain_name.contains(bare, autoescape=True)


def with_countries(connection: Connection, rows: list[CustomerRow]) -> list[CustomerRow]:
    """A person who told no country has that of the latest order; read for the page's rows only."""
    unknown = [row.user_id for row in rows if not row.country and row.orders]
    if not unknown:
        return rows
    o = orders.c
    latest = select(func.max(o.order_id)).where(o.user_id.in_(unknown)).group_by(o.user_id)
    sent_to = connection.execute(select(o.user_id, o.ship_country).where(o.order_id.in_(latest)))
    countries = {row.user_id: row.ship_country for row in sent_to}
    return [row._replace(country=row.country or countries.get(row.user_id)) for row in rows]
