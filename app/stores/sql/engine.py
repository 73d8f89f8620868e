"""Connections and transactions on SQLite and MySQL.

A transaction is a function of a connection: it commits when the function returns and rolls back
when it raises, so a forgotten path cannot half-write. On SQLite the whole function runs in a
native thread (see `app.blocking`), and writers of one process queue up before they compete with
other processes for the file's single write lock.
"""

from __future__ import annotations

import logging
import random
import sqlite3
import time
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from app.blocking import NATIVE_THREADS, offload
from app.errors import Busy, StartupError, StoreUnavailable

T = TypeVar("T")
log = logging.getLogger(__name__)

SQLITE_BUSY_SECONDS = 15
MYSQL_RETRIES = 8
_MYSQL_RETRYABLE = {1205, 1213}  # lock wait timeout, deadlock


class Database:
    """One engine; `read` and `write` run a function in a transaction of its own."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: Engine = self._sqlite_engine() if self.is_sqlite else self._mysql_engine()
        self._one_writer = BoundedSemaphore(1)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is rolled back at its end."""
        if self.is_sqlite:
            return offload(lambda: self._attempt(self._run_read, work))
        return self._attempt(self._run_read, work)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and commit it; `work` may be run again after a deadlock.

        Raises `Busy` when the database stays locked, `StoreUnavailable` when it cannot be written.
        """
        if not self.is_sqlite:
            return self._retrying(work)
        with self._one_writer:
            return offload(lambda: self._attempt(self._run_write, work))

    def dispose(self) -> None:
        self.engine.dispose()

    def _run_read(self, work: Callable[[Connection], T]) -> T:
        with self.engine.connect() as connection:
            return work(connection)

    def _run_write(self, work: Callable[[Connection], T]) -> T:
        with self.engine.connect().execution_options(retail_write=True) as connection, connection.begin():
            return work(connection)

    def _retrying(self, work: Callable[[Connection], T]) -> T:
        for attempt in range(MYSQL_RETRIES):
            try:
                return self._attempt(self._run_write, work)
            except OperationalError as error:
                if _mysql_code(error) not in _MYSQL_RETRYABLE:
                    raise
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)
        raise Busy()

    def _attempt(self, run: Callable[[Callable[[Connection], T]], T], work: Callable[[Connection], T]) -> T:
        try:
            return run(work)
        except OperationalError as error:
            translated = _translate(error)
            if translated is None:
                raise
            raise translated from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable("The database connection was lost. Try again in a moment.") from error
            raise

    def _sqlite_engine(self) -> Engine:
        engine = create_engine(
            self.url,
            hide_parameters=True,  # what people typed stays out of logs
            pool_size=NATIVE_THREADS + 1,
            max_overflow=32,
            connect_args={"check_same_thread": False, "timeout": SQLITE_BUSY_SECONDS},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        # The dialect's first connection takes locks that must not be met by several native threads at once.
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1 FROM sqlite_master"))
        except DatabaseError as error:
            raise StartupError(f"The database {self.url.database} cannot be opened: {error.orig}.") from error
        return engine

    def _mysql_engine(self) -> Engine:
        return create_engine(
            self.url,
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            pool_size=10,
            max_overflow=10,
            pool_pre_ping=True,
            pool_recycle=1800,
            connect_args={
                "charset": "utf8mb4",
                "connect_timeout": 5,
                "init_command": "SET time_zone = '+00:00', innodb_lock_wait_timeout = 10",
            },
        )


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # a paid order survives a power cut
        "foreign_keys = ON",
        f"busy_timeout = {SQLITE_BUSY_SECONDS * 1000}",
        "cache_size = -32000",
        "mmap_size = 268435456",
    ):
        try:
            connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if "readonly" not in str(error):
                raise


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a read that turns into a write could fail half-way.
    writing = connection.get_execution_options().get("retail_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _mysql_code(error: OperationalError) -> int | None:
    args = getattr(error.orig, "args", ())
    return args[0] if args and isinstance(args[0], int) else None


def _translate(error: OperationalError) -> Exception | None:
    """The user-safe error behind a driver's, or None when it is a defect or retried by the caller."""
    words = str(error.orig)
    if "database is locked" in words:
        return Busy()
    if "readonly database" in words:
        return StoreUnavailable("The shop's database is read-only, so nothing can be changed right now.")
    if "unable to open database" in words or "disk is full" in words or "disk I/O" in words:
        return StoreUnavailable("The shop's database cannot be reached right now.")
    if _mysql_code(error) in {2002, 2003, 2006, 2013}:
        return StoreUnavailable("The shop's database cannot be reached right now.")
    return None
