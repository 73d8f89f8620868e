"""The folder in which the web workers of one start keep their metrics for each other.

A server that is killed cannot take its folder away. So each holds a lock in its own while it lives, and the
next start on the machine takes away those that nobody holds.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from app.stores.local.single_worker import acquire

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "retail-metrics-"
_LOCK = "in-use"

_held: list[IO[str]] = []  # for as long as this process, or a worker forked from it, lives


def claim() -> str:
    """The folder of this start, named in the environment; the same again when the settings are read anew."""
    if not os.environ.get(VARIABLE):
        _clear_left_behind()
        os.environ[VARIABLE] = _fresh()
    return os.environ[VARIABLE]


def remove(folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _fresh() -> str:
    while True:
        folder = tempfile.mkdtemp(prefix=_PREFIX)
        lock = acquire(Path(folder) / _LOCK)
        if lock is not None:  # else a start beside this one took it for one left behind
            _held.append(lock)
            return folder


def _clear_left_behind() -> None:
    for lock_file in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        with contextlib.suppress(OSError):  # somebody else's, or just going
            lock = acquire(lock_file)
            if lock is not None:
                remove(str(lock_file.parent))
                lock.close()
