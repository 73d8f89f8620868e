"""One change of many products: as it was looked at, made once, ended by whoever comes, on every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.domain import Actor, Product, ReorderRule, RuleKey, RuleLevel
from app.errors import InvalidInput, NotFound
from app.services.audit.log import AuditService
from app.services.forecasts.reorder_rules import NO_RULE, ReorderRules
from app.services.stock.bulk_edits import BulkDone, BulkEdits, FieldChange
from app.services.stock.inventory import InventoryService
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.forecasts.reorder_rules import SqlReorderRules
from app.stores.sql.stock.bulk_edits import SqlBulkEdits
from app.stores.sql.stock.ledger import SqlLedger
from app.stores.sql.tables import audit_log, bulk_edits
from tests.contract.conftest import Backend

WHO = Actor("asha@shop.example", 7)
MUG = RuleKey(RuleLevel.PRODUCT, "mug")


class Died(Exception):
    pass


class Shop:
    def __init__(self, backend: Backend) -> None:
        self.database, self.catalog = backend.database, backend.catalog
        audit = AuditService(SqlAuditLog(self.database))
        inventory = InventoryService(self.catalog, SqlLedger(self.database), None, lambda _: 2, audit)  # type: ignore[arg-type]
        self.rules = ReorderRules(SqlReorderRules(self.database), self.products)
        self.edits = BulkEdits(SqlBulkEdits(self.database), self.rules, inventory, self.products)
        for one in ("mug", "jug", "cup"):
            self.catalog.add(Product(one, one.title(), 1_000, 5, 2, category="Kitchen"))

    def products(self) -> tuple[Product, ...]:
        return self.catalog.changes_since(None).products

    def said(self) -> dict[str, tuple[str, str, ReorderRule]]:
        rules = self.rules.read()
        return {p.product_id: (p.supplier, p.category, rules.own(p.product_id)) for p in self.products()}

    def since(self, time: timedelta) -> None:
        """As if it had been so long ago."""
        at = datetime.now(UTC) - time
        self.database.write(lambda c: c.execute(update(bulk_edits).values(at=at)))

    def entries(self) -> list[tuple[str, str]]:
        query = select(audit_log.c.action, audit_log.c.actor)
        return [tuple(row) for row in self.database.read(lambda c: c.execute(query).all())]


def told(done: BulkDone) -> tuple[int, object]:
    return done.changed, done.left


@pytest.fixture
def shop(backend: Backend) -> Shop:
    return Shop(backend)


def test_it_says_what_would_change_and_changes_just_that(shop: Shop) -> None:
    shop.rules.set_rule(MUG, ReorderRule(3, pack=6), WHO, NO_RULE)
    seen = shop.edits.preview(["mug", "jug"], {"lead_days": 9, "supplier": " Sharma  Traders "})
    assert (seen.chosen, seen.changing) == (2, 2)
    assert list(seen.fields) == [
        FieldChange("lead_days", [(None, 1), (3, 1)], 9), FieldChange("supplier", [("", 2)], "Sharma Traders"),
    ]  # fmt: skip
    assert shop.said()["mug"] == ("", "Kitchen", ReorderRule(3, pack=6))
    for _ in range(2):  # a repeat is the same change
        assert shop.edits.apply(seen.edit_id, WHO) == BulkDone(2, [], ("jug", "mug"))
    assert shop.said() == {
        "mug": ("Sharma Traders", "Kitchen", ReorderRule(9, pack=6)),
        "jug": ("Sharma Traders", "Kitchen", ReorderRule(9)),
        "cup": ("", "Kitchen", NO_RULE),
    }
    assert shop.entries() == [("stock.plan", WHO.name), ("products.edit", WHO.name)]
    assert shop.edits.preview(["mug"], {"lead_days": 9}).changing == 0


def test_what_somebody_else_changed_meanwhile_stays_and_is_named(shop: Shop) -> None:
    edit = shop.edits.preview(["mug", "jug", "cup"], {"lead_days": 9, "category": "Table"}).edit_id
    shop.rules.set_rule(MUG, ReorderRule(4), WHO, NO_RULE)
    jug = shop.catalog.get("jug")
    assert jug is not None
    shop.catalog.update(replace(jug, category="Bar", name="Big jug"))
    assert told(shop.edits.apply(edit, WHO)) == (1, ["Big jug", "Mug"])
    assert shop.said() == {
        "mug": ("", "Kitchen", ReorderRule(4)),
        "jug": ("", "Bar", NO_RULE),
        "cup": ("", "Table", ReorderRule(9)),
    }


def test_one_that_is_changed_while_it_is_made_is_left_whole(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody changes the jug's category once its rule is written."""
    edit = shop.edits.preview(["mug", "jug"], {"lead_days": 9, "category": "Table"}).edit_id
    write = shop.rules._store.set_of_products

    def beside(changes: dict[str, tuple[ReorderRule | None, ReorderRule | None]]) -> None:
        monkeypatch.undo()
        write(changes)
        jug = shop.catalog.get("jug")
        assert jug is not None
        shop.catalog.update(replace(jug, category="Bar"))

    monkeypatch.setattr(shop.rules._store, "set_of_products", beside)
    assert told(shop.edits.apply(edit, WHO)) == (1, ["Jug"])
    assert shop.said()["jug"] == ("", "Bar", NO_RULE)


def test_the_audit_log_says_what_became_of_which_product_and_what_it_had(shop: Shop) -> None:
    shop.rules.set_rule(MUG, ReorderRule(3), WHO, NO_RULE)
    edit = shop.edits.preview(["cup", "jug", "mug"], {"lead_days": 9, "supplier": "Sharma"}).edit_id
    shop.rules.set_rule(RuleKey(RuleLevel.PRODUCT, "jug"), ReorderRule(4), WHO, NO_RULE)
    shop.edits.apply(edit, WHO)
    query = select(audit_log).where(audit_log.c.target_id == edit)
    (entry,) = shop.database.read(lambda c: c.execute(query).all())
    assert (entry.target_name, entry.actor, entry.actor_id) == ("2 products", WHO.name, WHO.user_id)
    assert entry.before == {
        "lead_days": "none (1), 3 (1)", "supplier": "none (2)", "products": "cup: none, none; mug: 3, none",
    }  # fmt: skip
    assert entry.after == {"lead_days": 9, "supplier": "Sharma", "products": "cup, mug", "left_as_is": "jug"}


def test_made_again_after_somebody_took_it_back_it_changes_nothing(shop: Shop) -> None:
    edit = shop.edits.preview(["mug"], {"lead_days": 9, "supplier": "Sharma"}).edit_id
    shop.edits.apply(edit, WHO)
    back = shop.edits.preview(["mug"], {"lead_days": None, "supplier": ""}).edit_id
    shop.edits.apply(back, WHO)
    assert told(shop.edits.apply(edit, WHO)) == (1, [])
    assert shop.said()["mug"] == ("", "Kitchen", NO_RULE)


@pytest.mark.parametrize("writes", range(5))
def test_one_whose_process_dies_is_ended_by_the_worker(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """It dies before each of its writes: of the rules, of each product, and of its end."""
    edit = shop.edits.preview(["mug", "jug", "cup"], {"pack": 6, "supplier": "Sharma"}).edit_id
    left = [writes]

    def dying(name: str, of: object) -> None:
        whole = getattr(of, name)

        def write(*values: object) -> object:
            if not left[0]:
                raise Died
            left[0] -= 1
            return whole(*values)

        monkeypatch.setattr(of, name, write)

    with monkeypatch.context():
        dying("set_of_products", shop.rules._store)
        dying("update", shop.catalog)
        dying("end", shop.edits._store)
        with pytest.raises(Died):
            shop.edits.apply(edit, WHO)
    left[0] = 99
    assert shop.edits.finish() == 0, "somebody may be at it"
    shop.since(timedelta(minutes=1))
    assert shop.edits.finish() == 1
    assert set(shop.said().values()) == {("Sharma", "Kitchen", ReorderRule(pack=6))}
    assert told(shop.edits.apply(edit, WHO)) == (3, [])
    assert shop.entries() == [("products.edit", WHO.name)]


def test_what_is_over_or_was_only_looked_at_is_forgotten(shop: Shop) -> None:
    made, looked_at = (shop.edits.preview([one], {"pack": 6}).edit_id for one in ("mug", "jug"))
    shop.edits.apply(made, WHO)
    shop.since(timedelta(days=1))
    assert shop.edits.forget_old() == 0
    shop.since(timedelta(days=3))
    assert shop.edits.forget_old() == 2
    for edit in (made, looked_at):
        with pytest.raises(NotFound):
            shop.edits.apply(edit, WHO)


@pytest.mark.parametrize(
    ("ids", "wanted"),
    [([], {"pack": 6}), (["mug"], {}), (["mug"], {"pack": 0}), (["mug"], {"price": 1}), (["mug"], {"category": ""})],
)
def test_what_makes_no_change_is_refused(shop: Shop, ids: list[str], wanted: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        shop.edits.preview(ids, wanted)
    with pytest.raises(NotFound):
        shop.edits.preview(["mug", "nothing"], {"pack": 6})
