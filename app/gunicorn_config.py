"""Gunicorn's settings. Patches before anything else is imported: a late patch breaks boto3's TLS."""

from gevent import monkey

monkey.patch_all()

import threading  # noqa: E402 - must see the patched module
import time  # noqa: E402
from typing import Any  # noqa: E402

from app.config import load_settings  # noqa: E402

settings = load_settings()

bind = f"{settings.host}:{settings.port}"
workers = settings.web_workers
worker_class = "gevent"
worker_connections = 4000
preload_app = False  # clients and engine are made after the fork
graceful_timeout = 10
timeout = 60
keepalive = 15
loglevel = settings.log_level
accesslog = None
proc_name = "retail-sync"
control_socket_disable = True

WATCH_SECONDS = 0.2


def post_worker_init(worker: Any) -> None:
    """Start the in-process background worker, and end live streams as soon as the process is told to stop."""
    from app.background import start_background
    from app.services import services

    stop = threading.Event()
    start_background(services(), stop)

    def watch() -> None:
        while worker.alive:
            time.sleep(WATCH_SECONDS)
        stop.set()
        services().live.close()

    threading.Thread(target=watch, daemon=True).start()
