"""`python -m app migrate` in a process of its own that can be killed, without loading the program for each."""

from __future__ import annotations

import multiprocessing
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing.process import BaseProcess
from pathlib import Path

from app.__main__ import main

# Forked from a process that has loaded this and has no threads, unlike the one that runs the tests.
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload([__name__])


class Migrating:
    def __init__(self, database_url: str, log: Path) -> None:
        environment = {"DATABASE_URL": database_url, "SECRET_KEY": "k" * 40, "ALLOW_DEMO_PAYMENTS": "true"}
        self._log = log
        self._process: BaseProcess = _FORKED.Process(target=_migrate, args=(environment, log))
        self._process.start()

    @property
    def is_running(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int | None:
        """The exit status, as of a subprocess."""
        self._process.join()
        return self._process.exitcode

    def said(self) -> str:
        return self._log.read_text()


def _migrate(environment: dict[str, str], log: Path) -> None:
    os.environ.update(environment)
    with log.open("a") as said, redirect_stdout(said), redirect_stderr(said):
        status = main(["migrate"])
    sys.exit(status)
