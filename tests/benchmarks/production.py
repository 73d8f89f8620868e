"""Checkout on MariaDB and DynamoDB against its floor: the very same statements, by bare PyMySQL and boto3.

The shop's statements are written down while it sells, set-up included. Played again on empty databases
without the shop around them, they do the same work: what is between the two times is the shop's own.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pymysql
import requests
from botocore.config import Config
from sqlalchemy import event
from sqlalchemy.engine import make_url

from app.domain import Role
from app.services import Services
from app.services.checkout.checkout import CheckoutRequest
from app.settings.environment import Settings
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.tables import migrate as make_tables
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from app.wiring import composition, stores
from tests.benchmarks.buyer import ADDRESS, CARD
from tests.support.dynoxide import aws_environment, running_dynoxide
from tests.support.mariadb import running_mariadb
from tests.support.server import RunningServer
from tests.support.shop import PASSWORD, SECRET_KEY, add_product, settings_for
from tests.support.world import hire

ORDERS = 200
CLIENTS = 8
FLOOR_PREFIX, SHOP_PREFIX = "floor_", "shop_"


@dataclass
class Recording:
    """What the shop asked its databases, in order: SQL with its parameters, ends of transactions, DynamoDB requests."""

    steps: list[tuple[str, Any, Any]] = field(default_factory=list)
    orders_begin: int = 0  # the steps before this one are set-up

    def of(self, database: Database, client: Any) -> None:
        event.listen(database.engine, "before_cursor_execute", self._sql)
        event.listen(database.engine, "commit", lambda _: self.steps.append(("commit", None, None)))
        event.listen(database.engine, "rollback", lambda _: self.steps.append(("rollback", None, None)))
        client.meta.events.register("before-call.dynamodb", self._request)

    def _sql(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.steps.append(("sql", statement, parameters))

    def _request(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.steps.append(("dynamo", model.name, json.loads(params["body"])))

    def counts(self) -> dict[str, float]:
        """Per order."""
        kinds = [kind for kind, _, _ in self.steps[self.orders_begin :]]
        return {kind: kinds.count(kind) / ORDERS for kind in ("sql", "commit", "dynamo")}


def compare_production_checkout(root: Path) -> None:
    with running_mariadb() as shop_url, running_mariadb() as floor_url, running_dynoxide() as dynamo_url:
        environment = aws_environment(dynamo_url)
        with _set(environment):
            recording, shop_seconds = _sell(root, shop_url)
            floor_seconds = _play(recording, floor_url)
            per_second = _sell_over_http(root, shop_url, environment)
    counts = recording.counts()
    print("\nCart and checkout on MariaDB and DynamoDB against the same statements by bare PyMySQL and boto3")
    print(
        f"  {counts['sql']:.1f} SQL statements, {counts['commit']:.1f} commits and "
        f"{counts['dynamo']:.1f} DynamoDB requests an order"
    )
    print(f"  floor  {ORDERS / floor_seconds:6.1f} orders/s, {1000 * floor_seconds / ORDERS:.1f} ms each")
    print(
        f"  shop   {ORDERS / shop_seconds:6.1f} orders/s, {1000 * shop_seconds / ORDERS:.1f} ms each: "
        f"x{shop_seconds / floor_seconds:.2f} of the floor's time"
    )
    print(f"  shop over HTTP, {CLIENTS} buyers at once, 2 web processes, cart and checkout: {per_second:.1f} orders/s")


@contextlib.contextmanager
def _set(environment: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _settings(folder: Path, url: str) -> Settings:
    return settings_for(
        folder,
        database_url=url,
        catalog_backend="dynamodb",
        dynamodb_table_prefix=SHOP_PREFIX,
        allow_demo_payments=True,
    )


def _sell(folder: Path, url: str) -> tuple[Recording, float]:
    settings = _settings(folder, url)
    database = stores.open_database(settings)
    migrate(database)
    make_tables(Dynamo(SHOP_PREFIX))
    made: list[Any] = []
    real = boto3.session.Session.client

    def noted(*args: Any, **kwargs: Any) -> Any:
        made.append(real(*args, **kwargs))
        return made[-1]

    boto3.session.Session.client = noted
    try:
        built = composition.build(settings, database)
    finally:
        boto3.session.Session.client = real
    recording = Recording()
    recording.of(database, made[-1])
    product = add_product(built, "Bench lamp", 19_900, 10 * ORDERS)
    recording.orders_begin = len(recording.steps)
    started = time.perf_counter()
    for number in range(ORDERS):
        _buy(built, f"guest#bench-{number}", product.product_id)
    seconds = time.perf_counter() - started
    database.dispose()
    return recording, seconds


def _buy(built: Services, owner: str, product_id: str) -> None:
    built.cart.add(owner, product_id)
    built.checkout.place(
        CheckoutRequest(
            owner=owner, user_id=None, email="b@example.com", address=ADDRESS, details=CARD, idempotency_key=None
        )
    )


def _play(recording: Recording, url: str) -> float:
    """Seconds for the orders' part; the set-up before it is played too, and not counted."""
    database = Database(url)
    migrate(database)
    database.dispose()
    make_tables(Dynamo(FLOOR_PREFIX))
    where = make_url(url)
    connection = pymysql.connect(
        unix_socket=str(where.query.get("unix_socket", "")) or None,
        host=where.host,
        port=where.port or 3306,
        user=where.username,
        password=where.password or "",
        database=where.database,
        charset="utf8mb4",
        init_command="SET time_zone = '+00:00', tx_isolation = 'READ-COMMITTED'",
    )
    client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    cursor = connection.cursor()
    started = time.perf_counter()
    for number, (kind, what, parameters) in enumerate(recording.steps):
        if number == recording.orders_begin:
            started = time.perf_counter()
        if kind == "sql":
            cursor.execute(what, parameters) if not isinstance(parameters, list) else cursor.executemany(
                what, parameters
            )
            if cursor.description:
                cursor.fetchall()
        elif kind == "dynamo":
            request = _renamed(parameters)
            if "ClientRequestToken" in request:  # of a request that the shop made, to other tables
                request["ClientRequestToken"] = uuid.uuid4().hex
            client._make_api_call(what, request)
        else:
            getattr(connection, kind)()
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def _renamed(value: Any) -> Any:
    """The same request to the floor's own tables."""
    if isinstance(value, dict):
        return {_renamed(key): _renamed(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(part) for part in value]
    if isinstance(value, str) and value.startswith(SHOP_PREFIX):
        return FLOOR_PREFIX + value.removeprefix(SHOP_PREFIX)
    return value


def _sell_over_http(folder: Path, url: str, environment: dict[str, str]) -> float:
    settings = _settings(folder, url)
    database = stores.open_database(settings)
    built = composition.build(settings, database)
    product = add_product(built, "Bench lamp for all", 19_900, 10 * ORDERS)
    people = [hire(database, f"bench-{n}", Role.CUSTOMER) for n in range(CLIENTS)]
    server = RunningServer(
        folder,
        workers=2,
        DATABASE_URL=url,
        CATALOG_BACKEND="dynamodb",
        DYNAMODB_TABLE_PREFIX=SHOP_PREFIX,
        ALLOW_DEMO_PAYMENTS="true",
        SECRET_KEY=SECRET_KEY,
        **environment,
    )

    def shop(person: Any) -> None:
        session = requests.Session()
        pair = {"email": person.email, "password": PASSWORD}
        session.post(f"{server.url}/api/login", json=pair, timeout=60).raise_for_status()
        ready.append(1)
        while len(ready) < CLIENTS:
            time.sleep(0.01)
        for _ in range(ORDERS // CLIENTS):
            session.post(f"{server.url}/api/cart", json={"id": product.product_id}, timeout=60).raise_for_status()
            session.post(f"{server.url}/api/record_payment", timeout=60).raise_for_status()

    ready: list[int] = []
    server.start()
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            waiting = [pool.submit(shop, person) for person in people]
            while len(ready) < CLIENTS:
                time.sleep(0.01)
            started = time.perf_counter()
            for one in waiting:
                one.result()
            return ORDERS / (time.perf_counter() - started)
    finally:
        server.kill()
        database.dispose()
