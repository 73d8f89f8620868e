"""What the `SecondFactors` port promises, on every store that keeps it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain import Role, User
from app.stores.sql.accounts.second_factors import SqlSecondFactors
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.engine.database import Database
from tests.support.concurrency import at_once

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HASHES = [f"{number:064x}" for number in range(10)]
OTHER_HASHES = [f"{number:064x}" for number in range(10, 20)]


@pytest.fixture
def users(database: Database) -> SqlUsers:
    return SqlUsers(database)


@pytest.fixture
def factors(database: Database) -> SqlSecondFactors:
    return SqlSecondFactors(database)


@pytest.fixture
def ada(users) -> int:
    return users.add(User(0, "Ada", "ada@shop.example", Role.CUSTOMER, "hash", 1, NOW)).user_id


@pytest.fixture
def enabled(factors, ada) -> int:
    factors.propose(ada, "secret", None)
    assert factors.enable(ada, "secret", 100, HASHES)
    return ada


def test_at_first_there_is_none(factors, ada):
    kept = factors.get(ada)
    assert (kept.secret, kept.enabled_at) == (None, None)
    assert factors.get(0) is None
    assert factors.remaining(ada) == 0


def test_of_two_first_secrets_one_is_kept(factors, ada):
    kept = at_once(8, lambda number: factors.propose(ada, f"secret {number}", None))
    assert sum(kept) == 1
    assert factors.get(ada).secret == f"secret {kept.index(True)}"


def test_a_secret_is_replaced_only_by_who_saw_it(factors, ada):
    factors.propose(ada, "first", None)
    assert not factors.propose(ada, "third", "second")
    assert factors.propose(ada, "second", "first")
    assert factors.get(ada).secret == "second"


def test_turning_on_ends_sessions_and_says_so(factors, users, ada):
    factors.propose(ada, "secret", None)
    assert not factors.enable(ada, "another", 100, HASHES)
    assert factors.enable(ada, "secret", 100, HASHES)
    user = users.get(ada)
    assert user.has_second_factor
    assert user.session_version == 2
    assert factors.remaining(ada) == 10


def test_turned_on_at_once_it_happens_once_with_one_set_of_codes(factors, users, ada):
    factors.propose(ada, "secret", None)
    sets = [[f"{number}-{code}" for code in range(10)] for number in range(8)]
    on = at_once(8, lambda number: factors.enable(ada, "secret", 100, sets[number]))
    assert sum(on) == 1
    assert users.get(ada).session_version == 2
    assert factors.take_recovery_code(ada, sets[on.index(True)][0])
    assert factors.remaining(ada) == 9


def test_one_that_is_on_takes_no_other_secret(factors, enabled):
    assert not factors.propose(enabled, "mine", "secret")
    assert not factors.enable(enabled, "secret", 101, OTHER_HASHES)
    assert factors.get(enabled).secret == "secret"
    assert factors.remaining(enabled) == 10


def test_a_step_is_used_up_with_all_before_it(factors, enabled):
    assert [factors.take_step(enabled, step) for step in (99, 100, 101, 101, 100, 103, 102)] == [
        False,
        False,  # the code it was turned on with
        True,
        False,
        False,
        True,
        False,
    ]


def test_one_step_at_once_is_taken_once(factors, enabled):
    assert sum(at_once(16, lambda _: factors.take_step(enabled, 101))) == 1


def test_one_recovery_code_at_once_is_taken_once(factors, enabled):
    assert sum(at_once(16, lambda _: factors.take_recovery_code(enabled, HASHES[3]))) == 1
    assert factors.remaining(enabled) == 9


def test_codes_of_nobody_and_of_others_are_none(factors, users, enabled):
    other = users.add(User(0, "Zoe", "zoe@shop.example", Role.CUSTOMER, "hash", 1, NOW)).user_id
    assert not factors.take_recovery_code(other, HASHES[0])
    assert not factors.take_recovery_code(enabled, OTHER_HASHES[0])
    assert not factors.take_step(other, 200)
    assert not factors.take_step(0, 200)
    assert factors.remaining(enabled) == 10


def test_new_recovery_codes_replace_all_old_ones(factors, enabled):
    factors.take_recovery_code(enabled, HASHES[0])
    assert factors.replace_recovery_codes(enabled, OTHER_HASHES)
    assert factors.remaining(enabled) == 10
    assert not factors.take_recovery_code(enabled, HASHES[1])
    assert factors.take_recovery_code(enabled, OTHER_HASHES[1])


def test_two_new_sets_at_once_leave_one_whole_one(factors, enabled):
    sets = [[f"{number}-{code}" for code in range(10)] for number in range(8)]
    assert all(at_once(8, lambda number: factors.replace_recovery_codes(enabled, sets[number])))
    assert factors.remaining(enabled) == 10
    taken = [[factors.take_recovery_code(enabled, code) for code in one] for one in sets]
    assert sorted(sum(one) for one in taken) == [0] * 7 + [10]


def test_without_a_second_factor_there_are_no_recovery_codes(factors, ada):
    assert not factors.replace_recovery_codes(ada, HASHES)
    assert factors.remaining(ada) == 0


def test_clearing_forgets_secret_steps_and_codes(factors, users, enabled):
    factors.take_step(enabled, 500)
    assert factors.clear(enabled)
    assert not factors.clear(enabled)
    assert not users.get(enabled).has_second_factor
    assert factors.get(enabled).secret is None
    assert not factors.take_recovery_code(enabled, HASHES[0])
    factors.propose(enabled, "new", None)
    assert factors.enable(enabled, "new", 100, HASHES)
    assert factors.take_step(enabled, 101)
