"""A WSGI entry for tests only: the shop, but it dies at one named step.

`KILL_AT` is "before:Class.method" or "after:Class.method" of a store; the first call of it kills the
whole process group with SIGKILL. Nothing in `app` knows of it.
"""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable
from typing import Any

import flask

from app.server import create_app as create_real_app
from app.stores.local.demo_payments import DemoPayments
from app.stores.sql.cart.settlement import SqlSettlement
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.jobs.outbox import SqlOutbox
from app.stores.sql.orders.orders import SqlOrders

STORES: dict[str, type] = {
    store.__name__: store for store in (SqlOrders, SqlCatalog, SqlSettlement, SqlOutbox, DemoPayments)
}


def create_app() -> flask.Flask:
    when, _, step = os.environ["KILL_AT"].partition(":")
    store, _, method = step.partition(".")
    original = getattr(STORES[store], method)
    setattr(STORES[store], method, _deadly(original, after=when == "after"))
    return create_real_app()


def _deadly(method: Callable[..., Any], after: bool) -> Callable[..., Any]:
    @functools.wraps(method)
    def dies(*args: Any, **kwargs: Any) -> None:
        if after:
            method(*args, **kwargs)
        os.killpg(os.getpgid(0), signal.SIGKILL)

    return dies
