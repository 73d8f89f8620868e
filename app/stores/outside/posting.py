"""Posts to addresses that people entered: the `Poster` port of webhooks.

A host is looked up once for each connection, each address that comes of it is checked, and the connection goes to one
of these and nowhere else: what the name leads to a moment later does not matter. The check stands where connections are
made, so nothing passes it by. Redirects are not followed.

A try ends by its deadline whatever hangs, looking up the host included: the turn of its endpoint lasts longer than
that, so nobody else tries meanwhile.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from queue import Empty, SimpleQueue
from typing import Any

import httpcore

from app import numbers
from app.services.webhooks.ports import Answer, NotPosted
from app.stores.outside.public_addresses import is_public

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
TOTAL_SECONDS = 15.0  # of everything, however slowly the answer drips
MOST_READ = 4_096  # bytes of an answer
LONGEST_RETRY = 7 * 86_400  # seconds
MOST_ADDRESSES = 4  # of a host that are tried

NOT_PUBLIC = "It leads to an address that is not public, and webhooks go to public ones only."

IPAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HttpPoster:
    """`allows_local`: loopback addresses too, for development. `trusted`: whose certificates, unless public ones."""

    def __init__(
        self,
        *,
        allows_local: bool = False,
        resolve: Resolve = resolve,
        trusted: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._allows_local = allows_local
        self._resolve = resolve
        self._trusted = trusted or httpcore.default_ssl_context()
        self._clock = clock
        self._total = total_seconds

    def check(self, host: str, port: int) -> None:
        try:
            self._addresses(host, port, CONNECT_SECONDS)
        except httpcore.TimeoutException:
            raise NotPosted(f"The host {host} was not found in time.") from None

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        deadline = _Deadline(self._clock, self._total)
        timeouts = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": CONNECT_SECONDS}
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=self._trusted, network_backend=_Checked(self._addresses, deadline), max_connections=1
                ) as pool,
                pool.stream(
                    "POST", address, headers=[*headers.items()], content=body, extensions={"timeout": timeouts}
                ) as answer,
            ):
                read = _beginning_of(answer)
                # It has answered: what it sends later than it may is left unread, and changes nothing.
                return Answer(answer.status, read.decode("utf-8", "replace"), _retry_after(answer.headers))
        except httpcore.TimeoutException:
            raise NotPosted("It did not answer in time.") from None
        except httpcore.ConnectError as error:
            raise NotPosted(_connect_words(error)) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError):
            raise NotPosted("The connection broke before there was an answer.") from None

    def _addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """Those that a host has, each of them checked. Raises NotPosted, ConnectTimeout."""
        try:
            found = [ip_address(one) for one in _looked_up(self._resolve, host, port, seconds)]
        except (OSError, ValueError):
            found = []
        if not found:
            raise NotPosted(f"The host {host} cannot be found.")
        if not all(self._may(one) for one in found):
            raise NotPosted(NOT_PUBLIC)
        return [str(one) for one in found[:MOST_ADDRESSES]]

    def _may(self, address: IPAddress) -> bool:
        return is_public(address) or (self._allows_local and address.is_loopback)


def _looked_up(resolve: Resolve, host: str, port: int, seconds: float) -> list[str]:
    """In a thread of its own, as the system's lookup knows no time limit. One that hangs is left to end by itself.

    Raises what `resolve` does, and ConnectTimeout.
    """
    answers: SimpleQueue[list[str] | OSError | ValueError] = SimpleQueue()

    def look() -> None:
        try:
            answers.put(list(resolve(host, port)))
        except (OSError, ValueError) as error:  # raised again where it is waited for
            answers.put(error)

    threading.Thread(target=look, daemon=True, name="webhook-lookup").start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise httpcore.ConnectTimeout() from None
    if isinstance(answer, OSError | ValueError):
        raise answer
    return answer


class _Deadline:
    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._at = clock() + seconds

    def within(self, timeout: float | None) -> float:
        """So much of a timeout as is left. Raises ReadTimeout."""
        left = self._at - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout()
        return left if timeout is None else min(timeout, left)


class _Checked(httpcore.NetworkBackend):
    """Connects to what `addresses` gives of a host."""

    def __init__(self, addresses: Callable[[str, int, float], list[str]], deadline: _Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port, self._deadline.within(timeout))
        for one in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connect(one, port, timeout, local_address, socket_options)
        return self._connect(addresses[-1], port, timeout, local_address, socket_options)

    def _connect(self, address: str, port: int, timeout: float | None, *how: Any) -> httpcore.NetworkStream:
        stream = self._sockets.connect_tcp(address, port, self._deadline.within(timeout), *how)
        return _Hurried(stream, self._deadline)


class _Hurried(httpcore.NetworkStream):
    """A stream whose every step ends by the deadline of all."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _Hurried(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _beginning_of(answer: httpcore.Response) -> bytes:
    read = b""
    with suppress(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        for part in answer.iter_stream():
            read += part[: MOST_READ - len(read)]
            if len(read) >= MOST_READ:
                break
    return read


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> float | None:
    """In seconds; a date is not read."""
    value = next((value for name, value in headers if name.lower() == b"retry-after"), b"").strip()
    seconds = numbers.natural(value.decode("ascii", "replace"))
    return None if seconds is None else float(min(seconds, LONGEST_RETRY))


def _connect_words(error: httpcore.ConnectError) -> str:
    if isinstance(error.__context__, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return "Its certificate was not accepted, or it speaks no TLS."
    return "No connection could be made."
