"""On SQLite one process works: the one that holds a lock on a file in the data directory.

The system's own lock, without a library: filelock gives it up in a forked process, which the folder of the metrics
must not have, falls back to a lock that outlives its holder, and hooks itself into every fork and audited call.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from app.stores.local import private


def acquire(path: Path) -> IO[str] | None:
    """The locked file, or None when another process holds it.

    Keep the handle: closing it, or the end of the process in any way, gives the lock up.
    """
    private.make_folder(path.parent)
    handle = os.fdopen(private.opener(str(path), os.O_CREAT | os.O_APPEND | os.O_WRONLY), "a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle
