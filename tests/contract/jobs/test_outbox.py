"""What the outbox promises, on SQLite and on MariaDB."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, update

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

    def fill(self, database: Database, count: int) -> list[str]:
        """More than one statement takes, without an insert for each."""
        keys, at = [f"k{n}" for n in range(count)], datetime.now(UTC) - timedelta(seconds=1)
        row = {"kind": "receipt", "payload": {"order_id": 1}, "state": "pending", "created_at": at, "next_try_at": at}
        database.write(lambda c: c.execute(insert(outbox_table), [row | {"key": key} for key in keys]))
        return keys

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
        assert outbox.done([entry]) == 1
        assert outbox.done([entry]) == 0

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
        outbox.done([entry])
        assert not database.write(lambda c: make_due(c, entry.entry_id))

    def test_many_are_marked_together_but_for_those_that_another_worker_took_over(self, database: Database):
        self.fill(database, 1200)
        outbox = SqlOutbox(database)
        claimed = outbox.claim(["receipt"], 2000)
        taken_over = update(outbox_table).where(outbox_table.c.entry_id == claimed[7].entry_id)
        database.write(lambda c: c.execute(taken_over.values(attempts=2)))
        assert outbox.done(claimed) == 1199
        assert [one.key for one in outbox.entries(["receipt"], OutboxState.PENDING)] == [claimed[7].key]
        counted = [outbox.count(kinds, OutboxState.DONE, most) for kinds in (["receipt"], []) for most in (2000, 7)]
        assert counted == [1199, 7, 0, 0]

    def test_what_is_marked_keeps_nothing_of_a_person(self, database: Database):
        now = datetime.now(UTC) - timedelta(seconds=1)
        for key, payload in (("a", {"email": "a@shop.example", "link_id": 1}), ("b", {"link_id": 2})):
            database.write(lambda c, key=key, payload=payload: enqueue(c, Effect("account_mail", key, payload), now))
        outbox = SqlOutbox(database)
        assert outbox.done(outbox.claim(["account_mail"], 9)) == 2
        assert {(one.key, *one.payload) for one in outbox.entries(["account_mail"])} == {
            ("a", "link_id"),
            ("b", "link_id"),
        }

    def test_many_are_left_unsent_together_each_with_its_payload_and_nothing_of_a_person(self, database: Database):
        now = datetime.now(UTC) - timedelta(seconds=1)
        for number in (1, 2):
            effect = Effect("receipt", f"k{number}", {"order_id": number, "to": "ada@shop.example"})
            database.write(lambda c, effect=effect: enqueue(c, effect, now))
        outbox = SqlOutbox(database)
        outbox.not_sent(outbox.claim(["receipt"], 9), "Not sent.", until_confirmed=True)
        found = outbox.entries(["receipt"], OutboxState.NOT_SENT)
        assert [(one.key, one.payload, one.last_error) for one in found] == [
            (f"k{number}", {"order_id": number, "until_confirmed": True}, "Not sent.") for number in (2, 1)
        ]

    def test_many_claims_are_undone_together_and_were_no_attempts(self, database: Database):
        self.put(database, "a", "b")
        outbox = SqlOutbox(database)
        (first, second) = outbox.claim(["receipt"], 9)
        outbox.release([first, second])
        assert [one.attempts for one in outbox.claim(["receipt"], 9)] == [1, 1]
        outbox.release([first, second], "The store is away.")
        assert outbox.claim(["receipt"], 9) == ()
        (waiting, _) = outbox.entries(["receipt"])
        assert (waiting.attempts, waiting.last_error) == (0, "The store is away.")

    def test_hundreds_are_marked_by_key(self, database: Database):
        keys = self.fill(database, 700)
        self.put(database, "other")
        outbox = SqlOutbox(database)
        outbox.done_by_key([*keys, "unknown"])
        outbox.done_by_key([])
        assert [one.key for one in outbox.claim(["receipt"], 999)] == ["other"]
