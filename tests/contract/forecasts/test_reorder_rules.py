"""Reorder rules on each database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from app.domain import Actor, ReorderRule, RuleKey, RuleLevel
from app.errors import StaleEdit
from app.services.audit.log import entry_of
from app.stores.sql.engine.database import Database
from app.stores.sql.forecasts.reorder_rules import SqlReorderRules
from app.stores.sql.tables import audit_log, reorder_plans
from tests.support.concurrency import at_once

SHOP, SHARMA, MUG = RuleKey(RuleLevel.SHOP), RuleKey(RuleLevel.SUPPLIER, "Sharma é"), RuleKey(RuleLevel.PRODUCT, "mug")
ENTRY = entry_of(Actor("asha@shop.example"), "stock.plan", "product", "mug", "Mug")


def entries(database: Database) -> int:
    return len(database.read(lambda c: c.execute(select(audit_log.c.audit_id)).all()))


@pytest.mark.parametrize("key", [SHOP, SHARMA, RuleKey(RuleLevel.CATEGORY, "Kitchen"), MUG])
def test_a_rule_is_kept_changed_and_taken_back_each_with_its_entry(database: Database, key: RuleKey) -> None:
    store = SqlReorderRules(database)
    first, second = ReorderRule(pack=6), ReorderRule(7, 14, 98)
    store.set_rule(key, first, ENTRY, None)
    assert store.rules() == {key: first}
    store.set_rule(key, second, ENTRY, first)
    assert store.rules() == {key: second}
    with pytest.raises(StaleEdit):
        store.set_rule(key, None, ENTRY, first)
    store.set_rule(key, None, ENTRY, second)
    assert store.rules() == {}
    assert entries(database) == 3


def test_what_the_version_before_writes_is_the_product_s_own(database: Database) -> None:
    row = {"product_id": "mug", "lead_days": 9, "changed_at": datetime.now(UTC)}
    database.write(lambda c: c.execute(insert(reorder_plans).values(row)))
    store = SqlReorderRules(database)
    assert store.rules() == {MUG: ReorderRule(9)}
    store.set_rule(MUG, ReorderRule(pack=6, safety_stock=2), ENTRY, ReorderRule(9))
    assert store.rules() == {MUG: ReorderRule(pack=6, safety_stock=2)}
    seen_before = database.read(lambda c: c.execute(select(reorder_plans.c.lead_days)).scalar_one())
    assert seen_before == 7
    for lead_days in (7, 10):  # also the number that it finds there is chosen once it is written
        by_before = {"lead_days": lead_days, "changed_at": datetime.now(UTC) + timedelta(seconds=1)}
        database.write(lambda c, row=by_before: c.execute(update(reorder_plans).values(row)))
        assert store.rules() == {MUG: ReorderRule(lead_days, pack=6, safety_stock=2)}


def test_many_are_set_at_once_all_or_none(database: Database) -> None:
    store, rule = SqlReorderRules(database), ReorderRule(9)
    ids = [f"p{number}" for number in range(1_100)]
    of_all = {RuleKey(RuleLevel.PRODUCT, one): rule for one in ids}
    store.set_of_products(dict.fromkeys(ids, (None, rule)))
    assert store.rules() == of_all
    changes = dict.fromkeys(ids, (rule, ReorderRule(pack=6))) | {"p7": (ReorderRule(1), rule), "new": (None, rule)}
    with pytest.raises(StaleEdit):
        store.set_of_products(changes)
    with pytest.raises(StaleEdit):
        store.set_of_products({"new": (None, rule), "p1": (None, rule)})
    assert store.rules() == of_all
    store.set_of_products(dict.fromkeys(ids, (rule, None)))
    assert store.rules() == {}


def test_of_eight_who_set_a_rule_at_once_one_does(database: Database) -> None:
    store = SqlReorderRules(database)

    def attempt(number: int) -> bool:
        try:
            store.set_of_products({"mug": (None, ReorderRule(number + 2))})
        except StaleEdit:
            return False
        return True

    done = at_once(8, attempt)
    assert done.count(True) == 1
    assert store.rules() == {MUG: ReorderRule(done.index(True) + 2)}
