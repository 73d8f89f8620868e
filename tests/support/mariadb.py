"""A MariaDB server of the tests' own: private data folder, private socket, and loopback where a test asks for it."""

from __future__ import annotations

import functools
import getpass
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pymysql

from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from tests.support.missing_part import missing_part
from tests.support.templates import template

START_SECONDS = 60
_SMALL_LOG = "--innodb-log-file-size=8M"  # of what is copied; the server that starts on a copy makes a larger one
SCHEMA = "shop_test"
USER, PASSWORD = "shop", "s3cret-of-the-tests"  # over loopback, with rights on SCHEMA alone
# For TLS that a socket never speaks, the driver would read all certificates of the machine at each connection.
_IN_THE_CLEAR = "ssl_disabled"
_PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"


class CannotStart(Exception):
    """Says why there is no MariaDB to test on."""


@contextmanager
def running_mariadb() -> Iterator[str]:
    """The URL of a migrated schema on a server that lives as long as the context, reached by its socket only."""
    with MariaDb() as server:
        yield server.url


@contextmanager
def mariadb_or_skip(
    port: int | None = None, options: Sequence[str] = (), *, is_migrated: bool = True
) -> Iterator[MariaDb]:
    """For fixtures: without MariaDB on this machine their tests are skipped, and fail in CI."""
    try:
        server = MariaDb(port, options, is_migrated=is_migrated).__enter__()
    except CannotStart as error:
        missing_part("MariaDB", error)
    try:
        yield server
    finally:
        server.__exit__()


class MariaDb:
    """A server that can be stopped, killed and started again on the same data.

    With `port` it also listens there on loopback, for `USER`, as production is reached.
    """

    def __init__(self, port: int | None = None, options: Sequence[str] = (), *, is_migrated: bool = True) -> None:
        """`options`: of the server, beside those that all tests want. `is_migrated` False: its schema is empty."""
        self._options = tuple(options)
        self._server = _found("mariadbd", "mysqld")
        self._installer = _found("mariadb-install-db", "mysql_install_db")
        self._is_migrated = is_migrated
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="rs-maria-"))  # short: a socket's path has some 100 bytes

    def __enter__(self) -> MariaDb:
        try:
            shutil.copytree(_migrated() if self._is_migrated else _installed(self._installer), self.folder / "data")
            self.start()
            if not self._is_migrated:
                self.run(f"CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
            if self._port is not None:
                self.run(f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
                self.run(f"GRANT ALL ON {SCHEMA}.* TO {USER}@'127.0.0.1'")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"mysql+pymysql://root@localhost/{SCHEMA}?unix_socket={self.folder}/s&{_IN_THE_CLEAR}=yes"

    @property
    def network_url(self) -> str:
        return f"mysql+pymysql://{USER}:{PASSWORD}@127.0.0.1:{self._port}/{SCHEMA}"

    def start(self) -> None:
        """Start on the same data and wait until it answers."""
        self._process = _start(self._server, self.folder, self._port, self._options)
        _wait(self._process, self.folder)

    def stop(self) -> None:
        """Politely, as an operator restarts it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a machine dies."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Leave connections open and answer none: a machine that hangs."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        while psutil.Process(self._process.pid).status() != psutil.STATUS_STOPPED:  # it may answer one more until then
            time.sleep(0.01)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Execute one statement as root; the rows it gives."""
        with _connect(self.folder) as connection:
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall())

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _found(*names: str) -> str:
    for name in names:
        if (path := shutil.which(name) or shutil.which(name, path=_PLACES)) is not None:
            return path
    raise CannotStart(f"{names[0]} is not installed (Debian: apt-get install mariadb-server)")


def _installed(installer: str) -> Path:
    """The data of a server that never ran, to be copied."""
    return template("mariadb", functools.partial(_install, installer)) / "data"


def _migrated() -> Path:
    """The data of a server that has the shop's tables, to be copied."""
    return template("mariadb-migrated", _migrate) / "data"


def _migrate(folder: Path) -> None:
    with MariaDb(options=[_SMALL_LOG], is_migrated=False) as server:
        database = Database(server.url)
        migrate(database)
        database.dispose()
        server.stop()
        shutil.copytree(server.folder / "data", folder / "data")


def _install(installer: str, folder: Path) -> None:
    done = subprocess.run(
        [
            installer,
            "--no-defaults",
            f"--datadir={folder}/data",
            f"--user={getpass.getuser()}",
            "--auth-root-authentication-method=normal",
            f"--tmpdir={folder}",  # two installations at once must not share temporary tables
            "--skip-test-db",
            _SMALL_LOG,
        ],
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )
    if done.returncode:
        raise CannotStart(f"{installer} failed: {(done.stderr or done.stdout)[-500:]}")


def _start(server: str, folder: Path, port: int | None, options: Sequence[str]) -> subprocess.Popen[bytes]:
    network = ["--skip-networking"] if port is None else ["--bind-address=127.0.0.1", f"--port={port}"]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [
                server,
                "--no-defaults",
                f"--datadir={folder}/data",
                f"--socket={folder}/s",
                f"--pid-file={folder}/pid",
                f"--tmpdir={folder}",
                f"--user={getpass.getuser()}",
                *network,
                "--innodb-flush-log-at-trx-commit=2",  # a power cut is not what these tests are about
                "--skip-innodb-doublewrite",
                "--innodb-buffer-pool-size=64M",
                "--performance-schema=OFF",
                *options,
            ],
            stdout=log,
            stderr=log,
        )


def _connect(folder: Path) -> Any:
    return pymysql.connect(unix_socket=f"{folder}/s", user="root", autocommit=True, **{_IN_THE_CLEAR: True})


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            _connect(folder).close()
            return
        except pymysql.err.OperationalError:
            time.sleep(0.1)
    raise CannotStart(f"mariadbd did not answer: {(folder / 'log').read_text(errors='replace')[-500:]}")
