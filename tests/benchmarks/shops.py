"""The shops that are measured: as in production with two web processes, and the embedded default."""

from __future__ import annotations

import contextlib
import json
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import requests
from sqlalchemy import update

from app.domain import Product, Role, User
from app.services import Services
from app.services.catalog.ports import ProductLoader
from app.settings.environment import Settings
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import products as product_table
from app.stores.sql.tables import stock_levels
from app.tools.demo import fill_demo
from app.wiring import composition, stores
from tests.benchmarks import load
from tests.benchmarks.load import Call, Client, Loaded
from tests.support.dynoxide import Dynoxide, aws_environment
from tests.support.mariadb import MariaDb, free_port
from tests.support.migrated import migrated
from tests.support.production import Production
from tests.support.server import RunningServer
from tests.support.shop import PASSWORD, SECRET_KEY, add_people, forget_attempts, settings_for
from tests.support.unlimited import ENTRY

PRODUCTS, PAST_ORDERS = 1_000, 2_000
PLENTY = 1_000_000
CLIENTS, LINES = 8, 3


class _Plenty:
    """A loader that never lets anything sell out."""

    def __init__(self, loader: ProductLoader) -> None:
        self._loader = loader

    def load(self, products: Sequence[Product]) -> None:
        self._loader.load([replace(product, stock=PLENTY) for product in products])

    def is_empty(self) -> bool:
        return self._loader.is_empty()

    def finish(self) -> None:
        self._loader.finish()


def fill(database: Database, settings: Settings) -> None:
    """A year of trade, and more of everything than a measure can buy."""
    loader = stores.catalog_stores(settings, database).loader
    fill_demo(
        database, settings, orders=PAST_ORDERS, products=PRODUCTS, seed=7, loader=_Plenty(loader) if loader else None
    )
    database.write(lambda c: c.execute(update(product_table).values(stock=PLENTY)))
    database.write(lambda c: c.execute(update(stock_levels).values(on_hand=PLENTY)))


@dataclass(frozen=True)
class Shopper:
    """Somebody who is signed in."""

    cookie: str
    owner: str


@dataclass
class Measured:
    """A shop that serves, with a way into its stores."""

    server: RunningServer
    built: Services
    database: Database
    product_ids: list[str]
    _shoppers: list[Shopper] = field(default_factory=list)

    def shoppers(self, count: int) -> list[Shopper]:
        """The same ones each time."""
        missing = count - len(self._shoppers)
        if missing > 0:
            people = add_people(self.database, missing, f"bench{len(self._shoppers)}x")
            self._shoppers += [self._signed_in(person) for person in people]
        return self._shoppers[:count]

    def staff(self) -> Shopper:
        """An admin, without the second factor."""
        return self._signed_in(add_people(self.database, 1, "benchstaff", Role.ADMIN, verified=True)[0])

    def fill_cart(self, shopper: Shopper) -> None:
        """With three products and nothing else, past the web."""
        self.built.cart.clear(shopper.owner)
        for product_id in some(self.product_ids):
            self.built.cart.add(shopper.owner, product_id)

    def _signed_in(self, person: User) -> Shopper:
        body = {"email": person.email, "password": PASSWORD}
        answer = requests.post(f"{self.server.url}/api/login", json=body, timeout=30)
        if answer.status_code == 429:
            forget_attempts(self.database)
            answer = requests.post(f"{self.server.url}/api/login", json=body, timeout=30)
        answer.raise_for_status()
        cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in answer.cookies)
        return Shopper(cookie, f"user#{person.user_id}")


def some(product_ids: Sequence[str]) -> list[str]:
    return random.sample(product_ids, LINES)


def add(shopper: Shopper, product_id: str) -> Call:
    return Call("add", "POST", "/api/cart", json.dumps({"id": product_id}), {"Cookie": shopper.cookie})


def pay(shopper: Shopper) -> Call:
    return Call("pay", "POST", "/api/record_payment", "{}", {"Cookie": shopper.cookie})


def journey(shopper: Shopper, product_ids: Sequence[str]) -> list[Call]:
    """Three cart adds and the order."""
    return [*(add(shopper, product_id) for product_id in some(product_ids)), pay(shopper)]


@dataclass(kw_only=True)
class AsInProduction(Measured):
    production: Production
    dynamo_url: str


@contextmanager
def production_shop(folder: Path) -> Iterator[AsInProduction]:
    """MariaDB over loopback, dynoxide in memory, no worker yet. The environment points boto3 at it."""
    with contextlib.ExitStack() as stack:
        mariadb = stack.enter_context(MariaDb(free_port()))
        dynoxide = stack.enter_context(Dynoxide())
        stack.enter_context(environment(aws_environment(dynoxide.url)))
        shop = Production(folder, mariadb, dynoxide)
        stack.callback(shop.close)
        fill(shop.database, shop.built.settings)
        shop.built.catalog.refresh()
        shop.server.start()
        ids = sorted(product.product_id for product in shop.built.catalog.all())
        yield AsInProduction(shop.server, shop.built, shop.database, ids, production=shop, dynamo_url=dynoxide.url)


@contextmanager
def embedded_shop(folder: Path) -> Iterator[Measured]:
    """The default: SQLite, two web processes, the worker in one of them."""
    settings = settings_for(folder, allow_demo_payments=True)
    database = migrated(settings.resolved_database_url)
    fill(database, settings)
    built = composition.build(settings, database, writes_to_reserved=True)
    built.catalog.refresh()
    server = RunningServer(folder, workers=2, entry=ENTRY, SECRET_KEY=SECRET_KEY, ALLOW_DEMO_PAYMENTS="true")
    try:
        server.start()
        ids = sorted(product.product_id for product in built.catalog.all())
        yield Measured(server, built, database, ids)
    finally:
        server.kill()
        built.live.close()
        database.dispose()


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def journeys(shop: Measured, orders: int) -> Loaded:
    """Eight clients make so many orders each, and fill the cart before each."""
    clients = [
        Client([call for _ in range(orders) for call in journey(shopper, shop.product_ids)])
        for shopper in shop.shoppers(CLIENTS)
    ]
    return load.run(shop.server.port, clients)


def filled_orders(shop: Measured, orders: int) -> Loaded:
    """Eight clients make so many orders each, every one of somebody else, whose cart was filled before."""
    shoppers = shop.shoppers(CLIENTS * orders)
    for shopper in shoppers:
        shop.fill_cart(shopper)
    clients = [Client([pay(shopper) for shopper in shoppers[n::CLIENTS]]) for n in range(CLIENTS)]
    return load.run(shop.server.port, clients)
