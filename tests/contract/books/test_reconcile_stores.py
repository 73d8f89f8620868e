"""The books agree, and differ, whichever store the catalogue is in; and nobody is accused while people shop."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.domain import MovementKind, Quantity, Verdict
from app.errors import OutOfStock, ShopError
from app.services.books.ports import ReservationBook
from app.services.stock.inventory import InventoryService
from app.services.stock.product_drafts import ProductDraft, edited_fields
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.reservation_book import DynamoReservationBook
from app.stores.sql import tables as t
from app.stores.sql.books.books import SqlReservationBook
from app.stores.sql.stock.ledger import SqlLedger
from tests.contract.conftest import Backend
from tests.support.bookkeeper import WHO, Bookkeeper, bookkeeper, service_of
from tests.support.checkout_shop import PRICE, Shop

SHOPPERS = 6
SECONDS = 6.0
THRESHOLD = 5


def reservations_of(backend: Backend) -> ReservationBook:
    if isinstance(backend.catalog, DynamoCatalog):
        return DynamoReservationBook(backend.catalog._dynamo)
    return SqlReservationBook(backend.database)


@pytest.fixture
def keeper(backend: Backend) -> Bookkeeper:
    return bookkeeper(Shop(backend.database, stores=backend.elsewhere), reservations_of(backend))


def test_a_sound_shop_agrees(keeper: Bookkeeper) -> None:
    assert keeper.look().verdict is Verdict.AGREES


@pytest.mark.parametrize(("side", "stock"), [("ledger", 17), ("catalogue", 16)])
def test_a_stock_that_is_off_by_one_is_named_and_follows_the_side_that_is_trusted(
    keeper: Bookkeeper, side: Any, stock: int
) -> None:
    keeper.shop.catalog.adjust_stock("a thief", "mug", delta=-1)
    (difference,) = keeper.look().differences
    assert "16 in all, but the ledger says 17" in difference.words
    keeper.service.trust("mug", side, WHO)
    keeper.shop.later()
    assert keeper.said() == []
    assert keeper.shop.catalog.get("mug").stock == stock


def test_units_held_for_nobody_are_given_back(keeper: Bookkeeper) -> None:
    keeper.shop.catalog.reserve(4711, [Quantity("mug", 3)])
    assert [d.subject for d in keeper.look().differences] == ["order 4711"]
    assert keeper.repair().verdict is Verdict.AGREES
    assert keeper.shop.catalog.get("mug").stock == 17


def test_a_sale_that_nothing_settles_is_settled(keeper: Bookkeeper) -> None:
    keeper.shop.carts.add("guest#c", "mug", 2, PRICE, 99)
    with pytest.raises(BaseException, match="settle"):
        keeper.shop.dying("settlement", "settle_and_take", after=False).place("guest#c")
    assert keeper.said() == []
    keeper.sql(update(t.outbox).where(t.outbox.c.kind == "settle").values(state="done"))
    assert [d.kind for d in keeper.look().differences] == ["reservation"]
    keeper.repair()
    keeper.shop.later()
    assert keeper.said() == []
    order_id = keeper.one(select(t.orders.c.order_id).where(t.orders.c.owner == "guest#c"))
    assert keeper.shop.catalog.reservation(order_id).state.value == "settled"


class TestUnderLoad:
    """Shoppers, declined cards, returns, stock edits and a worker, all at once, while the books are looked at.

    What is on hand crosses its threshold all the time, which is edited too.
    """

    @pytest.mark.timeout(300)
    def test_nothing_that_moves_is_accused(self, keeper: Bookkeeper) -> None:
        stop, broken = threading.Event(), list[BaseException]()
        shop = keeper.shop
        inventory = InventoryService(
            shop.catalog,
            SqlLedger(shop.database),
            None,
            lambda _: THRESHOLD,
            shop.audit,  # type: ignore[arg-type]
        )

        def until_stopped(act: Any) -> None:
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    act(number)
                except ShopError:
                    pass  # sold out, declined, busy: a shop's day
                except BaseException as error:
                    broken.append(error)
                    raise

        def shopper(name: int) -> Any:
            def buy(number: int) -> None:
                owner = f"guest#{name}-{number}"
                shop.carts.add(owner, "mug", 1 + number % 2, PRICE, 99)
                order = shop.place(owner, "4000000000000002" if number % 4 == 0 else "4242424242424242")
                if number % 3 == 0:
                    shop.service.record_return(order.order_id, [(1, 1, True)], "no", WHO, f"{name}:{number}")

            return buy

        def stock_up(number: int) -> None:
            inventory.receive("mug", 3, WHO)
            inventory.correct("mug", THRESHOLD + (4 if number % 2 else -3), WHO, "counted")
            time.sleep(0.05)

        def change_its_mind(number: int) -> None:
            draft = ProductDraft("Mug", PRICE, "", "", threshold=THRESHOLD + number % 4)
            inventory.edit_product("mug", draft, WHO, edited_fields(shop.catalog.get("mug")))
            time.sleep(0.1)

        def work(_: int) -> None:
            shop.worker.tick()
            time.sleep(0.02)

        def crossings() -> int:
            return int(keeper.one(select(func.count()).select_from(t.low_stock_episodes)))

        service = service_of(shop, keeper.service._books.reservations, sleep=time.sleep)
        acts = [*(shopper(name) for name in range(SHOPPERS)), stock_up, change_its_mind, work]
        accused, looks = [], 0
        with ThreadPoolExecutor(len(acts)) as pool:
            running = [pool.submit(until_stopped, act) for act in acts]
            ends = time.monotonic() + SECONDS
            while time.monotonic() < ends or looks < 2 or crossings() < 2:
                outcome = service.run("test")
                accused += [f"{d.subject}: {d.words}" for d in outcome.differences]
                assert outcome.verdict is not Verdict.FAILED, outcome.notes
                looks += 1
            stop.set()
            for one in running:
                one.result()
        assert not broken
        assert accused == []
        assert looks > 1
        shop.later()
        assert keeper.said() == []
        assert keeper.one(select(t.stock_movements.c.movement_id).where(t.stock_movements.c.kind == MovementKind.SALE))


def test_a_thief_is_found_while_others_shop(keeper: Bookkeeper) -> None:
    """A difference stays one under load: what moves beside it does not hide it."""
    stop = threading.Event()
    shop = keeper.shop

    def buy() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            shop.carts.add(f"guest#t{number}", "mug", 1, PRICE, 99)
            try:
                shop.place(f"guest#t{number}")
            except OutOfStock:
                shop.catalog.adjust_stock(f"refill {number}", "mug", delta=0)
            time.sleep(0.05)

    shop.catalog.adjust_stock("a thief", "mug", delta=-1)
    buyer = threading.Thread(target=buy)
    buyer.start()
    try:
        found = service_of(shop, keeper.service._books.reservations, sleep=time.sleep).run("test").differences
    finally:
        stop.set()
        buyer.join()
    assert [d.kind for d in found] == ["stock"]
