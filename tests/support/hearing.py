"""A program of somebody else's that hears of events: an HTTP server in a thread, which keeps what it was sent."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hearer:
    """`status` and `body` are what it answers, after `pause` seconds; `drips`: for good, a byte at a time."""

    port: int = 0
    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    drips: bool = False
    heard: list[Heard] = field(default_factory=list)
    at_once: int = 0  # the most requests that were there at one time
    _here: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def take(self, one: Heard) -> None:
        with self._lock:
            self.heard.append(one)
            self._here += 1
            self.at_once = max(self.at_once, self._here)
        time.sleep(self.pause)

    def leave(self) -> None:
        with self._lock:
            self._here -= 1

    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.heard]


@contextmanager
def hearing(certificate: tuple[str, str] | None = None, **answers: object) -> Iterator[Hearer]:
    """`certificate`: files of a certificate and its key, to speak TLS."""
    hearer = Hearer(**answers)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            sent = Heard(self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length))
            hearer.take(sent)
            try:
                if hearer.drips:
                    self._drip()
                    return
                self.send_response(hearer.status)
                for name, value in hearer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(hearer.body)))
                self.end_headers()
                self.wfile.write(hearer.body)
            except OSError:  # the other side has left
                self.close_connection = True
            finally:
                hearer.leave()

        def _drip(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
            while True:
                self.wfile.write(b"a")
                time.sleep(0.02)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    hearer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hearer
    finally:
        server.shutdown()
        server.server_close()
