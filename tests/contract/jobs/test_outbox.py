"""What the outbox promises, on SQLite and on MariaDB."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from app.domain import (
    OutboxState,
)
from app.domain.effects import Effect
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import MOST_ATTEMPTS, SqlOutbox, enqueue, make_due, pause_after
from app.stores.sql.tables import outbox as outbox_table
from tests.support.concurrency import at_once

NOW = timedelta(0)


class TestOutbox:
    def put(self, database: Database, *keys: str, kind: str = "receipt", delay: timedelta = NOW) -> None:
        now = datetime.now(UTC) - timedelta(seconds=1)
        for key in keys:
            database.write(lambda c, key=key: enqueue(c, Effect(kind, key, {"order_id": 1}), now, delay))

    def test_a_key_is_there_once(self, database: Database):
        self.put(database, "a", "a")
        (entry,) = SqlOutbox(database).claim(["receipt"], 10)
        assert (entry.key, entry.payload, entry.attempts) == ("a", {"order_id": 1}, 1)

    def test_what_is_claimed_done_delayed_or_of_another_kind_is_not_claimed(self, database: Database):
        self.put(database, "mine")
        self.put(database, "later", delay=timedelta(minutes=1))
        self.put(database, "other", kind="alert")
        outbox = SqlOutbox(database)
        (entry,) = outbox.claim(["receipt"], 10)
        assert outbox.claim(["receipt"], 10) == ()
        assert outbox.done(entry)
        assert not outbox.done(entry)

    def test_workers_share_the_work(self, database: Database):
        self.put(database, *(f"k{n}" for n in range(40)))
        outbox = SqlOutbox(database)
        claimed = [e.key for batch in at_once(8, lambda _: outbox.claim(["receipt"], 5)) for e in batch]
        assert len(claimed) == len(set(claimed))
        rest = [e.key for e in outbox.claim(["receipt"], 100)]
        assert sorted(claimed + rest) == sorted(f"k{n}" for n in range(40))

    def test_pauses_grow_to_an_hour(self):
        assert [pause_after(n).total_seconds() for n in (1, 2, 3, 11, 12, 500)] == [2, 4, 8, 2048, 3600, 3600]

    def test_fails_after_ten_attempts_and_can_be_sent_again(self, database: Database):
        self.put(database, "a")
        outbox = SqlOutbox(database)
        for _ in range(MOST_ATTEMPTS):
            (entry,) = outbox.claim(["receipt"], 1)
            outbox.failed(entry, "no such mailbox")
            database.write(lambda c: c.execute(update(outbox_table).values(next_try_at=outbox_table.c.created_at)))
        assert outbox.claim(["receipt"], 1) == ()
        (entry,) = outbox.entries(["receipt"], OutboxState.FAILED)
        assert entry.last_error == "no such mailbox"
        assert database.write(lambda c: make_due(c, entry.entry_id))
        (entry,) = outbox.claim(["receipt"], 1)
        outbox.done(entry)
        assert not database.write(lambda c: make_due(c, entry.entry_id))
