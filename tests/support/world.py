"""A small shop of its own behind the application that a test process shares: people of every role, and a
customer with an order, a cart and an address, whom nobody else may see or touch."""

from __future__ import annotations

import functools
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Table, or_, select

from app.domain import Address, ApiToken, Order, Product, Role, Scope, User
from app.services import Services, install
from app.services.checkout.checkout import CheckoutRequest
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import audit_log, mailbox, metadata, throttles
from tests.support.hashing import QUICK_HASHING
from tests.support.shop import APPROVED, PASSWORD, add_product, build, forget_attempts, settings_for

T = TypeVar("T")
EVERYONE: tuple[Role | None, ...] = (None, *Role)
STREET = "17 Hidden Garden Lane"
OWNERS_PASSWORD = "a heron on the far bank"
TOKEN_NAME = "the till in the hidden garden"
COOKIE = "retail_session"


@dataclass
class World:
    server: flask.Flask
    services: Services
    database: Database
    people: dict[Role, User]
    owner: User
    order: Order  # the owner's, paid
    product: Product  # in the owner's cart, and in no other one
    token: ApiToken  # the owner's
    secret: str  # of the token
    _cookies: dict[Role | None, str] = field(default_factory=dict)
    _hired: int = 0
    _read: dict[str, tuple[int, Any]] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What only the owner, and admins, may read."""
        return str(self.owner.email), STREET, TOKEN_NAME, self.secret

    def client(self, user: User | None = None) -> FlaskClient:
        """A browser of its own, signed in as `user`."""
        client = self.server.test_client()
        if user is not None:
            password = OWNERS_PASSWORD if user == self.owner else PASSWORD
            answer = client.post("/api/login", json={"email": user.email, "password": password})
            assert answer.status_code == 200, answer.text
        return client

    def cookie(self, role: Role | None) -> str:
        """The Cookie header of somebody of that role; it goes on holding whatever was done with it before."""
        known = self._cookies.get(role)
        if known is None or not self._still_holds(role, known):
            self._cookies[role] = known = self._fresh_cookie(role)
        return known

    def _still_holds(self, role: Role | None, cookie: str) -> bool:
        if role is None:
            return True
        client = self.server.test_client(use_cookies=False)
        told = client.get("/api/current_user", headers={"Cookie": cookie}).json
        return bool(told["is_logged_in"]) and told["role"] == role.value

    def _fresh_cookie(self, role: Role | None) -> str:
        if role is None:
            return guest_cookie(self.server)
        self._hired += 1
        self.people[role] = hire(self.database, f"{role.value}-{self._hired}", role)
        found = self.client(self.people[role]).get_cookie(COOKIE)
        assert found is not None
        return f"{COOKIE}={found.value}"

    def forget_attempts(self) -> None:
        forget_attempts(self.database)

    # --- what the database holds

    def tables(self) -> dict[str, str]:
        """Every table's contents as a hash. Of the audit log what was done, not what was refused."""

        def digest(connection: Connection) -> dict[str, str]:
            return {table.name: _hash(connection, table) for table in metadata.sorted_tables if table is not throttles}

        return self._unless_known("tables", digest)

    def holdings(self) -> list[Any]:
        """Every row of the owner's: the account, cart, orders and whatever else names the account or the order."""
        named = {"owner": f"user#{self.owner.user_id}", "user_id": self.owner.user_id, "order_id": self.order.order_id}

        def rows(connection: Connection) -> list[Any]:
            found: list[Any] = []
            for table in metadata.sorted_tables:
                mine = [table.c[name] == value for name, value in named.items() if name in table.c]
                if mine and table not in (throttles, audit_log, mailbox):  # admins read the mailbox
                    found += [(table.name, *row) for row in connection.execute(select(table).where(or_(*mine)))]
            return sorted(found, key=repr)

        return self._unless_known("holdings", rows)

    def _unless_known(self, name: str, work: Callable[[Connection], T]) -> T:
        """What `work` reads; what it read last time while nobody wrote anything."""
        version = self._watcher.execute("PRAGMA data_version").fetchone()[0]
        known = self._read.get(name)
        if known is None or known[0] != version:
            self._read[name] = known = (version, self.database.read(work))
        found: T = known[1]
        return found

    @functools.cached_property
    def _watcher(self) -> sqlite3.Connection:
        """SQLite counts up for it with each commit of any other connection; nobody writes through this one."""
        return sqlite3.connect(str(self.database.url.database), isolation_level=None)


@functools.cache
def _all_of(table: Table) -> str:
    """As the database itself holds it: what columns make of it in Python would cost more than the reading."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    only = " WHERE outcome != 'refused'" if table is audit_log else ""
    return f'SELECT {columns} FROM "{table.name}"{only}'


def _hash(connection: Connection, table: Table) -> str:
    rows = sorted(repr(row) for row in connection.connection.execute(_all_of(table)))
    return hashlib.sha256("\n".join(rows).encode("utf-8", "surrogatepass")).hexdigest()


def guest_cookie(server: flask.Flask) -> str:
    """A browser that has looked at the shop, so that its guest has a cart of its own."""
    interface = server.session_interface.get_signing_serializer(server)  # type: ignore[attr-defined]
    return f"{COOKIE}={interface.dumps({'guest': 'a-guest-of-another-browser', '_permanent': True})}"


def build_world(server: flask.Flask, folder: Path) -> World:
    """Its services are installed behind `services()`; the fixture that calls this puts the others back."""
    built, database = build(settings_for(folder))
    install(built)
    product = add_product(built, "Cup that one cart holds", 25_000, 500)
    people = {role: hire(database, role.value, role) for role in Role}
    owner = built.accounts.register("Nandini Private-Owner", "private-owner@shop.example", OWNERS_PASSWORD)
    order = buy(built, owner, product)
    built.cart.add(f"user#{owner.user_id}", product.product_id, 3)
    while built.worker.tick():
        pass
    token, secret = built.tokens.create(owner, TOKEN_NAME, [Scope.SHOP], None)
    return World(server, built, database, people, owner, order, product, token, secret)


def hire(database: Database, name: str, role: Role) -> User:
    """An account with `PASSWORD`, which is looked at at once: thousands of attempts are about what comes after it."""
    hashed = QUICK_HASHING.hash(PASSWORD)
    return SqlUsers(database).add(User(0, name.title(), f"{name}@shop.example", role, hashed, 1, datetime.now(UTC)))


def buy_as_guest(built: Services, product: Product) -> Order:
    """In a browser that nobody here has."""
    built.cart.add("guest#elsewhere", product.product_id, 1)
    address = Address("Ravi Elsewhere", "2 Other Road", "Pune", "411001", "IN", region="Maharashtra")
    request = CheckoutRequest("guest#elsewhere", None, "elsewhere@shop.example", address, APPROVED, None)
    return built.checkout.place(request)


def buy(built: Services, user: User, product: Product) -> Order:
    owner = f"user#{user.user_id}"
    built.cart.add(owner, product.product_id, 2)
    address = Address(user.full_name, STREET, "Pune", "411001", "IN", region="Maharashtra")
    return built.checkout.place(
        CheckoutRequest(
            owner=owner,
            user_id=user.user_id,
            email=user.email,
            address=address,
            details=APPROVED,
            idempotency_key=None,
        )
    )


@contextmanager
def served_world(built_app: Any, folder: Path) -> Iterator[World]:
    """One for a module's tests; the session's own services are back after it."""
    made = build_world(built_app.server, folder)
    yield made
    made.services.live.close()
    made.database.dispose()
    install(built_app.services)
