"""`migrate` on MariaDB, where every change of the schema is committed by itself: interrupted, at once, refused."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event, text

from app.errors import StartupError
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import differences, migrate, require_current
from app.stores.sql.tables import metadata
from tests.support.migrating import Migrating

FIRST_MIGRATION = 70  # statements
CHANGES = ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE")


class Interrupted(BaseException):
    """Nothing that a migration could catch."""


@pytest.fixture
def fresh(mariadb: Database) -> Iterator[Database]:
    """An empty schema of its own whose default is not utf8mb4."""
    mariadb.write(lambda c: c.execute(text("CREATE DATABASE fresh CHARACTER SET latin1")))
    database = Database(mariadb.url.set(database="fresh").render_as_string(hide_password=False), patient=True)
    yield database
    database.dispose()
    mariadb.write(lambda c: c.execute(text("DROP DATABASE fresh")))


def assert_whole(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    require_current(database)


def triggers(database: Database) -> list[str]:
    query = text("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()")
    return sorted(database.read(lambda c: list(c.execute(query).scalars())))


def test_interrupted_again_and_again_it_is_started_again(
    fresh: Database, record_property: pytest.RecordProperty
) -> None:
    """After every fourth statement of the large first migration, and after every single one of those that follow."""

    def interrupt(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(CHANGES) and statement not in made:
            made.add(statement)
            if len(made) > FIRST_MIGRATION or len(made) % 4 == 0:
                interrupted.append(statement)
                raise Interrupted

    made: set[str] = set()
    interrupted: list[str] = []
    event.listen(fresh.engine, "after_cursor_execute", interrupt)
    while True:
        try:
            migrate(fresh)
            break
        except Interrupted:
            fresh.engine.dispose()  # what a process had open ends with it
    event.remove(fresh.engine, "after_cursor_execute", interrupt)
    assert len(interrupted) > 30, interrupted
    assert_whole(fresh)
    never_changed = ("audit_log", "invoice_files", "invoices")
    assert triggers(fresh) == [f"{name}_no_{event}" for name in never_changed for event in ("delete", "update")]
    record_property(
        "proved", f"a migration on MariaDB of {len(made)} statements was interrupted {len(interrupted)} times"
    )


def migrating(database: Database, log: Path) -> Migrating:
    return Migrating(database.url.render_as_string(hide_password=False), log)


def test_killed_in_the_middle_it_is_started_again(fresh: Database, tmp_path: Path) -> None:
    seeded, killed = random.Random(4), 0
    for _ in range(3):
        process = migrating(fresh, tmp_path / "log")
        wait_for_a_table(fresh, process)
        time.sleep(seeded.uniform(0.0, 0.2))
        process.kill()
        killed += process.wait() == -signal.SIGKILL
    assert killed
    migrate(fresh)
    assert_whole(fresh)


def wait_for_a_table(database: Database, process: Migrating) -> None:
    query = text("SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()")
    before = database.read(lambda c: c.execute(query).scalar_one())
    deadline = time.monotonic() + 60
    while process.is_running and time.monotonic() < deadline:
        if database.read(lambda c: c.execute(query).scalar_one()) > before:
            return
        time.sleep(0.005)


def test_many_at_once_are_one(fresh: Database, tmp_path: Path) -> None:
    several = [migrating(fresh, tmp_path / str(number)) for number in range(3)]
    assert [process.wait() for process in several] == [0, 0, 0], [process.said() for process in several]
    assert_whole(fresh)


def test_every_text_is_utf8mb4_whatever_the_database_was_made_with(fresh: Database) -> None:
    migrate(fresh)
    query = text(
        "SELECT table_name, column_name, character_set_name FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND character_set_name <> 'utf8mb4' AND table_name <> 'alembic_version'"
    )
    assert fresh.read(lambda c: c.execute(query).all()) == []
    words = "Żółw 🐢 — ネコ"
    fresh.write(lambda c: c.execute(text("INSERT INTO shop_facts VALUES ('name', :words)"), {"words": words}))
    assert (
        fresh.read(lambda c: c.execute(text("SELECT value FROM shop_facts WHERE name = 'name'")).scalar_one()) == words
    )


def test_a_table_of_somebody_else_is_said_and_left_alone(fresh: Database) -> None:
    fresh.write(lambda c: c.execute(text("CREATE TABLE orders (number INT PRIMARY KEY, what TEXT)")))
    fresh.write(lambda c: c.execute(text("INSERT INTO orders VALUES (1, 'two pizzas')")))
    with pytest.raises(StartupError, match="table 'orders' that this program did not make"):
        migrate(fresh)
    assert fresh.read(lambda c: c.execute(text("SELECT what FROM orders")).scalar_one()) == "two pizzas"


def test_a_column_that_somebody_dropped_is_said_and_not_put_right(fresh: Database) -> None:
    migrate(fresh)
    fresh.write(lambda c: c.execute(text("ALTER TABLE payments DROP COLUMN reference")))
    for check in (migrate, require_current):
        with pytest.raises(StartupError, match="payments has no column reference"):
            check(fresh)
    assert fresh.read(differences) == ["payments has no column reference"]


def test_a_migration_that_never_ends_is_said(fresh: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.stores.sql.engine.migrate.LOCK_SECONDS", 1)
    holding, done = threading.Event(), threading.Event()

    def hang(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith("CREATE TABLE carts"):
            holding.set()
            done.wait(30)

    event.listen(fresh.engine, "before_cursor_execute", hang)
    slow = threading.Thread(target=migrate, args=(fresh,))
    slow.start()
    assert holding.wait(30)
    other = Database(fresh.url.render_as_string(hide_password=False))
    with pytest.raises(StartupError, match="Another process has been migrating"):
        migrate(other)
    done.set()
    slow.join()
    other.dispose()
    event.remove(fresh.engine, "before_cursor_execute", hang)
    assert_whole(fresh)
