"""The process's one connection to DynamoDB: its requests, tried again within a bound, and its errors in our words."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from app.errors import Busy, StoreUnavailable
from app.ops import store_calls
from app.stores.dynamo.calls import Calls
from app.stores.dynamo.clock import ServiceClock
from app.stores.dynamo.expressions import Action
from app.stores.dynamo.failures import AWAY, final, refusal, temporary
from app.stores.dynamo.items import Item, decode_item, encode_item
from app.stores.dynamo.retries import RETRY_SECONDS, attempts, while_it_may_help
from app.stores.dynamo.turns import Turn, Turns
from app.stores.shared.breaker import Breaker

log = logging.getLogger(__name__)

CONNECT_SECONDS = 1
READ_SECONDS = 2
CONNECTIONS = 50  # a gevent worker has many requests in hand at once
READ_BATCH = 100  # keys, as BatchGetItem takes them
WRITE_BATCH = 25  # items, as BatchWriteItem takes them


class Dynamo:
    """A client of DynamoDB that gives up in time and says why.

    One per process, made after the fork. Region, endpoint and credentials come from boto3's own variables.

    Everything here may be sent more than once: reads, writes whose condition makes a repeat harmless, and
    transactions, which carry a token. Raises Busy when throttling or conflicts outlast the retries and
    StoreUnavailable when the service cannot be reached.
    """

    def __init__(
        self,
        prefix: str,
        *,
        retry_seconds: float = RETRY_SECONDS,
        local_clock: Callable[[], float] = time.time,
        is_traced: bool = False,
    ) -> None:
        """`is_traced`: every request goes through boto3's client itself, which is what traces follow."""
        self.prefix = prefix
        self._retry_seconds = retry_seconds
        self._while_it_may_help = while_it_may_help(retry_seconds)
        # One layer tries again, and it is ours: it tells conflicts from conditions, and its pauses are short
        # enough for a checkout, where botocore's first one lasts up to a second.
        session = boto3.session.Session()
        self.client: Any = session.client(
            "dynamodb",
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": 1},
                max_pool_connections=CONNECTIONS,
                tcp_keepalive=True,
                parameter_validation=False,  # a fifth of a request's time, for what the service checks as well
            ),
        )
        self._send = self._through_client if is_traced else Calls(session, self.client).send
        self.turns = Turns()  # of this process, for what it reserves
        self._breaker = Breaker("dynamodb")
        self._clock = ServiceClock(local_clock)
        self._clock.follow(self.client.meta.events)

    @property
    def endpoint(self) -> str:
        return str(self.client.meta.endpoint_url)

    def table(self, name: str) -> str:
        return self.prefix + name

    def now(self) -> datetime:
        """The service's time: what is stamped with it sorts right, whichever host wrote it."""
        if not self._clock.is_set:
            self.call("describe_table", TableName=self.table("products"))
        return self._clock.now()

    def attempts(self) -> Iterator[None]:
        """Turns of trying something, with growing random pauses, until the retries' time is over."""
        return attempts(self._retry_seconds)

    def turn(self, turn: Turn) -> AbstractContextManager[None]:
        """Wait in line, as long as retries would last. Raises Busy."""
        return self.turns.wait(turn, self._retry_seconds)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """One request, repeated while that may help. Raises Refused when a condition did not hold."""
        try:
            return self._call(operation, request)
        finally:
            store_calls.report()

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if not self._breaker.may_try():
            raise StoreUnavailable(AWAY)
        began = time.monotonic()
        try:
            answer: dict[str, Any] = self._while_it_may_help(self._timed, operation, request)
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            if (refused := refusal(error)) is not None:
                self._breaker.succeeded()
                raise refused from error
            words = temporary(error)
            if words is None:
                raise _lasting(operation, error) from error
            if isinstance(words, StoreUnavailable):
                self._breaker.failed()
            log.warning("DynamoDB: gave up on %s after %.1f s: %s", operation, time.monotonic() - began, error)
            raise words from error
        self._breaker.succeeded()
        return answer

    def _timed(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        try:
            return self._send(operation, request)
        finally:
            store_calls.took("dynamodb", operation, time.monotonic() - began)

    def _through_client(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self.client, operation)(**request)
        return answer

    def transact(self, actions: Sequence[Action]) -> None:
        """All of the writes or none; a repeat after a lost answer changes nothing, by its token.

        Raises Refused with the positions of the actions whose conditions did not hold.
        """
        self.call("transact_write_items", TransactItems=list(actions), ClientRequestToken=uuid.uuid4().hex)

    def get(self, table: str, key: Mapping[str, Any]) -> Item | None:
        """One item, strongly consistent."""
        answer = self.call("get_item", TableName=self.table(table), Key=encode_item(key), ConsistentRead=True)
        return decode_item(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Item]]:
        """Those items of several tables that exist, strongly consistent, in any order. Keys must differ."""
        wanted = [(self.table(table), encode_item(key)) for table, several in keys.items() for key in several]
        found: dict[str, list[Item]] = {table: [] for table in keys}
        for start in range(0, len(wanted), READ_BATCH):
            asked: dict[str, Any] = {}
            for name, key in wanted[start : start + READ_BATCH]:
                asked.setdefault(name, {"Keys": [], "ConsistentRead": True})["Keys"].append(key)
            for name, items in self._batch("batch_get_item", asked, "UnprocessedKeys"):
                found[name.removeprefix(self.prefix)] += [decode_item(item) for item in items]
        return found

    def write_many(self, table: str, requests: Sequence[dict[str, Any]]) -> None:
        """Unconditional puts and deletes, in any order and not at once."""
        for start in range(0, len(requests), WRITE_BATCH):
            chunk = {self.table(table): list(requests[start : start + WRITE_BATCH])}
            for _ in self._batch("batch_write_item", chunk, "UnprocessedItems"):
                pass  # writes have no answers

    def pages(self, operation: str, table: str, **request: Any) -> Iterator[Item]:
        """Every item of a query or scan, page by page."""
        request["TableName"] = self.table(table)
        while True:
            answer = self.call(operation, **request)
            yield from map(decode_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _batch(self, operation: str, asked: dict[str, Any], left: str) -> Iterator[tuple[str, list[Any]]]:
        """Ask until nothing is left unprocessed, as throttling leaves it."""
        for _ in self.attempts():
            answer = self.call(operation, RequestItems=asked)
            yield from answer.get("Responses", {}).items()
            asked = answer.get(left) or {}
            if not asked:
                return
        raise Busy()


def _lasting(operation: str, error: Exception) -> Exception:
    """What is raised for an error that another attempt would meet again."""
    words = final(error)
    if words is None:
        return error  # a defect of ours
    log.error("DynamoDB refuses %s: %s", operation, error)
    return words
