"""A DynamoDB with the service's limits, which dynoxide does not have: it stands in front of one and refuses.

What it refuses, by AWS's documentation: a transaction on an item that another transaction is at work on, and a plain
write to such an item (`TransactionConflict`), at once; and what an item or a key of an index takes beyond 1,000 write
units a second, where transactions count double (`ThrottlingError`). How long a transaction is at work is an assumption
(`TRANSACTION_SECONDS`); so is that a refused one costs its units, and that a second's units may be used up in one go.

`running_limited(url)` gives the endpoint and counts of a stand-in that lives as long as the context, in a process of
its own: several programs may share it, as they share the service.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

import requests

TRANSACTION_SECONDS = 0.02
UNITS_A_SECOND = 1_000
ITEM_KB = 1
_WRITES = {"UpdateItem", "PutItem", "DeleteItem"}
_KEYS = ("product_id", "order_id", "owner", "edit_id")
_FOLLOWED = "product_id"  # what has such a key has an entry in the index of changes, in one of its shards

Request = dict[str, Any]


@dataclass
class Limits:
    """What is going on at the service, and what it refuses for it."""

    units_a_second: float = UNITS_A_SECOND
    now: Callable[[], float] = time.monotonic
    counts: Counter[str] = field(default_factory=Counter)
    at_work: set[str] = field(default_factory=set)
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)  # units and when, per item or key of an index

    def refuse(self, items: list[str], costs: dict[str, float]) -> str | None:
        """Why these items cannot be written now; None when they can."""
        self.counts["attempts"] += 1
        if not self._take(costs):
            self.counts["throttled"] += 1
            return "ThrottlingError"
        if self.at_work.intersection(items):
            self.counts["conflicts"] += 1
            return "TransactionConflict"
        return None

    def _take(self, costs: dict[str, float]) -> bool:
        now, enough = self.now(), True
        for name, cost in costs.items():
            units, at = self._left.get(name, (self.units_a_second, now))
            units = min(self.units_a_second, units + (now - at) * self.units_a_second)
            enough = enough and units >= cost
            self._left[name] = (units, now)
        if enough:
            for name, cost in costs.items():
                self._left[name] = (self._left[name][0] - cost, now)
        return enough


def items_of(operation: str, body: Request) -> list[str]:
    """The items that are written."""
    if operation == "TransactWriteItems":
        return [_item(action) for one in body["TransactItems"] for action in one.values()]
    return [_item(body)] if operation in _WRITES else []


def costs_of(operation: str, items: list[str]) -> dict[str, float]:
    """Write units by item, and by shard of the index of changes: two for an entry that goes and one that comes."""
    each = (2 if operation == "TransactWriteItems" else 1) * ITEM_KB
    costs = dict.fromkeys(items, float(each))
    for item in items:
        if f"/{_FOLLOWED}=" in item:
            shard = f"index of {item}"  # products of a rush may share a shard; the worst is one of its own
            costs[shard] = costs.get(shard, 0) + 2
    return costs


def _item(action: Request) -> str:
    holder = action.get("Key") or action["Item"]
    name = next(key for key in _KEYS if key in holder)
    return f"{action['TableName']}/{name}={next(iter(holder[name].values()))}"


class _StandIn:
    def __init__(self, behind: str, seconds: float) -> None:
        where = urlsplit(behind)
        self._behind = (str(where.hostname), int(where.port or 80))
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._seconds = seconds
        self._limits = Limits()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head, body = await _message(reader)
                writer.write(await self._answer(head, body))
                await writer.drain()
        writer.close()

    async def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"GET /counts"):
            return _written(200, dict(self._limits.counts))
        operation = _header(head, b"x-amz-target").rpartition(b".")[2].decode()
        request = json.loads(body) if operation in _WRITES or operation == "TransactWriteItems" else {}
        items = items_of(operation, request)
        if not items:
            return await self._pass_on(head + body)
        if (reason := self._limits.refuse(items, costs_of(operation, items))) is not None:
            return _refused(operation, reason, items)
        if operation != "TransactWriteItems":
            return await self._pass_on(head + body)
        self._limits.at_work.update(items)
        try:
            await asyncio.sleep(self._seconds)
            return await self._pass_on(head + body)
        finally:
            self._limits.at_work.difference_update(items)

    async def _pass_on(self, message: bytes) -> bytes:
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(*self._behind)
        writer.write(message)
        head, body = await _message(reader)
        self._idle.append((reader, writer))
        return head + body


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    return head, await reader.readexactly(int(_header(head, b"content-length") or 0))


def _header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip()
    return b""


def _refused(operation: str, reason: str, items: list[str]) -> bytes:
    if operation != "TransactWriteItems":
        code = "TransactionConflictException" if reason == "TransactionConflict" else "ThrottlingException"
        return _written(400, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": reason})
    code = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    reasons = [{"Code": "None"} for _ in items[1:]] + [{"Code": reason, "Message": reason}]
    return _written(400, {"__type": code, "message": reason, "CancellationReasons": reasons})


def _written(status: int, body: Request) -> bytes:
    text = json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status} -\r\nDate: {formatdate(usegmt=True)}\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"Content-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text


@dataclass(frozen=True)
class Limited:
    url: str

    def counts(self) -> Counter[str]:
        """`attempts` of writes so far, and of these `conflicts` and `throttled`."""
        return Counter(requests.get(f"{self.url}/counts", timeout=10).json())


@contextlib.contextmanager
def running_limited(behind: str, seconds: float = TRANSACTION_SECONDS) -> Iterator[Limited]:
    program = [sys.executable, "-m", "tests.support.limited_dynamo", behind, str(seconds)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Limited(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


async def _main(behind: str, seconds: float) -> None:
    server = await asyncio.start_server(_StandIn(behind, seconds).serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], float(sys.argv[2])))
