"""Random trade written straight into the tables, with the events that the services write beside it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from app.domain import MovementKind, effects
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs import outbox
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.stock.ledger import NewMovement, book
from app.stores.sql.tables import order_lines, orders, return_lines, returns

ZONE = ZoneInfo("Asia/Kolkata")
START = datetime(2026, 8, 20, 9, tzinfo=UTC)
COUNTRIES = ("IN", "GB", "DE")
PRODUCTS = ("p1", "p2", "p3", "p4", "p5")


class Trade:
    """Orders, returns and stock movements of a seeded random shop."""

    def __init__(self, database: Database, seed: int = 1) -> None:
        self.database = database
        self.random = random.Random(seed)
        self._costs = random.Random(-seed)  # the other numbers are as they were before there were costs
        self._paid: list[tuple[int, int | None, str, datetime]] = []

    def happen(self, events: int, with_events: bool = True) -> None:
        for _ in range(events):
            act = self.random.choices([self.order, self.give_back, self.move], [6, 2, 3])[0]
            self.database.write(lambda c, act=act: act(c, with_events))

    def order(self, connection: Connection, with_event: bool = True, **fixed: Any) -> int:
        draw = self.random
        at = fixed.get("at") or START + timedelta(microseconds=draw.randrange(90 * 86400 * 10**6))
        user_id = fixed.get("user_id", draw.choice([None, 1, 2, 3, 4]))
        country = draw.choice(COUNTRIES)
        products = draw.sample(PRODUCTS, draw.randint(1, 4))
        lines = [_line(draw, number, product_id) for number, product_id in enumerate(products, start=1)]
        lines = fixed.get("lines") or lines
        subtotal = sum(line["unit_price"] * line["quantity"] for line in lines)
        lines = [{**line, "unit_cost": self._unit_cost(line["unit_price"])} for line in lines]
        known = [line for line in lines if line["unit_cost"] is not None]
        units = sum(line["quantity"] for line in lines)
        status = fixed.get("status") or draw.choices(["paid", "payment_failed"], [9, 1])[0]
        is_paid = status == "paid"
        key = connection.execute(
            insert(orders).values(
                owner="x", user_id=user_id, status=status, source="shop", email=None, ship_name="Asha Rao",
                ship_line1="1", ship_line2="", ship_city="Pune", ship_region="", ship_postcode="1",
                ship_country=country, currency="INR", tax_rate="0.05", units=units, subtotal=subtotal,
                tax=subtotal // 20, total=subtotal + subtotal // 20, created_at=at, changed_at=at,
                cost=sum(line["unit_cost"] * line["quantity"] for line in known),
                costed=sum(line["unit_price"] * line["quantity"] for line in known),
                paid_at=at if is_paid else None, paid_day=at.astimezone(ZONE).date() if is_paid else None,
            )
        ).inserted_primary_key  # fmt: skip
        assert key is not None
        order_id = int(key[0])
        connection.execute(insert(order_lines), [{"order_id": order_id, **line} for line in lines])
        if is_paid:
            self._paid.append((order_id, user_id, country, at))
            if with_event:
                outbox.enqueue(connection, effects.rollup_of_order(order_id), at)
        return order_id

    def give_back(self, connection: Connection, with_event: bool = True) -> None:
        draw = self.random
        order_id, user_id, country, at = draw.choice(self._paid or [(None, 9, "FR", START)])  # type: ignore[list-item]
        at = at + timedelta(hours=draw.randrange(24 * 40))
        line = {"item_no": 1, "line_no": 1, "product_id": draw.choice(PRODUCTS), "name": "x", "restock": False}
        line |= {"quantity": draw.randint(1, 3), "amount": draw.randint(1, 9_000)}
        line |= {"restock": self._costs.random() < 0.6, "unit_cost": self._unit_cost(line["amount"])}
        cost = (line["unit_cost"] or 0) * line["quantity"] * line["restock"]
        key = connection.execute(
            insert(returns).values(
                cost=cost, costed=0 if line["unit_cost"] is None else line["amount"],
                order_id=order_id, user_id=user_id, country=country, actor="a", reason="",
                amount=line["amount"], refund=line["amount"], units=line["quantity"], at=at, refunded_at=at,
                day=at.astimezone(ZONE).date(),
            )
        ).inserted_primary_key  # fmt: skip
        assert key is not None
        return_id = int(key[0])
        connection.execute(insert(return_lines).values(return_id=return_id, **line))
        if with_event:
            outbox.enqueue(connection, effects.rollup_of_return(return_id), at)

    def _unit_cost(self, price: int) -> int | None:
        return self._costs.choice([None, 0, price // 2, price + 5])

    def move(self, connection: Connection, with_event: bool = True) -> None:
        draw = self.random
        at = START + timedelta(seconds=draw.randrange(3 * 86400))
        kind = draw.choice([*MovementKind, MovementKind.SALE, MovementKind.SALE])  # so that some run out
        book(
            connection,
            [
                NewMovement(
                    uid=f"test:{draw.random()}:{product_id}", product_id=product_id, kind=kind,
                    quantity=draw.randint(-9, -1) if kind is MovementKind.SALE else draw.randint(1, 9),
                    cause=f"test:{draw.random()}", actor="test",
                )
                for product_id in draw.sample(PRODUCTS, draw.randint(1, 3))
            ],
            at,
        )  # fmt: skip
        if not with_event:
            connection.execute(outbox.outbox.delete())


def _line(draw: random.Random, number: int, product_id: str) -> dict[str, Any]:
    price, quantity = draw.randint(1, 90_000), draw.randint(1, 9)
    return {"line_no": number, "product_id": product_id, "name": product_id, "unit_price": price, "quantity": quantity}


def contents(database: Database, table: Any) -> list[dict[str, Any]]:
    """Every row of a table, in key order."""
    query = select(table).order_by(*table.primary_key.columns)
    return database.read(lambda c: [dict(row._mapping) for row in c.execute(query)])


def fold_all(rollups: SqlRollups, limit: int = 500) -> int:
    folded = 0
    while applied := rollups.fold(limit):
        folded += applied
    return folded
