"""Five hundred buyers for fifty units, twenty times on each store, through two web processes: fifty orders each time.

Part of `make soak`; `make test` plays a smaller rush in test_race_http.py.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from app.domain import Role, User
from app.services import Services
from app.stores.sql.engine.database import Database
from tests.support.dynoxide import aws_environment, running_dynoxide
from tests.support.mariadb import running_mariadb
from tests.support.production import WorkerProcess
from tests.support.server import RunningServer
from tests.support.shop import PASSWORD, SECRET_KEY, add_product, build, settings_for
from tests.support.world import hire

BUYERS, UNITS, RUNS = 500, 50, 20
AT_ONCE = 100  # connections; the others queue up behind them
BUSY_AGAIN_SECONDS = 0.2
AGAIN = ("busy", "in_progress", "payment_unclear", "store_unavailable")
pytestmark = [pytest.mark.server, pytest.mark.soak, pytest.mark.timeout(3_600)]

Shop = tuple[RunningServer, Services, Database]


@pytest.fixture(params=["sqlite", "mariadb", "mariadb and dynamodb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with ExitStack() as stack:
        environment = {"SECRET_KEY": SECRET_KEY, "ALLOW_DEMO_PAYMENTS": "true"}
        choices: dict[str, object] = {"allow_demo_payments": True}
        if "mariadb" in request.param:
            choices["database_url"] = environment["DATABASE_URL"] = stack.enter_context(running_mariadb())
        if "dynamodb" in request.param:
            aws = aws_environment(stack.enter_context(running_dynoxide()))
            for name, value in aws.items():
                monkeypatch.setenv(name, value)
            choices["catalog_backend"] = "dynamodb"
            environment |= {"CATALOG_BACKEND": "dynamodb", **aws}
        built, database = build(settings_for(tmp_path, **choices))
        stack.callback(database.dispose)
        server = RunningServer(tmp_path, workers=2, **environment)
        stack.enter_context(server)
        if "DATABASE_URL" in environment:  # unclear payments come to their end by a worker
            worker = WorkerProcess(server.environment, tmp_path / "worker.log")
            worker.start()
            stack.callback(worker.kill)
        yield server, built, database


def test_fifty_units_make_fifty_orders_every_time(shop: Shop, record_property):
    server, built, database = shop
    people = [hire(database, f"rusher-{n}", Role.CUSTOMER) for n in range(BUYERS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sessions = list(pool.map(lambda person: signed_in(server, person), people))
        seconds, told = [], Counter[str]()
        for run in range(RUNS):
            product = add_product(built, f"Rushed lamp {run}", 9_900, UNITS)
            filled = list(pool.map(lambda s, id=product.product_id: put_in_cart(server, s, id), sessions))
            assert filled == [200] * BUYERS
            started = time.perf_counter()
            answers = list(pool.map(lambda session: buy(server, session), sessions))
            seconds.append(time.perf_counter() - started)
            told += sum((words for _, words in answers), Counter())
            kinds = Counter(kind for kind, _ in answers)
            assert kinds == {"paid": UNITS, "out_of_stock": BUYERS - UNITS}, f"run {run}"
            assert built.catalog.get(product.product_id).stock == 0
    record_property(
        "proved",
        f"rush on {database.engine.dialect.name}, {built.settings.catalog_backend} catalogue: {RUNS} x {BUYERS} buyers "
        f"for {UNITS} units, {UNITS} orders each time; {min(seconds):.1f} to {max(seconds):.1f} s, "
        f"told to wait: {dict(told)}",
    )


def signed_in(server: RunningServer, person: User) -> requests.Session:
    session = requests.Session()
    pair = {"email": person.email, "password": PASSWORD}
    answer, _ = patiently(lambda: session.post(f"{server.url}/api/login", json=pair, timeout=120))
    assert answer.ok, answer.text
    return session


def put_in_cart(server: RunningServer, session: requests.Session, product_id: str) -> int:
    one = {"id": product_id, "qty": 1}
    patiently(lambda: session.delete(f"{server.url}/api/cart/clear", timeout=120))
    answer, _ = patiently(lambda: session.post(f"{server.url}/api/cart/update_qty", json=one, timeout=120))
    return answer.status_code


def buy(server: RunningServer, session: requests.Session) -> tuple[str, Counter[str]]:
    """How it ended, and what the shop said when it asked to come back in a moment."""
    answer, told = patiently(lambda: session.post(f"{server.url}/api/record_payment", timeout=120))
    return answer.json().get("code", "paid"), told


def patiently(call: Callable[[], requests.Response]) -> tuple[requests.Response, Counter[str]]:
    """What a person at a browser does: tries again when told that the shop is busy or a payment unclear, or when an
    idle connection, which the server closes after some seconds, ends just as it is used again."""
    told: Counter[str] = Counter()
    for _ in range(600):
        with contextlib.suppress(requests.ConnectionError):
            answer = call()
            if answer.ok or answer.json().get("code") not in AGAIN:
                return answer, told
            told[answer.json()["code"]] += 1
        time.sleep(BUSY_AGAIN_SECONDS)
    raise AssertionError(f"busy for ever: {told}")
