"""A server that is away is asked once a second, by one caller."""

from __future__ import annotations

from app.stores.shared.breaker import Breaker


def test_after_a_failure_one_caller_a_second_may_try():
    now = [0.0]
    breaker = Breaker("sql", clock=lambda: now[0])
    assert breaker.may_try()
    breaker.failed()
    assert breaker.is_away
    assert not breaker.may_try()
    now[0] = 1.0
    assert [breaker.may_try() for _ in range(3)] == [True, False, False]
    now[0] = 2.0  # the one that tried never came back
    assert breaker.may_try()


def test_the_first_success_lets_everybody_in():
    breaker = Breaker("sql")
    breaker.failed()
    breaker.succeeded()
    assert not breaker.is_away
    assert [breaker.may_try() for _ in range(3)] == [True] * 3
