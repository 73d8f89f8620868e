"""serve hands over to gunicorn at once: what it checks, and what it loads, is then loaded once and not twice."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from app.ops import metrics_folder

# Of glibc, which reads them when a program starts. By itself it keeps up to 16 heaps for the threads of two processors,
# and gives back little of what a large answer took: a third of a process.
MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072"}
CONFIG = Path(__file__).parents[1] / "gunicorn_config.py"


def become_server() -> NoReturn:
    """This process and its signals become gunicorn's; `app.gunicorn_config` looks first what can go wrong."""
    os.environ.pop(metrics_folder.VARIABLE, None)  # every start counts from zero, in a folder of its own
    for name, value in MEMORY.items():
        os.environ.setdefault(name, value)
    os.execv(  # noqa: S606 - no shell is wanted: the server takes over this process and its signals  # nosec B606
        sys.executable,
        [sys.executable, "-m", "gunicorn", "--config", f"file:{CONFIG}", "app.server:create_app()"],
    )
