"""Carts on DynamoDB by single updates: what they cost, that each counts once, and what older versions make of them."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from app.domain import CartLine, Quantity
from app.stores.dynamo import cart_shape, cart_slots
from app.stores.dynamo.carts import DynamoCarts
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import assignments, update
from app.stores.dynamo.items import encode_item, parse_time, time_text
from app.stores.dynamo.tables import CARTS, shard_of
from tests.support.concurrency import at_once

ME, GUEST = "user#7", "guest#abc"
MANY = 1_000


@pytest.fixture
def carts(dynamo_tables: Dynamo) -> DynamoCarts:
    return DynamoCarts(dynamo_tables)


@pytest.fixture
def asked(dynamo_tables: Dynamo) -> Iterator[Counter[str]]:
    """How often each operation was sent since the test began."""
    sent: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        sent[model.name] += 1

    dynamo_tables.client.meta.events.register("before-call.dynamodb", count)
    yield sent
    dynamo_tables.client.meta.events.unregister("before-call.dynamodb", count)


def item(dynamo: Dynamo, owner: str = ME) -> dict[str, Any]:
    found = dynamo.get(CARTS, {"owner": owner})
    assert found is not None
    return found


def put_item(dynamo: Dynamo, one: dict[str, Any]) -> None:
    dynamo.write_many(CARTS, [{"PutRequest": {"Item": encode_item(one)}}])


def units(carts: DynamoCarts, owner: str = ME) -> dict[str, int]:
    return {line.product_id: line.quantity for line in carts.get(owner).lines}


class TestCost:
    """In requests. Before: a read and a transaction for each change."""

    @pytest.fixture
    def begun(self, carts: DynamoCarts, asked: Counter[str]) -> DynamoCarts:
        carts.add_if_room(ME, "mug", 1, 500, MANY)
        asked.clear()
        return carts

    def test_adding_and_setting_are_one(self, begun: DynamoCarts, asked: Counter[str]):
        begun.add_if_room(ME, "bowl", 1, 500, MANY)
        begun.add_if_room(ME, "mug", 1, 500, MANY)
        begun.set_quantity(ME, "mug", 7, 500)
        begun.set_quantity(ME, "mug", 0, 0)
        assert asked == {"UpdateItem": 4}

    def test_so_is_what_changes_nothing_or_has_no_room(self, begun: DynamoCarts, asked: Counter[str]):
        begun.set_quantity(ME, "mug", 1, 500)
        begun.set_quantity(ME, "bowl", 0, 0)
        assert begun.add_if_room(ME, "mug", 5, 500, 5) is None
        assert asked == {"UpdateItem": 3}

    def test_a_new_cart_takes_two(self, carts: DynamoCarts, asked: Counter[str]):
        carts.set_quantity(GUEST, "mug", 0, 0)  # what is asked once in a process's life is not counted
        asked.clear()
        carts.add_if_room(ME, "mug", 1, 500, MANY)
        assert asked == {"UpdateItem": 1, "TransactWriteItems": 1}

    def test_many_at_once_take_no_more(self, begun: DynamoCarts, asked: Counter[str]):
        at_once(8, lambda _: [begun.add_if_room(ME, "mug", 1, 500, MANY) for _ in range(4)])
        assert begun.get(ME).lines == (CartLine("mug", 33, 500),)
        assert asked["UpdateItem"] == 32


class TestOnce:
    @pytest.fixture
    def line(self, dynamo_tables: Dynamo, dynamo_environment: None) -> Dynamo:
        return Dynamo(dynamo_tables.prefix, retry_seconds=30)

    @pytest.fixture
    def unlucky(self, line: Dynamo) -> DynamoCarts:
        """A process that has asked already what it asks once in its life, and will lose an answer."""
        unlucky = DynamoCarts(line)
        unlucky.set_quantity(GUEST, "mug", 0, 0)
        return unlucky

    def lose_the_next_answer(self, line: Dynamo, meanwhile: Callable[[], object]) -> None:
        """The request is sent and done; before it is repeated, others do `meanwhile`."""
        events = line.client.meta.events

        def lose(request: Any, **_: Any) -> None:
            events.unregister("before-send.dynamodb", lose)
            line.client._endpoint.http_session.send(request)
            meanwhile()
            raise ReadTimeoutError(endpoint_url=request.url)

        events.register_first("before-send.dynamodb", lose)

    def test_a_lost_answer_counts_once_whatever_came_in_between(
        self, carts: DynamoCarts, line: Dynamo, unlucky: DynamoCarts
    ):
        carts.add_if_room(ME, "mug", 1, 500, MANY)
        self.lose_the_next_answer(
            line, lambda: [carts.add_if_room(ME, "bowl", 1, 500, MANY) for _ in range(3 * cart_slots.MOST_SLOTS)]
        )
        cart = unlucky.add_if_room(ME, "mug", 2, 500, MANY)
        assert cart == carts.get(ME)
        assert units(carts) == {"mug": 3, "bowl": 3 * cart_slots.MOST_SLOTS}

    def test_so_it_does_when_the_cart_was_emptied_in_between(
        self, carts: DynamoCarts, line: Dynamo, unlucky: DynamoCarts
    ):
        carts.add_if_room(ME, "mug", 1, 500, MANY)
        self.lose_the_next_answer(line, lambda: carts.take_bought(ME, 12, [Quantity("mug", 3)]))
        unlucky.add_if_room(ME, "mug", 2, 500, MANY)
        assert units(carts) == {}

    def test_so_it_does_in_a_new_cart(self, carts: DynamoCarts, line: Dynamo, unlucky: DynamoCarts):
        self.lose_the_next_answer(line, lambda: None)
        unlucky.add_if_room(ME, "mug", 2, 500, MANY)
        assert units(carts) == {"mug": 2}

    @pytest.mark.parametrize("is_new", [True, False])
    def test_so_does_a_request_that_is_done_after_it_was_repeated(
        self, carts: DynamoCarts, line: Dynamo, unlucky: DynamoCarts, is_new: bool
    ):
        """Nobody hears of the first one, and the repeat is refused: the cart is written whole, and then it arrives."""
        if not is_new:
            put_item(line, item_of_an_older_version())
        events, send = line.client.meta.events, line.client._endpoint.http_session.send
        late: list[Any] = []

        def hold_back(request: Any, **_: Any) -> None:
            events.unregister("before-send.dynamodb", hold_back)
            late.append(request)
            raise ReadTimeoutError(endpoint_url=request.url)

        events.register_first("before-send.dynamodb", hold_back)
        unlucky.add_if_room(ME, "mug", 2, 500, MANY)
        assert units(carts) == {"mug": 2}
        send(late[0])
        assert units(carts) == {"mug": 2}

    def test_carts_keep_few_slots_and_only_those_that_somebody_may_need(
        self, carts: DynamoCarts, dynamo_tables: Dynamo, monkeypatch: pytest.MonkeyPatch
    ):
        carts.add_if_room(ME, "mug", 1, 500, MANY)
        for _ in range(cart_slots.MOST_SLOTS + 5):  # each another process
            DynamoCarts(dynamo_tables).add_if_room(ME, "mug", 1, 500, MANY)
        assert units(carts) == {"mug": cart_slots.MOST_SLOTS + 6}
        assert len(item(dynamo_tables)["slots"]) == cart_slots.MOST_SLOTS
        monkeypatch.setattr(cart_slots, "KEPT_MICROSECONDS", 0)  # all of it was long ago
        DynamoCarts(dynamo_tables).add_if_room(ME, "mug", 1, 500, MANY)
        assert (units(carts), item(dynamo_tables)["slots"]) == ({"mug": cart_slots.MOST_SLOTS + 7}, {})


def item_of_an_older_version() -> dict[str, Any]:
    stamps = {"changed_at": time_text(datetime.now(UTC)), "shard": shard_of(ME)}
    return {"owner": ME, "revision": "r", "lines": [], "emptied_by": None} | stamps


class OldVersion:
    """Carts as the version before read and wrote them: a list of lines, each change onto the revision that it saw."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def units(self, owner: str = ME) -> dict[str, int]:
        found = self._dynamo.get(CARTS, {"owner": owner})
        return {} if found is None else {line["product_id"]: line["quantity"] for line in found["lines"]}

    def write(self, lines: dict[str, int], owner: str = ME, emptied_by: int | None = None) -> None:
        found = self._dynamo.get(CARTS, {"owner": owner})
        values = {
            "revision": secrets.token_hex(16),
            "lines": [{"product_id": key, "quantity": n, "unit_price": 500} for key, n in lines.items()],
            "emptied_by": emptied_by,
            "changed_at": time_text(self._dynamo.now()),
            "shard": shard_of(owner),
        }
        condition, seen = "attribute_not_exists(#owner)", {}
        if found is not None:
            condition, seen = "#revision = :seen", {"seen": found["revision"]}
        write = update(self._dynamo.table(CARTS), {"owner": owner}, assignments(values), condition, values | seen)
        self._dynamo.transact([write])


class TestBesideAnOlderVersion:
    @pytest.fixture
    def old(self, dynamo_tables: Dynamo) -> OldVersion:
        return OldVersion(dynamo_tables)

    @pytest.mark.parametrize("owner", [ME, GUEST])
    def test_its_carts_are_read_and_changed(self, carts: DynamoCarts, old: OldVersion, owner: str):
        old.write({"mug": 2, "bowl": 1}, owner)
        assert units(carts, owner) == {"mug": 2, "bowl": 1}
        assert carts.demand(datetime.now(UTC) - timedelta(minutes=5)) == (1, {"mug": 2, "bowl": 1})
        carts.add_if_room(owner, "mug", 1, 500, MANY)
        carts.add_if_room(owner, "pot", 1, 500, MANY)
        assert list(units(carts, owner).items()) == [("mug", 3), ("bowl", 1), ("pot", 1)]

    @pytest.mark.parametrize("change", ["set", "remove", "clear", "prices", "take", "merge", "no room"])
    def test_whatever_changes_them(self, carts: DynamoCarts, old: OldVersion, change: str):
        old.write({"mug": 2, "bowl": 1})
        match change:
            case "set":
                carts.set_quantity(ME, "mug", 5, 500)
            case "remove":
                carts.set_quantity(ME, "mug", 0, 0)
            case "clear":
                carts.clear(ME)
            case "prices":
                carts.accept_prices(ME, {"mug": 600})
            case "take":
                carts.take_bought(ME, 12, [Quantity("mug", 2)])
            case "merge":
                carts.merge(ME, GUEST, MANY)
            case "no room":
                assert carts.add_if_room(ME, "mug", 1, 500, 2) is None
        wanted = {"set": {"mug": 5, "bowl": 1}, "remove": {"bowl": 1}, "clear": {}, "take": {"bowl": 1}, "merge": {}}
        assert units(carts) == wanted.get(change, {"mug": 2, "bowl": 1})

    def test_what_it_adds_to_carts_that_it_cannot_see_counts_too(self, carts: DynamoCarts, old: OldVersion):
        """It sees a cart in which nothing is, as long as nobody put in something there."""
        carts.add_if_room(ME, "mug", 2, 500, MANY)
        assert old.units() == {}
        old.write({"mug": 1, "bowl": 1})
        assert units(carts) == {"mug": 3, "bowl": 1}
        carts.add_if_room(ME, "pot", 1, 500, MANY)
        assert (units(carts), old.units()) == ({"mug": 3, "bowl": 1, "pot": 1}, {})

    def test_what_it_sells_of_them_stays_sold(self, carts: DynamoCarts, old: OldVersion):
        carts.add_if_room(ME, "mug", 2, 500, MANY)
        old.write({"bowl": 1})
        old.write({}, emptied_by=12)
        cart = carts.get(ME)
        assert (units(carts), cart.emptied_by) == ({"mug": 2}, None)
        carts.take_bought(ME, 13, [Quantity("mug", 2)])
        assert (units(carts), carts.get(ME).emptied_by) == ({}, 13)


class TestWhileItIsRolledOut:
    """Until the time that `migrate` noted, each version reads all that the other one writes."""

    @pytest.fixture
    def old(self, dynamo_tables: Dynamo) -> OldVersion:
        return OldVersion(dynamo_tables)

    @pytest.fixture
    def noted(self, dynamo_tables: Dynamo) -> Iterator[Callable[[datetime | None], None]]:
        before = item(dynamo_tables, cart_shape.NOTE)

        def note(since: datetime | None) -> None:
            dynamo_tables.write_many(CARTS, [{"DeleteRequest": {"Key": encode_item({"owner": cart_shape.NOTE})}}])
            if since is None:
                cart_shape.note(dynamo_tables)
            else:
                put_item(dynamo_tables, {"owner": cart_shape.NOTE, "since": time_text(since)})

        yield note
        put_item(dynamo_tables, before)

    def test_both_read_and_change_what_the_other_wrote(
        self, dynamo_tables: Dynamo, old: OldVersion, noted: Callable[[datetime | None], None]
    ):
        noted(datetime.now(UTC) + timedelta(hours=1))
        carts = DynamoCarts(dynamo_tables)
        carts.add_if_room(ME, "mug", 2, 500, MANY)
        carts.set_quantity(ME, "bowl", 1, 500)
        assert old.units() == {"mug": 2, "bowl": 1}
        old.write({"mug": 3, "bowl": 1})
        carts.add_if_room(ME, "mug", 1, 500, MANY)
        carts.merge(ME, GUEST, MANY)
        assert (old.units(), old.units(GUEST)) == ({}, {"mug": 4, "bowl": 1})
        carts.take_bought(GUEST, 12, [Quantity("mug", 4)])
        assert old.units(GUEST) == units(carts, GUEST) == {"bowl": 1}

    def test_a_process_whose_clock_is_late_loses_nothing(
        self, dynamo_tables: Dynamo, carts: DynamoCarts, noted: Callable[[datetime | None], None]
    ):
        carts.add_if_room(ME, "mug", 2, 500, MANY)
        noted(datetime.now(UTC) + timedelta(hours=1))
        late = DynamoCarts(dynamo_tables)
        late.add_if_room(ME, "mug", 1, 500, MANY)
        carts.add_if_room(ME, "mug", 1, 500, MANY)
        late.set_quantity(ME, "bowl", 1, 500)
        assert units(carts) == units(late) == {"mug": 4, "bowl": 1}

    @pytest.mark.parametrize(("has_carts", "later"), [(False, timedelta(0)), (True, cart_shape.ROLL_OUT)])
    def test_the_first_migrate_says_when(
        self,
        dynamo_tables: Dynamo,
        old: OldVersion,
        noted: Callable[[datetime | None], None],
        has_carts: bool,
        later: timedelta,
    ):
        if has_carts:
            old.write({"mug": 1})
        noted(None)
        first = item(dynamo_tables, cart_shape.NOTE)
        assert abs(parse_time(first["since"]) - datetime.now(UTC) - later) < timedelta(minutes=1)
        cart_shape.note(dynamo_tables)
        assert item(dynamo_tables, cart_shape.NOTE) == first
