"""When prices and costs changed: noted with the change, once, and found afterwards where that was missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import Actor, Product
from app.errors import StoreUnavailable
from app.services.costs.history import PriceBook
from app.services.costs.ports import Pricing
from app.services.stock.inventory import InventoryService
from app.services.stock.product_drafts import ProductDraft, edited_fields
from app.stores.sql.costs.price_history import SqlPriceHistory
from app.stores.sql.stock.ledger import SqlLedger
from tests.contract.conftest import Backend
from tests.support.checkout_shop import Shop

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
ASHA = Actor("Asha", via="test")


class Office:
    """Where prices are made: an inventory over a catalogue, and the book beside it."""

    def __init__(self, backend: Backend) -> None:
        self.catalog = backend.catalog
        self.store: Any = SqlPriceHistory(backend.database)
        self.book = PriceBook(self.store, lambda: self.catalog.changes_since(None).products, lambda: NOW)
        shop = Shop(backend.database, stores=backend.elsewhere)
        self.inventory = InventoryService(
            self.catalog,
            SqlLedger(backend.database),
            None,
            lambda price: 5,
            shop.audit,
            priced=self._priced,  # type: ignore[arg-type]
        )

    def _priced(self, before: Product | None, after: Product, actor: str) -> None:
        self.book.record(before, after, actor)

    def edit(self, product: Product, **fields: Any) -> Product:
        draft = ProductDraft(
            **{"name": product.name, "price": product.price, "cost": product.cost, "category": "Kitchen"} | fields
        )
        return self.inventory.edit_product(product.product_id, draft, ASHA, edited_fields(product))

    def rows(self) -> list[tuple[int, int | None, str]]:
        return [(one.price, one.cost, one.actor) for one in self.store.all()]


@pytest.fixture
def office(backend: Backend) -> Office:
    return Office(backend)


def test_who_changed_a_cost_from_what_to_what_and_nothing_of_other_edits(office: Office) -> None:
    mug = office.inventory.add_product(ProductDraft("Mug", price=19_999, cost=9_000, category="Kitchen"), ASHA)
    named = office.edit(mug, name="Large mug")
    dearer = office.edit(named, cost=9_500)
    office.edit(dearer, cost=None)
    assert office.rows() == [(19_999, 9_000, "Asha"), (19_999, 9_500, "Asha"), (19_999, None, "Asha")]
    assert office.book.follow() == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
class TestFollowing:
    def test_what_a_dead_process_did_not_note_is_found_once(self, office: Office) -> None:
        mug = office.inventory.add_product(ProductDraft("Mug", price=19_999, cost=9_000, category="Kitchen"), ASHA)
        office.catalog.update(replace(office.catalog.get(mug.product_id), cost=1))  # type: ignore[type-var]
        assert [office.book.follow(), office.book.follow()] == [1, 0]
        assert office.rows()[1:] == [(19_999, 1, "")]

    def test_the_edit_and_the_worker_may_both_note_it(self, office: Office) -> None:
        mug = office.inventory.add_product(ProductDraft("Mug", price=19_999, cost=9_000, category="Kitchen"), ASHA)
        office.book.follow()
        changed = office.catalog.update(replace(office.catalog.get(mug.product_id), cost=1))  # type: ignore[type-var]
        office.book.follow()
        office.book.record(mug, changed, "Asha")
        office.book.record(mug, changed, "Asha")
        assert len(office.rows()) == 2

    def test_what_was_there_before_anything_was_noted_holds_from_its_beginning(self, office: Office) -> None:
        began = NOW - timedelta(days=300)
        office.catalog.add(Product("old", "Old", 500, 0, 5, cost=100, created_at=began))
        office.catalog.add(Product("older", "Older", 700, 0, 5, created_at=began))
        old = office.catalog.get("old")
        assert old is not None
        office.edit(old, cost=120)
        assert [(one.at, one.cost) for one in office.store.all()] == [(began, 100), (NOW, 120)]
        assert office.book.follow() == 1
        assert office.store.latest(["older"])["older"].at == began

    def test_a_history_that_is_away_stands_in_the_way_of_no_edit(self, office: Office) -> None:
        mug = office.inventory.add_product(ProductDraft("Mug", price=19_999, cost=9_000, category="Kitchen"), ASHA)

        class Away:
            def __getattr__(self, name: str) -> Any:
                raise StoreUnavailable("away")

        kept, office.book._store = office.book._store, Away()  # type: ignore[assignment]
        assert office.edit(mug, cost=5).cost == 5
        office.book._store = kept
        assert office.book.follow() == 1
        assert office.store.latest()[mug.product_id] == Pricing(mug.product_id, 1, NOW, 19_999, 5, "")


def test_changes_of_prices_are_told_with_what_was_before(office: Office) -> None:
    def noted(product_id: str, version: int, hour: int, price: int, cost: int | None = None) -> Pricing:
        return Pricing(product_id, version, NOW + timedelta(hours=hour), price, cost, "")

    office.store.note([noted("mug", 1, -9, 100), noted("mug", 4, 1, 120), noted("mug", 5, 2, 120, 60)])
    office.store.note([noted("mug", 9, 3, 110), noted("jug", 0, 1, 500), noted("jug", 2, 2, 450)])
    changes = office.store.changes
    told = [("mug", 100, 120), ("jug", 500, 450), ("mug", 120, 110)]
    assert [one[1:] for one in changes(NOW, NOW + timedelta(hours=9), 9)] == told
    assert [one[1:] for one in changes(NOW, NOW + timedelta(hours=9), 2)] == told[1:], "the latest"
    assert changes(NOW + timedelta(hours=3), NOW + timedelta(hours=4), 9)[0].at == NOW + timedelta(hours=3)
    assert [one[1:] for one in changes(NOW, NOW + timedelta(hours=2), 9)] == told[:1]
