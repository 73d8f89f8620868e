"""What the worker does: tells endpoints of events, one try at a time for each, all endpoints beside each other."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import orjson

from app import __version__
from app.domain.webhooks import Delivery, Endpoint, EndpointFormat, Try
from app.errors import ShopError
from app.services.sealing import Seal
from app.services.webhooks.ports import Answer, Deliveries, NotPosted, Outcome, Poster
from app.services.webhooks.schedule import PATIENCE, pause_after, rest_after
from app.services.webhooks.signing import signed_headers

log = logging.getLogger(__name__)

MOST_AT_ONCE = 20  # of one turn
MOST_ENDPOINTS = 20  # so many threads at most
ANSWER_LENGTH = 500  # kept of what came back
GONE = 410  # an endpoint's word for: never again
UNREADABLE = "Its secret cannot be read, as SECRET_KEY is another one. Rotate the secret."

Start = Callable[[Callable[[], None], str], None]


def in_thread(work: Callable[[], None], name: str) -> None:
    threading.Thread(target=work, daemon=True, name=name).start()


class Deliverer:
    """Delivers what is due. `told` counts each try, by whether it was taken."""

    def __init__(
        self,
        store: Deliveries,
        poster: Poster,
        seal: Seal,
        told: Callable[[bool], object] = lambda is_taken: None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._poster = poster
        self._seal = seal
        self._told = told
        self._clock = clock
        self._random = chance

    def due(self) -> list[int]:
        return self._store.due()

    def take_turn(self, endpoint_id: int) -> int:
        """Deliver what is due to an endpoint, one event after the other; how many tries that were. Safe to run beside
        itself: one has the turn.

        A process that dies between an answer and its mark delivers once more, under the same id.
        """
        turn = self._store.take(endpoint_id, MOST_AT_ONCE)
        if turn is None:
            return 0
        tries, failures = 0, turn.endpoint.failures
        try:
            for delivery in turn.deliveries:
                now = self._store.renew(turn)
                if now is None:
                    break
                tried, answer = self._try(turn.endpoint, delivery, now)
                tries += 1
                self._told(tried.is_taken)
                if tried.is_taken:
                    failures = 0
                    self._store.done(turn, delivery, tried)
                    continue
                failures += 1
                outcome = self._outcome(delivery, now, failures, answer)
                self._store.failed(turn, delivery, tried, outcome)
                if outcome.pause or outcome.is_gone:
                    break
        finally:
            self._store.release(turn)
        return tries

    def _outcome(self, delivery: Delivery, now: datetime, failures: int, answer: Answer | None) -> Outcome:
        attempts, asked_for = delivery.attempts + 1, answer.retry_after if answer else None
        is_gone = answer is not None and answer.status == GONE
        if is_gone or now - delivery.asked_at >= PATIENCE:
            return Outcome(None, rest_after(failures), is_gone)
        return Outcome(pause_after(attempts, self._random, asked_for), rest_after(failures))

    def _try(self, endpoint: Endpoint, delivery: Delivery, now: datetime) -> tuple[Try, Answer | None]:
        began = self._clock()
        answer, words = None, ""
        try:
            answer = self._poster.post(endpoint.address, *self._request(endpoint, delivery, now))
            words = shortened(answer.body)
        except NotPosted as error:
            words = error.words
        took = round(1000 * (self._clock() - began))
        return Try(now, answer.status if answer else None, took, words), answer

    def _request(self, endpoint: Endpoint, delivery: Delivery, now: datetime) -> tuple[Mapping[str, str], bytes]:
        """Headers and body. Raises NotPosted where the secret cannot be read."""
        event = delivery.event
        headers = {"content-type": "application/json", "user-agent": f"RetailSync-Webhooks/{__version__}"}
        if endpoint.format is EndpointFormat.CHAT:
            return headers, orjson.dumps({"text": event.text})
        newest = self._seal.open(endpoint.secret)
        if newest is None:
            raise NotPosted(UNREADABLE)
        keeps_both = endpoint.old_until is not None and now < endpoint.old_until
        older = self._seal.open(endpoint.old_secret) if keeps_both else None
        both = [newest, *([older] if older else [])]
        return headers | signed_headers(event.event_id, now, event.payload, both), event.payload.encode()


class Lanes:
    """A lane for each endpoint that something is due to: none of them waits for another, and nothing else for them."""

    def __init__(self, deliverer: Deliverer, start: Start = in_thread) -> None:
        self._deliverer = deliverer
        self._start = start
        self._lock = threading.Lock()
        self._busy: set[int] = set()

    def look(self) -> int:
        """Begin a turn of each endpoint that is due and has none here; how many. Waits for none of them."""
        begun = 0
        for endpoint_id in self._deliverer.due():
            with self._lock:
                if endpoint_id in self._busy or len(self._busy) >= MOST_ENDPOINTS:
                    continue
                self._busy.add(endpoint_id)
            self._start(partial(self._run, endpoint_id), f"webhook-{endpoint_id}")
            begun += 1
        return begun

    def _run(self, endpoint_id: int) -> None:
        try:
            while self._deliverer.take_turn(endpoint_id) >= MOST_AT_ONCE:
                pass
        except ShopError as error:  # such as a database that is away
            log.warning("webhooks: endpoint %s waits: %s", endpoint_id, error.message)
        except Exception:  # one endpoint's must not end those of others
            log.exception("webhooks: endpoint %s waits", endpoint_id)
        finally:
            with self._lock:
                self._busy.discard(endpoint_id)


def shortened(body: str) -> str:
    """The beginning of an answer, as people can be shown it."""
    plain = "".join(char if char.isprintable() or char == "\n" else " " for char in body[: 2 * ANSWER_LENGTH])
    return plain.strip()[:ANSWER_LENGTH]
