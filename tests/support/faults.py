"""What DynamoDB does and dynoxide never does: conflicts, throttling, lost answers and timeouts, by a seeded chance.

`Faults(dynamo.client, seed=1, conflict=0.1, lost=0.05)` hooks into the client's requests until `stop`.
"""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from threading import Lock
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

KINDS = ("conflict", "throttled", "in_progress", "unprocessed", "lost", "closed", "timeout")
# Operations that a kind can happen to; the others to any.
_ONLY = {
    "conflict": {"TransactWriteItems", "UpdateItem", "PutItem"},
    "in_progress": {"TransactWriteItems"},
    "unprocessed": {"BatchGetItem", "BatchWriteItem"},
}


class Faults:
    """Chances of each kind, from 0 to 1, their sum at most 1. `happened` counts what was injected."""

    def __init__(self, client: Any, seed: int, **chances: float) -> None:
        unknown = set(chances) - set(KINDS)
        assert not unknown, unknown
        self.happened: Counter[str] = Counter()
        self._client = client
        self._chances = chances
        self._random = random.Random(seed)
        self._lock = Lock()
        client.meta.events.register_first("before-send.dynamodb", self._before_send)

    def stop(self) -> None:
        self._client.meta.events.unregister("before-send.dynamodb", self._before_send)

    def _before_send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        """An answer of our own, an error in place of one, or None: then the request goes out."""
        operation = _operation(request)
        kind = self._drawn(operation)
        if kind in ("lost", "closed"):
            # Sent and done: the client's own session, since nothing public sends a signed request as it is.
            self._client._endpoint.http_session.send(request)
            raise (ReadTimeoutError if kind == "lost" else ConnectionClosedError)(endpoint_url=request.url)
        if kind == "timeout":
            raise ReadTimeoutError(endpoint_url=request.url)
        return None if kind is None else _answer(kind, operation, json.loads(request.body), request.url)

    def _drawn(self, operation: str) -> str | None:
        with self._lock:
            draw = self._random.random()
            for kind, chance in self._chances.items():
                draw -= chance
                if draw < 0:
                    if operation not in _ONLY.get(kind, {operation}):
                        return None
                    self.happened[kind] += 1
                    return kind
        return None


def _operation(request: AWSPreparedRequest) -> str:
    target = request.headers["X-Amz-Target"]
    text = target.decode() if isinstance(target, bytes) else str(target)
    return text.partition(".")[2]


def _answer(kind: str, operation: str, body: dict[str, Any], url: str) -> AWSResponse:
    if kind == "unprocessed":
        left = "UnprocessedKeys" if operation == "BatchGetItem" else "UnprocessedItems"
        return _response(url, 200, {left: body["RequestItems"]})
    if kind == "in_progress":
        return _error(url, "TransactionInProgressException")
    if kind == "throttled":
        return _error(url, "ThrottlingException" if len(str(body)) % 2 else "ProvisionedThroughputExceededException")
    if operation != "TransactWriteItems":
        return _error(url, "TransactionConflictException")
    reasons = [{"Code": "None"} for _ in body["TransactItems"]]
    reasons[-1] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    return _error(url, "TransactionCanceledException", CancellationReasons=reasons)


def _error(url: str, code: str, **more: Any) -> AWSResponse:
    return _response(url, 400, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "injected", **more})


def _response(url: str, status: int, body: dict[str, Any]) -> AWSResponse:
    return AWSResponse(url, status, {"content-type": "application/x-amz-json-1.0"}, Raw(json.dumps(body).encode()))


class Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        while chunk := self.read(65_536):
            yield chunk
