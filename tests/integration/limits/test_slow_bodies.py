"""Bodies that do not arrive, on a real server with two workers: they are given up, and everybody else is served."""

from __future__ import annotations

import contextlib
import itertools
import socket
import time
from collections.abc import Iterator

import pytest

from app.web.guards.slow_bodies import PIECE
from tests.support.health_watch import HealthWatch
from tests.support.server import RunningServer

WORKERS = 2
HELD = 600  # connections of an attacker
HEADERS = "POST {path} HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\n{length}\r\n\r\n"
CALLBACK = "/_dash-update-component"
STOPPED_AT = (CALLBACK, "/api/login", "/api/hooks/ses")
PATIENCE = 8.0  # seconds, eight times as long as a piece may take here
LONGEST_STALL = 8.0  # seconds, on a machine that runs other tests too


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[RunningServer]:
    entry = "tests.support.impatient:create_app()"
    folder = tmp_path_factory.mktemp("slow-bodies")
    with RunningServer(folder, workers=WORKERS, entry=entry, SECRET_KEY="one key for both of the processes") as running:
        yield running


def begun(server: RunningServer, path: str = CALLBACK, *, chunked: bool = False) -> socket.socket:
    """A connection with a request whose body has just begun."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    length = "Transfer-Encoding: chunked" if chunked else "Content-Length: 60000"
    first = b'2\r\n{"\r\n' if chunked else b'{"'
    connection.sendall(HEADERS.format(path=path, length=length).encode() + first)
    return connection


def answer_of(connection: socket.socket) -> str | None:
    """All that comes until the server ends the connection; None when it does not."""
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionResetError:
        pass
    except TimeoutError:
        return None
    return received.decode(errors="replace")


def test_bodies_that_do_not_arrive_are_given_up_while_everybody_else_is_served(server, record_property):
    with HealthWatch(server.url) as health:
        held = [begun(server) for _ in range(HELD)]
        until = time.monotonic() + 3
        while time.monotonic() < until:  # a byte now and then, as if it went on
            for connection in held:
                with contextlib.suppress(OSError):
                    connection.sendall(b" ")
            time.sleep(0.3)
        answers = [answer_of(connection) for connection in held]
    for connection in held:
        connection.close()
    still_open = sum(one is None for one in answers)
    assert still_open == 0, f"{still_open} of {HELD} connections are still open"
    given_up, refused = (sum(f"HTTP/1.1 {status}" in (one or "") for one in answers) for status in (408, 429))
    assert given_up, "none was waited for"
    assert refused, f"all {HELD} of one address were waited for"
    assert health.longest < LONGEST_STALL
    record_property(
        "proved",
        f"{HELD} bodies that do not arrive: {given_up} given up, {refused} refused at once; /healthz answered "
        f"{health.answers} times, in {health.longest:.2f} s at the longest",
    )


@pytest.fixture(scope="module")
def stopped(server) -> Iterator[dict[tuple[str, bool], socket.socket]]:
    """Connections with bodies that stopped, all at once: they are waited for together."""
    with contextlib.ExitStack() as ending:
        yield {
            (path, chunked): ending.enter_context(begun(server, path, chunked=chunked))
            for path, chunked in itertools.product(STOPPED_AT, (False, True))
        }


@pytest.mark.parametrize("path", STOPPED_AT)
@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "in chunks"])
def test_a_body_that_stops_is_answered_and_its_connection_ends(stopped, path, chunked):
    answer = answer_of(stopped[path, chunked])
    assert answer is not None
    assert answer.startswith("HTTP/1.1 408")
    assert '"code":"too_slow"' in answer


def test_a_slow_but_honest_upload_arrives(server):
    """Three times as long as a piece may take, in pieces that are each in time."""
    body = b'{"email": "nobody@shop.example", "password": "' + b"x" * 3 * PIECE + b'"}'
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        length = f"Content-Length: {len(body)}\r\nConnection: close"
        connection.sendall(HEADERS.format(path="/api/login", length=length).encode())
        for start in range(0, len(body), PIECE // 4):
            connection.sendall(body[start : start + PIECE // 4])
            time.sleep(0.2)
        answer = answer_of(connection) or ""
    assert answer.startswith("HTTP/1.1 422")  # it was read to its end: no password is that long
    assert '"field":"password"' in answer
