"""Writers of several processes on one SQLite file take turns."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from app.errors import Busy
from app.stores.sql.engine import database as engine_database
from app.stores.sql.engine import writers_turn
from app.stores.sql.engine.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    first = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    first.write(lambda c: c.execute(text("CREATE TABLE notes (words TEXT)")))
    first.dispose()
    return tmp_path / "shop.db"


def _note(connection: Connection) -> None:
    connection.execute(text("INSERT INTO notes VALUES ('sold')"))


@contextmanager
def _busy_process(file: Path) -> Iterator[list[None]]:
    """Writes again as soon as it has written, as another process would: with a way of its own to the file."""
    written: list[None] = []
    other, ended = Database(f"sqlite:///{file}"), threading.Event()

    def slowly(connection: Connection) -> None:
        _note(connection)
        time.sleep(0.004)

    def keep_writing() -> None:
        while not ended.is_set():
            other.write(slowly)
            written.append(None)

    thread = threading.Thread(target=keep_writing)
    thread.start()
    try:
        yield written
    finally:
        ended.set()
        thread.join()
        other.dispose()


def test_a_writer_is_next_beside_a_process_that_writes_all_the_time(file: Path) -> None:
    mine = Database(f"sqlite:///{file}")
    passed_by = []
    with _busy_process(file) as written:
        for _ in range(15):
            asked_at = len(written)
            began_at: list[int] = []

            def note(connection: Connection, began_at: list[int] = began_at) -> None:
                began_at.append(len(written))
                _note(connection)

            mine.write(note)
            passed_by.append(began_at[0] - asked_at)
    mine.dispose()
    assert sorted(passed_by)[7] <= 2, passed_by
    assert max(passed_by) <= 6, passed_by


def test_nobody_waits_long_for_a_process_that_was_stopped_at_the_head_of_the_line(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers_turn, "LINE_SECONDS", 0.05)
    stopped, mine = writers_turn.WritersTurn(file), Database(f"sqlite:///{file}")
    with stopped._first_in_line():
        mine.write(_note)
    assert mine.read(lambda c: c.execute(text("SELECT count(*) FROM notes")).scalar()) == 1
    mine.dispose()


def test_a_file_that_stays_locked_is_busy_and_can_be_written_when_it_is_free_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_database, "SQLITE_BUSY_SECONDS", 0.05)
    holder, mine = Database(f"sqlite:///{file}"), Database(f"sqlite:///{file}")

    def while_it_is_held(connection: Connection) -> None:
        _note(connection)
        with pytest.raises(Busy):
            mine.write(_note)

    holder.write(while_it_is_held)
    mine.write(_note)
    assert mine.read(lambda c: c.execute(text("SELECT count(*) FROM notes")).scalar()) == 2
    holder.dispose()
    mine.dispose()
