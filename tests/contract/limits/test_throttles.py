"""What the `Throttles` port promises, on every store that keeps it."""

from __future__ import annotations

import hashlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.services.limits.ports import Limit
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.limits.throttles import KEPT_QUIET, SqlThrottles
from app.stores.sql.tables import throttles as table
from tests.support.concurrency import at_once

PROCESSES, THREADS, ATTEMPTS_EACH = 2, 16, 4
ROUNDS = 6


def limit(name: str = "ada", burst: int = 5, every_seconds: float = 600) -> Limit:
    return Limit(hashlib.sha256(name.encode()).hexdigest(), burst, every_seconds)


@pytest.fixture
def throttles(database: Database) -> SqlThrottles:
    return SqlThrottles(database)


def let_through(throttles: SqlThrottles, wanted: Limit, attempts: int) -> int:
    return sum(throttles.take([wanted]) == 0 for _ in range(attempts))


def pass_time(database: Database, wanted: Limit, seconds: float) -> None:
    """As if `seconds` had gone by for one key."""

    def work(connection):
        mine = table.c.throttle_key == wanted.key
        quiet_at = connection.execute(select(table.c.quiet_at).where(mine)).scalar_one()
        connection.execute(update(table).where(mine).values(quiet_at=quiet_at - timedelta(seconds=seconds)))

    database.write(work)


def count_from_a_process(url: str, wanted: Limit) -> int:
    """How many of many attempts by sixteen threads at once get through."""
    database = Database(url)
    store = SqlThrottles(database)
    try:
        return sum(at_once(THREADS, lambda _: let_through(store, wanted, ATTEMPTS_EACH)))
    finally:
        database.dispose()


def test_asking_how_long_to_wait_counts_nothing(throttles):
    assert [throttles.wait([limit(burst=1)]) for _ in range(3)] == [0, 0, 0]
    assert throttles.take([limit(burst=1)]) == 0
    assert 590 < throttles.wait([limit(burst=1)]) <= 600
    assert throttles.wait([limit("zoe", burst=1)]) == 0


def test_a_burst_and_then_one_per_interval(database, throttles):
    assert let_through(throttles, limit(), 10) == 5
    assert 590 < throttles.take([limit()]) <= 600
    pass_time(database, limit(), 601)
    assert let_through(throttles, limit(), 10) == 1
    pass_time(database, limit(), 6 * 600)
    assert let_through(throttles, limit(), 10) == 5


def test_waiting_longer_than_the_burst_saves_up_no_more_than_it(database, throttles):
    let_through(throttles, limit(), 1)
    pass_time(database, limit(), 1_000_000)
    assert let_through(throttles, limit(), 20) == 5


def test_what_is_refused_makes_nobody_wait_longer(throttles):
    let_through(throttles, limit(), 5)
    waits = [throttles.take([limit()]) for _ in range(50)]
    assert min(waits) > 0
    assert max(waits) <= 600


def test_what_is_refused_leaves_no_row(database, throttles):
    let_through(throttles, limit(), 5)
    for number in range(5):
        assert throttles.take([limit(), limit(f"address {number}")]) > 0
    assert database.read(lambda c: list(c.scalars(select(table.c.throttle_key)))) == [limit().key]


def test_each_key_is_counted_by_itself(throttles):
    assert let_through(throttles, limit("ada"), 10) == 5
    assert let_through(throttles, limit("zoe"), 10) == 5


def test_of_several_limits_all_are_counted_or_none(throttles):
    wide, narrow = limit("wide", burst=10), limit("narrow", burst=3)
    taken = [throttles.take([wide, narrow]) for _ in range(8)]
    assert [wait == 0 for wait in taken] == [True] * 3 + [False] * 5
    assert let_through(throttles, wide, 20) == 7


def test_the_longest_wait_is_the_one_that_counts(throttles):
    quick, slow = limit("quick", burst=1, every_seconds=5), limit("slow", burst=1, every_seconds=500)
    assert throttles.take([quick, slow]) == 0
    assert 490 < throttles.take([quick, slow]) <= 500


def test_what_was_given_back_can_be_taken_again(throttles):
    let_through(throttles, limit(), 5)
    throttles.give_back([limit(), limit("never seen")])
    assert let_through(throttles, limit(), 10) == 1


def test_giving_back_more_than_was_taken_saves_nothing_up(throttles):
    throttles.take([limit()])
    for _ in range(20):
        throttles.give_back([limit()])
    assert let_through(throttles, limit(), 20) == 5


def test_many_are_taken_one_after_the_other(throttles):
    ada, bob = limit("ada", burst=2), limit("bob", burst=2)
    throttles.take([bob])
    waits = throttles.take_each([ada, bob, ada, bob, ada])
    assert [wait == 0 for wait in waits] == [True, True, True, False, False]
    assert all(wait > 0 for wait in waits[3:])
    throttles.give_back([ada, ada, bob])  # each time that it is named
    assert [let_through(throttles, one, 9) for one in (ada, bob)] == [2, 1]


def test_many_at_once_share_one_burst(throttles):
    wanted = [limit("ada", burst=5), limit("bob", burst=3)]
    waits = [
        wait for found in at_once(8, lambda n: throttles.take_each(wanted[:: 1 if n % 2 else -1])) for wait in found
    ]
    assert sum(wait == 0 for wait in waits) == 8


def test_attempts_of_two_processes_at_once_share_one_burst(database):
    url = database.url.render_as_string(hide_password=False)
    fresh = multiprocessing.get_context("spawn")  # nothing is shared but the database
    with ProcessPoolExecutor(PROCESSES, mp_context=fresh) as pool:
        counts = [pool.submit(count_from_a_process, url, limit()) for _ in range(PROCESSES)]
        assert sum(count.result(90) for count in counts) == 5
    assert let_through(SqlThrottles(database), limit(), 5) == 0


def test_attempts_at_once_on_a_key_that_is_there_share_its_burst(throttles):
    for number in range(ROUNDS):  # the first ones open the connections that race in the later ones
        wanted = limit(f"round {number}")
        throttles.take([wanted])
        assert sum(at_once(THREADS, lambda _, wanted=wanted: let_through(throttles, wanted, 2))) == 4


def test_limits_named_in_any_order_do_not_wait_for_each_other(throttles):
    one, other = limit("one", burst=1_000), limit("other", burst=1_000)
    waits = at_once(THREADS, lambda n: [throttles.take([one, other] if n % 2 else [other, one]) for _ in range(5)])
    assert all(wait == 0 for per_thread in waits for wait in per_thread)


def test_taken_and_given_back_at_once_adds_up(throttles):
    def take_and_give_back(_):
        if throttles.take([limit()]) == 0:
            throttles.give_back([limit()])

    at_once(THREADS, take_and_give_back)
    assert let_through(throttles, limit(), 10) == 5


def test_a_restart_forgets_nothing(database, throttles):
    let_through(throttles, limit(), 5)
    again = Database(database.url.render_as_string(hide_password=False))
    assert SqlThrottles(again).take([limit()]) > 0
    again.dispose()


def test_only_what_has_long_been_quiet_is_purged(database, throttles):
    busy, lately, long_ago = limit("busy"), limit("lately"), limit("long ago")
    for one in (busy, lately, long_ago):
        throttles.take([one])
    pass_time(database, lately, KEPT_QUIET.total_seconds() - 60)
    pass_time(database, long_ago, KEPT_QUIET.total_seconds() + 700)
    assert throttles.purge(10) == 1
    left = database.read(lambda c: set(c.scalars(select(table.c.throttle_key))))
    assert left == {busy.key, lately.key}
    assert throttles.purge(10) == 0


def test_purging_has_a_bound(database, throttles):
    for number in range(5):
        throttles.take([limit(str(number))])
        pass_time(database, limit(str(number)), KEPT_QUIET.total_seconds() + 700)
    assert [throttles.purge(2) for _ in range(4)] == [2, 2, 1, 0]


def test_time_is_the_databases(database, throttles):
    throttles.take([limit()])
    quiet_at, now = database.read(lambda c: (c.execute(select(table.c.quiet_at)).scalar_one(), database_now(c)))
    assert 0 < (quiet_at - now).total_seconds() <= 600
