"""Conflicts, throttling and lost answers are tried again with growing random pauses, within a bound."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from app.stores.dynamo.failures import is_conflict, is_nobody_there, refusal, temporary

RETRY_SECONDS = 4.0  # how long a rush is sat out
UNREACHABLE_SECONDS = 1.0  # how long nobody answering is: shoppers should not wait for an outage
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.4
# A conflict is over when somebody's transaction is, and each process has one at most for a product: see `turns`.
# Who paused for longer would be overtaken by all the other processes' orders.
LONGEST_PAUSE_OF_CONFLICT = 0.05


def while_it_may_help(retry_seconds: float) -> Retrying:
    """Repeats a call whose error another attempt may not meet again; the last error is raised as it is."""

    def is_over(state: RetryCallState) -> bool:
        error = None if state.outcome is None else state.outcome.exception()
        bound = min(UNREACHABLE_SECONDS, retry_seconds) if is_nobody_there(error) else retry_seconds
        return (state.seconds_since_start or 0) > bound

    in_a_rush = wait_random_exponential(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE)
    in_conflict = wait_random_exponential(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE_OF_CONFLICT)

    def pause(state: RetryCallState) -> float:
        error = None if state.outcome is None else state.outcome.exception()
        return (in_conflict if is_conflict(error) else in_a_rush)(state)

    return Retrying(
        retry=retry_if_exception(lambda error: refusal(error) is None and temporary(error) is not None),
        wait=pause,
        stop=is_over,
        reraise=True,
    )


def attempts(seconds: float) -> Iterator[None]:
    """One turn per attempt, with growing random pauses in between, until the time is over.

    For what looks anew at each turn and may well end it without an error; a call that failed is repeated by tenacity.
    """
    ends = time.monotonic() + seconds
    pause = FIRST_PAUSE
    yield
    while (left := ends - time.monotonic()) > 0:
        time.sleep(min(random.uniform(pause / 2, pause), left))
        pause = min(pause * 2, LONGEST_PAUSE)
        yield
