"""SQLite's one write lock, by turns between the processes that use a file.

Whoever ends a transaction and begins the next one takes the lock again before any other process has looked, so beside
a process that writes all the time the others would wait for seconds. So who asks for the lock stands first in a line,
which one writer of all processes leaves at a time: the next one there is of another process.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.blocking import pause
from app.stores.sql.engine.failures import is_locked

BEGIN = "BEGIN IMMEDIATE"
LINE_SECONDS = 1.0  # a process that was stopped at the head of the line holds nobody up for longer
LOOK_SECONDS = 0.0003


class WritersTurn:
    """For one process's writers of a file, which come here one at a time."""

    def __init__(self, database: Path | None) -> None:
        """`database`: the file, next to which the line's own is; None: one that no other process uses."""
        self._line: int | None = None
        if database is not None:
            with suppress(OSError):  # where nothing can be written, nobody waits for a write lock
                self._line = os.open(f"{database}-line", os.O_CREAT | os.O_RDWR, 0o600)
                weakref.finalize(self, os.close, self._line)

    def begin(self, connection: Connection, most_seconds: float) -> None:
        """Begin to write. Raises OperationalError when the file stays locked for `most_seconds`."""
        last = time.monotonic() + most_seconds
        with self._first_in_line(), _without_waiting(connection, most_seconds) as cursor:
            try:
                connection.exec_driver_sql(BEGIN)
            except OperationalError as error:
                while is_locked(error):
                    if time.monotonic() >= last:
                        raise
                    pause(LOOK_SECONDS)
                    with suppress(sqlite3.OperationalError):
                        cursor.execute(BEGIN)
                        return
                raise

    @contextmanager
    def _first_in_line(self) -> Iterator[None]:
        if self._line is None:
            yield
            return
        last = time.monotonic() + LINE_SECONDS
        while not self._is_first() and time.monotonic() < last:
            pause(LOOK_SECONDS)
        try:
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(self._line, fcntl.LOCK_UN)

    def _is_first(self) -> bool:
        assert self._line is not None
        try:
            fcntl.flock(self._line, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without such locks: no line, and nobody waits for it
            return True
        return True


@contextmanager
def _without_waiting(connection: Connection, usual_seconds: float) -> Iterator[Any]:
    """SQLite's own way of waiting looks ever more seldom, in the end ten times a second."""
    cursor: Any = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        yield cursor
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {round(usual_seconds * 1000)}")
