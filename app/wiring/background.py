"""What runs beside requests in a process: the background worker of the embedded default, and what follows settings."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from app.errors import ShopError
from app.services import Services
from app.stores.local.single_worker import acquire

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
FOLLOW_SECONDS = 1.0


def start_background(built: Services, stop: threading.Event) -> threading.Thread | None:
    """On SQLite, work in this process while it holds the lock file; with a database server do nothing.

    Whichever web process holds the lock is the worker; when it dies, another takes over within a second.
    """
    if not built.settings.is_embedded:
        return None
    thread = threading.Thread(target=work_alone, args=(built, stop), daemon=True, name="worker")
    thread.start()
    return thread


def follow_settings(built: Services, stop: threading.Event) -> None:
    """Know what admins set in other processes within two seconds, whether or not anybody asks for a page."""

    def follow() -> None:
        while not stop.wait(FOLLOW_SECONDS):
            once()

    def once() -> None:
        with suppress(ShopError):  # the store is away: pages say so, and what was known holds
            built.shop_settings.follow()

    once()  # before anything is served
    threading.Thread(target=follow, daemon=True, name="settings").start()


def work_alone(built: Services, stop: threading.Event) -> None:
    """Wait for the lock file in DATA_DIR, then work until `stop`."""
    path = built.settings.data_dir / "worker.lock"
    while not stop.is_set():
        lock = acquire(path)
        if lock is None:
            stop.wait(RETRY_SECONDS)
            continue
        with lock:
            built.worker.run(stop)
