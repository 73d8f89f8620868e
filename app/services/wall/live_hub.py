"""The live hub: one look at the shop per second and process, for however many viewers.

While anyone watches, one thread reads a small snapshot and hands it to all, only when something in
it changed, or every few seconds so that its time of reading moves. Another one breaks the silence in
between, so that no viewer needs a clock of its own: a thousand of them wake only when there is
something to send. Database load depends on processes, never on viewers. Built on threading
primitives, which gevent patches in the server.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Self

from app.domain import WallView
from app.services.wall.screen_view import Snapshot

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 1.0
LONGEST_SILENCE_SECONDS = 5.0
BEAT_SECONDS = 2.0
WAITING_EVENTS = 4
# What moves by itself: a snapshot that differs only here is no news.
_ALWAYS_MOVING = ("as_of", "seq", "ages")


class StreamClosed(Exception):
    """The hub has been closed: no more events will come. An end rather than an error."""


class Subscription:
    """One viewer's queue. A slow viewer loses old snapshots, never the newest."""

    def __init__(self, leave: Callable[[Subscription], None], view: WallView | None = None) -> None:
        self.view = view
        self._leave = leave
        self._events: SimpleQueue[str | None] = SimpleQueue()
        self._closed = False

    def get(self, timeout: float | None = None) -> str | None:
        """The next event as JSON text; None to break a silence, or after `timeout` seconds. Raises StreamClosed."""
        event = None
        if not self._closed:
            with suppress(Empty):
                event = self._events.get(timeout=timeout)
        if self._closed:
            raise StreamClosed
        return event

    def put(self, event: str | None) -> None:
        """`event`: None where there is only a silence to break, which what waits already does."""
        if event is None and self._events.qsize():
            return
        while self._events.qsize() >= WAITING_EVENTS:
            with suppress(Empty):
                self._events.get_nowait()
        self._events.put(event)

    def end(self) -> None:
        self._closed = True
        self._events.put(None)

    def close(self) -> None:
        """Stop watching. May be called more than once."""
        self._leave(self)
        self.end()

    def __iter__(self) -> Iterator[str]:
        while True:
            try:
                event = self.get()
            except StreamClosed:
                return
            if event is not None:
                yield event

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


Shape = Callable[[Snapshot, WallView | None], Snapshot]


class _Taken:
    """A snapshot as it was read, and the text that each view's viewers get of it: made once, whatever their number."""

    def __init__(self, snapshot: Snapshot, shape: Shape) -> None:
        self.snapshot = snapshot
        self.at = time.monotonic()
        self._shape = shape
        self._texts: dict[WallView | None, str] = {}

    def text(self, view: WallView | None) -> str:
        if view not in self._texts:
            event = self._shape(self.snapshot, view)
            self._texts[view] = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        return self._texts[view]


class LiveHub:
    """One reader of snapshots for all viewers of a process.

    `read` gives a snapshot without `seq`, which the hub counts; `shape` what a view's viewers get of it, JSON-ready.
    """

    def __init__(
        self,
        read: Callable[[], Snapshot],
        shape: Shape,
        interval: float = INTERVAL_SECONDS,
        longest_silence: float = LONGEST_SILENCE_SECONDS,
        beat: float = BEAT_SECONDS,
    ) -> None:
        """`beat`: seconds after which viewers are to be told that all is well, although nothing happened."""
        self._read = read
        self._shape = shape
        self._interval = interval
        self._longest_silence = longest_silence
        self._beat = beat
        self._lock = threading.Lock()  # of everything below but the read itself
        self._reading = threading.Lock()
        self._watchers: set[Subscription] = set()
        self._wake = threading.Event()
        self._reader: threading.Thread | None = None
        self._closed = False
        self._latest: _Taken | None = None
        self._seq = 0
        self._sent: Snapshot | None = None
        self._sent_at = float("-inf")
        self._told_at = float("-inf")  # when viewers were told anything at all
        self._failing = False

    def subscribe(self, view: WallView | None = None) -> Subscription:
        """Start watching: the first event comes at once. Raises StreamClosed when the hub is closed.

        With a `view` the events hold what that view allows of the wall, without one what staff pages show.
        """
        subscription = Subscription(self._unsubscribe, view)
        with self._lock:
            if self._closed:
                raise StreamClosed
            if self._latest is not None and self._age() < 2 * self._interval:
                subscription.put(self._latest.text(view))
            self._watchers.add(subscription)
            if self._reader is None:
                self._wake.clear()
                self._told_at = time.monotonic()
                self._reader = threading.Thread(target=self._run, daemon=True, name="live-hub")
                self._reader.start()
                threading.Thread(target=self._break_silences, args=(self._reader,), daemon=True).start()
        return subscription

    def snapshot(self) -> Snapshot:
        """The shop as it is now, at most a second old; read errors pass through."""
        with self._reading:
            if self._latest is None or self._age() >= self._interval:
                return self._take(self._read()).snapshot
            return self._latest.snapshot

    def event(self, view: WallView | None) -> Snapshot:
        """What viewers with this view get of the snapshot."""
        return self._shape(self.snapshot(), view)

    def close(self) -> None:
        """End every stream, at once."""
        with self._lock:
            self._closed = True
            watchers = list(self._watchers)
            self._watchers.clear()
        self._wake.set()
        for subscription in watchers:
            subscription.end()

    @property
    def is_closed(self) -> bool:
        """Whether the process is being stopped."""
        return self._closed

    @property
    def watchers(self) -> int:
        return len(self._watchers)

    @property
    def as_of(self) -> str:
        """When the shop was last read, "" before: while nothing happens this alone tells viewers that all is well."""
        return str(self._latest.snapshot["as_of"]) if self._latest else ""

    def _unsubscribe(self, subscription: Subscription) -> None:
        with self._lock:
            self._watchers.discard(subscription)
            if not self._watchers:
                self._wake.set()

    def _run(self) -> None:
        self._sent, self._sent_at = None, float("-inf")
        while self._is_watched():
            try:
                self._look()
            except Exception:  # whatever it is, viewers keep their stream and the next second tries again
                if not self._failing:
                    log.exception("the live snapshot cannot be read; trying again every %s s", self._interval)
                self._failing = True
            else:
                if self._failing:
                    log.info("the live snapshot can be read again")
                self._failing = False
            self._wake.wait(self._interval)

    def _break_silences(self, reader: threading.Thread) -> None:
        """Beside the reader, as long as it is the one: a database that hangs must not silence the streams."""
        while self._reader is reader and not self._closed:
            if time.monotonic() - self._told_at >= self._beat:
                self._tell(lambda view: None)
            time.sleep(self._beat / 4)

    def _look(self) -> None:
        """Read the shop, and send it when it is news or its time of reading has not moved for long."""
        with self._reading:
            taken = self._take(self._read())
        is_due = time.monotonic() - self._sent_at >= self._longest_silence
        if is_due or _news(taken.snapshot) != _news(self._sent):
            self._tell(taken.text)
            self._sent, self._sent_at = taken.snapshot, taken.at

    def _is_watched(self) -> bool:
        """False when this thread shall end: then the next viewer starts another one."""
        with self._lock:
            if self._watchers and not self._closed:
                self._wake.clear()
                return True
            self._reader = None
            return False

    def _take(self, read: Snapshot) -> _Taken:
        self._seq += 1
        self._latest = _Taken({"seq": self._seq, **read}, self._shape)
        return self._latest

    def _age(self) -> float:
        return float("inf") if self._latest is None else time.monotonic() - self._latest.at

    def _tell(self, what: Callable[[WallView | None], str | None]) -> None:
        with self._lock:
            watchers = list(self._watchers)
        for subscription in watchers:
            subscription.put(what(subscription.view))
        self._told_at = time.monotonic()


def _news(snapshot: Snapshot | None) -> Snapshot | None:
    if snapshot is None:
        return None
    return {name: value for name, value in snapshot.items() if name not in _ALWAYS_MOVING}
