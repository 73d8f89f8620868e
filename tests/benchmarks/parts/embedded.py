"""The embedded default: orders over HTTP against bare sqlite3 that plays the very same statements, both on a disk."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from app.wiring.stores import open_database
from tests.benchmarks.measuring import Figure, Part, Row, Step
from tests.benchmarks.recording import Recording, record
from tests.benchmarks.shops import Measured, embedded_shop, filled_orders, journeys
from tests.support.shop import add_people, settings_for

ORDERS = 15  # a client and turn
RECORDED = 40
_LIKE_THE_SHOP = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -32000")

COMMITS = Row("embedded.commits", "Commits, an order of three lines", "each", goal=6, better="lower")
STATEMENTS = Row("embedded.statements", "SQL statements, an order of three lines", "each", better="lower")
ORDER = Row("embedded.filled", "Orders of three lines, carts filled before, 8 clients", "orders/s",
            "the same statements by bare sqlite3", goal=0.3, goal_of="ratio")  # fmt: skip
JOURNEY = Row("embedded.journey", "Three cart adds and an order, 8 clients", "orders/s",
              "the same statements by bare sqlite3", goal=0.3, goal_of="ratio")  # fmt: skip


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    with embedded_shop(folder) as shop:
        copies, recording = _recorded(shop, folder)
        journeys(shop, 2)
        yield [
            lambda: _counted(recording),
            lambda: _played(recording, copies, folder),
            lambda: {f"{ORDER.key}:ours": filled_orders(shop, ORDERS).figure("pay")},
            lambda: {f"{JOURNEY.key}:ours": journeys(shop, ORDERS).figure("pay")},
        ]


def _recorded(shop: Measured, folder: Path) -> tuple[Path, Recording]:
    """The shop's database before it was written down what some orders do with it, and what they did."""
    buyer = add_people(shop.database, 1, "recorded")[0]
    before, aside = folder / "before.db", folder / "recorded"
    with closing(sqlite3.connect(shop.built.settings.data_dir / "shop.db")) as real:
        real.execute("VACUUM INTO ?", (str(before),))
    aside.mkdir()
    shutil.copyfile(before, aside / "shop.db")
    settings = settings_for(aside, allow_demo_payments=True)
    open_database(settings).dispose()
    return before, record(settings, str(buyer.email), shop.product_ids, RECORDED)


def _counted(recording: Recording) -> Mapping[str, Figure]:
    return {
        f"{COMMITS.key}:ours": Figure(recording.count("order", "commit")),
        f"{STATEMENTS.key}:ours": Figure(recording.count("order", "sql")),
    }


def _played(recording: Recording, before: Path, folder: Path) -> Mapping[str, Figure]:
    """All steps in their order on a copy; what is not of an add or an order is not counted."""
    copy = folder / f"played{time.time_ns()}.db"
    shutil.copyfile(before, copy)
    taken = {"add": 0.0, "order": 0.0}
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for pragma in _LIKE_THE_SHOP:
            connection.execute(f"PRAGMA {pragma}")
        at = 0
        for name, began, ended in recording.marks:
            _play(connection, recording, at, began)
            started = time.perf_counter()
            _play(connection, recording, began, ended)
            if name in taken:
                taken[name] += time.perf_counter() - started
            at = ended
    copy.unlink()
    return {
        f"{ORDER.key}:floor": Figure(RECORDED / taken["order"]),
        f"{JOURNEY.key}:floor": Figure(RECORDED / (taken["order"] + taken["add"])),
    }


def _play(connection: sqlite3.Connection, recording: Recording, began: int, ended: int) -> None:
    for kind, text, parameters in recording.steps[began:ended]:
        if kind == "many":
            connection.executemany(text, parameters)
        elif kind in ("sql", "begin"):
            connection.execute(text, parameters or ()).fetchall()
        elif connection.in_transaction:
            connection.execute(kind)


PART = Part("embedded", "embedded", (COMMITS, STATEMENTS, ORDER, JOURNEY), opened, on_disk=True)
