"""What only the DynamoDB stores do: pages, batches, indexes, clocks, expiry and the limits of a transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.domain import LINE_LIMIT, Product, ProductPicture, Quantity, ReservationState
from app.errors import InvalidInput, NotFound, StaleEdit, StoreUnavailable
from app.stores.dynamo.carts import DynamoCarts
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.tables import PRODUCTS, migrate
from app.stores.shared.breaker import PAUSE_SECONDS
from tests.support.dynoxide import Dynoxide, aws_environment

HOUR = 3600
PAGE_BYTES = 1_000_000  # of a query or scan


@pytest.fixture
def catalog(dynamo_tables: Dynamo) -> DynamoCatalog:
    return DynamoCatalog(dynamo_tables)


@pytest.fixture
def asked(dynamo_tables: Dynamo) -> Iterator[Counter[str]]:
    """How often each operation was asked for since the test began."""
    counts: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        counts[model.name] += 1

    events = dynamo_tables.client.meta.events
    events.register("before-call.dynamodb", count)
    yield counts
    events.unregister("before-call.dynamodb", count)


def product(product_id: str, stock: int = 20, description: str = "") -> Product:
    return Product(product_id, f"The {product_id}", 19_900, stock, 50, description=description)


class TestLimits:
    def test_an_order_of_as_many_lines_as_a_cart_holds_is_reserved_and_released(self, catalog: DynamoCatalog):
        lines = [Quantity(f"p{number:03}", 2) for number in range(LINE_LIMIT)]
        for line in lines:
            catalog.add(product(line.product_id))
        assert catalog.reserve(7, lines).lines == tuple(lines)
        assert catalog.held() == {line.product_id: 2 for line in lines}
        catalog.release(7)
        assert {p.stock for p in catalog.get_many([line.product_id for line in lines]).values()} == {20}

    def test_one_more_is_refused_with_words(self, catalog: DynamoCatalog):
        lines = [Quantity(f"p{number:03}", 1) for number in range(LINE_LIMIT + 1)]
        with pytest.raises(InvalidInput, match="at most 99 different products"):
            catalog.reserve(7, lines)
        assert catalog.reservation(7) is None

    @pytest.mark.parametrize("impossible", ["", "x" * 2049])
    def test_what_cannot_be_a_key_is_not_found(self, catalog: DynamoCatalog, impossible: str):
        assert catalog.get(impossible) is None
        with pytest.raises(NotFound):
            catalog.adjust_stock("e", impossible, delta=1)


class TestReads:
    def test_more_products_than_a_page_or_a_batch_holds(self, catalog: DynamoCatalog, asked: Counter[str]):
        names = [f"p{number:03}" for number in range(120)]
        before = catalog.changes_since(None).cursor
        for name in names:
            catalog.add(product(name, description="x" * (2 * PAGE_BYTES // len(names))))
        asked.clear()
        assert {p.product_id for p in catalog.changes_since(None).products} == set(names)
        assert asked["Scan"] > 1
        assert {p.product_id for p in catalog.changes_since(before).products} == set(names)
        asked.clear()
        assert set(catalog.get_many([*names, *names, "nope"])) == set(names)
        assert asked["BatchGetItem"] > 1

    def test_requests_never_scan(self, catalog: DynamoCatalog, dynamo_tables: Dynamo, asked: Counter[str]):
        catalog.add(product("mug"))
        cursor = catalog.changes_since(None).cursor
        asked.clear()
        catalog.changes_since(cursor)
        catalog.get("mug")
        catalog.reserve(1, [Quantity("mug", 1)])
        catalog.held()
        catalog.settle(1)
        carts = DynamoCarts(dynamo_tables)
        carts.add("guest#a", "mug", 1, 500, 9)
        carts.merge("guest#a", "user#1", 9)
        carts.take_bought("user#1", 1, [Quantity("mug", 1)])
        assert asked["Query"] > 0
        assert asked["Scan"] == 0

    def test_the_index_of_what_is_held_holds_nothing_else(self, catalog: DynamoCatalog, dynamo_tables: Dynamo):
        catalog.add(product("mug"))
        for order in (1, 2, 3):
            catalog.reserve(order, [Quantity("mug", 1)])
        catalog.settle(1)
        catalog.release(2)
        catalog.release(4)
        found = dynamo_tables.pages("scan", "reservations", IndexName="by_held")
        assert [item["order_id"] for item in found] == [3]


class TestClocks:
    """Hosts whose clocks differ, one after the other in both orders."""

    @pytest.mark.parametrize(("wrong_by", "other_wrong_by"), [(HOUR, 0), (0, -HOUR), (HOUR, -HOUR), (-HOUR, HOUR)])
    def test_lose_no_change(
        self, dynamo_tables: Dynamo, dynamo_environment: None, wrong_by: float, other_wrong_by: float
    ):
        reader = self.host(dynamo_tables.prefix, wrong_by)
        writer = self.host(dynamo_tables.prefix, other_wrong_by)
        reader.add(product("mug"))
        cursor = reader.changes_since(None).cursor
        writer.reserve(1, [Quantity("mug", 3)])
        changed = reader.changes_since(cursor)
        assert [p.stock for p in changed.products] == [17]
        writer.settle(1)
        writer.adjust_stock("e", "mug", delta=1)
        assert [p.stock for p in reader.changes_since(changed.cursor).products] == [18]

    def test_stamp_with_the_services_time(self, dynamo_tables: Dynamo, dynamo_environment: None):
        self.host(dynamo_tables.prefix, HOUR).add(product("mug"))
        at = DynamoCatalog(dynamo_tables).get("mug").changed_at
        assert abs(at.timestamp() - time.time()) < 5

    def test_that_are_set_while_the_shop_runs_are_followed(self, dynamo_tables: Dynamo, dynamo_environment: None):
        wrong_by = [0.0]
        dynamo = Dynamo(dynamo_tables.prefix, local_clock=lambda: time.time() + wrong_by[0])
        catalog = DynamoCatalog(dynamo)
        catalog.add(product("mug"))
        wrong_by[0] = -HOUR
        catalog.get("mug")
        assert abs(dynamo.now().timestamp() - time.time()) < 5

    @staticmethod
    def host(prefix: str, wrong_by: float) -> DynamoCatalog:
        return DynamoCatalog(Dynamo(prefix, local_clock=lambda: time.time() + wrong_by))


class TestCartExpiry:
    def test_guests_carts_expire_after_their_last_change_and_users_never(self, dynamo_tables: Dynamo):
        carts = DynamoCarts(dynamo_tables)
        for owner in ("guest#a", "user#7"):
            carts.add(owner, "mug", 1, 500, 9)
        guest = dynamo_tables.get("carts", {"owner": "guest#a"})
        assert guest["expires_at"] - time.time() == pytest.approx(90 * 24 * HOUR, abs=60)
        assert "expires_at" not in dynamo_tables.get("carts", {"owner": "user#7"})


class TestBetweenReadingAndWriting:
    """What another process does in the moment between a read and the transaction made from it."""

    @pytest.fixture
    def meanwhile(self, dynamo_tables: Dynamo, dynamo_environment: None) -> Callable[[Callable[[], object]], Dynamo]:
        """A client just before whose first transaction something else happens, once."""

        def slow(change: Callable[[], object]) -> Dynamo:
            dynamo, changes = Dynamo(dynamo_tables.prefix), [change]

            def happen(model: Any, **_: Any) -> None:
                if model.name == "TransactWriteItems" and changes:
                    changes.pop()()

            dynamo.client.meta.events.register("before-call.dynamodb", happen)
            return dynamo

        return slow

    def test_an_edit_counts_once_also_when_a_sale_brings_the_count_back(self, catalog: DynamoCatalog, meanwhile):
        catalog.add(product("mug", stock=10))

        def edited_and_sold() -> None:
            catalog.adjust_stock("e", "mug", delta=5)
            catalog.reserve(1, [Quantity("mug", 5)])

        change = DynamoCatalog(meanwhile(edited_and_sold)).adjust_stock("e", "mug", delta=5)
        assert (change.delta, change.available) == (5, 15)
        assert catalog.get("mug").stock == 10

    def test_a_correction_goes_by_the_count_of_that_instant(self, catalog: DynamoCatalog, meanwhile):
        catalog.add(product("mug", stock=10))
        sale = meanwhile(lambda: catalog.reserve(1, [Quantity("mug", 4)]))
        change = DynamoCatalog(sale).adjust_stock("e", "mug", set_to=9)
        assert (change.delta, catalog.get("mug").stock) == (3, 9)

    def test_units_for_which_the_cart_had_room_at_last_are_not_lost(self, dynamo_tables: Dynamo, meanwhile):
        """The user's line is full, so that the guest's would vanish; the user empties it while they merge."""
        carts = DynamoCarts(dynamo_tables)
        carts.add("user#7", "mug", 5, 500, 5)
        carts.add("guest#a", "mug", 2, 500, 5)
        slow = meanwhile(lambda: carts.set_quantity("user#7", "mug", 0, 500))
        merged = DynamoCarts(slow).merge("guest#a", "user#7", 5)
        assert [(line.product_id, line.quantity) for line in merged.lines] == [("mug", 2)]
        assert carts.get("guest#a").lines == ()


class TestOutage:
    def test_is_told_in_plain_words_and_soon_and_is_over_when_the_server_is_back(self, monkeypatch, tmp_path):
        with Dynoxide(tmp_path / "dynamo.db") as server:
            for name, value in aws_environment(server.url).items():
                monkeypatch.setenv(name, value)
            dynamo = Dynamo("away-")
            migrate(dynamo)
            catalog = DynamoCatalog(dynamo)
            catalog.add(product("mug"))
            server.kill()
            began = time.monotonic()
            with pytest.raises(StoreUnavailable, match=r"^The shop's products cannot be reached right now\."):
                catalog.reserve(7, [Quantity("mug", 1)])
            assert time.monotonic() - began < 4
            server.start()
            time.sleep(PAUSE_SECONDS)  # for so long nobody is sent to where nobody answered
            assert catalog.reserve(7, [Quantity("mug", 1)]).state is ReservationState.HELD
            assert catalog.get("mug").stock == 19


class TestItemsOfEarlierReleases:
    def test_without_a_version_are_edited_as_if_for_the_first_time(self, catalog: DynamoCatalog, dynamo_tables: Dynamo):
        catalog.add(Product("mug", "Mug", 19_900, 5, 50))
        key = {"product_id": {"S": "mug"}}
        names = {"#version": "version"}
        dynamo_tables.call(
            "update_item", TableName=dynamo_tables.table(PRODUCTS), Key=key, UpdateExpression="REMOVE #version",
            ExpressionAttributeNames=names,
        )  # fmt: skip
        old = catalog.get("mug")
        assert old is not None
        assert old.version == 0
        assert catalog.update(replace(old, price=5_000)).version == 1
        with pytest.raises(StaleEdit):
            catalog.update(replace(old, name="Cup"))

    def test_without_what_is_newer_are_read_with_nothing_in_its_place(
        self, catalog: DynamoCatalog, dynamo_tables: Dynamo
    ):
        newer = (
            "sku", "brand", "barcode", "tags", "weight", "pictures", "family_id", "options", "supplier", "ships_alone",
            "tax_class",
        )  # fmt: skip
        wanted = Product("mug", "Mug", 19_900, 5, 50, pictures=(ProductPicture("a.webp"),))
        catalog.add(wanted)
        dynamo_tables.call(
            "update_item", TableName=dynamo_tables.table(PRODUCTS), Key={"product_id": {"S": "mug"}},
            UpdateExpression="REMOVE " + ", ".join(f"#{name}" for name in newer),
            ExpressionAttributeNames={f"#{name}": name for name in newer},
        )  # fmt: skip
        old = catalog.get("mug")
        assert replace(old, created_at=None, changed_at=None) == wanted
        assert catalog.update(replace(old, brand="Loom")).brand == "Loom"

    def test_a_picture_that_the_release_before_sets_is_the_first_one(
        self, catalog: DynamoCatalog, dynamo_tables: Dynamo
    ):
        catalog.add(Product("mug", "Mug", 100, 5, 50, pictures=(ProductPicture("a.webp"), ProductPicture("b.webp"))))
        dynamo_tables.call(
            "update_item", TableName=dynamo_tables.table(PRODUCTS), Key={"product_id": {"S": "mug"}},
            UpdateExpression="SET #image = :new", ExpressionAttributeNames={"#image": "image"},
            ExpressionAttributeValues={":new": {"S": "new.webp"}},
        )  # fmt: skip
        assert [one.name for one in catalog.get("mug").pictures] == ["new.webp", "b.webp"]
