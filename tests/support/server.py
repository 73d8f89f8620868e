"""Starts the real server as people start it, and ends it politely or not at all."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

from app.cli.becoming_server import MEMORY
from tests.support.migrated import migrated

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningServer:
    """`python -m app serve` in a process group of its own; as a context manager it is gone afterwards.

    `entry` runs another WSGI factory ("tests.support.killing:create_app()") under the same gunicorn settings.
    """

    def __init__(self, data_dir: Path, *, workers: int = 2, entry: str | None = None, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = data_dir / "server.log"
        self._entry = entry
        self._environment = {
            **{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "TMPDIR")},
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "WEB_WORKERS": str(workers),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RunningServer:
        migrated(self._environment.get("DATABASE_URL", f"sqlite:///{self.data_dir / 'shop.db'}")).dispose()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def environment(self) -> dict[str, str]:
        """For other processes of the same shop."""
        return dict(self._environment)

    def command(self, *arguments: str, text: str = "") -> str:
        """Run another command of the program on the same shop and return what it says."""
        result = subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            cwd=ROOT,
            env=self._environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def start(self, entry: str | None = None, **environment: str) -> None:
        """Start and wait until it answers. `environment` and `entry` hold for this start only."""
        entry = entry or self._entry
        program = [sys.executable, "-m", "app", "serve"]
        if entry:
            program = [sys.executable, "-m", "gunicorn", "--config", "file:app/gunicorn_config.py", entry]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                program,
                cwd=ROOT,
                env={**MEMORY, **self._environment, **environment},  # as `serve` starts it
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_up()

    def _wait_until_up(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            time.sleep(0.1)
        words = self.log()
        self.kill()
        raise AssertionError(f"the server did not start:\n{words}")

    @property
    def pid(self) -> int:
        """Of the server's main process, whose children are the workers."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> int:
        """SIGTERM, as an orchestrator sends it; returns the exit status."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(30)

    def kill(self) -> None:
        """SIGKILL for the server and all its workers at once: nobody can clean up."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._process = None

    def wait_for_death(self, seconds: float = 20) -> bool:
        """Whether the server's main process ended by itself within `seconds`."""
        assert self._process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return True
        return False

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")[-8000:] if self.log_path.exists() else ""
