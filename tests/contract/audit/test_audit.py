"""The audit log on real databases: only ever appended to, found again, and no slower for being long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, insert, text, update
from sqlalchemy.exc import DatabaseError

from app.domain import Actor, AuditEntry, AuditOutcome
from app.errors import Busy, Conflict, InvalidInput
from app.services.audit.log import AuditService, entry_of
from app.services.audit.ports import AuditPage
from app.stores.sql.audit import log as store
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import audit_log
from tests.support.concurrency import at_once

ASHA = Actor("asha@shop.example", 7, "203.0.113.9", "page")
RAVI = Actor("ravi@shop.example", 8, "198.51.100.4", "api")


@pytest.fixture
def audit(database: Database) -> AuditService:
    return AuditService(SqlAuditLog(database))


def edited(audit: AuditService, name: str = "Brass lamp", actor: Actor = ASHA, target_id: str = "lamp") -> None:
    audit.record(actor, "product.edit", "product", target_id, name, {"price": 120_000}, {"price": 135_000})


def names(page: AuditPage) -> list[str]:
    return [entry.target_name for entry in page.entries]


def newest(audit: AuditService) -> AuditEntry:
    return audit.search(limit=1).entries[0]


class TestWriting:
    def test_what_was_written_comes_back(self, database: Database, audit: AuditService):
        before = database.read(database_now)
        values: tuple[Any, Any] = ({"cost": None}, {"cost": 5})
        with audit.around(ASHA, "product.edit", "product", "lamp", "Zoë’s ‹lamp› 🦆", *values, note="sale"):
            pass
        entry = newest(audit)
        assert before - timedelta(seconds=1) <= entry.at <= database.read(database_now)
        assert (entry.actor, entry.action, entry.target_kind, entry.target_id) == (
            ASHA, "product.edit", "product", "lamp",
        )  # fmt: skip
        assert (entry.target_name, entry.before, entry.after) == ("Zoë’s ‹lamp› 🦆", {"cost": None}, {"cost": 5})
        assert (entry.outcome, entry.note) == (AuditOutcome.DONE, "sale")

    def test_nothing_before_and_nothing_after(self, audit: AuditService):
        audit.record(ASHA, "staff.sessions", "user", 9, "Ravi")
        assert (newest(audit).before, newest(audit).after, newest(audit).target_id) == (None, None, "9")

    def test_what_is_too_long_for_its_column_is_cut(self, audit: AuditService):
        long = Actor("ж" * 400, 1, "1" * 99, "token " + "t" * 99)
        with audit.around(long, "product.edit", "product", "i" * 90, "n" * 300, note="ж" * 300):
            pass
        entry = newest(audit)
        assert [len(text) for text in (entry.actor.name, entry.actor.address, entry.actor.via)] == [254, 64, 80]
        assert [len(text) for text in (entry.target_id, entry.target_name, entry.note)] == [64, 254, 200]

    def test_a_key_makes_one_entry_however_many_write_at_once(self, audit: AuditService):
        at_once(8, lambda _: audit.record(ASHA, "product.edit", "product", "lamp", "Lamp", key="click-1"))
        assert len(audit.search().entries) == 1

    def test_it_takes_part_in_its_transaction(self, database: Database, audit: AuditService):
        def work(connection: Connection) -> None:
            store.append(connection, entry_of(ASHA, "staff.role", "user", 9, "Ravi"))
            raise Conflict("after all not")

        with pytest.raises(Conflict):
            database.write(work)
        assert audit.search().entries == ()


@pytest.mark.parametrize(
    "statement",
    [
        update(audit_log).values(actor="nobody"),
        delete(audit_log),
        text(
            "REPLACE INTO audit_log (audit_id, at, actor, address, via, action, target_kind, target_id, target_name,"
            " outcome, note) SELECT audit_id, at, 'nobody', address, via, action, target_kind, target_id, target_name,"
            " outcome, note FROM audit_log"
        ),
        text(
            "REPLACE INTO audit_log (entry_key, at, actor, address, via, action, target_kind, target_id, target_name,"
            " outcome, note) SELECT entry_key, at, 'nobody', address, via, action, target_kind, target_id, target_name,"
            " outcome, note FROM audit_log"
        ),
    ],
    ids=["update", "delete", "replace by id", "replace by key"],
)
def test_the_database_refuses_to_change_or_delete_an_entry(database: Database, audit: AuditService, statement: Any):
    audit.record(ASHA, "product.edit", "product", "lamp", "Lamp", key="click-1")
    with pytest.raises(DatabaseError, match="append-only"):
        database.write(lambda c: c.execute(statement))
    assert newest(audit).actor == ASHA


def test_the_store_offers_nothing_but_adding_and_reading():
    assert {name for name in vars(SqlAuditLog) if not name.startswith("_")} == {"append", "has", "search", "latest_of"}


class TestAround:
    def test_a_refusal_is_shown_instead_of_its_attempt(self, audit: AuditService):
        with pytest.raises(Conflict), audit.around(ASHA, "stock.write_off", "product", "p", "Lamp", None, {"units": 9}):
            raise Conflict("Only 3 are available.")
        (entry,) = audit.search().entries
        assert (entry.outcome, entry.note, entry.after) == (AuditOutcome.REFUSED, "Only 3 are available.", {"units": 9})

    def test_also_when_the_refusal_is_on_the_page_before(self, audit: AuditService):
        edited(audit, "older")
        with pytest.raises(Conflict), audit.around(ASHA, "stock.write_off", "product", "p", "Lamp"):
            raise Conflict("no")
        first = audit.search(limit=1)
        assert names(first) == ["Lamp"]
        assert names(audit.search(limit=5, before_id=first.next_before)) == ["older"]

    def test_a_retry_makes_no_second_entry_but_one_after_a_refusal_does(self, audit: AuditService):
        def attempt(error: Exception | None = None) -> None:
            with audit.around(ASHA, "stock.receive", "product", "p", "Lamp", key="stock:click-1"):
                if error:
                    raise error

        for _ in range(2):
            with pytest.raises(Conflict):
                attempt(Conflict("no"))
        attempt()
        attempt()
        outcomes = [entry.outcome.value for entry in audit.search().entries]
        assert outcomes == ["done", "refused", "refused"]

    def test_a_failing_machine_leaves_the_attempt_as_it_may_yet_be_done(self, audit: AuditService):
        with pytest.raises(Busy), audit.around(ASHA, "stock.receive", "product", "p", "Lamp", key="k"):
            raise Busy()
        assert [entry.outcome for entry in audit.search().entries] == [AuditOutcome.DONE]


class TestSearch:
    @pytest.fixture(autouse=True)
    def log(self, audit: AuditService) -> None:
        edited(audit, "Brass lamp")
        edited(audit, "Clay mug", RAVI, "mug")
        with audit.around(ASHA, "staff.role", "user", 12, "Ravi Rao <ravi@shop.example>", note="Moves to ÉTÉ"):
            pass
        audit.record(RAVI, "stock.receive", "product", "lamp", "Brass lamp")

    @pytest.mark.parametrize(
        ("q", "found"),
        [
            ("", ["Brass lamp", "Ravi Rao <ravi@shop.example>", "Clay mug", "Brass lamp"]),
            ("BRASS", ["Brass lamp", "Brass lamp"]),
            ("été", ["Ravi Rao <ravi@shop.example>"]),
            ("ravi lamp", ["Brass lamp"]),
            ("ravi", ["Brass lamp", "Ravi Rao <ravi@shop.example>", "Clay mug"]),
            ("mug", ["Clay mug"]),
            ("100%", []),
            ("_", []),
        ],
    )
    def test_by_words_wherever_they_stand_whatever_their_case(self, audit: AuditService, q: str, found: list[str]):
        assert names(audit.search(q)) == found

    def test_by_actor_action_and_target_alone_and_together(self, audit: AuditService):
        assert names(audit.search(actor=RAVI.name)) == ["Brass lamp", "Clay mug"]
        assert names(audit.search(action="product.edit")) == ["Clay mug", "Brass lamp"]
        assert names(audit.search(target=("product", "lamp"))) == ["Brass lamp", "Brass lamp"]
        assert names(audit.search(actor=RAVI.name, action="product.edit")) == ["Clay mug"]
        assert names(audit.search(target=("product", "lamp"), actor=ASHA.name, q="brass")) == ["Brass lamp"]
        assert names(audit.search(target=("user", "lamp"))) == []

    def test_by_time(self, database: Database, audit: AuditService):
        entries = audit.search().entries
        now = database.read(database_now)
        hour = timedelta(hours=1)
        assert names(audit.search(start=now - hour, end=now + hour)) == [entry.target_name for entry in entries]
        assert names(audit.search(start=now + hour)) == []
        assert names(audit.search(end=entries[-1].at)) == []
        ordered = sorted(entry.at for entry in entries)
        end = max(ordered[3], ordered[1] + timedelta(microseconds=1))  # a quick machine writes them at one instant
        cut = audit.search(start=ordered[1], end=end).entries
        assert {entry.at for entry in cut} == {at for at in ordered if ordered[1] <= at < end}
        with pytest.raises(InvalidInput):
            audit.search(start=now, end=now)

    def test_pages_show_every_entry_once(self, audit: AuditService):
        seen, before = [], None
        for _ in range(10):
            page = audit.search(limit=1, before_id=before)
            seen += [entry.audit_id for entry in page.entries]
            before = page.next_before
            if not page.more:
                break
        assert seen == [entry.audit_id for entry in audit.search().entries]

    def test_the_latest_change_of_each_target(self, audit: AuditService):
        with pytest.raises(Conflict), audit.around(ASHA, "stock.write_off", "product", "mug", "Clay mug"):
            raise Conflict("no")
        latest = audit.latest_of("product", ["lamp", "mug", "nothing"])
        assert {key: entry.action for key, entry in latest.items()} == {"lamp": "stock.receive", "mug": "product.edit"}
        assert audit.latest_of("product", []) == {}


class TestALongLog:
    ROWS = 3_000

    @pytest.fixture(autouse=True)
    def log(self, database: Database) -> None:
        now = database.read(database_now)
        rows = [
            {
                "at": now - timedelta(minutes=self.ROWS - n), "actor": f"person{n % 50}", "address": "", "via": "page",
                "action": "product.edit", "target_kind": "product", "target_id": f"p{n % 300}",
                "target_name": f"{'Rare' if n % 1000 == 7 else 'Thing'} {n}", "outcome": "done", "note": "",
            }
            for n in range(self.ROWS)
        ]  # fmt: skip
        database.write(lambda c: c.execute(insert(audit_log), rows))

    def test_a_search_stops_and_says_so_and_goes_on_from_there(
        self, audit: AuditService, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(store, "MOST_LOOKED_AT", 1_000)
        found, before, rounds = [], None, 0
        while rounds < 10:
            page = audit.search("rare", before_id=before, limit=200)
            found += names(page)
            rounds, before = rounds + 1, page.next_before
            if not page.more:
                break
            if page.stopped_after is not None:
                assert page.stopped_after == 1_000
        assert (found, rounds) == (["Rare 2007", "Rare 1007", "Rare 7"], 4)

    @pytest.mark.parametrize(
        "filters",
        [
            {}, {"actor": "person7"}, {"target": ("product", "p7")}, {"action": "product.edit"}, {"q": "thing"},
            {"actor": "person7", "action": "product.edit"},
        ],
        ids=str,
    )  # fmt: skip
    def test_an_index_gives_the_rows_in_order_so_that_only_a_page_is_read(
        self, database: Database, audit: AuditService, filters: dict[str, Any]
    ):
        plans = plans_of(database, lambda: audit.search(**filters, limit=10))
        assert plans
        assert not [plan for plan in plans if "TEMP B-TREE" in plan or "filesort" in plan], plans

    def test_a_period_long_ago_is_found_without_reading_what_came_after(self, database: Database, audit: AuditService):
        start = database.read(database_now) - timedelta(minutes=self.ROWS + 5)
        looked_at: list[int] = []
        real = store._newest_first

        def counted(*given: Any) -> Any:
            for row in real(*given):
                looked_at.append(row.audit_id)
                yield row

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "_newest_first", counted)
            page = audit.search(start=start, end=start + timedelta(minutes=20), limit=50)
        assert len(page.entries) in (15, 16)
        assert len(looked_at) <= store._OVERLAP + 20  # not all 3,000


def plans_of(database: Database, work: Any) -> list[str]:
    """How the database finds and sorts what `work` asks the log for."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        if "ORDER BY" in statement and "LIMIT" in statement:
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "

    def plans(connection: Connection) -> list[str]:
        return [
            str(connection.exec_driver_sql(explain + statement, parameters).all()) for statement, parameters in asked
        ]

    return database.read(plans)
