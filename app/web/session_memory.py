"""Sessions in the minutes in which the database that knows them is away.

Who this process saw signed in goes on browsing and filling the cart as who they are; whoever it did not see has a
guest's cart meanwhile, which joins theirs when the database is back. For anything else the session has to be checked.
Bounded in number and in time: what was ended elsewhere meanwhile is not known here.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from app.domain import User

T = TypeVar("T")
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
        self._kept_seconds = kept_seconds
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._seen: OrderedDict[SessionName, tuple[float, User]] = OrderedDict()
        self._stood_in: OrderedDict[SessionName, bool] = OrderedDict()

    def remember(self, name: SessionName, user: User) -> None:
        """The database has just said so."""
        self._put(self._seen, name, (self._clock(), user))

    def recall(self, name: SessionName) -> User | None:
        """Who it was when the database last said so, if that is not too long ago."""
        with self._lock:
            at, user = self._seen.get(name, (float("-inf"), None))
        return user if self._clock() - at <= self._kept_seconds else None

    def forget(self, name: SessionName) -> None:
        with self._lock:
            self._seen.pop(name, None)

    def note_stand_in(self, name: SessionName) -> None:
        """Somebody unknown was given a guest's cart."""
        self._put(self._stood_in, name, True)

    def had_stand_in(self, name: SessionName) -> bool:
        """Whether this process noted one since it was last asked."""
        with self._lock:
            return self._stood_in.pop(name, False)

    def _put(self, kept: OrderedDict[SessionName, T], name: SessionName, value: T) -> None:
        with self._lock:
            kept[name] = value
            kept.move_to_end(name)
            if len(kept) > self._most:
                kept.popitem(last=False)
