"""Sixteen people who buy, again and again, and do not give up: whatever breaks, they repeat the same click."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.support.shop import APPROVED, DECLINED, PASSWORD

TIMEOUT_SECONDS = 20
PATIENCE_SECONDS = 180  # after which a click that nobody answers is a failure of the shop
_AGAIN = {"in_progress", "busy", "store_unavailable", "payment_unclear"}
# A click that the shop gave up on after its process died: nothing was charged, and it may be repeated.
_INTERRUPTED = "interrupted"


@dataclass
class Journal:
    """What the shoppers were told. Shared by all of them."""

    paid: dict[str, int] = field(default_factory=dict)  # order id by click
    refused: Counter[str] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)
    counts: Counter[int] = field(default_factory=Counter)  # of stock, by the answer's status
    surprises: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def told_paid(self, click: str, order_id: int) -> None:
        with self._lock:
            self.paid[click] = order_id

    def told_no(self, code: str) -> None:
        with self._lock:
            self.refused[code] += 1

    def repeated(self, why: str) -> None:
        with self._lock:
            self.repeats[why] += 1

    def counted(self, status: int) -> None:
        with self._lock:
            self.counts[status] += 1

    def surprised(self, words: str) -> None:
        with self._lock:
            self.surprises.append(words)


class Gate:
    """Lets the shoppers start a purchase, or holds them between two."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self.ended = False

    def open(self) -> None:
        self._open.set()

    def close(self) -> None:
        self._open.clear()

    def end(self) -> None:
        self.ended = True
        self._open.set()

    @property
    def is_open(self) -> bool:
        return self._open.is_set() and not self.ended

    def passes(self) -> bool:
        self._open.wait()
        return not self.ended


class Shopper(threading.Thread):
    def __init__(
        self, url: str, email: str, product_ids: list[str], journal: Journal, gate: Gate, seed: int, pause: float = 0.0
    ) -> None:
        super().__init__(name=email, daemon=True)
        self._url = url
        self._email = email
        self._products = product_ids
        self._journal = journal
        self._gate = gate
        self._random = random.Random(seed)
        self._pause = pause
        self._session = requests.Session()
        self.is_idle = threading.Event()

    def run(self) -> None:
        self._ask("POST", "/api/login", {"email": self._email, "password": PASSWORD})
        while True:
            self.is_idle.set()
            if not self._gate.passes():
                return
            self.is_idle.clear()
            try:
                self._buy()
            except Exception as error:  # noqa: BLE001 - a shopper that dies silently would only look like a quiet shop
                self._journal.surprised(f"{type(error).__name__}: {error}")
            time.sleep(self._random.uniform(0, self._pause))

    def _buy(self) -> None:
        self._ask("DELETE", "/api/cart/clear")
        for product_id in self._random.sample(self._products, self._random.choice((1, 1, 2, 3))):
            if self._ask("POST", "/api/cart", {"id": product_id}).status_code == 200:
                self._ask("POST", "/api/cart/update_qty", {"id": product_id, "qty": self._random.choice((1, 1, 2))})
        card = DECLINED if self._random.random() < 0.1 else APPROVED
        self._pay(f"click-{uuid.uuid4()}", card)

    def _pay(self, click: str, card: dict[str, str]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answer = self._ask("POST", "/api/record_payment", {"payment": card}, {"Idempotency-Key": click})
            body = answer.json()
            code = body.get("code", "")
            if answer.status_code == 200:
                self._journal.told_paid(click, int(body["order_id"]))
                return
            if code == "in_progress":
                self._journal.repeated(code)
                time.sleep(0.2)
                continue
            if code == "payment_declined" and card is APPROVED and _INTERRUPTED in body["message"]:
                self._journal.repeated(_INTERRUPTED)
                continue
            self._journal.told_no(code)
            if code not in ("out_of_stock", "payment_declined", "empty_cart", "price_changed", "cart_changed"):
                self._journal.surprised(f"{answer.status_code} {answer.text[:300]}")
            return
        self._journal.surprised(f"no answer to {click} within {PATIENCE_SECONDS} s")

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        """The answer, however often the shop has to be asked; every call here may be repeated."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self._session.request(
                    method, self._url + path, json=body, headers=headers, timeout=TIMEOUT_SECONDS
                )
            except requests.RequestException as error:
                self._journal.repeated(type(error).__name__)
            else:
                if answer.status_code == 500:
                    self._journal.surprised(f"{method} {path}: 500 {answer.text[:300]}")
                if answer.status_code not in (500, 502, 503):
                    return answer
                self._journal.repeated(str(answer.status_code))
            if time.monotonic() > deadline or self._gate.ended:
                raise TimeoutError(f"{method} {path} was not answered within {PATIENCE_SECONDS} s")
            time.sleep(self._random.uniform(0.05, 0.3))
