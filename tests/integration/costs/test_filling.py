"""`migrate` and `fill-costs` leave nothing out: totals made anew, customers ranked anew."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update

from app.cli import commands
from app.services.costs.ports import Filled
from app.stores.sql.costs.past_sales import FACT
from app.stores.sql.rollups.rebuild import CUSTOMER_SUMMARY
from app.stores.sql.tables import order_lines, return_lines, shop_facts
from app.tools.demo import fill_demo
from tests.support.shop import build, settings_for


@pytest.mark.parametrize("command", [commands.migrate, commands.fill_costs], ids=["migrate", "fill-costs"])
def test_customers_are_ranked_after_costs_were_filled(
    command: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(tmp_path)
    built, database = build(settings)
    fill_demo(database, settings, orders=60, products=10, seed=7)
    built.customers.keep_segments()

    def forget(connection: Connection) -> None:
        for table in (order_lines, return_lines):
            connection.execute(update(table).values(unit_cost=None))
        connection.execute(delete(shop_facts).where(shop_facts.c.name == FACT))

    database.write(forget)
    monkeypatch.setattr(commands, "load_settings", lambda: settings)
    assert command(argparse.Namespace()) == 0  # type: ignore[operator]
    said = capsys.readouterr().out
    assert said.index("Costs of past sales are filled in") < said.index("lines of past sales had no cost")
    names = database.read(lambda c: c.execute(select(shop_facts.c.name)).scalars().all())
    assert CUSTOMER_SUMMARY in names
    assert built.past_sales.fill({}) == Filled(0, 0)
    built.live.close()
    database.dispose()
