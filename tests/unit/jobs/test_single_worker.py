"""The worker's lock: one holder at a time, given up when the handle goes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.stores.local.single_worker import acquire


def test_one_holds_it_until_it_lets_go(tmp_path: Path):
    path = tmp_path / "data" / "worker.lock"
    first = acquire(path)
    assert first is not None
    assert acquire(path) is None
    first.close()
    again = acquire(path)
    assert again is not None
    again.close()


HOLDER = """
import os, sys, time
from pathlib import Path
from app.stores.local.single_worker import acquire
lock = acquire(Path(sys.argv[1]))
if sys.argv[2] == "alone" or os.fork():
    print("holds it", flush=True)
time.sleep(600)
"""


class Holder:
    """A process of its own that holds the lock until it is killed."""

    def __init__(self, path: Path, kind: str) -> None:
        arguments = [sys.executable, "-c", HOLDER, str(path), kind]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "holds it\n"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):  # killed before, and alone
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.read()  # until nobody holds its other end
        self._process.stdout.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "worker.lock"


@pytest.fixture
def holder(path: Path, request: pytest.FixtureRequest) -> Iterator[Holder]:
    started = Holder(path, request.param)
    yield started
    started.end()


@pytest.mark.parametrize("holder", ["alone"], indirect=True)
def test_a_killed_holder_has_given_it_up(holder: Holder, path: Path):
    assert acquire(path) is None
    holder.kill()
    lock = acquire(path)
    assert lock is not None
    lock.close()


@pytest.mark.parametrize("holder", ["forks"], indirect=True)
def test_a_forked_worker_holds_it_on_after_its_server_was_killed(holder: Holder, path: Path):
    holder.kill()
    assert acquire(path) is None
