"""`python -m app reconcile`: what it prints, and how it ends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from app.__main__ import main
from app.settings.environment import Settings
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import audit_log, payments, products
from app.tools.demo import fill_demo
from tests.support.migrated import migrated


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a shop that traded; each test has a copy."""
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("filled"))
    database = migrated(settings.resolved_database_url)
    fill_demo(database, settings, orders=60, products=5, seed=1)
    database.dispose()
    return settings.data_dir / "shop.db"


@pytest.fixture
def database(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    database = Database(f"sqlite:///{shutil.copy(filled, tmp_path / 'shop.db')}")
    yield database
    database.dispose()


def run(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    code = main(["reconcile", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def lose_a_payment(database: Database) -> None:
    database.write(lambda c: c.execute(delete(payments).where(payments.c.order_id == 1)))


def test_a_sound_shop(database: Database, capsys: Any) -> None:
    code, said, _ = run(capsys)
    assert code == 0
    assert "All books agree (5 products, 6" in said


def test_a_difference_is_named_and_mended(database: Database, capsys: Any) -> None:
    lose_a_payment(database)
    code, said, _ = run(capsys)
    assert (code, "order #10001: it is paid, and the provider took" in said, "1 difference" in said) == (1, True, True)
    code, said, _ = run(capsys, "--repair")
    assert code == 0
    assert said.startswith("Changed: order #10001: its payment was written as the provider has it.")
    who = select(audit_log.c.actor).where(audit_log.c.action == "books.mend")
    assert database.read(lambda c: c.execute(who).scalar()) == "command line"


def test_machines_read_the_same(database: Database, capsys: Any) -> None:
    lose_a_payment(database)
    code, said, _ = run(capsys, "--json")
    outcome = json.loads(said)
    assert (code, outcome["verdict"], outcome["count"]) == (1, "differs", 1)
    assert outcome["differences"][0]["subject"] == "order #10001"


def test_a_side_is_trusted(database: Database, capsys: Any) -> None:
    product_id = database.read(lambda c: c.execute(select(products.c.product_id).limit(1)).scalar_one())
    off = update(products).where(products.c.product_id == product_id).values(stock=products.c.stock + 2)
    database.write(lambda c: c.execute(off))
    code, said, _ = run(capsys)
    assert (code, f"--trust catalogue --product {product_id}" in said) == (1, True)
    assert run(capsys, "--trust", "catalogue", "--product", product_id)[0] == 0
    assert run(capsys)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "yesterday"], "--since is a day such as"),
        (["--trust", "ledger"], "--product ID"),
        (["--product", "x"], "--trust"),
    ],
)
def test_what_cannot_be_asked(database: Database, capsys: Any, arguments: list[str], words: str) -> None:
    code, _, said = run(capsys, *arguments)
    assert (code, words in said) == (2, True)


def test_a_shop_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "nothing"))
    code, _, said = run(capsys)
    assert (code, "python -m app migrate" in said) == (2, True)
