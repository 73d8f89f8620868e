"""A new version comes while people shop: web processes are replaced one after the other, on one database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from app.domain import Role
from app.services import Services
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import outbox, rollup_days
from app.wiring.stores import open_database
from tests.integration.engine.test_migrations import release
from tests.support.mariadb import mariadb_or_skip
from tests.support.server import RunningServer
from tests.support.shop import PASSWORD, SECRET_KEY, add_product, assert_books_balance, books, build, settings_for
from tests.support.unlimited import ENTRY
from tests.support.world import hire

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]  # it starts three servers

SHOPPERS = 3
STOCK = 10_000


class Proxy:
    """Stands for a load balancer: requests go in turn to what is in service, and to nothing that is being stopped."""

    def __init__(self) -> None:
        self.in_service: list[RunningServer] = []
        self.underway: dict[RunningServer, int] = {}
        self._lock = threading.Lock()
        self._turn = 0

    def add(self, server: RunningServer) -> None:
        with self._lock:
            self.in_service.append(server)
            self.underway[server] = 0

    def drain(self, server: RunningServer) -> None:
        with self._lock:
            self.in_service.remove(server)
        while self.underway[server]:
            time.sleep(0.01)

    def ask(self, session: requests.Session, method: str, path: str, **given: object) -> requests.Response:
        with self._lock:
            self._turn += 1
            server = self.in_service[self._turn % len(self.in_service)]
            self.underway[server] += 1
        try:
            return session.request(method, f"{server.url}{path}", timeout=60, **given)  # type: ignore[arg-type]
        finally:
            with self._lock:
                self.underway[server] -= 1


@pytest.fixture
def database_url() -> Iterator[str]:
    with mariadb_or_skip() as server:
        yield server.url


def test_no_request_fails_and_no_order_is_lost_while_every_web_process_is_replaced(
    tmp_path: Path, database_url: str, record_property: pytest.FixtureRequest
) -> None:
    environment = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY, "ALLOW_DEMO_PAYMENTS": "true"}
    first, second = (
        RunningServer(folder(tmp_path, name), workers=1, entry=ENTRY, **environment) for name in ("first", "second")
    )
    settings = settings_for(tmp_path, database_url=database_url, allow_demo_payments=True)
    proxy = Proxy()
    with first:
        database = open_database(settings)
        built, _ = build(settings)
        product = add_product(built, "Clay tumbler", 24_900, STOCK)
        people = [hire(database, f"rolling-{n}", Role.CUSTOMER) for n in range(SHOPPERS)]
        proxy.add(first)
        answers: list[tuple[str, int]] = []
        is_over = threading.Event()

        def shop(email: str) -> None:
            session = requests.Session()
            pair = {"email": email, "password": PASSWORD}
            answers.append(("login", proxy.ask(session, "POST", "/api/login", json=pair).status_code))
            while not is_over.is_set():
                added = proxy.ask(session, "POST", "/api/cart", json={"id": product.product_id})
                answers.append(("cart", added.status_code))
                answers.append(("payment", proxy.ask(session, "POST", "/api/record_payment").status_code))

        shoppers = [threading.Thread(target=shop, args=(str(person.email),)) for person in people]
        for shopper in shoppers:
            shopper.start()
        try:
            time.sleep(1)
            release(database, oldest="0010")  # the new version's migration, while the old one serves
            second.start()  # a process that starts on the schema of a later one: old and new look alike to it
            proxy.add(second)
            time.sleep(1)
            proxy.drain(first)
            assert first.stop() == 0
            first.start()
            proxy.add(first)
            proxy.drain(second)
            assert second.stop() == 0
            time.sleep(1)
        finally:
            is_over.set()
            for shopper in shoppers:
                shopper.join(60)
            second.kill()
        failed = [answer for answer in answers if answer[1] >= 400]
        paid = sum(name == "payment" for name, _ in answers)
        assert failed == []
        assert settled(built, database, paid)
        counts = books(database)
        assert_books_balance(counts)
        assert counts["paid"] == paid
        words = f"{len(answers)} requests, {paid} orders while both web processes were replaced: none failed"
        record_property("proved", words)  # type: ignore[operator]
        database.dispose()


def folder(root: Path, name: str) -> Path:
    path = root / name
    path.mkdir()
    return path


def settled(built: Services, database: Database, paid: int) -> bool:
    """Whether a worker that comes afterwards does every effect, and each counts once."""
    waiting = select(func.count()).select_from(outbox).where(outbox.c.state == "pending")
    counted = select(func.coalesce(func.sum(rollup_days.c.orders), 0))
    for _ in range(600):
        if not database.read(lambda c: c.execute(waiting).scalar_one()):
            return database.read(lambda c: int(c.execute(counted).scalar_one())) == paid
        built.worker.tick()
    return False
