"""The live hub: one look at the shop per second and process, for however many viewers.

While anyone watches, one thread reads a small snapshot and hands it to all, only when something in
it changed, or every few seconds so that its time of reading moves. Database load depends on
processes, never on viewers. Built on threading primitives, which gevent patches in the server.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Self

from app.domain import WallView
from app.services.wall.screen_view import Snapshot, for_screen

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 1.0
LONGEST_SILENCE_SECONDS = 5.0
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
        self._events: deque[str] = deque(maxlen=WAITING_EVENTS)
        self._news = threading.Condition()
        self._closed = False

    def get(self, timeout: float | None = None) -> str | None:
        """The next event as JSON text; None after `timeout` seconds without one. Raises StreamClosed."""
        with self._news:
            self._news.wait_for(lambda: self._events or self._closed, timeout)
            if self._closed:
                raise StreamClosed
            return self._events.popleft() if self._events else None

    def put(self, event: str) -> None:
        with self._news:
            self._events.append(event)
            self._news.notify_all()

    def end(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify_all()

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


class LiveHub:
    """One reader of snapshots for all viewers of a process.

    `read` gives a snapshot as JSON-ready values, without `seq`, which the hub counts; `shape` a view's part.
    """

    def __init__(
        self,
        read: Callable[[], Snapshot],
        interval: float = INTERVAL_SECONDS,
        longest_silence: float = LONGEST_SILENCE_SECONDS,
        shape: Callable[[Snapshot, WallView], Snapshot] = for_screen,
    ) -> None:
        self._read = read
        self._shape = shape
        self._interval = interval
        self._longest_silence = longest_silence
        self._lock = threading.Lock()  # of everything below but the read itself
        self._reading = threading.Lock()
        self._watchers: set[Subscription] = set()
        self._wake = threading.Event()
        self._reader: threading.Thread | None = None
        self._closed = False
        self._latest: Snapshot | None = None
        self._read_at = float("-inf")
        self._seq = 0
        self._failing = False

    def subscribe(self, view: WallView | None = None) -> Subscription:
        """Start watching: the first event comes at once. Raises StreamClosed when the hub is closed.

        With a `view` the events hold what that view allows, without one everything.
        """
        subscription = Subscription(self._unsubscribe, view)
        with self._lock:
            if self._closed:
                raise StreamClosed
            self._watchers.add(subscription)
            if self._latest is not None and self._age() < 2 * self._interval:
                subscription.put(self._text(self._latest, view))
            if self._reader is None:
                self._wake.clear()
                self._reader = threading.Thread(target=self._run, daemon=True, name="live-hub")
                self._reader.start()
        return subscription

    def snapshot(self) -> Snapshot:
        """The shop as it is now, at most a second old; read errors pass through."""
        with self._reading:
            if self._latest is None or self._age() >= self._interval:
                self._take(self._read())
            assert self._latest is not None
            return self._latest

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
        return str(self._latest["as_of"]) if self._latest else ""

    def _unsubscribe(self, subscription: Subscription) -> None:
        with self._lock:
            self._watchers.discard(subscription)
            if not self._watchers:
                self._wake.set()

    def _run(self) -> None:
        sent: Snapshot | None = None
        sent_at = float("-inf")
        while self._is_watched():
            current = self._try_to_read()
            now = time.monotonic()
            is_due = now - sent_at >= self._longest_silence
            if current is not None and (is_due or _news(current) != _news(sent)):
                self._send(current)
                sent, sent_at = current, now
            self._wake.wait(self._interval)

    def _is_watched(self) -> bool:
        """False when this thread shall end: then the next viewer starts another one."""
        with self._lock:
            if self._watchers and not self._closed:
                self._wake.clear()
                return True
            self._reader = None
            return False

    def _try_to_read(self) -> Snapshot | None:
        with self._reading:
            try:
                self._take(self._read())
            except Exception:  # whatever it is, viewers keep their stream and the next second tries again
                if not self._failing:
                    log.exception("the live snapshot cannot be read; trying again every %s s", self._interval)
                self._failing = True
                return None
            if self._failing:
                log.info("the live snapshot can be read again")
            self._failing = False
            return self._latest

    def _take(self, read: Snapshot) -> None:
        self._seq += 1
        self._latest = {"seq": self._seq, **read}
        self._read_at = time.monotonic()

    def _age(self) -> float:
        return time.monotonic() - self._read_at

    def _send(self, snapshot: Snapshot) -> None:
        """Each view is written as text once, whatever the number of its viewers."""
        with self._lock:
            watchers = list(self._watchers)
        texts = {view: self._text(snapshot, view) for view in {subscription.view for subscription in watchers}}
        for subscription in watchers:
            subscription.put(texts[subscription.view])

    def _text(self, snapshot: Snapshot, view: WallView | None) -> str:
        shown = snapshot if view is None else self._shape(snapshot, view)
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _news(snapshot: Snapshot | None) -> Snapshot | None:
    if snapshot is None:
        return None
    return {name: value for name, value in snapshot.items() if name not in _ALWAYS_MOVING}
