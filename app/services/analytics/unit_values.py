"""What a unit of each product was valued at on any day: its cost price, else its price, as both were then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple, Protocol

from app.domain import Product


class Noted(Protocol):
    """A product's price and cost from `at` on."""

    @property
    def product_id(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def price(self) -> int: ...
    @property
    def cost(self) -> int | None: ...


class Worth(NamedTuple):
    """Minor units; `cost` None: unknown."""

    price: int
    cost: int | None

    @property
    def value(self) -> int:
        return self.price if self.cost is None else self.cost


def worth_of(product: Product) -> Worth:
    return Worth(product.price, product.cost)


class UnitValues:
    """Of every product by day: as it was at the day's end, on the store's clocks. Before anything was noted it is taken
    to have been what it was first known to be; from `today` on it is what the catalogue has.
    """

    def __init__(
        self, products: Iterable[Product], noted: Iterable[Noted], store_day: Callable[[datetime], date], today: date
    ) -> None:
        steps: dict[str, list[tuple[date, Worth]]] = {}
        for one in noted:
            steps.setdefault(one.product_id, []).append((store_day(one.at), Worth(one.price, one.cost)))
        self._days: dict[str, Sequence[date]] = {}
        self._worth: dict[str, Sequence[Worth]] = {}
        for product in products:
            course = _course(steps.get(product.product_id, ()), worth_of(product), today)
            self._days[product.product_id] = tuple(course)
            self._worth[product.product_id] = tuple(course.values())

    def on(self, product_id: str, day: date) -> Worth:
        place = bisect_right(self._days[product_id], day) - 1
        return self._worth[product_id][max(0, place)]

    def changed(self, product_ids: Iterable[str], after: date, until: date) -> dict[str, list[date]]:
        """The days beyond `after` up to `until` on which the value of a unit changed, of those of which it did."""
        found = {}
        for product_id in product_ids:
            steps = pairwise(zip(self._days[product_id], self._worth[product_id], strict=True))
            days = [day for (_, was), (day, now) in steps if was.value != now.value and after < day <= until]
            if days:
                found[product_id] = days
        return found


def _course(noted: Sequence[tuple[date, Worth]], present: Worth, today: date) -> Mapping[date, Worth]:
    """The last of each day, ascending."""
    course = dict(sorted(noted, key=lambda one: one[0]))
    if not course or next(reversed(course.values())) != present:
        course[today if course else date.min] = present
    return course
