"""What throttling, the second factor and sessions need from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain import Session, User


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


@dataclass(frozen=True)
class Browser:
    """From where somebody comes: the network address, what the browser calls itself, and the way, as an `Actor`'s."""

    address: str = ""
    agent: str = ""
    via: str = "page"


@dataclass(frozen=True)
class FoundSession:
    """`now` by the clock that the session's times are of; `session` is None when there is no such row."""

    user: User
    session: Session | None
    now: datetime


class SessionStore(Protocol):
    """Where sessions are kept, by the hash of their key."""

    def begin(
        self, user: User, key_hash: str, browser: Browser, is_remembered: bool, instead_of: str | None, most: int
    ) -> None:
        """A new session of the user's version; of more than `most` the oldest end, and all of other versions.

        `instead_of`: the session that it goes on from, which ends; the time of that one's sign-in is taken over.
        """

    def find(self, user_id: int, key_hash: str) -> FoundSession | None:
        """In one statement; None for an unknown user."""

    def of(self, user: User) -> tuple[Sequence[Session], datetime]:
        """Those of the user's version, latest seen first, and the time."""

    def seen(self, session_id: int, browser: Browser, pause: timedelta) -> bool:
        """Note that it is used from there, unless that was noted less than `pause` ago."""

    def end(self, key_hash: str) -> None:
        """One that is not there has ended."""

    def end_one(self, user_id: int, session_id: int) -> Session | None:
        """End a session of that user and give what it was; None when there is no such one."""

    def purge(self, longest: timedelta, limit: int) -> int:
        """Delete up to `limit` whose sign-in is longer ago; how many."""
