"""A web process: how soon it answers, what it holds, and what a callback costs, beside an empty Dash application."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import bare, load
from tests.benchmarks.load import Call, Client
from tests.benchmarks.measuring import Figure, Part, Row, Step
from tests.benchmarks.processes import children_of
from tests.benchmarks.shops import AsInProduction, journey, production_shop
from tests.support.load import ROUTER

CALLS = 100
CALLBACK = "/_dash-update-component"

START = Row("process.start", "From the command to the first answer, two processes", "s", "an empty Dash application",
            goal=3, better="lower")  # fmt: skip
MEMORY = Row("process.memory", "Resident memory of a web process after the load", "MB", "an empty Dash application",
             goal=250, better="lower")  # fmt: skip
PAGES = {"store": "/", "admin": "/admin"}
CALLBACKS = {
    name: Row(f"process.{name}", f"Callback that draws `{path}`, one client", "ms", "an empty callback", better="lower")
    for name, path in PAGES.items()
}


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    with production_shop(folder) as shop:
        staff, worker = shop.staff().cookie, shop.production.worker()  # which keeps what pages read
        while not worker.is_at_work():
            time.sleep(0.1)
        yield [lambda: _empty(folder), lambda: _started(shop), lambda: _asked(shop, staff), lambda: _memory(shop)]


def _empty(folder: Path) -> Mapping[str, Figure]:
    with bare.serving("empty_dash()", folder, "/_dash-layout") as empty:
        found = _median(empty.port, bare.EMPTY_CALLBACK, "")
        return {
            f"{START.key}:floor": Figure(empty.started_seconds),
            f"{MEMORY.key}:floor": _largest(empty.pid),
            **{f"{row.key}:floor": found for row in CALLBACKS.values()},
        }


def _started(shop: AsInProduction) -> Mapping[str, Figure]:
    shop.server.stop()
    began = time.monotonic()
    shop.server.start()
    return {f"{START.key}:ours": Figure(time.monotonic() - began)}


def _asked(shop: AsInProduction, staff: str) -> Mapping[str, Figure]:
    return {f"{row.key}:ours": _median(shop.server.port, _page(PAGES[name]), staff) for name, row in CALLBACKS.items()}


def _memory(shop: AsInProduction) -> Mapping[str, Figure]:
    shoppers = shop.shoppers(8)
    load.run(shop.server.port, [Client(journey(one, shop.product_ids), 1) for one in shoppers])
    return {f"{MEMORY.key}:ours": _largest(shop.server.pid)}


def _median(port: int, body: str, cookie: str) -> Figure:
    call = Call("callback", "POST", CALLBACK, body, {"Cookie": cookie})
    load.run(port, [Client([call], 10)])
    found = load.run(port, [Client([call], CALLS)])
    return Figure(found.at("callback", 0.5), {"p99_ms": found.at("callback", 0.99)})


def _page(path: str) -> str:
    """What the browser's router asks for."""
    pathname = {"id": "_pages_location", "property": "pathname", "value": path}
    search = {"id": "_pages_location", "property": "search", "value": ""}
    outputs = [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}]
    changed = ["_pages_location.pathname", "_pages_location.search"]
    return json.dumps(
        {"output": ROUTER, "outputs": outputs, "inputs": [pathname, search], "state": [], "changedPropIds": changed}
    )


def _largest(pid: int) -> Figure:
    """Of the main process's children; beside it what each would free, without what they share."""
    found = [child.memory_full_info() for child in children_of(pid)]
    return Figure(max(one.rss for one in found) / 1e6, {"own_mb": max(one.uss for one in found) / 1e6})


PART = Part("process", "production", (START, MEMORY, *CALLBACKS.values()), opened)
