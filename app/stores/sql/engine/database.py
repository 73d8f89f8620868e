"""Connections and transactions on SQLite and MySQL.

A transaction is a function of a connection: it commits when the function returns and rolls back
when it raises, so a forgotten path cannot half-write. On SQLite the whole function runs in a
native thread (see `app.blocking`), and writers of one process queue up before they compete with
other processes for the file's single write lock.
"""

from __future__ import annotations

import functools
import logging
import sqlite3
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from tenacity import Retrying, retry_if_exception, stop_before_delay, wait_random_exponential

from app.blocking import NATIVE_THREADS, offload
from app.errors import Busy, StartupError, StoreUnavailable
from app.ops import store_calls
from app.stores.shared.breaker import Breaker
from app.stores.sql.engine.changing_password import ChangingPassword, connect_with
from app.stores.sql.engine.failures import AWAY, is_away, is_lost, is_retryable, translate
from app.stores.sql.engine.mysql_connection import MysqlConnection
from app.stores.sql.engine.writers_turn import WritersTurn

T = TypeVar("T")
log = logging.getLogger(__name__)

SQLITE_BUSY_SECONDS = 15
# On a server. A request waits for a lock, an answer or a connection for some seconds and is told then.
LOCK_WAIT_SECONDS = 3
ANSWER_SECONDS = 4
CONNECT_SECONDS = 2
POOL_SECONDS = 3
RETRY_SECONDS = 8.0  # of deadlocks and lock timeouts, in all
NOTICED_SECONDS = 1.0  # a connection that somebody closed is noticed at once; a server that hangs is not asked again
# Commands may run one statement over all there is.
PATIENT_ANSWER_SECONDS = 3600


_again_while_locked = Retrying(
    retry=retry_if_exception(lambda error: isinstance(error, DBAPIError) and is_retryable(error)),
    wait=wait_random_exponential(multiplier=0.01, max=1.0),
    stop=stop_before_delay(RETRY_SECONDS),
    reraise=True,
)

UNKNOWN = (
    "The shop's database was lost before it could confirm the change. Look whether it was made before trying again."
)


class _CommitUnknown(Exception):
    """The connection was lost while a commit was on its way."""


class Database:
    """One engine; `read` and `write` run a function in a transaction of its own."""

    def __init__(
        self, url: str, *, patient: bool = False, password: ChangingPassword | None = None, ca: str = ""
    ) -> None:
        """`patient`: for commands, whose statements may take long; requests must not wait for a server that hangs.

        `password`: the server's, where it is no part of `url`. `ca`: certificates in PEM form; with them a server
        is talked to only over TLS, under a certificate for its name that one of them signed.
        """
        self.url = make_url(url)
        self._password = password
        self._ca = ca
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._answer_seconds = PATIENT_ANSWER_SECONDS if patient else ANSWER_SECONDS
        self.engine: Engine = self._sqlite_engine() if self.is_sqlite else self._mysql_engine()
        _time_statements(self.engine)
        self._one_writer = BoundedSemaphore(1)
        self._breaker = Breaker("sql")

    @property
    def is_away(self) -> bool:
        """Whether the server could not be reached when it was last tried."""
        return self._breaker.is_away

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is rolled back at its end; `work` may be run again.

        On a server each statement is one of its own, as under READ COMMITTED it sees what it would see in a common one.

        Raises `Busy` and `StoreUnavailable`.
        """
        try:
            if self.is_sqlite:
                return offload(lambda: self._attempt(self._run_read, work))
            return self._retrying(self._run_read, work)
        finally:
            store_calls.report()

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and commit it; `work` may be run again when nothing of it was kept.

        Raises `Busy` when the database stays locked, `StoreUnavailable` when it cannot be written. When the
        connection is lost with the commit on its way, nobody knows whether it was kept: that is never run again here.
        """
        try:
            if not self.is_sqlite:
                return self._retrying(self._run_write, work)
            with self._one_writer:
                return offload(lambda: self._attempt(self._run_write, work))
        finally:
            store_calls.report()

    def dispose(self) -> None:
        self.engine.dispose()

    def _run_read(self, work: Callable[[Connection], T]) -> T:
        with self.engine.connect().execution_options(retail_read=True) as connection:
            return work(connection)

    def _run_write(self, work: Callable[[Connection], T]) -> T:
        with self.engine.connect().execution_options(retail_write=True) as connection:
            with connection.begin() as transaction:
                result = work(connection)
                began = time.perf_counter()
                try:
                    transaction.commit()
                except DBAPIError as error:
                    if is_lost(error):
                        raise _CommitUnknown from error
                    raise
                finally:
                    store_calls.took("sql", "commit", time.perf_counter() - began)
            return result

    def _retrying(self, run: Callable[[Callable[[Connection], T]], T], work: Callable[[Connection], T]) -> T:
        """On a server: again after a deadlock or lock timeout, within a bound, and once on a fresh connection."""
        try:
            result: T = _again_while_locked(self._once_more, run, work)
        except DBAPIError as error:
            if is_retryable(error):
                raise Busy() from error
            self._raise_translated(error)
        return result

    def _once_more(self, run: Callable[[Callable[[Connection], T]], T], work: Callable[[Connection], T]) -> T:
        """Again at once, on a fresh connection, when the one at hand was lost."""
        began = time.monotonic()
        try:
            return self._guarded(run, work)
        except DBAPIError as error:
            if is_retryable(error) or not is_lost(error) or time.monotonic() >= began + NOTICED_SECONDS:
                raise
        return self._guarded(run, work)

    def _guarded(self, run: Callable[[Callable[[Connection], T]], T], work: Callable[[Connection], T]) -> T:
        """One attempt, unless the server was away a moment ago. Errors of the driver pass through."""
        if not self._breaker.may_try():
            raise StoreUnavailable(AWAY)
        try:
            result = run(work)
        except _CommitUnknown as error:
            raise StoreUnavailable(UNKNOWN) from error
        except PoolExhausted as error:
            raise Busy() from error
        except DBAPIError as error:
            # A connection alone may be lost without the server being away: then the next attempt finds out.
            if is_away(error) and not is_lost(error):
                self._breaker.failed()
            raise
        self._breaker.succeeded()
        return result

    def _attempt(self, run: Callable[[Callable[[Connection], T]], T], work: Callable[[Connection], T]) -> T:
        try:
            return run(work)
        except DBAPIError as error:
            self._raise_translated(error)

    def _raise_translated(self, error: DBAPIError) -> NoReturn:
        if is_lost(error):
            self._breaker.failed()
        translated = translate(error)
        if translated is None:
            raise error
        raise translated from error

    def _sqlite_engine(self) -> Engine:
        engine = create_engine(
            self.url,
            hide_parameters=True,  # what people typed stays out of logs
            pool_size=NATIVE_THREADS + 1,
            max_overflow=32,
            connect_args={"check_same_thread": False, "timeout": SQLITE_BUSY_SECONDS},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        file = self.url.database
        turn = WritersTurn(Path(file) if file and file != ":memory:" else None)
        event.listen(engine, "begin", functools.partial(_begin_sqlite, turn))
        # The dialect's first connection takes locks that must not be met by several native threads at once.
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1 FROM sqlite_master"))
        except DatabaseError as error:
            raise StartupError(f"The database {self.url.database} cannot be opened: {error.orig}.") from error
        return engine

    def _mysql_engine(self) -> Engine:
        engine = create_engine(
            self.url,
            hide_parameters=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=POOL_SECONDS,
            pool_recycle=1800,
            connect_args={
                "charset": "utf8mb4",
                "connect_timeout": CONNECT_SECONDS,
                "read_timeout": self._answer_seconds,
                "write_timeout": self._answer_seconds,
                "autocommit": True,  # until BEGIN
                "init_command": f"SET time_zone = '+00:00', innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS}",
                **({"ssl": _verified_by(self._ca)} if self._ca else {}),
            },
        )
        event.listen(engine, "begin", _begin_mysql)
        connect_with(engine, MysqlConnection, self._password)
        return engine


def _verified_by(ca: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=ca)
    # Strictness about fields that no check here uses, which the certificates of databases often lack.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _time_statements(engine: Engine) -> None:
    """Tell how long the database took for each statement, by the statement's first word."""

    def before(_connection: Connection, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        context.retail_began = time.perf_counter()

    def after(_connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        word = statement.lstrip()[:6].lower()
        operation = word if word in ("select", "insert", "update", "delete") else "other"
        store_calls.took("sql", operation, time.perf_counter() - context.retail_began)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)


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


def _begin_mysql(connection: Connection) -> None:
    # Under READ COMMITTED each statement sees what is committed when it begins, within a transaction and without one.
    if not connection.get_execution_options().get("retail_read", False):
        connection.exec_driver_sql("BEGIN")


def _begin_sqlite(turn: WritersTurn, connection: Connection) -> None:
    # A writer takes the lock at once: a read that turns into a write could fail half-way.
    if connection.get_execution_options().get("retail_write", False):
        turn.begin(connection, SQLITE_BUSY_SECONDS)
    else:  # takes no lock and cannot fail, and SQLAlchemy's way is a tenth of a short read
        connection.connection.cursor().execute("BEGIN")
