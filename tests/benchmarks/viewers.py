"""Holds open streams of the wall, in a process of its own: python -m tests.benchmarks.viewers PORT COOKIE COUNT.

Says `open N`, then waits for a line on its input to begin and another to end, and says the age in seconds of every
event that came between, as JSON.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402  # patched first
import resource  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from datetime import datetime  # noqa: E402

import gevent  # noqa: E402
from gevent.fileobject import FileObjectThread  # noqa: E402

AS_OF = b'"as_of":"'


class Viewers:
    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._request = (f"GET /wall/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n").encode()
        self.opened = 0
        self.ages: list[float] = []

    def hold(self) -> None:
        with socket.create_connection(("127.0.0.1", self._port), timeout=120) as line:
            line.sendall(self._request)
            reader = line.makefile("rb")
            is_open = b" 200 " in reader.readline()  # others count while this one waits
            self.opened += is_open
            for text in reader:
                if text.startswith(b"data: {") and AS_OF in text:
                    read_at = text.partition(AS_OF)[2].partition(b'"')[0].decode()
                    self.ages.append(time.time() - datetime.fromisoformat(read_at).timestamp())


def main(port: int, cookie: str, count: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))
    viewers = Viewers(port, cookie)
    for number in range(count):
        gevent.spawn(viewers.hold)
        if number % 25 == 24:
            gevent.sleep(0.1)
    deadline = time.time() + 90
    while viewers.opened < count and time.time() < deadline:
        gevent.sleep(0.1)
    print(f"open {viewers.opened}", flush=True)
    orders = FileObjectThread(sys.stdin.buffer)
    orders.readline()
    viewers.ages.clear()
    orders.readline()
    print(json.dumps(viewers.ages), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
