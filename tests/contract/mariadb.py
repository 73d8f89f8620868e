"""A MariaDB server of the tests' own: private data folder, private socket, no network."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

START_SECONDS = 60
SCHEMA = "shop_test"
_PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"


class CannotStart(Exception):
    """Says why there is no MariaDB to test on."""


@contextmanager
def running_mariadb() -> Iterator[str]:
    """The URL of an empty schema on a server that lives as long as the context."""
    server, installer = _found("mariadbd", "mysqld"), _found("mariadb-install-db", "mysql_install_db")
    folder = Path(tempfile.mkdtemp(prefix="rs-maria-"))  # short: a socket's path has some 100 bytes
    try:
        _install(installer, folder)
        process = _start(server, folder)
        try:
            _wait(process, folder)
            yield f"mysql+pymysql://root@localhost/{SCHEMA}?unix_socket={folder}/s"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _found(*names: str) -> str:
    for name in names:
        if (path := shutil.which(name) or shutil.which(name, path=_PLACES)) is not None:
            return path
    raise CannotStart(f"{names[0]} is not installed (Debian: apt-get install mariadb-server)")


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
        ],
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )
    if done.returncode:
        raise CannotStart(f"{installer} failed: {(done.stderr or done.stdout)[-500:]}")


def _start(server: str, folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [
                server,
                "--no-defaults",
                f"--datadir={folder}/data",
                f"--socket={folder}/s",
                f"--pid-file={folder}/pid",
                f"--tmpdir={folder}",
                f"--user={getpass.getuser()}",
                "--skip-networking",
                "--innodb-flush-log-at-trx-commit=2",  # a power cut is not what these tests are about
                "--innodb-buffer-pool-size=64M",
                "--performance-schema=OFF",
            ],
            stdout=log,
            stderr=log,
        )


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with pymysql.connect(unix_socket=f"{folder}/s", user="root") as connection:
                connection.cursor().execute(f"CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
            return
        except pymysql.err.OperationalError:
            time.sleep(0.1)
    raise CannotStart(f"mariadbd did not answer: {(folder / 'log').read_text(errors='replace')[-500:]}")
