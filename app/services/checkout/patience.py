"""How long one round of many orders waits for payment providers that do not answer."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import PaymentUnclear, StoreUnavailable

SECONDS = 2.0  # of a round, after which nobody who has not answered in it is asked again


class Patience:
    """Of one round. A provider that is away may take many seconds with each order: the orders of others, and what else
    the worker does, must not wait for all of them. A single order that stays unclear takes little time, so it holds up
    no others.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = clock() + SECONDS
        self._away: set[str] = set()

    def skips(self, provider: str) -> bool:
        return provider in self._away and self._clock() >= self._until

    def note(self, provider: str, error: Exception) -> None:
        if isinstance(error, PaymentUnclear | StoreUnavailable):
            self._away.add(provider)
