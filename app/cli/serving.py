"""serve and worker, the long-running commands: what is looked at before they begin, and the worker itself."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import signal
import socket
import sys
import threading

from app.cli.becoming_server import become_server
from app.errors import StartupError
from app.ops import logs, request_id, tracing
from app.settings.environment import Settings, load_settings
from app.stores.sql.engine.migrate import require_current
from app.stores.sql.rollups.cut import require_cut
from app.stores.sql.transfer.moving import refuse_half_moved
from app.wiring import stores

STOP_SECONDS = 20.0  # below the half minute that orchestrators wait before they kill
SWITCH_SECONDS = 0.0002  # between threads of the worker

log = logging.getLogger(__name__)


def serve(_: argparse.Namespace) -> int:
    """For whoever said more than `serve`."""
    become_server()


def check(settings: Settings, *, listens: bool) -> None:
    """Raises StartupError, with what to do, for what would keep the shop from serving.

    `listens`: whether its port is to be taken, which a server that takes over from another one has already.
    """
    settings.resolved_secret_key()
    tracing.require()
    _check_database(settings)
    if listens:
        _check_port(settings.host, settings.port)


def welcome(settings: Settings) -> None:
    _tell(settings, _welcome(settings), f"{settings.store_name} is open at {settings.base_url}")


def work(_: argparse.Namespace) -> int:
    """The background worker as its own process, until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # first: what follows takes seconds to load
        signal.signal(number, lambda *_: _end_soon(stop))
    from app.wiring import composition
    from app.wiring.background import follow_settings, work_alone

    # A thread that computes, such as the one that ranks all customers, otherwise keeps the interpreter for 5 ms each
    # time that another one has its answer of the database: a fold of fifty statements then takes seconds.
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = load_settings()
    logs.configure(settings.log_format, settings.log_level, "worker")
    _check_database(settings)
    tracing.start("worker")
    request_id.begin(None)  # the worker works for whoever caused the effect in hand
    built = composition.build(settings)
    follow_settings(built, stop)
    _tell(settings, "Worker is running; Ctrl-C stops it.")
    if settings.is_embedded:
        work_alone(built, stop)
    else:
        built.worker.run(stop)
    built.effect_marks.flush()
    return 0


def _tell(settings: Settings, words: str, line: str = "") -> None:
    """To whoever started it; machines get it as a line of log."""
    if settings.log_format == "json":
        log.info(line or words)
    else:
        print(words, flush=True)


def _end_soon(stop: threading.Event) -> None:
    """Finish what is in hand; what takes longer than anybody waits for is left to its lease."""
    if not stop.is_set():
        stop.set()
        last = threading.Timer(STOP_SECONDS, os._exit, args=(0,))
        last.daemon = True
        last.start()


def _check_database(settings: Settings) -> None:
    database = stores.open_database(settings)
    try:
        require_current(database)
        refuse_half_moved(database)
        shop = stores.in_force(settings, database)
        require_cut(database, shop.zone, shop.currency)
    finally:
        database.dispose()
    stores.require_catalog(settings)


def _check_port(host: str, port: int) -> None:
    wrong_host = f"HOST: should be an address of this machine, such as 127.0.0.1 (it is {host!r})"
    try:
        socket.getaddrinfo(host, port)
    except (OSError, UnicodeError) as error:
        raise StartupError(wrong_host) from error
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise StartupError(f"PORT: this user may not listen on {host}:{port}. Choose a port above 1023.") from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise StartupError(wrong_host) from error
            raise StartupError(
                f"PORT: {host}:{port} is taken by another program. Stop that one, or choose another: PORT=5001 make run"
            ) from error


def _welcome(settings: Settings) -> str:
    base = settings.base_url
    return "\n".join(
        [
            "",
            f"  {settings.store_name} is open",
            f"    shop    {base}/",
            f"    admin   {base}/admin",
            f"    wall    {base}/wall",
            *(
                []
                if settings.is_embedded
                else ["  Mail, alerts and rollups need a worker beside it: python -m app worker"]
            ),
            "  Ctrl-C stops it.",
            "",
        ]
    )
