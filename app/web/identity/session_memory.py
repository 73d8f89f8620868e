"""Sessions in the minutes in which the database that knows them is away.

Who this process saw signed in goes on browsing and filling the cart as who they are; whoever it did not see has a
guest's cart meanwhile, which joins theirs when the database is back. For anything else the session has to be checked.
Bounded in number and in time: what was ended elsewhere meanwhile is not known here.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache, TTLCache

from app.domain import User

KEPT_SECONDS = 15 * 60
MOST_KEPT = 10_000


@dataclass(frozen=True)
class SessionName:
    """What a session's signed cookie says of it: "<user id>:<session version>", and its own key."""

    user: str
    key: str

    def stand_in(self, secret_key: str) -> str:
        """The owner of the cart that it has while it cannot be checked: the same in every process."""
        words = f"stand-in\0{self.user}\0{self.key}".encode()
        return f"guest#{hmac.new(secret_key.encode(), words, hashlib.sha256).hexdigest()[:24]}"


class SessionMemory:
    def __init__(
        self, kept_seconds: float = KEPT_SECONDS, most: int = MOST_KEPT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lock = Lock()
        self._seen: TTLCache[SessionName, User] = TTLCache(most, kept_seconds, clock)
        self._stood_in: LRUCache[SessionName, bool] = LRUCache(most)

    def remember(self, name: SessionName, user: User) -> None:
        """The database has just said so."""
        with self._lock:
            self._seen[name] = user

    def recall(self, name: SessionName) -> User | None:
        """Who it was when the database last said so, if that is not too long ago."""
        with self._lock:
            return self._seen.get(name)

    def forget(self, name: SessionName) -> None:
        with self._lock:
            self._seen.pop(name, None)

    def note_stand_in(self, name: SessionName) -> None:
        """Somebody unknown was given a guest's cart."""
        with self._lock:
            self._stood_in[name] = True

    def had_stand_in(self, name: SessionName) -> bool:
        """Whether this process noted one since it was last asked."""
        with self._lock:
            return self._stood_in.pop(name, False)
