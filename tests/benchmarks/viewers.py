"""Holds open streams of the wall, in a process of its own: python -m tests.benchmarks.viewers PORT COOKIE COUNT.

Says `open N`, then waits for a line on its input to begin and another to end, and says as JSON the age in seconds of
every event that was complete between them, and the cores that reading them took: one loop over all sockets, so that the
readers leave the machine to what is measured.
"""

from __future__ import annotations

import json
import resource
import select
import socket
import sys
import time
from datetime import datetime

AS_OF, END = b'"as_of":"', b"\n\n"
OPENING_AT_ONCE = 50
OPEN_SECONDS = 120
READ_BYTES = 1 << 18


class Viewers:
    def __init__(self, port: int, cookie: str) -> None:
        self._address = ("127.0.0.1", port)
        self._request = f"GET /wall/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
        self._poll = select.epoll()
        self._lines: dict[int, socket.socket] = {}
        self._begun: dict[int, bytes] = {}  # what came of an event that is not complete yet
        self._read_at: dict[bytes, float] = {}  # moments, by how events write them
        self._opened: set[int] = set()
        self.ages: list[float] = []

    @property
    def opened(self) -> int:
        return len(self._opened)

    def begin(self) -> None:
        line = socket.create_connection(self._address, timeout=60)
        line.sendall(self._request)
        line.setblocking(False)
        self._lines[line.fileno()] = line
        self._begun[line.fileno()] = b""
        self._poll.register(line.fileno(), select.EPOLLIN)

    def watch(self, stop: int | None, until: float) -> None:
        """Read until there is something on the descriptor `stop`, or the clock says `until`."""
        if stop is not None:
            self._poll.register(stop, select.EPOLLIN)
        while (left := until - time.monotonic()) > 0:
            for descriptor, _ in self._poll.poll(min(left, 0.5)):
                if descriptor == stop:
                    self._poll.unregister(stop)
                    return
                self._read(descriptor)

    def _read(self, descriptor: int) -> None:
        try:
            read = self._lines[descriptor].recv(READ_BYTES)
        except BlockingIOError:
            return
        if not read:
            self._poll.unregister(descriptor)
            self._opened.discard(descriptor)
            return
        if descriptor not in self._opened and b" 200 " in read[:20]:
            self._opened.add(descriptor)
        complete, end, rest = (self._begun[descriptor] + read).rpartition(END)
        self._begun[descriptor] = rest
        if end:
            now = time.time()
            self.ages += [now - self._moment(part[:40].partition(b'"')[0]) for part in complete.split(AS_OF)[1:]]

    def _moment(self, text: bytes) -> float:
        if text not in self._read_at:
            self._read_at[text] = datetime.fromisoformat(text.decode()).timestamp()
        return self._read_at[text]


def main(port: int, cookie: str, count: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))
    viewers = Viewers(port, cookie)
    for number in range(count):
        viewers.begin()
        if number % OPENING_AT_ONCE == OPENING_AT_ONCE - 1:
            viewers.watch(None, time.monotonic() + 0.1)
    deadline = time.monotonic() + OPEN_SECONDS
    while viewers.opened < count and time.monotonic() < deadline:
        viewers.watch(None, time.monotonic() + 0.1)
    print(f"open {viewers.opened}", flush=True)
    orders = sys.stdin.fileno()
    viewers.watch(orders, time.monotonic() + 600)
    sys.stdin.readline()
    viewers.ages.clear()
    began, before = time.monotonic(), _cpu()
    viewers.watch(orders, time.monotonic() + 600)
    cores = (_cpu() - before) / (time.monotonic() - began)
    print(json.dumps({"ages": viewers.ages, "cores": cores, "open": viewers.opened}), flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
