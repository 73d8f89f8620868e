"""A shop that ran on an earlier schema goes on with its data, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from app.domain import Role
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import _config, migrate
from app.stores.sql.tables import metadata

FIRST = "0001"
JOINED = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "mariadb"])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database at the first schema with one customer in it."""
    server: Database | None = None
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    else:
        server = request.getfixturevalue("mariadb")
        server.write(lambda c: c.execute(text("CREATE DATABASE earlier CHARACTER SET utf8mb4")))
        database = Database(server.url.set(database="earlier").render_as_string(hide_password=False))
    with database.engine.connect().execution_options(retail_write=True) as connection:
        command.upgrade(_config(connection), FIRST)
        connection.commit()
    database.write(
        lambda c: c.execute(
            text(
                "INSERT INTO users (full_name, email, role, password_hash, session_version, created_at) "
                "VALUES ('Zoë', 'zoe@shop.example', 'customer', 'hash', 3, '2026-03-01 12:30:00.000000')"
            )
        )
    )
    yield database
    database.dispose()
    if server is not None:
        server.write(lambda c: c.execute(text("DROP DATABASE earlier")))


def test_people_keep_their_accounts(earlier: Database) -> None:
    migrate(earlier)
    user = SqlUsers(earlier).by_email("zoe@shop.example")
    assert user is not None
    assert (user.full_name, user.role, user.password_hash) == ("Zoë", Role.CUSTOMER, "hash")
    assert (user.session_version, user.created_at) == (3, JOINED)
    assert user.email_verified_at is None
    assert not user.has_second_factor


def test_the_schema_becomes_the_one_the_code_uses(earlier: Database) -> None:
    migrate(earlier)
    with earlier.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
