"""What /metrics and the API's customer list read, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from app.domain import Reconciliation, Role, Verdict, Vitals
from app.stores.sql.analytics.customers import SqlCustomerAnalytics
from app.stores.sql.books.log import SqlReconciliationLog
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from app.stores.sql.health.vitals import SqlVitals
from app.stores.sql.tables import low_stock_episodes, outbox, rollup_customers
from tests.support.shop import add_people


def put(database, key, created, next_try, attempts=0, state="pending", kind="receipt"):
    """An effect made `created` seconds ago, due in `next_try` seconds."""

    def work(connection):
        now = database_now(connection)
        connection.execute(
            insert(outbox).values(
                kind=kind,
                key=key,
                payload={},
                state=state,
                attempts=attempts,
                created_at=now - timedelta(seconds=created),
                next_try_at=now + timedelta(seconds=next_try),
            )
        )

    database.write(work)


def backlog(database):
    now = SqlVitals(database).read()
    return now.outbox_waiting, now.outbox_failed, now.outbox_oldest_seconds


class TestVitals:
    def test_nothing_waits_in_an_empty_outbox(self, database):
        assert SqlVitals(database).read() == Vitals(0, 0, 0.0, 0.0, 0)

    def test_what_is_put_off_waits_but_is_not_late(self, database):
        put(database, "later", created=5_000, next_try=100)
        assert backlog(database) == (1, 0, 0.0)

    def test_the_oldest_that_is_due_or_was_tried_gives_the_age(self, database):
        put(database, "due", created=50, next_try=-1)
        put(database, "tried", created=900, next_try=100, attempts=2)
        put(database, "given up", created=90_000, next_try=-1, state="failed")
        put(database, "done", created=90_000, next_try=-1, state="done")
        waiting, failed, oldest = backlog(database)
        assert (waiting, failed) == (2, 1)
        assert oldest == pytest.approx(900, abs=30)

    def test_the_lag_of_totals_is_that_of_the_oldest_event_in_none(self, database):
        put(database, "folded", created=90_000, next_try=-1, state="done", kind="rollup")
        put(database, "waits", created=300, next_try=-1, kind="rollup")
        put(database, "mail", created=900, next_try=-1)
        assert SqlVitals(database).read().rollup_lag_seconds == pytest.approx(300, abs=30)

    def test_the_books_are_as_old_as_the_latest_look_that_could_compare(self, database):
        log = SqlReconciliationLog(database)
        for verdict, count in ((Verdict.DIFFERS, 3), (Verdict.FAILED, 0)):
            log.save(Reconciliation(verdict, datetime.now(UTC), 1.0, "test", count=count))
        now = SqlVitals(database).read()
        assert (now.reconcile_verdict, now.reconcile_differences) == ("failed", 3)
        assert now.reconcile_age_seconds == pytest.approx(0, abs=30)

    def test_products_that_are_low_are_counted_while_they_are(self, database):
        rows = [("A", "A"), ("B", "B"), ("C", None)]  # the last one's episode is over
        values = [{"product_id": p, "open_key": key, "on_hand": 1, "threshold": 2} for p, key in rows]
        at = {"opened_at": datetime.now(UTC)}
        database.write(lambda c: c.execute(insert(low_stock_episodes).values([one | at for one in values])))
        assert SqlVitals(database).read().low_stock_products == 2


def test_a_schema_is_behind_until_it_is_migrated_and_not_when_a_newer_release_did(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    migrate(database)
    vitals = SqlVitals(database)
    assert not vitals.schema_is_behind()
    for revision, is_behind in (("0001", True), ("9999", False)):
        database.write(lambda c, to=revision: c.execute(text(f"UPDATE alembic_version SET version_num = '{to}'")))
        assert vitals.schema_is_behind() is is_behind
    database.dispose()


class TestSpending:
    @pytest.fixture
    def people(self, database):
        """Two customers and an admin, of whom the first customer and the admin bought something."""
        first, second = add_people(database, 2, "buyer")
        (admin,) = add_people(database, 1, "admin", Role.ADMIN)
        add_people(database, 1, "idle", Role.OPS)
        now = datetime.now(UTC)

        def bought(user_id, units, gross, returned):
            return {
                "user_id": user_id, "orders": 1, "units": units, "gross": gross, "returns": returned,
                "lifetime": gross - returned, "first_order_at": now, "last_order_at": now,
            }  # fmt: skip

        rows = [bought(first.user_id, 3, 59_997, 19_999), bought(admin.user_id, 1, 500, 0)]
        database.write(lambda connection: connection.execute(insert(rollup_customers), rows))
        return first, second, admin

    def test_units_and_gross_by_id_and_nothing_for_who_bought_nothing(self, database, people):
        first, second, admin = people
        rows = SqlCustomerAnalytics(database).spending("", 10, 0)
        assert [(row.user_id, row.units, row.gross) for row in rows] == [
            (first.user_id, 3, 59_997),
            (second.user_id, 0, 0),
            (admin.user_id, 1, 500),
        ]

    def test_it_goes_on_after_an_id_and_searches_names_and_addresses(self, database, people):
        first, second, admin = people
        reader = SqlCustomerAnalytics(database)
        assert [row.user_id for row in reader.spending("", 1, first.user_id)] == [second.user_id]
        assert [row.user_id for row in reader.spending("ADMIN0@", 10, 0)] == [admin.user_id]
        assert reader.spending("%", 10, 0) == []
