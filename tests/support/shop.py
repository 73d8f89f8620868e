"""Filling a test shop, and counting what must always add up."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select
from werkzeug.test import TestResponse

from app.domain import Actor, Product, Role, User
from app.services import Services
from app.services.catalog.ports import Catalog
from app.services.stock.product_drafts import ProductDraft
from app.settings.environment import Settings
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import (
    demo_charges,
    orders,
    payments,
    products,
    reservation_lines,
    reservations,
    stock_movements,
    throttles,
)
from app.wiring import composition, stores
from tests.support.hashing import QUICK_HASHING
from tests.support.migrated import migrated

PASSWORD = "seven wild geese"
SECRET_KEY = "a key for tests only, long enough to be one"
APPROVED = {
    "number": "4242 4242 4242 4242",
    "expiry": f"12/{(datetime.now(UTC).year + 2) % 100:02d}",
    "cvc": "123",
    "name": "Ada Lovelace",
}
DECLINED = {**APPROVED, "number": "4000 0000 0000 0002"}
TESTER = Actor("test")
UNFINISHED = ("pending", "charging")


def settings_for(data_dir: Path, **overrides: object) -> Settings:
    values: dict[str, object] = {"data_dir": data_dir, "secret_key": SECRET_KEY, **overrides}
    return Settings(_env_file=None, **values)


def build(settings: Settings) -> tuple[Services, Database]:
    """The wired services on a migrated database. Mail services of tests are stand-ins: invented people get mail."""
    database = migrated(settings.resolved_database_url)
    stores.migrate_catalog(settings)
    return composition.build(settings, database, writes_to_reserved=True), database


def add_product(built: Services, name: str, price: int, stock: int, category: str = "Kitchen") -> Product:
    return built.inventory.add_product(
        ProductDraft(name=name, price=price, category=category, stock=stock, threshold=2), TESTER
    )


def add_people(
    database: Database, count: int, prefix: str = "buyer", role: Role = Role.CUSTOMER, *, verified: bool = False
) -> list[User]:
    """Accounts with `PASSWORD`, all with one hash of it: sixty of their own would only take time."""
    users, now = SqlUsers(database), datetime.now(UTC)
    one = User(0, "", None, role, _password_hash(), 1, now, email_verified_at=now if verified else None)
    return [
        users.add(replace(one, full_name=f"{prefix.title()} {n}", email=f"{prefix}{n}@shop.example"))
        for n in range(count)
    ]


@functools.cache
def _password_hash() -> str:
    """Servers that tests start check it as quickly: what a hash costs is written in it."""
    return QUICK_HASHING.hash(PASSWORD)


def forget_attempts(database: Database) -> None:
    """As if nobody had tried too often."""
    database.write(lambda connection: connection.execute(throttles.delete()))


def books(database: Database, catalog: Catalog | None = None) -> dict[str, int]:
    """Every count that the checkout's promises are about; "received": also by returns and corrections.

    `catalogue`: where stock and held units are counted when they are not in the database.
    """

    def count(connection: Connection) -> dict[str, int]:
        def one(statement: object) -> int:
            return int(connection.execute(statement).scalar() or 0)  # type: ignore[call-overload]

        movement = select(func.sum(stock_movements.c.quantity))
        held = (
            select(func.sum(reservation_lines.c.units))
            .join(reservations, reservations.c.order_id == reservation_lines.c.order_id)
            .where(reservations.c.state == "held")
        )
        rows = select(func.count())
        return {
            "received": one(movement.where(stock_movements.c.kind != "sale")),
            "sold": -one(movement.where(stock_movements.c.kind == "sale")),
            "stock": one(select(func.sum(products.c.stock))),
            "held": one(held),
            "paid": one(rows.select_from(orders).where(orders.c.status == "paid")),
            "unfinished": one(rows.select_from(orders).where(orders.c.status.in_(UNFINISHED))),
            "payments": one(rows.select_from(payments)),
            "payments_amount": one(select(func.sum(payments.c.amount))),
            "charges": one(rows.select_from(demo_charges).where(demo_charges.c.state == "approved")),
            "charges_amount": one(select(func.sum(demo_charges.c.amount)).where(demo_charges.c.state == "approved")),
        }

    counts = database.read(count)
    if catalog is not None:
        counts["stock"] = sum(product.stock for product in catalog.changes_since(None).products)
        counts["held"] = sum(catalog.held().values())
    return counts


def assert_books_balance(counts: dict[str, int]) -> None:
    assert counts["stock"] + counts["sold"] + counts["held"] == counts["received"], counts
    assert counts["payments"] == counts["paid"] == counts["charges"], counts
    assert counts["payments_amount"] == counts["charges_amount"], counts


def refused(answer: TestResponse, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """The body of an answer that must be a failure as the API words it."""
    body = answer.json
    assert answer.status_code == status, answer.text
    assert body["success"] is False
    assert body["message"]
    assert body["code"] == code
    assert body.get("field") == field, body
    return body
