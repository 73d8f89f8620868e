"""Folding event by event and recomputing from the rows give the same rollups, table by table."""

from __future__ import annotations

import importlib
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, func, insert, select, text, update

from app.domain.effects import Effect, EffectKind
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs import outbox
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.rollups.rebuild import ROLLUPS
from app.stores.sql.tables import leases, rollup_cohorts, rollup_customer_days, rollup_customers, rollup_days
from tests.support.trade import ZONE, Trade, contents, fold_all

NOON = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)


def all_rollups(database: Database) -> dict[str, list[dict[str, object]]]:
    return {table.name: contents(database, table) for table in ROLLUPS}


def states(database: Database) -> dict[str, int]:
    events = outbox.outbox.c
    query = select(events.state, func.count()).where(events.kind == "rollup").group_by(events.state)
    return database.read(lambda c: {row[0]: row[1] for row in c.execute(query)})


class TestFold:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_folding_in_small_batches_equals_recomputing(self, database: Database, seed: int) -> None:
        trade, rollups = Trade(database, seed), SqlRollups(database, ZONE)
        for _ in range(4):
            trade.happen(20)
            fold_all(rollups, limit=7)
        folded = all_rollups(database)
        assert all(folded.values())
        rollups.rebuild()
        rebuilt = all_rollups(database)
        for name in folded:
            assert folded[name] == rebuilt[name], name

    def test_the_size_of_a_batch_changes_nothing(self, database: Database) -> None:
        trade, rollups = Trade(database, 5), SqlRollups(database, ZONE)
        trade.happen(60)
        assert fold_all(rollups, limit=500) > 0
        folded = all_rollups(database)
        rollups.rebuild()
        assert folded == all_rollups(database)

    def test_every_event_counts_once(self, database: Database) -> None:
        rollups = SqlRollups(database, ZONE)
        database.write(lambda c: Trade(database).order(c, status="paid"))
        assert rollups.fold() == 1
        assert rollups.fold() == 0
        assert [row["orders"] for row in contents(database, rollup_days)] == [1]
        assert states(database) == {"done": 1}

    def test_appliers_in_parallel_count_every_event_once(self, database: Database) -> None:
        Trade(database, 8).happen(60)
        appliers = [threading.Thread(target=fold_all, args=(SqlRollups(database, ZONE), 3)) for _ in range(4)]
        for applier in appliers:
            applier.start()
        for applier in appliers:
            applier.join(60)
        rollups = SqlRollups(database, ZONE)
        fold_all(rollups, 50)
        folded = all_rollups(database)
        rollups.rebuild()
        assert folded == all_rollups(database)

    def test_an_event_that_names_nothing_fails_alone(self, database: Database) -> None:
        rollups = SqlRollups(database, ZONE)

        def work(connection):  # type: ignore[no-untyped-def]
            outbox.enqueue(connection, Effect(EffectKind.ROLLUP, "bad", {"order_id": 999}), NOON)
            Trade(database).order(connection, status="paid")

        database.write(work)
        assert rollups.fold() == 1
        assert states(database) == {"done": 1, "failed": 1}

    def test_an_earlier_order_folded_later_moves_its_customer_to_the_earlier_cohort(self, database: Database) -> None:
        trade, rollups = Trade(database), SqlRollups(database, ZONE)
        for month in (10, 11, 9):
            at = NOON.replace(month=month)
            database.write(lambda c, at=at: trade.order(c, user_id=7, at=at, status="paid"))
            rollups.fold()
        cells = {(r["cohort"], r["month"], r["customers"]) for r in contents(database, rollup_cohorts)}
        assert cells == {("2026-09", "2026-09", 1), ("2026-09", "2026-10", 1), ("2026-09", "2026-11", 1)}
        assert contents(database, rollup_customers)[0]["first_order_at"] == NOON

    def test_guests_are_in_sales_and_not_among_customers(self, database: Database) -> None:
        rollups = SqlRollups(database, ZONE)
        database.write(lambda c: Trade(database).order(c, user_id=None, status="paid"))
        rollups.fold()
        assert contents(database, rollup_days)[0]["orders"] == 1
        assert contents(database, rollup_customers) == []

    def test_an_evening_order_counts_on_the_store_day(self, database: Database) -> None:
        rollups = SqlRollups(database, ZONE)
        late = datetime(2026, 9, 15, 19, 0, tzinfo=UTC)  # half past midnight in Kolkata
        database.write(lambda c: Trade(database).order(c, at=late, status="paid"))
        rollups.fold()
        assert str(contents(database, rollup_days)[0]["day"]) == "2026-09-16"

    # SQLite has one writer anyway.
    @pytest.mark.parametrize("database", ["mariadb"], indirect=True)
    def test_nobody_folds_while_another_process_holds_the_lease(self, database: Database) -> None:
        database.write(lambda c: Trade(database).order(c, status="paid"))
        database.write(lambda c: c.execute(insert(leases).values(name="rollups", holder="other", until=NOON)))
        with database.engine.connect() as other, other.begin():
            other.execute(select(leases).with_for_update())
            assert SqlRollups(database, ZONE).fold() == 0
        assert SqlRollups(database, ZONE).fold() == 1


class TestRebuild:
    def test_bulk_rows_without_events_are_counted_and_folding_goes_on_from_there(self, database: Database) -> None:
        trade, rollups = Trade(database, 4), SqlRollups(database, ZONE)
        trade.happen(40, with_events=False)
        rollups.rebuild()
        trade.happen(30)
        fold_all(rollups, 500)
        folded = all_rollups(database)
        rollups.rebuild()
        assert folded == all_rollups(database)

    def test_pending_events_are_part_of_it(self, database: Database) -> None:
        rollups = SqlRollups(database, ZONE)
        Trade(database, 6).happen(20)
        rollups.rebuild()
        assert set(states(database)) == {"done"}
        assert rollups.fold() == 0


class TestUpgrade:
    def test_the_migration_counts_what_folding_would_have(self, database: Database) -> None:
        trade, rollups = Trade(database, 9), SqlRollups(database, ZONE)
        trade.happen(80)
        fold_all(rollups, 500)
        folded = all_rollups(database)
        assert folded["rollup_customer_periods"]
        step = importlib.import_module("app.stores.sql.migrations.versions.0006_customer_periods")

        def again(connection: Connection) -> None:
            connection.execute(update(rollup_customer_days).values(last_order_at=None))
            for _interrupted_and_started_again in range(2):
                for statement in step.statements(connection.dialect.name):
                    connection.execute(text(statement))

        database.write(again)
        assert all_rollups(database) == folded
