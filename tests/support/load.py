"""Shoppers who go on and on while servers come and go, and what they were answered."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.support.production import Production

LIMIT_SECONDS = 40
ROUTER = ".._pages_content.children..._pages_store.data.."


@dataclass(frozen=True)
class Answer:
    kind: str
    at: float
    status: int  # 0: no answer at all
    seconds: float
    code: str = ""


@dataclass
class Load:
    """Threads of shoppers; every answer is kept. Use as a context manager."""

    shop: Production
    product_id: str
    answers: list[Answer] = field(default_factory=list)
    unpaid: list[tuple[requests.Session, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def run(self, sessions: Iterable[requests.Session]) -> None:
        """Each signed-in browser orders again and again; beside them strangers look around."""
        loops: list[Callable[[], None]] = [lambda s=s, n=n: self._buy(s, n) for n, s in enumerate(sessions)]
        loops += [self._look_around, self._look_around, self._check_health]
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(LIMIT_SECONDS)

    def _buy(self, session: requests.Session, number: int) -> None:
        turn = 0
        while not self._stop.wait(0.1):
            if not self._call("cart", lambda: self.shop.add(session, self.product_id)):
                self._stop.wait(0.4)
                continue
            turn += 1
            key = f"load-{number}-{turn}"
            if not self._call("checkout", lambda key=key: self.shop.pay(session, key)):
                self.unpaid.append((session, key))

    def _look_around(self) -> None:
        session, url = requests.Session(), self.shop.server.url
        while not self._stop.wait(0.1):
            self._call("products", lambda: session.get(f"{url}/api/products", timeout=LIMIT_SECONDS))
            self._call("page", lambda: page(session, url, "/"))

    def _check_health(self) -> None:
        session, url = requests.Session(), self.shop.server.url
        while not self._stop.wait(0.3):
            self._call("alive", lambda: session.get(f"{url}/healthz", timeout=LIMIT_SECONDS))

    def _call(self, kind: str, ask: Callable[[], requests.Response]) -> bool:
        began = time.monotonic()
        try:
            response = ask()
        except requests.RequestException:
            self.answers.append(Answer(kind, began, 0, time.monotonic() - began))
            return False
        code = ""
        if not response.ok and response.headers.get("Content-Type", "").startswith("application/json"):
            code = str(response.json().get("code", ""))
        self.answers.append(Answer(kind, began, response.status_code, time.monotonic() - began, code))
        return response.ok

    def between(self, start: float, end: float, kind: str = "") -> list[Answer]:
        return [a for a in self.answers if start <= a.at < end and kind in ("", a.kind)]


def page(session: requests.Session, url: str, path: str) -> requests.Response:
    """A page as the browser's router fetches it: its layout as JSON."""
    location = [
        {"id": "_pages_location", "property": "pathname", "value": path},
        {"id": "_pages_location", "property": "search", "value": ""},
    ]
    outputs = [
        {"id": "_pages_content", "property": "children"},
        {"id": "_pages_store", "property": "data"},
    ]
    body: dict[str, Any] = {
        "output": ROUTER,
        "outputs": outputs,
        "inputs": location,
        "state": [],
        "changedPropIds": ["_pages_location.pathname", "_pages_location.search"],
    }
    return session.post(f"{url}/_dash-update-component", json=body, timeout=LIMIT_SECONDS)


def words_of(response: requests.Response) -> str:
    """Every text of a page's layout."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            walk(value.get("children", value.get("props", value.get("response", []))))
            for name in ("_pages_content",):
                walk(value.get(name, []))
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(json.loads(response.text))
    return " ".join(found)


def summary(answers: list[Answer]) -> str:
    """`products 31x 200 (slowest 0.2 s)` and so on, per kind."""
    parts = []
    for kind in sorted({a.kind for a in answers}):
        mine = [a for a in answers if a.kind == kind]
        counts = Counter(f"{a.status}{f' {a.code}' if a.code else ''}" for a in mine)
        shown = ", ".join(f"{count}x {what}" for what, count in sorted(counts.items()))
        parts.append(f"{kind} {shown} (slowest {max(a.seconds for a in mine):.1f} s)")
    return "; ".join(parts)
