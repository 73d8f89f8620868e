"""The catalogue of 1,000 products against the same bytes, ready-made, from bare gunicorn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.benchmarks import bare, load
from tests.benchmarks.load import Call, Client
from tests.benchmarks.measuring import Figure, Part, Row, Step
from tests.benchmarks.shops import CLIENTS, production_shop

PATH = "/api/products"
REQUESTS, FLOOR_REQUESTS = 150, 400  # a client and turn
WAYS = {"identity": "plain", "gzip": "gzip", "br": "Brotli"}
_OF_THE_CONNECTION = {"connection", "date", "server", "transfer-encoding"}

ROWS = {
    way: Row(
        f"product_list.{way}",
        f"Product list, 1,000 products, {words}",
        "requests/s",
        floor="the same bytes from bare gunicorn",
        goal=0.6,
        goal_of="ratio",
    )
    for way, words in WAYS.items()
}


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    with production_shop(folder) as shop:
        for way in WAYS:
            _keep(folder, way, f"{shop.server.url}{PATH}")
        with bare.serving("ready()", folder) as ready:
            steps: list[Step] = []
            for way, row in ROWS.items():
                steps += [
                    lambda row=row, way=way: {f"{row.key}:floor": _ask(ready.port, f"/{way}", way, FLOOR_REQUESTS)},
                    lambda row=row, way=way: {f"{row.key}:ours": _ask(shop.server.port, PATH, way, REQUESTS)},
                ]
            yield steps


def _keep(folder: Path, way: str, url: str) -> None:
    for _ in range(8):  # each process makes it once
        answer = requests.get(url, headers={"Accept-Encoding": way}, stream=True, timeout=30)
        body = answer.raw.read(decode_content=False)
    assert answer.headers.get("Content-Encoding", "identity") == way, answer.headers
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _OF_THE_CONNECTION}
    bare.keep(folder, way, body, headers)


def _ask(port: int, path: str, way: str, times: int) -> Figure:
    call = Call("list", "GET", path, headers={"Accept-Encoding": way})
    return load.run(port, [Client([call], times)] * CLIENTS).figure("list")


PART = Part("product_list", "production", tuple(ROWS.values()), opened)
