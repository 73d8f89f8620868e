"""On SQLite one process works: the one that holds a lock on a file in the data directory."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO


def acquire(path: Path) -> IO[str] | None:
    """The locked file, or None when another process holds it.

    Keep the handle: closing it, or the end of the process in any way, gives the lock up.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle
