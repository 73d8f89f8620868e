"""What /metrics and the API's customer list read, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from app.domain import Role
from app.stores.sql.clock import database_now
from app.stores.sql.customer_analytics import SqlCustomerAnalytics
from app.stores.sql.outbox import SqlOutbox
from app.stores.sql.tables import outbox, rollup_customers
from tests.integration.shop import add_people


def put(database, key, created, next_try, attempts=0, state="pending"):
    """An effect made `created` seconds ago, due in `next_try` seconds."""

    def work(connection):
        now = database_now(connection)
        connection.execute(
            insert(outbox).values(
                kind="receipt",
                key=key,
                payload={},
                state=state,
                attempts=attempts,
                created_at=now - timedelta(seconds=created),
                next_try_at=now + timedelta(seconds=next_try),
            )
        )

    database.write(work)


class TestBacklog:
    def test_nothing_waits_in_an_empty_outbox(self, database):
        assert SqlOutbox(database).backlog() == (0, 0, 0.0)

    def test_what_is_put_off_waits_but_is_not_late(self, database):
        put(database, "later", created=5_000, next_try=100)
        assert SqlOutbox(database).backlog() == (1, 0, 0.0)

    def test_the_oldest_that_is_due_or_was_tried_gives_the_age(self, database):
        put(database, "due", created=50, next_try=-1)
        put(database, "tried", created=900, next_try=100, attempts=2)
        put(database, "given up", created=90_000, next_try=-1, state="failed")
        put(database, "done", created=90_000, next_try=-1, state="done")
        waiting, failed, oldest = SqlOutbox(database).backlog()
        assert (waiting, failed) == (2, 1)
        assert oldest == pytest.approx(900, abs=30)


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
