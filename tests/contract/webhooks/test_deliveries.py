"""Deliveries on each database: each event at least once, one try at a time, and no endpoint waits for another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain import Actor, AuditEntry
from app.domain.webhooks import DeliveryState, Endpoint, EndpointFormat, Event
from app.services.audit.log import entry_of
from app.services.sealing import Seal
from app.services.webhooks.delivering import MOST_AT_ONCE, Deliverer, Lanes
from app.services.webhooks.ports import Answer, NotPosted
from app.services.webhooks.signing import new_secret
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import outbox, webhook_deliveries, webhook_endpoints, webhook_events
from app.stores.sql.webhooks.deliveries import SqlDeliveries
from app.stores.sql.webhooks.endpoints import SqlEndpoints
from app.stores.sql.webhooks.log import SqlDeliveryLog
from app.stores.sql.webhooks.telling import SqlTelling
from tests.support.concurrency import at_once
from tests.support.trade import ZONE, Trade

WHO = Actor("asha@shop.example", 1)
SEAL = Seal("k" * 40, b"webhooks")
PAID = "order.paid"


def entry(about: object = 0) -> AuditEntry:
    return entry_of(WHO, "webhook.add", "webhook", about, "Books")


class Hearers:
    """A `Poster` that hears by address; `answers` says what comes of it, 200 unless told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.answers: dict[str, Callable[[], Answer]] = {}

    def check(self, host: str, port: int) -> None: ...

    def post(self, address: str, headers: Any, body: bytes) -> Answer:
        self.heard.append((address, headers["webhook-id"]))
        return self.answers.get(address, lambda: Answer(200, "thanks"))()

    def ids(self, address: str) -> list[str]:
        return [event for at, event in self.heard if at == address]


class Shop:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.endpoints, self.telling = SqlEndpoints(database), SqlTelling(database)
        self.store, self.log = SqlDeliveries(database), SqlDeliveryLog(database)
        self.hearers = Hearers()

    def deliverer(self, store: SqlDeliveries | None = None) -> Deliverer:
        return Deliverer(store or self.store, self.hearers, SEAL, chance=lambda: 0.5)

    def add(self, name: str = "Books", events: tuple[str, ...] = (PAID,)) -> Endpoint:
        secret = SEAL.close(new_secret())
        wanted = Endpoint(0, name, f"https://{name.lower()}.example/", EndpointFormat.SIGNED, events, secret=secret)
        key = self.endpoints.add(wanted, entry)
        return self.get(key)

    def get(self, key: int) -> Endpoint:
        return next(one for one in self.endpoints.all() if one.endpoint_id == key)

    def tell(self, *ids: str, event: str = PAID, only: int | None = None) -> int:
        return self.telling.tell([Event(one, event, f'{{"id":"{one}"}}', f"It was {one}.", only) for one in ids])

    def states(self) -> list[tuple[str, str, int]]:
        page = self.log.page(None, None, None, 100)
        return sorted((one.event.event_id, one.state.value, one.attempts) for one in page.deliveries)

    def pass_time(self, by: timedelta) -> None:
        """Everything that waits has waited for so much longer."""
        d, e, v = webhook_deliveries, webhook_endpoints, webhook_events
        for table, names in (
            (d, ("next_try_at", "asked_at", "created_at")),
            (e, ("paused_until", "leased_until")),
            (v, ("at",)),
        ):
            key = next(iter(table.primary_key))
            for row in self.database.read(lambda c, t=table: c.execute(select(t)).all()):
                earlier = {n: getattr(row, n) - by for n in names if getattr(row, n) is not None}
                if earlier:
                    change = update(table).where(key == row[0]).values(earlier)
                    self.database.write(lambda c, change=change: c.execute(change))

    def queued(self, kind: str) -> int:
        return len(self.database.read(lambda c: c.execute(select(outbox).where(outbox.c.kind == kind)).all()))


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def broken() -> Answer:
    raise NotPosted("No connection could be made.")


class TestTelling:
    def test_each_endpoint_that_wants_an_event_is_told_once_however_often_it_is_written(self, shop: Shop) -> None:
        first, other = shop.add("Books"), shop.add("Stock", ("stock.low",))
        assert [shop.tell("msg_1"), shop.tell("msg_1")] == [1, 0]
        assert shop.tell("msg_2", event="alert.opened", only=other.endpoint_id) == 1
        for endpoint in (first, other):
            shop.deliverer().take_turn(endpoint.endpoint_id)
        assert shop.hearers.heard == [("https://books.example/", "msg_1"), ("https://stock.example/", "msg_2")]
        assert shop.states() == [("msg_1", "done", 1), ("msg_2", "done", 1)]

    def test_of_many_who_write_one_event_at_once_one_delivery_comes(self, shop: Shop) -> None:
        shop.add()
        assert sum(at_once(6, lambda _: shop.tell("msg_1"))) == 1

    def test_who_is_off_is_not_told_later(self, shop: Shop) -> None:
        key = shop.add().endpoint_id
        shop.endpoints.change(key, entry(), is_on=False)
        assert shop.tell("msg_1") == 0
        shop.endpoints.change(key, entry(), is_on=True)
        assert shop.store.due() == []

    def test_what_the_totals_had_not_counted_when_they_were_rebuilt_is_told_all_the_same(self, shop: Shop) -> None:
        shop.add("Books", (PAID, "order.refunded"))
        trade, rollups = Trade(shop.database, 6), SqlRollups(shop.database, ZONE)
        trade.happen(30)
        events = select(outbox.c.payload).where(outbox.c.kind == "rollup")
        payloads = shop.database.read(lambda c: c.execute(events).scalars().all())
        happened = [name for one in payloads for name in one if name in ("order_id", "return_id")]
        assert len(set(happened)) == 2
        rollups.rebuild()
        assert shop.queued("event") == len(happened)
        rollups.rebuild()
        assert shop.queued("event") == len(happened)


class TestTurns:
    def test_of_many_workers_one_delivers_to_an_endpoint_at_a_time(self, shop: Shop) -> None:
        key = shop.add().endpoint_id
        shop.tell(*(f"msg_{number:02}" for number in range(8)))
        here, most, lock = [0], [0], threading.Lock()

        def slowly() -> Answer:
            with lock:
                here[0] += 1
                most[0] = max(most[0], here[0])
            threading.Event().wait(0.02)
            with lock:
                here[0] -= 1
            return Answer(200, "")

        shop.hearers.answers["https://books.example/"] = slowly
        at_once(5, lambda _: shop.deliverer().take_turn(key))
        assert most == [1]
        assert sorted(shop.hearers.ids("https://books.example/")) == [f"msg_{number:02}" for number in range(8)]

    def test_a_worker_that_lost_its_turn_sends_nothing_more(self, shop: Shop) -> None:
        key = shop.add().endpoint_id
        shop.tell("msg_1", "msg_2")
        slow = SqlDeliveries(shop.database, lease=timedelta(0))
        turn = slow.take(key, 10)
        assert turn is not None
        shop.deliverer().take_turn(key)
        assert slow.renew(turn) is None
        assert shop.states() == [("msg_1", "done", 1), ("msg_2", "done", 1)]

    def test_one_that_died_between_answer_and_mark_is_followed_by_another_under_the_same_id(self, shop: Shop) -> None:
        key = shop.add().endpoint_id
        shop.tell("msg_1")

        class Killed(SqlDeliveries):
            def done(self, *_: Any) -> None:
                raise KeyboardInterrupt  # as a process that is killed: nothing after it is written

            def release(self, *_: Any) -> None: ...

        with pytest.raises(KeyboardInterrupt):
            shop.deliverer(Killed(shop.database)).take_turn(key)
        assert shop.deliverer().take_turn(key) == 0  # its lease holds
        shop.pass_time(timedelta(seconds=61))
        assert shop.deliverer().take_turn(key) == 1
        assert shop.hearers.ids("https://books.example/") == ["msg_1", "msg_1"]
        assert shop.states() == [("msg_1", "done", 1)]

    def test_switched_off_in_the_middle_of_a_turn_nothing_more_is_sent(self, shop: Shop) -> None:
        key = shop.add().endpoint_id
        shop.tell("msg_1", "msg_2")

        def off() -> Answer:
            shop.endpoints.change(key, entry(), is_on=False)
            return Answer(200, "")

        shop.hearers.answers["https://books.example/"] = off
        assert shop.deliverer().take_turn(key) == 1
        assert shop.states() == [("msg_1", "done", 1), ("msg_2", "pending", 0)]

    def test_an_endpoint_that_hangs_holds_up_no_other(self, shop: Shop) -> None:
        slow, quick = shop.add("Slow"), shop.add("Quick")
        shop.tell("msg_1", "msg_2")
        hangs, delivered = threading.Event(), threading.Event()

        def hang() -> Answer:
            hangs.wait(10)
            return Answer(200, "")

        def answered() -> Answer:
            if len(shop.hearers.ids(quick.address)) == 2:
                delivered.set()
            return Answer(200, "")

        shop.hearers.answers = {slow.address: hang, quick.address: answered}
        threads: list[threading.Thread] = []

        def start(work: Callable[[], None], name: str) -> None:
            threads.append(threading.Thread(target=work, name=name))
            threads[-1].start()

        lanes = Lanes(shop.deliverer(), start)
        assert lanes.look() == 2
        assert delivered.wait(5)
        assert lanes.look() == 0  # the one that hangs has its lane
        hangs.set()
        for thread in threads:
            thread.join()


class TestFailures:
    def test_a_try_that_fails_is_written_down_and_comes_again_after_growing_pauses(self, shop: Shop) -> None:
        endpoint = shop.add()
        shop.tell("msg_1")
        shop.hearers.answers[endpoint.address] = lambda: Answer(500, "out of\x00 order")
        assert shop.deliverer().take_turn(endpoint.endpoint_id) == 1
        assert shop.deliverer().take_turn(endpoint.endpoint_id) == 0
        shop.pass_time(timedelta(seconds=6))
        assert shop.deliverer().take_turn(endpoint.endpoint_id) == 1
        shop.pass_time(timedelta(seconds=6))
        assert shop.deliverer().take_turn(endpoint.endpoint_id) == 0  # a minute, this time
        (delivery,) = shop.log.page(None, None, None, 9).deliveries
        assert [(one.status, one.answer) for one in delivery.tries] == [(500, "out of  order")] * 2
        assert (shop.get(endpoint.endpoint_id).failures, shop.states()) == (2, [("msg_1", "pending", 2)])

    def test_after_three_days_it_is_given_up_with_what_is_as_old_and_admins_are_told_once(self, shop: Shop) -> None:
        endpoint = shop.add()
        key = endpoint.endpoint_id
        shop.hearers.answers[endpoint.address] = broken
        shop.tell("msg_1", "msg_2", "msg_3", "msg_4")
        shop.deliverer().take_turn(key)
        assert len(shop.hearers.heard) == 3  # then it is left alone
        shop.pass_time(timedelta(days=3, seconds=1))
        shop.tell("msg_5")
        shop.deliverer().take_turn(key)
        assert [state for _, state, _ in shop.states()] == ["failed"] * 4 + ["pending"]
        assert shop.get(key).failing_since is not None
        shop.pass_time(timedelta(days=4))
        shop.deliverer().take_turn(key)
        assert shop.queued("endpoint_failing") == 1

    def test_an_endpoint_that_fails_again_and_again_is_left_alone_as_a_whole_for_a_while(self, shop: Shop) -> None:
        endpoint = shop.add()
        shop.hearers.answers[endpoint.address] = broken
        shop.tell(*(f"msg_{number}" for number in range(9)))
        shop.deliverer().take_turn(endpoint.endpoint_id)
        assert shop.store.due() == []
        shop.pass_time(timedelta(seconds=11))
        shop.deliverer().take_turn(endpoint.endpoint_id)
        assert len(shop.hearers.heard) == 4  # one to see whether it is back
        shop.hearers.answers.clear()
        shop.pass_time(timedelta(seconds=21))
        # What failed before is due at once, and not after its pause of a minute.
        while shop.deliverer().take_turn(endpoint.endpoint_id):
            pass
        assert [state for _, state, _ in shop.states()] == ["done"] * 9

    def test_one_that_is_gone_for_good_is_turned_off_and_admins_are_told(self, shop: Shop) -> None:
        endpoint = shop.add()
        shop.hearers.answers[endpoint.address] = lambda: Answer(410, "")
        shop.tell("msg_1", "msg_2")
        assert shop.deliverer().take_turn(endpoint.endpoint_id) == 1
        assert not shop.get(endpoint.endpoint_id).is_on
        assert shop.queued("endpoint_failing") == 1

    def test_a_secret_that_cannot_be_read_is_no_delivery(self, shop: Shop) -> None:
        endpoint = shop.add()
        shop.tell("msg_1")
        other = Deliverer(shop.store, shop.hearers, Seal("x" * 40, b"webhooks"))
        other.take_turn(endpoint.endpoint_id)
        assert shop.hearers.heard == []
        assert "SECRET_KEY" in shop.get(endpoint.endpoint_id).last_answer


class TestLog:
    def test_what_was_given_up_since_then_is_delivered_again_under_its_own_ids(self, shop: Shop) -> None:
        endpoint = shop.add()
        shop.hearers.answers[endpoint.address] = broken
        shop.tell("msg_1", "msg_2")
        shop.pass_time(timedelta(days=4))
        shop.deliverer().take_turn(endpoint.endpoint_id)
        shop.hearers.answers.clear()
        since = datetime.now(UTC) - timedelta(days=5)
        assert shop.log.replay_failed(endpoint.endpoint_id, datetime.now(UTC), entry) == 0
        assert shop.log.replay_failed(endpoint.endpoint_id, since, entry) == 2
        shop.hearers.heard.clear()
        shop.deliverer().take_turn(endpoint.endpoint_id)
        assert shop.hearers.ids(endpoint.address) == ["msg_1", "msg_2"]
        assert [state for _, state, _ in shop.states()] == ["done", "done"]
        assert shop.get(endpoint.endpoint_id).failing_since is None

    def test_one_that_arrived_can_be_sent_once_more_and_keeps_its_tries(self, shop: Shop) -> None:
        endpoint = shop.add()
        shop.tell("msg_1")
        shop.deliverer().take_turn(endpoint.endpoint_id)
        (delivery,) = shop.log.page(endpoint.endpoint_id, DeliveryState.DONE, None, 9).deliveries
        assert shop.log.replay(delivery.delivery_id, entry())
        assert not shop.log.replay(delivery.delivery_id + 1, entry())
        shop.deliverer().take_turn(endpoint.endpoint_id)
        assert shop.hearers.ids(endpoint.address) == ["msg_1", "msg_1"]
        again = shop.log.get(delivery.delivery_id)
        assert again is not None
        assert (again.attempts, len(again.tries)) == (1, 2)

    def test_it_is_read_in_pages_the_latest_first(self, shop: Shop) -> None:
        shop.add()
        shop.tell(*(f"msg_{number}" for number in range(5)))
        first = shop.log.page(None, None, None, 3)
        rest = shop.log.page(None, None, first.deliveries[-1].delivery_id, 3)
        names = [one.event.event_id for one in (*first.deliveries, *rest.deliveries)]
        assert (names, first.more, rest.more) == ([f"msg_{number}" for number in (4, 3, 2, 1, 0)], True, False)
        assert list(shop.log.waiting().values()) == [5]

    def test_what_is_old_is_forgotten_with_its_events(self, shop: Shop) -> None:
        endpoint = shop.add()
        shop.tell("msg_1", "msg_2")
        shop.deliverer().take_turn(endpoint.endpoint_id)
        assert shop.log.forget(timedelta(days=30), 10) == 0
        shop.pass_time(timedelta(days=31))
        assert shop.log.forget(timedelta(days=30), 10) == 2
        assert shop.states() == []

    def test_an_endpoint_leaves_with_its_deliveries(self, shop: Shop) -> None:
        key = shop.add().endpoint_id
        shop.tell("msg_1")
        assert shop.endpoints.remove(key, entry())
        assert not shop.endpoints.remove(key, entry())
        assert (shop.states(), shop.endpoints.all(), shop.store.due()) == ([], [], [])


def test_after_a_rotation_the_secret_before_is_the_old_one(shop: Shop) -> None:
    before = shop.add()
    assert shop.endpoints.rotate(before.endpoint_id, "another", timedelta(hours=24), entry())
    after = shop.get(before.endpoint_id)
    assert (after.secret, after.old_secret) == ("another", before.secret)
    assert after.old_until is not None
    assert after.old_until > datetime.now(UTC) + timedelta(hours=23)


def test_a_turn_ends_after_so_many_events_and_the_next_one_goes_on(shop: Shop) -> None:
    endpoint = shop.add()
    shop.tell(*(f"msg_{number:02}" for number in range(MOST_AT_ONCE + 1)))
    Lanes(shop.deliverer(), start=lambda work, _: work()).look()
    assert len(shop.hearers.heard) == MOST_AT_ONCE + 1
    assert shop.store.due() == []
    assert shop.get(endpoint.endpoint_id).last_answer == "Answered 200"
