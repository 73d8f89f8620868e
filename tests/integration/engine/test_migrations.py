"""The migrations lead to the tables that the code uses, and refuse what they cannot handle."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from app.domain import ReorderRule, RuleKey, RuleLevel
from app.errors import StartupError
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate, require_current
from app.stores.sql.engine.revisions import SCRIPTS
from app.stores.sql.forecasts.reorder_rules import SqlReorderRules
from app.stores.sql.tables import metadata


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'shop.db'}")


def test_migrated_schema_is_the_one_the_code_uses(database: Database) -> None:
    migrate(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    assert migrate(database) == migrate(database)


def test_an_empty_database_must_be_migrated_before_it_is_served(database: Database) -> None:
    with pytest.raises(StartupError, match="python -m app migrate"):
        require_current(database)


def release(database: Database, *, oldest: str) -> None:
    """What the migration of a later version leaves: more than this one knows, and which versions run on it."""

    def expanded(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE orders ADD COLUMN gift_note VARCHAR(200)"))
        connection.execute(text("CREATE TABLE wishes (wish_id INTEGER PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        fact = {"name": "schema.oldest_that_runs", "oldest": oldest}
        connection.execute(text("UPDATE shop_facts SET value = :oldest WHERE name = :name"), fact)

    database.write(expanded)


def test_a_version_before_goes_on_and_starts_on_a_schema_that_was_only_added_to(database: Database) -> None:
    migrate(database)
    release(database, oldest="0010")
    require_current(database)
    migrate(database)
    version = database.read(lambda c: c.execute(text("SELECT version_num FROM alembic_version")).scalar())
    assert version == "9999"


def test_a_database_of_a_newer_version_is_refused_with_words(database: Database) -> None:
    migrate(database)
    release(database, oldest="9999")
    with pytest.raises(StartupError, match="newer version"):
        migrate(database)
    with pytest.raises(StartupError, match="newer version"):
        require_current(database)


def test_a_file_that_is_no_database_is_refused_with_words(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_text("this is a shopping list, not a database" * 100)
    with pytest.raises(StartupError, match="cannot be opened"):
        migrate(Database(f"sqlite:///{path}"))


def test_what_the_release_before_wrote_beside_a_lead_time_is_inherited_if_it_is_as_usual(database: Database) -> None:
    insert = "INSERT INTO reorder_plans (product_id, lead_days, changed_at, review_days, service_level, pack_size)"

    def as_before(connection: Connection) -> None:
        connection.execute(
            text(f"{insert} VALUES ('mug', 9, '2026-11-30', 7, 95, 1), ('jug', 7, '2026-11-30', 14, 95, 6)")
        )

    with database.engine.connect().execution_options(retail_write=True) as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0033")
        connection.commit()
    database.write(as_before)
    migrate(database)
    assert SqlReorderRules(database).rules() == {
        RuleKey(RuleLevel.PRODUCT, "mug"): ReorderRule(9),
        RuleKey(RuleLevel.PRODUCT, "jug"): ReorderRule(7, 14, pack=6),
    }
