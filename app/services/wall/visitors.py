"""How many visitors there are, counted without keeping who they are.

Each visitor sets one bit of a small map, chosen by a hash under a key of the day, and only the maps are kept, for
minutes. Those of all processes are laid over each other; from how many bits are still zero follows about how many
different visitors set the others (linear counting: Whang, Vander-Zanden and Taylor, ACM TODS 15, 1990). No visitor
can be read out of a map. It needs no library: for the hundreds that a few minutes have, linear counting is what
HyperLogLog itself falls back on, and it is one formula.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.errors import ShopError
from app.services.wall.ports import VisitorSketches

log = logging.getLogger(__name__)

BITS = 4096
WINDOW_MINUTES = 5
KEPT_MINUTES = 10
WRITE_SECONDS = 2.0
_DAY_MINUTES = 24 * 60


class VisitorCount(NamedTuple):
    """`together`: of the last five minutes; `by_minute`: of each of the last ten, the present one last."""

    together: int
    by_minute: tuple[int, ...]


class Visitors:
    """Counts who is in the shop. `later` runs a function after some seconds, beside everything else."""

    def __init__(
        self,
        store: VisitorSketches,
        secret_key: str,
        clock: Callable[[], float] = time.time,
        later: Callable[[float, Callable[[], None]], None] | None = None,
    ) -> None:
        self._store = store
        self._key = secret_key.encode()
        self._clock = clock
        self._later = later or _on_a_timer
        self._process = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._minute = 0
        self._bits = bytearray(BITS // 8)
        self._is_due = False

    def seen(self, owner: str) -> None:
        """Somebody opened a page; `owner` is whatever tells them from others for some minutes. Costs no query."""
        minute, place = self._now(), self._place(owner)
        with self._lock:
            if minute != self._minute:
                self._minute, self._bits = minute, bytearray(BITS // 8)
            byte, bit = divmod(place, 8)
            if self._bits[byte] >> bit & 1:
                return
            self._bits[byte] |= 1 << bit
            if self._is_due:
                return
            self._is_due = True
        self._later(WRITE_SECONDS, self.write)

    def write(self) -> None:
        """Say what this process saw in the minute; a store that is away misses it, and nobody else."""
        with self._lock:
            self._is_due, minute, bits = False, self._minute, bytes(self._bits)
        try:
            self._store.add(minute, self._process, bits)
        except ShopError as error:
            log.info("visitors are not counted now: %s", error)

    def count(self) -> VisitorCount:
        """Different visitors of the last five minutes or a little less, in all processes; some per cent off."""
        now = self._now()
        maps = self._store.since(now - KEPT_MINUTES + 1)
        by_minute = [[bits for at, bits in maps if at == now - ago] for ago in reversed(range(KEPT_MINUTES))]
        together = estimate(bits for minute in by_minute[-WINDOW_MINUTES:] for bits in minute)
        return VisitorCount(together, tuple(estimate(minute) for minute in by_minute))

    def forget_old(self) -> int:
        """For the worker: how many rows were removed."""
        return self._store.forget(self._now() - KEPT_MINUTES)

    def _now(self) -> int:
        return int(self._clock() // 60)

    def _place(self, owner: str) -> int:
        day = int(self._clock() // 60) // _DAY_MINUTES
        digest = hmac.new(self._key, f"visitor\0{day}\0{owner}".encode("utf-8", "replace"), hashlib.sha256).digest()
        return int.from_bytes(digest[:8]) % BITS


def estimate(maps: Iterable[bytes]) -> int:
    """About how many different visitors set the bits of all these maps together."""
    together = 0
    for bits in maps:
        together |= int.from_bytes(bits)
    zeros = BITS - together.bit_count()
    return round(-BITS * math.log(max(zeros, 1) / BITS))


def _on_a_timer(seconds: float, work: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()
