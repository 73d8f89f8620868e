"""Reorder rules of products, suppliers, categories and the shop in the relational store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    and_,
    case,
    cast,
    delete,
    false,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError

from app.domain import AuditEntry, ReorderRule, RuleKey, RuleLevel
from app.errors import StaleEdit
from app.stores.sql.audit.log import append
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import is_duplicate, replace_row
from app.stores.sql.tables import reorder_defaults, reorder_plans

_p, _d = reorder_plans.c, reorder_defaults.c
# A product's lead time may be none of its own. The version before knows no such thing: it finds this number of days
# there, and what it writes is the product's own again, even the same number: it leaves another `changed_at`.
_FOR_VERSIONS_BEFORE = 7
_OWN_LEAD = case((_p.lead_inherited_at == _p.changed_at, null()), else_=_p.lead_days)


class SqlReorderRules:
    """The `ReorderRuleStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rules(self) -> dict[RuleKey, ReorderRule]:
        product = cast(literal(RuleLevel.PRODUCT.value), String(16)).label("level")
        plans = select(
            product, _p.product_id.label("name"), _OWN_LEAD.label("lead_days"), _p.review_days, _p.service_level,
            _p.pack_size, _p.safety_stock,
        )  # fmt: skip
        none = cast(null(), Integer).label("safety_stock")
        defaults = select(_d.level, _d.name, _d.lead_days, _d.review_days, _d.service_level, _d.pack_size, none)
        rows = self._database.read(lambda c: list(c.execute(union_all(plans, defaults))))
        return {
            RuleKey(RuleLevel(row.level), row.name): ReorderRule(
                row.lead_days, row.review_days, row.service_level, row.pack_size, row.safety_stock
            )
            for row in rows
        }

    def set_rule(
        self, key: RuleKey, rule: ReorderRule | None, audited: AuditEntry, present: ReorderRule | None
    ) -> None:
        is_product = key.level is RuleLevel.PRODUCT
        table = reorder_plans if is_product else reorder_defaults
        named = {"product_id": key.name} if is_product else {"level": key.level.value, "name": key.name}
        here = and_(
            *(table.c[name] == value for name, value in named.items()),
            false() if present is None else _holds(present, is_product),
        )

        def work(connection: Connection) -> None:
            row = None
            if rule is not None:
                row = {**named, **_columns(rule, is_product, database_now(connection))}
            if not replace_row(connection, table, row, here, is_new=present is None):
                raise StaleEdit()
            append(connection, audited)

        self._database.write(work)

    def set_of_products(self, changes: Mapping[str, tuple[ReorderRule | None, ReorderRule | None]]) -> None:
        alike: defaultdict[tuple[ReorderRule | None, ReorderRule | None], list[str]] = defaultdict(list)
        for product_id in sorted(changes):
            alike[changes[product_id]].append(product_id)

        def work(connection: Connection) -> None:
            for (present, wanted), ids in alike.items():
                for some in chunks(ids):
                    _set_alike(connection, some, present, wanted)

        if changes:
            self._database.write(work)


def _set_alike(
    connection: Connection, ids: Sequence[str], present: ReorderRule | None, wanted: ReorderRule | None
) -> None:
    """Raises StaleEdit unless all of them have the `present` rule."""
    row = {} if wanted is None else _columns(wanted, is_product=True, at=database_now(connection))
    if present is None:
        try:
            connection.execute(insert(reorder_plans), [{"product_id": one, **row} for one in ids])
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
            raise StaleEdit() from error
        return
    change = delete(reorder_plans) if wanted is None else update(reorder_plans).values(row)
    if connection.execute(change.where(_p.product_id.in_(ids), _holds(present, is_product=True))).rowcount != len(ids):
        raise StaleEdit()


def _holds(rule: ReorderRule, is_product: bool) -> ColumnElement[bool]:
    """Whether a row says this and nothing else."""
    of = _p if is_product else _d
    here = (_OWN_LEAD if is_product else _d.lead_days).is_not_distinct_from(rule.lead_days)
    if is_product:
        here &= _p.safety_stock.is_not_distinct_from(rule.safety_stock)
    for name, value in _shared(rule).items():
        here &= of[name].is_not_distinct_from(value)
    return here


def _columns(rule: ReorderRule, is_product: bool, at: datetime) -> dict[str, int | datetime | None]:
    if not is_product:
        return {"lead_days": rule.lead_days, "changed_at": at, **_shared(rule)}
    return {
        "lead_days": _FOR_VERSIONS_BEFORE if rule.lead_days is None else rule.lead_days,
        "lead_inherited_at": at if rule.lead_days is None else None,
        "changed_at": at,
        "safety_stock": rule.safety_stock,
        **_shared(rule),
    }


def _shared(rule: ReorderRule) -> dict[str, int | None]:
    return {"review_days": rule.review_days, "service_level": rule.service, "pack_size": rule.pack}
