"""What an order costs the stores, from its request to the answer: SQL statements, commits and DynamoDB requests.

Counted for orders of three products, by what the shop's own clients tell, and on MariaDB by the server too.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.domain import Actor, Product
from app.domain.shipping import Method, PriceBy, Step
from app.ops import metrics, store_calls
from app.services import Services, install
from app.services.jobs.effect_marks import EffectMarks
from app.services.shipping.drafts import method_fields, zone_fields
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import outbox, users
from app.wiring import composition
from app.wiring.parts import Parts
from components.shop.checkout_form import FIELDS
from tests.conftest import WiredApp
from tests.contract.conftest import empty_tables
from tests.support.dash_calls import call, callback_map, function_of, payload
from tests.support.dynoxide import aws_environment
from tests.support.migrated import empty
from tests.support.shop import APPROVED, DECLINED, PASSWORD, add_people, add_product, settings_for

LINES = 3
GUEST = {
    "email": "zoe@mail.example", "name": "Zoe", "line1": "1 Lake Road", "line2": "", "postcode": "411001",
    "city": "Pune", "area": "Maharashtra", "country": "IN",
}  # fmt: skip
_WORDS = ("select", "insert", "insert_select", "update", "delete", "replace", "set_option")


@dataclass
class Cost:
    """Of one request."""

    statements: int = 0
    commits: int = 0
    dynamodb: int = 0

    def store_took(self, store: store_calls.Store, operation: str, seconds: float) -> None:
        if store == "dynamodb":
            self.dynamodb += 1
        elif operation == "commit":
            self.commits += 1
        else:
            self.statements += 1

    def store_away(self, store: store_calls.Store, is_away: bool) -> None: ...


@dataclass(frozen=True)
class Shop:
    name: str
    app: WiredApp
    services: Services
    database: Database
    products: list[Product]

    def customer(self) -> FlaskClient:
        """Somebody signed in, with three products in the cart."""
        name = f"c{secrets.token_hex(4)}"
        person = add_people(self.database, 1, name)[0]
        client: FlaskClient = self.app.server.test_client()
        assert client.post("/api/login", json={"email": person.email, "password": PASSWORD}).status_code == 200
        self.fill(client)
        return client

    def fill(self, client: FlaskClient) -> None:
        for product in self.products:
            assert client.post("/api/cart", json={"id": product.product_id}).status_code == 200

    @contextmanager
    def counted(self) -> Iterator[Cost]:
        cost, before = Cost(), self._by_server()
        store_calls.report()
        store_calls.observe(cost)
        try:
            yield cost
        finally:
            metrics.observe_stores()
        if before is not None:
            now = self._by_server()
            assert now is not None
            cost.statements = now - before

    def expect(self, cost: Cost, **most: tuple[int, int, int]) -> None:
        """At most so many statements, commits and requests on each store; `Cost` itself is what is shown if not."""
        statements, commits, dynamodb = most[self.name]
        assert cost.statements <= statements, cost
        assert cost.commits <= commits, cost
        assert cost.dynamodb <= dynamodb, cost

    def _by_server(self) -> int | None:
        """Statements that MariaDB was ever sent. A list of rows that is sent one by one is as many."""
        if self.database.is_sqlite:
            return None
        with self.database.engine.connect() as connection:
            status: dict[str, str] = dict(connection.execute(text("SHOW GLOBAL STATUS LIKE 'Com\\_%'")).all())
        return sum(int(status[f"Com_{word}"]) for word in _WORDS)


@pytest.fixture(scope="module", params=["sqlite", "mariadb", "sqlite_dynamodb", "mariadb_dynamodb"])
def shop(
    request: pytest.FixtureRequest, built_app: WiredApp, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    sql, _, elsewhere = request.param.partition("_")
    database: Database = request.getfixturevalue(sql)
    with pytest.MonkeyPatch.context() as patch:
        where: dict[str, Any] = {"database_url": database.url.render_as_string(hide_password=False)}
        if elsewhere:
            dynamo = request.getfixturevalue("dynamo")
            for name, value in aws_environment(dynamo.endpoint).items():
                patch.setenv(name, value)
            where |= {"catalog_backend": "dynamodb", "dynamodb_table_prefix": dynamo.prefix}
        settings = settings_for(tmp_path_factory.mktemp("cost"), allow_demo_payments=True, **where)
        parts = Parts(settings, database, writes_to_reserved=False)
    parts.effect_marks = EffectMarks(parts.outbox, later=lambda *_: None)  # written when the test says so
    built = composition.services_of(parts)
    install(built)
    products = [add_product(built, f"Cup number {n}", 25_000, 500) for n in range(LINES)]
    shop = Shop(request.param, built_app, built, database, products)
    buyer = shop.customer()  # what is asked once in a process's life is not counted
    assert pay(buyer).status_code == 200
    yield shop
    built.live.close()
    install(built_app.services)
    empty(database)
    if elsewhere:
        empty_tables(dynamo)


def pay(client: FlaskClient, card: dict[str, str] = APPROVED, key: str = "click") -> Any:
    return client.post("/api/record_payment", json={"payment": card}, headers={"Idempotency-Key": key})


def test_an_order_of_a_signed_in_customer(shop: Shop):
    """By DESIGN at most 15 statements in 4 commits and 4 requests, with the session; on one SQL database 6 commits,
    the marks of the effects included."""
    client = shop.customer()
    with shop.counted() as cost:
        answer = pay(client)
    assert answer.status_code == 200
    shop.expect(cost, sqlite=(37, 6, 0), mariadb=(28, 6, 0), sqlite_dynamodb=(19, 4, 4), mariadb_dynamodb=(14, 4, 4))


def test_an_order_with_a_delivery_takes_one_statement_more_and_no_commit(shop: Shop):
    """What it is promised by is in memory; the statement writes the row of its tax, which delivery has a part of."""
    zones, maker = shop.services.shipping_zones, Actor("asha")
    zone = zones.add_zone({"name": "India", "places": ["IN"]}, maker)
    post = method_fields(Method(0, "Post", PriceBy.WEIGHT, (Step(None, 4_900),)))
    zones.add_method(zone.zone_id, post, maker)
    try:
        assert pay(shop.customer()).status_code == 200  # the plan and the days off are read now
        client = shop.customer()
        with shop.counted() as cost:
            answer = pay(client)
        assert answer.json["total"] == 838.95  # (3 × 250 + 49) × 1.05
    finally:
        zones.remove_zone(zone.zone_id, zone_fields(zone), 1, maker)
    shop.expect(cost, sqlite=(38, 6, 0), mariadb=(29, 6, 0), sqlite_dynamodb=(20, 4, 4), mariadb_dynamodb=(15, 4, 4))


def test_an_order_with_a_discount_code(shop: Shop):
    """One statement more for the use of its code, and one for its tax, which is not on the whole subtotal."""
    client = shop.customer()
    name = secrets.token_hex(6)
    terms = {
        "name": name, "kind": "percent", "value": 1_000, "minimum": 0, "category": "", "once": True,
        "first_order": True, "limit": 5, "starts_on": "", "ends_on": "",
    }  # fmt: skip
    shop.services.discount_codes.add(terms, Actor("Owner"))
    for owner in shop.database.read(lambda c: c.execute(select(users.c.user_id)).scalars().all())[-1:]:
        shop.services.cart.enter_code(f"user#{owner}", name)
    with shop.counted() as cost:
        answer = pay(client)
    assert answer.status_code == 200
    assert shop.services.orders.get(answer.json["order_id"]).discount == 7_500
    shop.expect(cost, sqlite=(39, 6, 0), mariadb=(30, 6, 0), sqlite_dynamodb=(21, 4, 4), mariadb_dynamodb=(16, 4, 4))


def test_a_declined_card(shop: Shop):
    client = shop.customer()
    with shop.counted() as cost:
        answer = pay(client, DECLINED)
    assert answer.status_code == 402
    shop.expect(cost, sqlite=(32, 6, 0), mariadb=(23, 6, 0), sqlite_dynamodb=(16, 4, 5), mariadb_dynamodb=(11, 4, 5))


def test_a_repeat_of_a_paid_request(shop: Shop):
    client = shop.customer()
    first = pay(client)
    with shop.counted() as cost:
        again = pay(client)
    assert again.json == first.json
    shop.expect(cost, sqlite=(15, 1, 0), mariadb=(11, 1, 0), sqlite_dynamodb=(8, 0, 5), mariadb_dynamodb=(5, 0, 5))


def test_an_order_of_a_guest_on_the_page(shop: Shop):
    client = shop.app.server.test_client()
    callbacks = {function_of(one).__qualname__: (key, one) for key, one in callback_map(client).items()}
    for product in shop.products:
        output, entry = callbacks["add_to_cart"]
        assert call(client, payload(output, entry, [1, product.product_id, 1], 0)).status_code == 200
    output, entry = callbacks["pay"]
    typed = GUEST | {name: APPROVED[name] for name in ("number", "expiry", "cvc")}
    values = [1, secrets.token_hex(8), {"user_id": None}, *(typed.get(name, "") for name in FIELDS)]
    with shop.counted() as cost:
        answer = call(client, payload(output, entry, values, 0))
    assert "thanks=1" in answer.text
    shop.expect(cost, sqlite=(41, 6, 0), mariadb=(31, 6, 0), sqlite_dynamodb=(21, 4, 5), mariadb_dynamodb=(16, 4, 5))


def test_what_orders_did_at_once_is_marked_for_all_of_them_by_at_most_one_commit(shop: Shop):
    order_ids = [pay(shop.customer()).json["order_id"] for _ in range(3)]
    with shop.counted() as cost:
        shop.services.effect_marks.flush()
    assert cost.commits <= 1
    keys = [f"{kind}:{order_id}" for order_id in order_ids for kind in ("settle", "take_cart")]
    wanted = select(outbox.c.state).where(outbox.c.key.in_(keys))
    assert shop.database.read(lambda c: c.execute(wanted).scalars().all()) == ["done"] * 6
