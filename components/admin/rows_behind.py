"""From a number to what it is made of: the addresses of the orders and returns behind a tile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from app.domain import Period


class Behind(NamedTuple):
    """Where the orders and the returns are that numbers are made of; "" for those who may not see them."""

    orders: str
    returns: str


NOWHERE = Behind("", "")


def rows_behind(period: Period, part: Mapping[str, str]) -> Behind:
    """`part`: category, country and product, empty for all."""
    query = urlencode({**period.address, **{name: value for name, value in part.items() if value}})
    return Behind(f"/admin/orders?{query}", f"/admin/returns?{query}")
