"""`python -m app forecast`, `backtest`, `replay` and `refresh-forecasts` on a demo year, and the API beside them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.__main__ import main
from app.services.forecasts.plans import USUAL, day_rows, lead_row
from app.settings.environment import Settings
from app.stores.sql.engine.database import Database
from app.stores.sql.forecasts.forecasts import SqlForecasts
from app.stores.sql.tables import order_lines, orders
from app.tools.demo import fill_demo
from tests.support.migrated import migrated


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("filled"))
    database = migrated(settings.resolved_database_url)
    fill_demo(database, settings, orders=1500, products=30, seed=3)
    database.dispose()
    return settings.data_dir


@pytest.fixture
def database(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(folder))
    database = Database(f"sqlite:///{folder / 'shop.db'}")
    yield database
    database.dispose()


def last_day(database: Database) -> date:
    return database.read(lambda c: c.execute(select(func.max(orders.c.paid_day))).scalar_one())  # type: ignore[no-any-return]


def files(day: date, folder: Path, name: str) -> tuple[str, str]:
    out, sums = folder / f"{name}.csv", folder / f"{name}-sums.csv"
    assert (
        main(["forecast", "--as-of", day.isoformat(), "--horizon", "28", "--out", str(out), "--lead-time", str(sums)])
        == 0
    )
    return out.read_text(), sums.read_text()


def test_changing_the_future_changes_nothing_of_what_was_expected(database: Database, tmp_path: Path) -> None:
    day = last_day(database) - timedelta(days=40)
    before = files(day, tmp_path, "before")
    later = select(orders.c.order_id).where(orders.c.paid_day >= day)
    database.write(
        lambda c: c.execute(
            update(order_lines).where(order_lines.c.order_id.in_(later)).values(quantity=order_lines.c.quantity * 50)
        )
    )
    assert files(day, tmp_path, "after") == before
    rows = list(csv.DictReader(before[0].splitlines()))
    assert list(rows[0]) == ["product_id", "day", "mean", "q10", "q50", "q90", "q95"]
    assert {row["day"] for row in rows} == {(day + timedelta(days=n)).isoformat() for n in range(28)}
    assert before[1].splitlines()[0] == "product_id,days,mean,q50,q90,q95"


def test_what_is_kept_of_today_is_what_the_command_writes_as_of_today(
    database: Database, tmp_path: Path, capsys: Any
) -> None:
    assert main(["refresh-forecasts"]) == 0
    assert "31 forecasts were made" in capsys.readouterr().out
    kept = SqlForecasts(database).get([f"{row}" for row in SqlForecasts(database).made_for() if row])
    first_day = next(iter(kept.values())).first_day
    days, sums = files(first_day, tmp_path, "today")
    written = {tuple(row) for row in csv.reader(days.splitlines()[1:])}
    for product_id, made in kept.items():
        for row in day_rows(made):
            assert (product_id, *map(str, row)) in written
        assert ",".join([product_id, *map(str, lead_row(made, USUAL))]) in sums


def test_a_back_test_says_what_it_found(database: Database, tmp_path: Path, capsys: Any) -> None:
    assert main(["backtest", "--origins", "2", "--horizon", "28", "--json", str(tmp_path / "found.json")]) == 0
    assert "the better baseline" in capsys.readouterr().out
    found = json.loads((tmp_path / "found.json").read_text())
    assert len(found["origins"]) == 2
    assert set(found["levels"]) == {"product", "category", "shop"}
    assert set(found["levels"]["product"]["methods"]) == {"forecast", "mean of 28 days", "SES"}


def test_a_replay_says_what_a_policy_would_have_come_to(database: Database, tmp_path: Path, capsys: Any) -> None:
    last = last_day(database) - timedelta(days=1)
    days = ["--from", f"{last - timedelta(days=41)}", "--to", f"{last}", "--lead-days", "5", "--review-days", "7"]
    (tmp_path / "start.csv").write_text("product_id,units\n")
    more = ["--service", "90", "--budget", "900000", "--start-stock", "start.csv", "--json", "found.json"]
    assert main(["replay", *days, *more]) == 0
    said = capsys.readouterr().out
    assert "6 days to order on" in said
    found = json.loads((tmp_path / "found.json").read_text())
    policy = found["compared"]["policy"]
    (point,) = [one for one in found["curve"] if one["service"] == 90]
    assert point["value"] == policy["value"]
    assert f"{policy['service_level']:.2%}" in said
    assert policy["start"] + policy["arrived"] - policy["sold"] == policy["end"]
    assert found["compared"]["really"]["sold"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["replay", "--from", "2026-01-02", "--to", "2026-01-01"], "not be before the first"),
        (["replay", "--from", "1990-01-01", "--to", "1990-02-01"], "too little history"),
        (["replay", "--from", "2026-01-01", "--to", "2026-02-01", "--budget", "much"], "an amount such as"),
        (["replay", "--from", "2026-01-01", "--to", "2026-02-01", "--start-stock", "gone.csv"], "cannot be read"),
        (["backtest", "--origins", "0"], "a number from 1"),
        (["backtest", "--horizon", "57"], "from 1 to 56 days"),
        (["forecast", "--as-of", "soon", "--out", "x"], "a day such as"),
        (["forecast", "--as-of", "1990-01-01", "--out", "x"], "Nothing had been sold"),
        (["forecast", "--as-of", "2026-01-01", "--horizon", "90", "--out", "x"], "from 1 to 56 days"),
    ],
)
def test_what_cannot_be_is_refused_in_words(database: Database, words: list[str], said: str, capsys: Any) -> None:
    try:
        code = main(words)
    except SystemExit as error:
        code = int(error.code or 0)
    assert code != 0
    assert said in capsys.readouterr().err
