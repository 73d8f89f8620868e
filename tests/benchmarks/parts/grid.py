"""The grid's finished HTML against an empty answer of the same server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.benchmarks import load
from tests.benchmarks.load import Call, Client
from tests.benchmarks.measuring import Figure, Part, Row, Step
from tests.benchmarks.shops import CLIENTS, LINES, Measured, production_shop

EMPTY = "/healthz"
REQUESTS, EMPTY_REQUESTS = 100, 300  # a client and turn
WHO = {"guest": "of a guest without cookies", "cart": f"with {LINES} products in the cart"}
WAYS = {"identity": "plain", "gzip": "gzip"}

ROWS = {
    (who, way): Row(
        f"grid.{who}_{way}",
        f"`/` as HTML {words}, {written}",
        "requests/s",
        floor=f"`{EMPTY}` of the same server",
        goal=0.3,
        goal_of="ratio",
    )
    for who, words in WHO.items()
    for way, written in WAYS.items()
}


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    with production_shop(folder) as shop:
        cookies = {"guest": {}, "cart": {"Cookie": _with_a_cart(shop)}}
        yield [
            lambda row=row, headers=cookies[who] | {"Accept-Encoding": way}: _turn(shop, row, headers)
            for (who, way), row in ROWS.items()
        ]


def _with_a_cart(shop: Measured) -> str:
    """The cookies of a guest who put some in."""
    guest = requests.Session()
    for product_id in shop.product_ids[:LINES]:
        form, headers = {"add": product_id}, {"Origin": shop.server.url}
        guest.post(f"{shop.server.url}/cart/change", form, headers=headers, timeout=30).raise_for_status()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in guest.cookies)


def _turn(shop: Measured, row: Row, headers: Mapping[str, str]) -> dict[str, Figure]:
    empty = load.run(shop.server.port, [Client([Call("empty", "GET", EMPTY)], EMPTY_REQUESTS)] * CLIENTS)
    page = load.run(shop.server.port, [Client([Call("page", "GET", "/", headers=headers)], REQUESTS)] * CLIENTS)
    return {f"{row.key}:floor": empty.figure("empty"), f"{row.key}:ours": page.figure("page")}


PART = Part("grid", "production", tuple(ROWS.values()), opened)
