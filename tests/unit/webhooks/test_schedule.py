"""Pauses that grow, and differ a little."""

from __future__ import annotations

from datetime import timedelta

from app.services.webhooks.schedule import LONGEST_ASKED_FOR, LONGEST_REST, PAUSES, pause_after, rest_after


def test_pauses_of_an_event_grow_to_hours_each_a_fifth_off_at_most():
    steady = [pause_after(attempts, lambda: 0.5) for attempts in range(1, 10)]
    assert steady == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert pause_after(1, lambda: 0.0) == timedelta(seconds=4)
    assert pause_after(1, lambda: 1.0) == timedelta(seconds=6)


def test_an_endpoint_may_ask_for_a_longer_one_within_a_bound():
    assert pause_after(1, lambda: 0.5, 90.0) == timedelta(seconds=90)
    assert pause_after(3, lambda: 0.5, 1.0) == PAUSES[2]
    assert pause_after(1, lambda: 0.5, 9_999_999.0) == LONGEST_ASKED_FOR


def test_an_endpoint_is_left_alone_only_after_some_failures_in_a_row():
    assert [rest_after(failures).total_seconds() for failures in range(6)] == [0, 0, 0, 10, 20, 40]
    assert rest_after(50) == LONGEST_REST
