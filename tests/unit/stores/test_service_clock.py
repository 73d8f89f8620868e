"""The clock of a service whose answers say the time to the second."""

from __future__ import annotations

from app.stores.dynamo.clock import ServiceClock


def test_what_is_learned_does_not_change_the_order_of_what_is_stamped():
    local = [1_000.0]
    clock = ServiceClock(lambda: local[0])
    clock.learn(1_000.0, 1_000.0, 1_000.0)
    first = clock.now()
    local[0] += 0.001
    clock.learn(local[0], 999.5, local[0])  # half a second less than was thought
    second = clock.now()
    assert first < second < clock.now()
    assert (second - first).total_seconds() < 0.001


def test_a_clock_that_was_set_is_followed_back():
    local = [1_000.0]
    clock = ServiceClock(lambda: local[0])
    first = clock.now()
    local[0] -= 60
    assert (first - clock.now()).total_seconds() == 60
