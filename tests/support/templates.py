"""Folders with what tests copy instead of making it anew: each made once in a run."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

_VARIABLE = "RETAIL_SYNC_TEST_TEMPLATES"  # names the folder of the run to the processes that it starts
_own: list[Path] = []


def template(name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills, for all processes of a run: to be copied, and never changed."""
    made = share_templates() / name
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            begun = Path(tempfile.mkdtemp(dir=made.parent))
            make(begun)
            begun.rename(made)  # what could not be made is tried again by the next who needs it
    return made


@cache
def share_templates() -> Path:
    """Where they are. Processes that this one starts from now on take them from there, too."""
    if given := os.environ.get(_VARIABLE):
        return Path(given)
    folder = Path(tempfile.mkdtemp(prefix="rs-templates-"))
    _own.append(folder)
    os.environ[_VARIABLE] = str(folder)
    return folder


@atexit.register
def remove_templates() -> None:
    """Those that this process began. Pytest calls it, too: not every process of a run ends by its exit handlers."""
    while _own:
        shutil.rmtree(_own.pop(), ignore_errors=True)
