"""The floor of cart and checkout: the statements and requests that the design allows them, by bare PyMySQL and boto3.

No web, no framework, no checks beyond the conditions that the stores themselves hold. The tables are its own, beside
the shop's on the same servers: an order costs 13 SQL statements in 4 commits and 4 DynamoDB requests, a cart add one
statement and one request.

As a program it is one process of two.
"""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Literal

import boto3
import pymysql
from botocore.config import Config
from botocore.exceptions import ClientError
from sqlalchemy.engine import make_url

from tests.benchmarks import together
from tests.benchmarks.measuring import Figure

PROCESSES, THREADS = 2, 4  # eight clients, as a web tier of two processes would serve them
PRODUCTS, LINES = 1_000, 3
TABLE = "bench_floor"  # DynamoDB's
MANY = 1_000_000_000

Work = Literal["journey", "filled", "adds"]
Carts = list[tuple[str, list[str]]]  # owners and what they buy

_TABLES = (
    "CREATE TABLE IF NOT EXISTS floor_sessions (name CHAR(32) PRIMARY KEY, user_id INT, ends_at DATETIME(6))",
    """CREATE TABLE IF NOT EXISTS floor_orders (order_id CHAR(32) PRIMARY KEY, owner VARCHAR(64), request CHAR(32),
        status VARCHAR(16), total BIGINT, created_at DATETIME(6), UNIQUE (owner, request))""",
    """CREATE TABLE IF NOT EXISTS floor_lines (order_id CHAR(32), line_no INT, product_id VARCHAR(16), quantity INT,
        price BIGINT, PRIMARY KEY (order_id, line_no))""",
    "CREATE TABLE IF NOT EXISTS floor_charges (order_id CHAR(32) PRIMARY KEY, amount BIGINT, state VARCHAR(16))",
    "CREATE TABLE IF NOT EXISTS floor_payments (order_id CHAR(32) PRIMARY KEY, amount BIGINT, charge VARCHAR(64))",
    """CREATE TABLE IF NOT EXISTS floor_movements (movement_id BIGINT AUTO_INCREMENT PRIMARY KEY,
        product_id VARCHAR(16), quantity INT, order_id CHAR(32), at DATETIME(6),
        KEY (product_id, at), KEY (order_id))""",
    "CREATE TABLE IF NOT EXISTS floor_levels (product_id VARCHAR(16) PRIMARY KEY, on_hand BIGINT)",
    """CREATE TABLE IF NOT EXISTS floor_outbox (entry_id BIGINT AUTO_INCREMENT PRIMARY KEY, kind VARCHAR(32),
        payload TEXT, done_at DATETIME(6) NULL, KEY (done_at, entry_id))""",
)


class Floor:
    """Its tables on the servers at these addresses; credentials and region are the environment's."""

    def __init__(self, database_url: str, dynamo_url: str) -> None:
        self._where = {"database": database_url, "dynamo": dynamo_url}
        connection, dynamo = _connect(database_url), _dynamo(dynamo_url)
        with connection.cursor() as cursor:
            for table in _TABLES:
                cursor.execute(table)
            cursor.executemany(
                "INSERT IGNORE INTO floor_levels VALUES (%s, %s)", [(_product(n), MANY) for n in range(PRODUCTS)]
            )
            cursor.execute("INSERT IGNORE INTO floor_sessions VALUES (%s, 1, NOW(6))", ("s" * 32,))
        connection.commit()
        connection.close()
        _make_table(dynamo)

    def run(self, work: Work, turns: int) -> Figure:
        """Turns a second, `turns` for each of the eight clients; a turn is a journey, an order or a cart add."""
        plan = self._where | {"work": work, "turns": turns}
        done = together.run("tests.benchmarks.floor", [plan] * PROCESSES)
        taken = sorted(ms for one in done.found for ms in one["taken_ms"])
        beside = {"p50_ms": taken[len(taken) // 2], "p99_ms": taken[int(len(taken) * 0.99)], "load_cores": done.cores}
        return Figure(len(taken) / done.seconds, beside)


class _Client:
    """One client's connection; the DynamoDB client is the process's."""

    def __init__(self, database_url: str, dynamo: Any) -> None:
        self._connection = _connect(database_url)
        self._cursor = self._connection.cursor()
        self._dynamo = dynamo

    def prepare(self, work: Work, turns: int) -> Carts:
        """A cart per turn; filled ones where the turn is the order alone."""
        carts = [(f"cart#{uuid.uuid4().hex}", _some_products()) for _ in range(turns)]
        if work == "filled":
            for owner, products in carts:
                for product in products:
                    self.add(owner, product)
        return carts

    def journey(self, owner: str, products: list[str]) -> None:
        for product in products:
            self.add(owner, product)
        self.order(owner, products)

    def add(self, owner: str, product: str) -> None:
        self._session()
        self._connection.commit()
        self._dynamo.update_item(
            TableName=TABLE,
            Key=_key(owner),
            UpdateExpression="SET #line = :one, revision = :revision",
            ExpressionAttributeNames={"#line": f"line_{product}"},
            ExpressionAttributeValues={":one": {"N": "1"}, ":revision": {"S": uuid.uuid4().hex}},
            ReturnValues="ALL_NEW",
        )

    def order(self, owner: str, products: list[str]) -> None:
        order_id, sql = uuid.uuid4().hex, self._cursor.execute
        products = sorted(products)
        self._session()
        sql("SELECT order_id FROM floor_orders WHERE owner = %s AND request = %s", (owner, order_id))
        self._dynamo.get_item(TableName=TABLE, Key=_key(owner), ConsistentRead=True)
        keys = [_key(product) for product in products]
        self._dynamo.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
        sql("INSERT INTO floor_orders VALUES (%s, %s, %s, 'pending', 300, NOW(6))", (order_id, owner, order_id))
        self._many("INSERT INTO floor_lines VALUES (%s, %s, %s, 1, 100)", [
            (order_id, number, product) for number, product in enumerate(products)
        ])  # fmt: skip
        self._connection.commit()
        self._reserve(order_id, products)
        self._status(order_id, "pending", "charging")
        self._connection.commit()
        sql("INSERT INTO floor_charges VALUES (%s, 300, 'approved')", (order_id,))
        self._connection.commit()
        self._pay(order_id, products)
        self._connection.commit()
        self._settle(order_id, owner)

    def _session(self) -> None:
        self._cursor.execute("SELECT user_id, ends_at FROM floor_sessions WHERE name = %s", ("s" * 32,))
        self._cursor.fetchall()

    def _status(self, order_id: str, before: str, after: str) -> None:
        self._cursor.execute(
            "UPDATE floor_orders SET status = %s WHERE order_id = %s AND status = %s", (after, order_id, before)
        )

    def _many(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        self._cursor.executemany(statement, rows)  # PyMySQL makes one statement of them

    def _pay(self, order_id: str, products: list[str]) -> None:
        sql, marks = self._cursor.execute, ", ".join(["%s"] * len(products))
        sql(f"SELECT on_hand FROM floor_levels WHERE product_id IN ({marks}) ORDER BY product_id FOR UPDATE", products)
        self._cursor.fetchall()
        self._status(order_id, "charging", "paid")
        sql("INSERT INTO floor_payments VALUES (%s, 300, 'charge')", (order_id,))
        self._many(
            "INSERT INTO floor_movements (product_id, quantity, order_id, at) VALUES (%s, -1, %s, NOW(6))",
            [(product, order_id) for product in products],
        )
        sql("SELECT movement_id FROM floor_movements WHERE order_id = %s", (order_id,))
        self._cursor.fetchall()
        sql(f"UPDATE floor_levels SET on_hand = on_hand - 1 WHERE product_id IN ({marks})", products)
        self._many(
            "INSERT INTO floor_outbox (kind, payload) VALUES (%s, %s)",
            [(kind, json.dumps({"order_id": order_id})) for kind in ("settle", "cart", "receipt", "low", "rollup")],
        )

    def _reserve(self, order_id: str, products: list[str]) -> None:
        held = {
            "Put": {
                "TableName": TABLE,
                "Item": _key(f"held#{order_id}"),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        taken = [
            {
                "Update": {
                    "TableName": TABLE,
                    "Key": _key(product),
                    "UpdateExpression": "SET stock = stock - :one",
                    "ConditionExpression": "stock >= :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            }
            for product in products
        ]
        self._dynamo.transact_write_items(ClientRequestToken=order_id, TransactItems=[held, *taken])

    def _settle(self, order_id: str, owner: str) -> None:
        settled = {
            "TableName": TABLE,
            "Key": _key(f"held#{order_id}"),
            "UpdateExpression": "SET settled = :yes",
            "ExpressionAttributeValues": {":yes": {"BOOL": True}},
        }
        emptied = {"TableName": TABLE, "Key": _key(owner)}
        self._dynamo.transact_write_items(TransactItems=[{"Update": settled}, {"Delete": emptied}])


def _product(number: int) -> str:
    return f"product-{number}"


def _some_products() -> list[str]:
    return [_product(number) for number in random.sample(range(PRODUCTS), LINES)]


def _key(value: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": value}}


def _connect(url: str) -> Any:
    where = make_url(url)
    return pymysql.connect(
        host=where.host,
        port=where.port or 3306,
        user=where.username,
        password=where.password or "",
        database=where.database,
        charset="utf8mb4",
        init_command="SET time_zone = '+00:00', tx_isolation = 'READ-COMMITTED'",
    )


def _dynamo(url: str) -> Any:
    return boto3.client(
        "dynamodb", endpoint_url=url, config=Config(max_pool_connections=16, retries={"total_max_attempts": 1})
    )


def _make_table(dynamo: Any) -> None:
    try:
        dynamo.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise
    for first in range(0, PRODUCTS, 25):
        items = [_key(_product(n)) | {"stock": {"N": str(MANY)}} for n in range(first, first + 25)]
        dynamo.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item}} for item in items]})


def _turn_of(client: _Client, work: Work) -> Callable[[str, list[str]], None]:
    if work == "adds":
        return lambda owner, products: client.add(owner, products[0])
    return client.order if work == "filled" else client.journey


def prepare(plan: together.Found) -> Callable[[], together.Found]:
    dynamo = _dynamo(plan["dynamo"])
    clients = [_Client(plan["database"], dynamo) for _ in range(THREADS)]
    carts = [client.prepare(plan["work"], plan["turns"]) for client in clients]
    taken: list[float] = []

    def go(client: _Client, carts: Carts) -> None:
        turn = _turn_of(client, plan["work"])
        for owner, products in carts:
            began = time.perf_counter()
            turn(owner, products)
            taken.append((time.perf_counter() - began) * 1000)

    def work() -> together.Found:
        threads = [threading.Thread(target=go, args=pair) for pair in zip(clients, carts, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {"taken_ms": taken}

    return work


if __name__ == "__main__":
    together.serve(prepare)
