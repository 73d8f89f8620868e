"""A DynamoDB server of the tests' own: dynoxide on a free loopback port, in memory or on a file.

`running_dynoxide()` gives the URL of one that lives as long as the context. A `Dynoxide` can be killed
and started again on the same port and file, for tests of outages.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

START_SECONDS = 20
_HOST = "127.0.0.1"
_PORTS_TRIED = 5
_INSTALLED = Path(__file__).parents[2] / ".venv/dynoxide/node_modules/@dynoxide"  # by scripts/install_test_parts.sh


class CannotStart(Exception):
    """Says why there is no DynamoDB to test on."""


class Dynoxide:
    """One server: `start`, `kill` and `stop` as often as wanted. Only with `db_path` does its data outlive it."""

    def __init__(self, db_path: Path | None = None) -> None:
        self._db_path = db_path
        self._port = 0  # chosen by the first start
        self._process: subprocess.Popen[bytes] | None = None
        # Not a pipe: nobody reads it while the server runs, and a full one would stop the server.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`

    @property
    def url(self) -> str:
        return f"http://{_HOST}:{self._port}"

    def start(self) -> None:
        """Raises CannotStart. The first start chooses the port, later ones keep it."""
        if self._process is not None:
            raise RuntimeError("it runs already")
        program = _program()
        for _ in range(_PORTS_TRIED if not self._port else 1):
            port = self._port or _free_port()
            process = self._launch(program, port)
            if _answers(process, port):
                self._port, self._process = port, process
                return
            _end(process)  # another program took the port in between, or it is broken
        self._log.seek(0)
        raise CannotStart(f"dynoxide did not answer: {self._log.read().decode(errors='replace')[-500:]}")

    def kill(self) -> None:
        """SIGKILL, as a crash would end it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            _end(self._process)
            self._process = None

    def close(self) -> None:
        self.stop()
        self._log.close()

    def __enter__(self) -> Dynoxide:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _launch(self, program: str, port: int) -> subprocess.Popen[bytes]:
        kept = ["--db-path", str(self._db_path)] if self._db_path else []
        return subprocess.Popen(
            [program, "serve", "--host", _HOST, "--port", str(port), *kept],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )


@contextmanager
def running_dynoxide(db_path: Path | None = None) -> Iterator[str]:
    """The endpoint of a server that lives as long as the context; its data in memory, or in `db_path`."""
    with Dynoxide(db_path) as server:
        yield server.url


def aws_environment(url: str) -> dict[str, str]:
    """What points boto3 at `url` by its own variables, whatever the machine's AWS files say. Signs with a fake key."""
    return {
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _program() -> str:
    for installed in sorted(_INSTALLED.glob("*/dynoxide")):
        return str(installed)
    if (found := shutil.which("dynoxide")) is not None:
        return found
    raise CannotStart("dynoxide is not installed (bash scripts/install_test_parts.sh does; it needs npm)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection(_HOST, port, timeout=2)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
        else:
            # Whoever answered: had it been another program, ours could not have bound the port.
            return process.poll() is None
        finally:
            connection.close()
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
