"""Writes down what the shop asks its databases for a cart add and for an order, through its own application.

`record` runs in a process of its own, since an application is made once per process: somebody signs in, fills a cart
with three products and pays, again and again. What it found comes back as pickle: SQL statements with their parameters,
ends of transactions, and that a request went to DynamoDB.
"""

from __future__ import annotations

import http.client
import pickle
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import event

from app.settings.environment import Settings
from tests.support.server import ROOT
from tests.support.shop import PASSWORD
from tests.support.unlimited import lift_budgets

WARM_UP = 2
Kind = Literal["begin", "sql", "many", "commit", "rollback", "dynamo"]


@dataclass
class Recording:
    """`steps`: kind, statement and parameters in their order. `marks`: where each add and order begins and ends."""

    steps: list[tuple[Kind, str, Any]] = field(default_factory=list)
    marks: list[tuple[str, int, int]] = field(default_factory=list)

    @contextmanager
    def marked(self, name: str) -> Iterator[None]:
        began = len(self.steps)
        yield
        self.marks.append((name, began, len(self.steps)))

    def count(self, name: str, kind: Kind) -> float:
        """How many of a kind one `name` took, on average."""
        parts = [self.steps[began:ended] for marked, began, ended in self.marks if marked == name]
        kinds = ("sql", "many") if kind == "sql" else (kind,)  # a driver's loop is one statement here, too
        return sum(step[0] in kinds for part in parts for step in part) / len(parts)

    @property
    def first(self) -> int:
        """The step before which nothing was an add or an order."""
        return min(began for _, began, _ in self.marks)


def record(settings: Settings, email: str, product_ids: list[str], orders: int) -> Recording:
    """Of a shop whose databases are there; boto3's variables come with the environment."""
    plan = pickle.dumps((settings, email, product_ids, orders))
    program = [sys.executable, "-m", "tests.benchmarks.recording"]
    done = subprocess.run(program, cwd=ROOT, input=plan, stdout=subprocess.PIPE, timeout=300, check=True)
    return pickle.loads(done.stdout)


def _record(settings: Settings, email: str, product_ids: list[str], orders: int) -> Recording:
    from app.server import create_app
    from app.wiring import composition, stores

    lift_budgets()
    recording, database = Recording(), stores.open_database(settings)
    _listen(database.engine, recording)
    built = composition.build(settings, database, writes_to_reserved=True)
    server = create_app(settings, built)
    client = server.test_client()
    signed_in = client.post("/api/login", json={"email": email, "password": PASSWORD})
    assert signed_in.status_code == 200, signed_in.text
    for number in range(WARM_UP + orders):
        for product_id in random.sample(product_ids, 3):
            built.catalog.refresh()  # once a second, whatever is asked: no part of an add
            with recording.marked("add" if number >= WARM_UP else "warm-up"):
                answer = client.post("/api/cart", json={"id": product_id})
            assert answer.status_code == 200, answer.text
        built.catalog.refresh()
        with recording.marked("order" if number >= WARM_UP else "warm-up"):
            answer = client.post("/api/record_payment", json={})
        assert answer.status_code == 200, answer.text
    return recording


def _listen(engine: Any, recording: Recording) -> None:
    def note(kind: Kind, text: str = "", parameters: Any = None) -> None:
        if threading.current_thread() is threading.main_thread():  # others follow the catalogue
            recording.steps.append((kind, text, parameters))

    def statement(_connection: Any, _cursor: Any, text: str, parameters: Any, _context: Any, many: bool) -> None:
        note("begin" if text.startswith("BEGIN") else "many" if many else "sql", text, parameters)

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", lambda _: note("commit"))
    event.listen(engine, "rollback", lambda _: note("rollback"))
    # Whatever client it is: nothing else that the application talks HTTP to is there.
    send = http.client.HTTPConnection.putrequest

    def counted(self: http.client.HTTPConnection, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        note("dynamo")
        send(self, method, url, *args, **kwargs)

    http.client.HTTPConnection.putrequest = counted  # type: ignore[method-assign]


def main() -> None:
    said = sys.stdout
    sys.stdout = sys.stderr  # whatever the application prints is no pickle
    found = _record(*pickle.load(sys.stdin.buffer))
    said.buffer.write(pickle.dumps(found))
    said.flush()


if __name__ == "__main__":
    # As this module and not as the program's main one: what is pickled must be found by the other side.
    from tests.benchmarks import recording as itself

    itself.main()
