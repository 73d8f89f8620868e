"""What was searched for, and what of it found nothing: counted per day and words, without keeping who asked.

Of each words a day has two small maps of bits, as `app/services/wall/visitors.py` has of a minute: a visit sets the
bit that a hash under a key of the month chooses, so that one who asks again, turns pages or comes back tomorrow counts
once. Only words whose maps say at least three visits are told. A day keeps so many words: when it is full, those of the
fewest visits give way, so that rubbish pushes out no more than rubbish.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from app.errors import ShopError
from app.services.catalog.fuzzy_search import MOST_QUERY_LENGTH, words_of
from app.services.catalog.ports import SearchCounts, SearchedDay

log = logging.getLogger(__name__)

BITS = 512
LONGEST_WORDS = 60  # characters
MOST_WORDS = 2_000  # of a day
MOST_WAITING = 500  # words, in a process
LEAST_VISITS = 3
DAYS = 28  # that are told of
KEPT_DAYS = 90
WRITE_SECONDS = 5.0


@dataclass(frozen=True)
class SearchedWords:
    """`visits` that searched for them, and of these `found_nothing`."""

    words: str
    visits: int
    found_nothing: int


class Searches:
    """Counts searches. `later` runs a function after some seconds, beside everything else."""

    def __init__(
        self,
        store: SearchCounts,
        secret_key: str,
        today: Callable[[], date],
        later: Callable[[float, Callable[[], None]], None] | None = None,
    ) -> None:
        self._store = store
        self._key = secret_key.encode()
        self._today = today
        self._later = later or _on_a_timer
        self._lock = threading.Lock()
        self._waiting: dict[date, dict[str, tuple[int, int]]] = defaultdict(dict)
        self._is_due = False

    def note(self, owner: str, q: str, *, found_nothing: bool) -> None:
        """Somebody searched; `owner` is whatever tells them from others. Costs no query."""
        words = " ".join(words_of(q[:MOST_QUERY_LENGTH]))[:LONGEST_WORDS].strip()
        if not words:
            return
        day = self._today()
        bit = 1 << self._place(day, owner)
        with self._lock:
            waiting = self._waiting[day]
            if words not in waiting and len(waiting) >= MOST_WAITING:
                return
            asked, nothing = waiting.get(words, (0, 0))
            waiting[words] = asked | bit, nothing | (bit if found_nothing else 0)
            if self._is_due:
                return
            self._is_due = True
        self._later(WRITE_SECONDS, self.write)

    def write(self) -> None:
        """Say what this process was asked; a store that is away misses it, and nobody else."""
        with self._lock:
            waiting, self._waiting, self._is_due = self._waiting, defaultdict(dict), False
        try:
            for day, words in waiting.items():
                self._store.add(day, words, MOST_WORDS)
        except ShopError as error:
            log.info("searches are not counted now: %s", error)

    def told(self) -> tuple[SearchedWords, ...]:
        """Of the last 28 days, those that most often found nothing first, then by visits (ties: words ascending)."""
        days: dict[str, list[SearchedDay]] = defaultdict(list)
        for one in self._store.since(self._today() - timedelta(days=DAYS - 1)):
            days[one.words].append(one)
        known = (_summed(words, those) for words, those in days.items())
        shown = (one for one in known if one.visits >= LEAST_VISITS)
        return tuple(sorted(shown, key=lambda one: (-one.found_nothing, -one.visits, one.words)))

    def forget_old(self) -> int:
        """For the worker: how many rows were removed."""
        return self._store.forget(self._today() - timedelta(days=KEPT_DAYS))

    def _place(self, day: date, owner: str) -> int:
        told = f"search\0{day:%Y-%m}\0{owner}".encode("utf-8", "replace")
        return int.from_bytes(hmac.new(self._key, told, hashlib.sha256).digest()[:8]) % BITS


def _summed(words: str, days: list[SearchedDay]) -> SearchedWords:
    """A browser counts once a month: within one the maps are laid over each other."""
    months: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in days:
        asked, nothing = months[f"{one.day:%Y-%m}"]
        months[f"{one.day:%Y-%m}"] = asked | one.asked, nothing | one.nothing
    visits, nothing = (sum(map(_estimate, maps)) for maps in zip(*months.values(), strict=True))
    return SearchedWords(words, visits, nothing)


def _estimate(bits: int) -> int:
    """About how many different visits set these bits (linear counting); some 3,000 at most."""
    zeros = BITS - bits.bit_count()
    return round(-BITS * math.log(max(zeros, 1) / BITS))


def _on_a_timer(seconds: float, work: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()
