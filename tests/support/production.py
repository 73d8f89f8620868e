"""A shop as in production, on one machine: MariaDB over loopback, web and worker processes, maybe DynamoDB.

The processes are the real ones; the test reaches the same stores through services of its own.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from app.services import Services
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from app.stores.sql.tables import mailbox, orders, outbox, rollup_days
from app.wiring import composition, stores
from tests.support.dynoxide import CannotStart, Dynoxide, aws_environment
from tests.support.mariadb import MariaDb, free_port, mariadb_or_skip
from tests.support.missing_part import missing_part
from tests.support.server import ROOT, RunningServer
from tests.support.shop import APPROVED, PASSWORD, SECRET_KEY, books, settings_for
from tests.support.unlimited import ENTRY

WORKER = ("-m", "app", "worker")


class WorkerProcess:
    """`python -m app worker`, or another program of the same kind."""

    def __init__(self, environment: dict[str, str], log_path: Path, program: tuple[str, ...] = WORKER) -> None:
        self._environment = environment
        self._log_path = log_path
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0  # of the present process

    def start(self) -> None:
        with self._log_path.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, *self._program], cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_at_work(self) -> bool:
        """Whether it said so; before, it may be told to stop in the middle of loading its program."""
        return self.is_alive() and b"Worker is running" in self._log_path.read_bytes()[self._log_start :]

    def stop(self, seconds: float = 30) -> int:
        """SIGTERM, as an orchestrator sends it; the exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(seconds)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def log(self) -> str:
        return self._log_path.read_text(errors="replace")[-8000:]


class Production:
    """`built` and `database` are the test's own way into the stores."""

    def __init__(self, folder: Path, mariadb: MariaDb, dynoxide: Dynoxide | None) -> None:
        self.folder = folder
        self.mariadb = mariadb
        self.dynoxide = dynoxide
        self.environment = {
            "DATABASE_URL": mariadb.network_url,
            "SECRET_KEY": SECRET_KEY,
            "ALLOW_DEMO_PAYMENTS": "true",
        }
        overrides: dict[str, object] = {"database_url": mariadb.network_url, "allow_demo_payments": True}
        if dynoxide is not None:
            self.environment |= {"CATALOG_BACKEND": "dynamodb", **aws_environment(dynoxide.url)}
            overrides["catalog_backend"] = "dynamodb"
        settings = settings_for(folder, **overrides)
        self.database = Database(settings.resolved_database_url)
        migrate(self.database)
        stores.migrate_catalog(settings)
        self.built: Services = composition.build(settings, self.database)
        self._catalog = stores.catalog_stores(settings, self.database).catalog
        self.server = RunningServer(folder, workers=2, entry=ENTRY, **self.environment)
        self._workers: list[WorkerProcess] = []

    def worker(self, program: tuple[str, ...] = WORKER, **environment: str) -> WorkerProcess:
        """A worker that runs already, and is gone when the shop is."""
        log = self.folder / f"worker{len(self._workers)}.log"
        process = WorkerProcess({**self.server.environment, **environment}, log, program)
        self._workers.append(process)
        process.start()
        return process

    def buyer(self, email: str) -> requests.Session:
        """A signed-in browser without a cart."""
        session = requests.Session()
        answer = session.post(f"{self.server.url}/api/login", json={"email": email, "password": PASSWORD}, timeout=30)
        assert answer.ok, answer.text
        return session

    def add(self, session: requests.Session, product_id: str) -> requests.Response:
        return session.post(f"{self.server.url}/api/cart", json={"id": product_id}, timeout=30)

    def pay(self, session: requests.Session, key: str) -> requests.Response:
        url, headers = f"{self.server.url}/api/record_payment", {"Idempotency-Key": key}
        return session.post(url, json={"payment": APPROVED}, headers=headers, timeout=30)

    def counts(self) -> dict[str, int]:
        return books(self.database, self._catalog if self.dynoxide else None)

    def effects(self) -> dict[str, int]:
        """What workers do: receipts in the mailbox, orders in the rollups, and what still waits."""

        def count(connection):
            def one(query):
                return int(connection.execute(query).scalar() or 0)

            rows = select(func.count())
            paid = orders.c.status == "paid"
            return {
                "receipts": one(rows.select_from(mailbox).where(mailbox.c.kind == "receipt")),
                "receipted": one(select(func.count(mailbox.c.order_id.distinct())).where(mailbox.c.kind == "receipt")),
                "rolled_up": one(select(func.sum(rollup_days.c.orders))),
                "rolled_up_gross": one(select(func.sum(rollup_days.c.gross))),
                "paid_net": one(select(func.sum(orders.c.subtotal)).where(paid)),
                "waiting": one(rows.select_from(outbox).where(outbox.c.state == "pending")),
                "failed": one(rows.select_from(outbox).where(outbox.c.state == "failed")),
            }

        return self.database.read(count)

    def waiting_effects(self) -> list[tuple[object, ...]]:
        columns = (outbox.c.key, outbox.c.attempts, outbox.c.next_try_at, outbox.c.leased_until, outbox.c.last_error)
        query = select(*columns).where(outbox.c.state == "pending").limit(20)
        return self.database.read(lambda c: [tuple(row) for row in c.execute(query)])

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()
        self.server.kill()
        self.database.dispose()


@contextmanager
def production(folder: Path, *, with_dynamodb: bool = False) -> Iterator[Production]:
    with contextlib.ExitStack() as stack:
        mariadb = stack.enter_context(mariadb_or_skip(free_port()))
        dynoxide = stack.enter_context(_dynoxide(folder)) if with_dynamodb else None
        if dynoxide is not None:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            for name, value in aws_environment(dynoxide.url).items():
                patch.setenv(name, value)
        shop = Production(folder, mariadb, dynoxide)
        stack.callback(shop.close)
        yield shop


@contextmanager
def _dynoxide(folder: Path) -> Iterator[Dynoxide]:
    try:
        server = Dynoxide(folder / "dynamodb.db").__enter__()
    except CannotStart as error:
        missing_part("DynamoDB", error)
    try:
        yield server
    finally:
        server.close()


def until(is_so: Callable[[], bool], seconds: float, what: str = "") -> float:
    """Wait until something is so; how long it took. Fails when it takes longer than `seconds`."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        with contextlib.suppress(requests.RequestException):
            if is_so():
                return time.monotonic() - began
        time.sleep(0.1)
    raise AssertionError(f"not so within {seconds} s: {what or is_so}")
