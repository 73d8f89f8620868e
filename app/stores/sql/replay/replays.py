"""Replays that somebody asked for, in the relational store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from app.services.replay.ports import KeptReplay
from app.stores.sql.engine import leases
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import replays

LEASE = "replay"
KEPT = 8  # of those that are over
MOST_BEGUN = 3
GIVEN_UP = "It was begun several times and never came to its end. Choose fewer days or products, and try again."
_r = replays.c
_PENDING = _r.state.in_(("waiting", "running"))
_COLUMNS = (
    _r.replay_id, _r.request, _r.made_of, _r.state, _r.asked_at, _r.steps, _r.steps_of, _r.words,
)  # fmt: skip


class SqlReplays:
    """The `ReplayStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, key: str, request: Mapping[str, Any], made_of: str, most: int) -> int | None:
        fresh = {"state": "waiting", "begun": 0, "steps": 0, "steps_of": 0, "words": ""}

        def work(connection: Connection) -> int | None:
            there = connection.execute(select(_r.replay_id, _r.state).where(_r.asked_key == key)).first()
            if there is None or there.state == "failed":
                others = select(func.count()).select_from(replays).where(_PENDING, _r.asked_key != key)
                if connection.execute(others).scalar_one() >= most:
                    return None
            now = database_now(connection)
            row = {"asked_key": key, "request": dict(request), "made_of": made_of, "asked_at": now, **fresh}
            if not insert_new(connection, replays, row):
                failed = (_r.asked_key == key) & (_r.state == "failed")
                connection.execute(update(replays).where(failed).values(fresh))
            found: int = connection.execute(select(_r.replay_id).where(_r.asked_key == key)).scalar_one()
            over = select(_r.replay_id).where(_r.state.in_(("done", "failed")), _r.replay_id != found)
            old = connection.execute(over.order_by(_r.replay_id.desc()).offset(KEPT).limit(KEPT)).scalars().all()
            if old:
                connection.execute(delete(replays).where(_r.replay_id.in_(old)))
            return found

        return self._database.write(work)

    def get(self, replay_id: int) -> KeptReplay | None:
        query = select(*_COLUMNS).where(_r.replay_id == replay_id)
        row = self._database.read(lambda c: c.execute(query).first())
        return KeptReplay(*row) if row else None

    def latest(self, most: int) -> list[KeptReplay]:
        query = select(*_COLUMNS).order_by(_r.replay_id.desc()).limit(most)
        return self._database.read(lambda c: [KeptReplay(*row) for row in c.execute(query)])

    def result(self, replay_id: int) -> Mapping[str, Any] | None:
        query = select(_r.result).where(_r.replay_id == replay_id, _r.state == "done")
        return self._database.read(lambda c: c.execute(query).scalar())

    def waits(self, holder: str) -> bool:
        def work(connection: Connection) -> bool:
            waiting = connection.execute(select(_r.replay_id).where(_PENDING).limit(1)).first()
            return waiting is not None and leases.is_free(connection, LEASE, holder)

        return self._database.read(work)

    def take(self, holder: str, lease: timedelta) -> KeptReplay | None:
        def work(connection: Connection) -> KeptReplay | None:
            if not leases.claim(connection, LEASE, holder, lease):
                return None
            often = update(replays).where(_PENDING, _r.begun >= MOST_BEGUN)
            connection.execute(often.values(state="failed", words=GIVEN_UP))
            row = connection.execute(select(*_COLUMNS).where(_PENDING).order_by(_r.replay_id).limit(1)).first()
            if row is None:
                leases.give_back(connection, LEASE, holder)
                return None
            begin = update(replays).where(_r.replay_id == row.replay_id)
            connection.execute(begin.values(state="running", begun=_r.begun + 1, steps=0, steps_of=0))
            return KeptReplay(*row)

        return self._database.write(work)

    def step(self, replay_id: int, holder: str, steps: int, of: int, lease: timedelta) -> bool:
        def work(connection: Connection) -> bool:
            if not leases.claim(connection, LEASE, holder, lease):
                return False
            here = (_r.replay_id == replay_id) & (_r.state == "running")
            connection.execute(update(replays).where(here).values(steps=steps, steps_of=of))
            return True

        return self._database.write(work)

    def finish(self, replay_id: int, holder: str, result: Mapping[str, Any] | None, words: str) -> None:
        state = "failed" if result is None else "done"

        def work(connection: Connection) -> None:
            if leases.is_free(connection, LEASE, holder):
                here = (_r.replay_id == replay_id) & (_r.state == "running")
                values = {"state": state, "words": words} | ({} if result is None else {"result": dict(result)})
                connection.execute(update(replays).where(here).values(values))
                leases.give_back(connection, LEASE, holder)

        self._database.write(work)
