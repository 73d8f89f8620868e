"""What throttling and the second factor need from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Limit:
    """How often the thing behind `key` may happen: `burst` times at once, then once per `every_seconds`."""

    key: str  # 64 hexadecimal digits; what they stand for is not kept
    burst: int
    every_seconds: float


class Throttles(Protocol):
    """Counts attempts by the database's clock. Holds across threads, processes and restarts."""

    def take(self, limits: Sequence[Limit]) -> float:
        """Count one attempt against every limit, or, when one of them is used up, against none.

        Returns 0.0 when it was counted, else the seconds until it will be. Atomic: however many take at
        once, no more than `burst` get through in one instant.
        """

    def wait(self, limits: Sequence[Limit]) -> float:
        """What `take` would return now; counts nothing."""

    def give_back(self, limits: Sequence[Limit]) -> None:
        """Undo one attempt on each limit; below none there is nothing."""

    def purge(self, limit: int) -> int:
        """Delete up to `limit` rows that have long said nothing; how many."""


@dataclass(frozen=True)
class SecondFactor:
    """What is kept of a user's second factor; `secret` as it was handed in, encrypted."""

    secret: str | None
    enabled_at: datetime | None


class SecondFactors(Protocol):
    """Every change is one guarded step: of two at once, one happens."""

    def get(self, user_id: int) -> SecondFactor | None:
        """None for an unknown user."""

    def propose(self, user_id: int, secret: str, instead_of: str | None) -> bool:
        """Keep a secret that is not enabled yet, if `instead_of` is what is kept now."""

    def enable(self, user_id: int, secret: str, step: int, code_hashes: Sequence[str]) -> bool:
        """Turn on the proposed `secret`, whose code of time step `step` was given, with new recovery codes.

        Ends every session: raises `session_version` by one. False, and nothing changed, when another
        secret is kept or one is on already.
        """

    def take_step(self, user_id: int, step: int) -> bool:
        """Use up a time step and all before it; False when it was used up, or no second factor is on."""

    def take_recovery_code(self, user_id: int, code_hash: str) -> bool:
        """Use up a recovery code; False for an unknown or a used one, or while no second factor is on."""

    def replace_recovery_codes(self, user_id: int, code_hashes: Sequence[str]) -> bool:
        """The old ones, used or not, stop working; False while no second factor is on."""

    def remaining(self, user_id: int) -> int:
        """Recovery codes that were not used."""

    def clear(self, user_id: int) -> bool:
        """Forget secret and codes; whether a second factor was on."""
