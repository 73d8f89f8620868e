"""Gunicorn's settings. Patches before anything else is imported: a late patch breaks boto3's TLS."""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402 - all that follows must see the patched modules

gc.disable()  # until all is loaded: nothing of it is garbage, and looking for some takes a fifth of the time

import contextlib  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

from app.errors import ShopError, StartupError  # noqa: E402
from app.ops import logs, metrics_folder  # noqa: E402
from app.settings.environment import load_settings  # noqa: E402

try:
    settings = load_settings()
except StartupError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
logs.configure(settings.log_format, settings.log_level, "web")
METRICS_FOLDER = metrics_folder.claim()  # before anything that counts is imported

bind = f"{settings.host}:{settings.port}"
workers = settings.web_workers
worker_class = "gevent"
worker_connections = 4000
preload_app = False  # clients and engine are made after the fork
graceful_timeout = 10
timeout = 60
# Behind a proxy longer than it keeps idle connections itself, commonly a minute: of the two it must be the one that
# lets go, or it sends a request into a connection that is just being closed.
keepalive = 75 if settings.trusted_proxies else 5
loglevel = settings.log_level
logger_class = logs.server_logger(settings.log_format)
accesslog = None
proc_name = "retail-sync"
control_socket_disable = True

WATCH_SECONDS = 0.2
LAST_ANSWERS_SECONDS = 0.5
_TAKES_OVER = "GUNICORN_PID"  # gunicorn's own: the process whose listening sockets this one has


def on_starting(_server: Any) -> None:
    """See what can go wrong, and say it, while everything is loaded that the workers then share.

    The look is another process: what it opens must not be open in the workers.
    """
    # Gevent's own would watch it by a handler of signals that gunicorn sets for itself.
    fork, wait = monkey.get_original("os", "fork"), monkey.get_original("os", "waitpid")
    looking = fork()
    if looking == 0:
        os._exit(_what_is_wrong())
    import app.server  # noqa: F401
    from app.wiring.page_parts import load_page_parts

    load_page_parts()

    _, status = wait(looking, 0)
    if status != 0:
        metrics_folder.remove(METRICS_FOLDER)
        sys.exit(os.waitstatus_to_exitcode(status))
    # A worker that collected what it shares with the others would write to all of it, and so have a copy of its own.
    gc.freeze()
    gc.enable()


def _what_is_wrong() -> int:
    """The status to end with; what is wrong is said."""
    from app.cli import serving

    try:
        serving.check(settings, listens=_TAKES_OVER not in os.environ)
    except StartupError as error:
        print(error, file=sys.stderr)
        return 2
    except ShopError as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


def when_ready(_server: Any) -> None:
    from app.cli import serving

    serving.welcome(settings)


def post_worker_init(worker: Any) -> None:
    """Start the in-process background worker, and end live streams as soon as the process is told to stop."""
    from app.services import services
    from app.wiring.background import follow_settings, start_background

    built, stop = services(), threading.Event()
    start_background(built, stop)
    follow_settings(built, stop)
    if settings.log_format == "json":
        threading.Thread(target=_feed, args=(built, stop), daemon=True).start()

    def watch() -> None:
        while worker.alive:
            time.sleep(WATCH_SECONDS)
        stop.set()
        built.live.close()

    threading.Thread(target=watch, daemon=True).start()
    # What was loaded stays: looking at its 250,000 objects in each full collection makes a page wait 300 ms.
    gc.collect()
    gc.freeze()


def _feed(built: Any, stop: threading.Event) -> None:
    from app.ops import cloudwatch_feed

    cloudwatch_feed.run(lambda: cloudwatch_feed.tell_of_web(settings.metrics_namespace, built.live.watchers), stop)


def worker_int(_worker: Any) -> None:
    """Ctrl-C: let answers that are nearly done go out, then end without a traceback.

    What is cut off here is cut off at a place that the sweeper and the outbox can go on from.
    """
    from app.services import services

    services().live.close()
    time.sleep(LAST_ANSWERS_SECONDS)
    os._exit(0)


def worker_exit(_server: Any, _worker: Any) -> None:
    """What requests did at once and is not marked yet: else workers would do it again."""
    from app.services import services

    with contextlib.suppress(RuntimeError):  # it may have died before it had any services
        services().effect_marks.flush()


def child_exit(_server: Any, worker: Any) -> None:
    """What a dead worker counted still counts; what it had open does not."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    metrics_folder.remove(METRICS_FOLDER)
