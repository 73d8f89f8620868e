"""Discount codes in the relational store."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select, update

from app.domain import AuditEntry, OrderStatus
from app.domain.discounts import CodeSums, DiscountCode, DiscountKind, customer_key
from app.services.discounts.ports import REVISION, CodesInForce, Standing
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new, upsert
from app.stores.sql.settings.settings import REVISION as SETTINGS_REVISION
from app.stores.sql.settings.settings import take_turn
from app.stores.sql.tables import discount_codes, orders, shop_settings

_c, _o, _s = discount_codes.c, orders.c, shop_settings.c


class _AnotherIsThere(Exception):
    """In place of the one that was to be written; nothing of the transaction is kept."""


class SqlDiscountCodes:
    """The `DiscountCodes` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_force(self, now: datetime) -> CodesInForce:
        known = select(_s.value).where(_s.name == REVISION)
        query = select(discount_codes).where(or_(_c.ends.is_(None), _c.ends > now))

        def work(connection: Connection) -> CodesInForce:
            # The revision first: what is written between the two is read again.
            revision = connection.execute(known).scalar() or ""
            return CodesInForce(revision, tuple(map(_code, connection.execute(query))))

        return self._database.read(work)

    def find(self, code: str) -> DiscountCode | None:
        return self._one(_c.code == code)

    def get(self, code_id: int) -> DiscountCode | None:
        return self._one(_c.code_id == code_id)

    def all(self) -> Sequence[DiscountCode]:
        query = select(discount_codes).order_by(_c.code_id.desc())
        return self._database.read(lambda c: [_code(row) for row in c.execute(query)])

    def standing(self, code_id: int, user_id: int | None, email: str | None) -> Standing:
        theirs = _theirs(user_id, email)
        uses = and_(_o.code_id == code_id, _o.code_use.is_not(None), theirs)
        if email:
            uses = or_(uses, _o.code_use == customer_key(code_id, email, user_id))
        query = select(
            _c.used,
            select(_o.order_id).where(uses).exists().label("has_used"),
            select(_o.order_id).where(_o.status == OrderStatus.PAID.value, theirs).exists().label("has_bought"),
        ).where(_c.code_id == code_id)
        row = self._database.read(lambda c: c.execute(query).first())
        return (
            Standing(0, False, False) if row is None else Standing(row.used, bool(row.has_used), bool(row.has_bought))
        )

    def sums(self) -> Mapping[int, CodeSums]:
        query = (
            select(_o.code_id, func.count(), func.sum(_o.code_saved), func.sum(_o.subtotal - _o.discount))
            .where(_o.code_id.is_not(None), _o.status == OrderStatus.PAID.value)
            .group_by(_o.code_id)
        )
        rows = self._database.read(lambda c: c.execute(query).all())
        return {code_id: CodeSums(int(n), int(saved), int(sales)) for code_id, n, saved, sales in rows}

    def add(self, code: DiscountCode, actor: str, audited: Callable[[int], AuditEntry]) -> int | None:
        def work(connection: Connection) -> int:
            by = _turn(connection, actor)
            row = {**_row(code), "code": code.code, "used": 0, "version": 1, **by}
            if not insert_new(connection, discount_codes, row):
                raise _AnotherIsThere
            code_id = connection.execute(select(_c.code_id).where(_c.code == code.code)).scalar_one()
            append(connection, audited(code_id))
            return int(code_id)

        try:
            return self._database.write(work)
        except _AnotherIsThere:
            return None

    def change(self, code: DiscountCode, actor: str, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> None:
            by = _turn(connection, actor)
            here = (_c.code_id == code.code_id) & (_c.version == code.version)
            row = {**_row(code), "version": code.version + 1, **by}
            if connection.execute(update(discount_codes).where(here).values(row)).rowcount != 1:
                raise _AnotherIsThere
            append(connection, audited)

        try:
            self._database.write(work)
        except _AnotherIsThere:
            return False
        return True

    def _one(self, which: ColumnElement[bool]) -> DiscountCode | None:
        row = self._database.read(lambda c: c.execute(select(discount_codes).where(which)).first())
        return None if row is None else _code(row)


def _theirs(user_id: int | None, email: str | None) -> ColumnElement[bool]:
    known = [_o.user_id == user_id] if user_id is not None else []
    known += [_o.email == email] if email else []
    return or_(*known) if known else false()


def _turn(connection: Connection, actor: str) -> dict[str, Any]:
    """A change of codes is one of the shop's settings too, by which processes know of it. By whom and when."""
    by = {"actor": actor[:120], "changed_at": database_now(connection)}
    present = select(_s.value).where(_s.name == SETTINGS_REVISION).with_for_update()
    revision = secrets.token_hex(8)
    take_turn(connection, connection.execute(present).scalar() or "", revision, by)
    upsert(connection, shop_settings, [{"name": REVISION, "value": revision, **by}], ["name"])
    return by


def _row(code: DiscountCode) -> dict[str, Any]:
    return {
        "kind": code.kind.value,
        "value": code.value,
        "minimum": code.minimum,
        "category": code.category,
        "once": code.once,
        "first": code.first,
        "use_limit": code.limit,
        "starts": code.starts,
        "ends": code.ends,
    }


def _code(row: Any) -> DiscountCode:
    return DiscountCode(
        row.code_id, row.code, DiscountKind(row.kind), row.value, row.minimum, row.category, row.once, row.first,
        row.use_limit, row.starts, row.ends, row.used, row.version,
    )  # fmt: skip
