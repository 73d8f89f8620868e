"""When an event is tried again, for three days, and when an endpoint is left alone: growing pauses, each a bit off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

PATIENCE = timedelta(days=3)
# After the first, second... try of an event; the last one from then on.
PAUSES = tuple(timedelta(seconds=pause) for pause in (5, 60, 300, 1_800, 7_200, 18_000, 36_000))
JITTER = 0.2
PATIENT_FAILURES = 3  # in a row, after which an endpoint itself is left alone for a while
FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(minutes=5)
LONGEST_ASKED_FOR = timedelta(hours=12)  # by the endpoint, in its Retry-After


def pause_after(attempts: int, random: Callable[[], float], asked_for: float | None = None) -> timedelta:
    """Before the next try of an event that failed so often; not less than the endpoint asked for, in seconds.

    `random` gives numbers from 0 to 1: events that failed together are not tried together.
    """
    pause = PAUSES[min(attempts, len(PAUSES)) - 1] * (1 + JITTER * (2 * random() - 1))
    return max(pause, min(timedelta(seconds=asked_for), LONGEST_ASKED_FOR)) if asked_for else pause


def rest_after(failures: int) -> timedelta:
    """For how long nothing is tried of an endpoint that failed so often in a row: doubling up to five minutes."""
    if failures < PATIENT_FAILURES:
        return timedelta(0)
    doublings: int = 2 ** min(failures - PATIENT_FAILURES, 20)
    return min(FIRST_REST * doublings, LONGEST_REST)
