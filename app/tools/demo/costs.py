"""What the demo's things cost the shop in its year: for a third of them a supplier asked more from some day on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.amounts import half_up
from app.tools.demo.catalog import DemoProduct

BUYER = "Asha Menon"
_EVERY = 3  # one of so many rose
_BEFORE = Decimal("0.92")
_FIRST_RISE, _SPREAD = timedelta(days=90), 120  # days before now, and the days over which the rises are spread


class PastCosts:
    """By a product's place in the catalogue. No chance is in it: the year's other numbers stay as they are."""

    def __init__(self, products: Sequence[DemoProduct], now: datetime) -> None:
        self._products = products
        self._now = now

    def at(self, index: int, at: datetime) -> int:
        """Minor units a piece."""
        cost = self._products[index].cost
        return cost if at >= self._rise(index) else max(1, half_up(_BEFORE * cost))

    def rows(self, index: int, since: datetime) -> Iterator[tuple[str, int, datetime, int, int, str]]:
        """(product, version, from when, price, cost, who) for `price_history`; the last version is the catalogue's."""
        product, rise = self._products[index], self._rise(index)
        if rise <= since:
            yield product.product_id, 0, since, product.price, product.cost, BUYER
            return
        yield product.product_id, -1, since, product.price, self.at(index, since), BUYER
        yield product.product_id, 0, rise, product.price, product.cost, BUYER

    def _rise(self, index: int) -> datetime:
        if index % _EVERY:
            return datetime.min.replace(tzinfo=self._now.tzinfo)
        return self._now - _FIRST_RISE - timedelta(days=index * 37 % _SPREAD)
