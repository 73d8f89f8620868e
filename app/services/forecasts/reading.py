"""A shop's history as the arrays that forecasts are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from app.domain import Product
from app.money import Formats
from app.services.analytics.inferred import InferredStock
from app.services.analytics.ports import SalesReader
from app.services.forecasts.engine.history import Floats, History, Ints
from app.services.forecasts.history_ports import (
    CANCELLED_WITHIN,
    FirstStockReader,
    GivenBack,
    HistoryReader,
    InferredStockReader,
    SoldLine,
)

HISTORY_DAYS = 400  # what one forecast learns from, at most
SHOP_DAYS = 3 * 365  # the same of the shop's seasons


class HistoryService:
    """`products`: every product that there ever was."""

    def __init__(
        self,
        reader: HistoryReader,
        sales: SalesReader,
        stock: FirstStockReader,
        inferred: InferredStockReader,
        products: Callable[[], tuple[Product, ...]],
        formats: Formats,
    ) -> None:
        self._reader = reader
        self._sales = sales
        self._stock = stock
        self._inferred = inferred
        self._products = products
        self._formats = formats

    def read(self, end: date, days: int = HISTORY_DAYS, back_until: date | None = None) -> History:
        """Of up to so many days before `end`; what came back is known until then too, or `back_until` another day."""
        bounds = self._sales.day_bounds()
        opened = min(bounds[0], end) if bounds else end
        start = max(opened, end - timedelta(days=days))
        lines = _Lines(start)
        for some in self._reader.sold_lines(start, end):
            lines.add(some)
        lines.cancel(self._reader.given_back(start, end if back_until is None else back_until))
        products = {product.product_id: product.category for product in self._products()}
        ids = tuple(sorted({*products, *lines.ids}))
        number = {product_id: n for n, product_id in enumerate(ids)}
        categories = tuple(sorted({products.get(product_id, "") for product_id in ids}))
        place = {name: n for n, name in enumerate(categories)}
        inferred = InferredStock(self._inferred.inferred_stock())
        product, day, units, price, cancelled, order = lines.arrays(number)
        return History(
            first_day=start,
            days=(end - start).days,
            product_ids=ids,
            categories=categories,
            category=np.array([place[products.get(product_id, "")] for product_id in ids], dtype=np.int64),
            since=self._since(ids, inferred, start, (end - start).days, product, day),
            product=product,
            day=day,
            units=units,
            price=price,
            cancelled=cancelled,
            absent=self._absent(number, inferred, start, end),
            before=self._before(start),
            order=order,
        )

    def as_read_on(self, history: History, day: date, days: int = HISTORY_DAYS) -> History:
        """What `read` would have found on the morning of a day within the history, which is longer."""
        first = max(0, history.number_of(day) - days)
        start, length = history.date_of(first), history.number_of(day) - first
        lines = (history.day >= first) & (history.day < first + length)
        product, on, cancelled = history.product[lines], history.day[lines] - first, history.cancelled[lines]
        absent_product, absent_on, share = history.absent
        absent = (absent_on >= first) & (absent_on < first + length)
        was_known = (cancelled >= 0) & (cancelled < first + length)
        inferred = InferredStock(self._inferred.inferred_stock())
        return replace(
            history,
            first_day=start,
            days=length,
            since=self._since(history.product_ids, inferred, start, length, product, on),
            product=product,
            day=on,
            units=history.units[lines],
            price=history.price[lines],
            cancelled=np.where(was_known, cancelled - first, -1),
            absent=(absent_product[absent], absent_on[absent] - first, share[absent]),
            before=self._before(start) if first else history.before,
            order=history.order[lines],
        )

    def _since(
        self, ids: tuple[str, ...], inferred: InferredStock, start: date, days: int, product: Ints, day: Ints
    ) -> Ints:
        """The first stock, or a sale before it; where stock is inferred the first sale."""
        since = np.full(len(ids), days, dtype=np.int64)
        np.minimum.at(since, product, day)
        stocked = self._stock.first_stocked()
        for n, product_id in enumerate(ids):
            at = stocked.get(product_id)
            if at is not None and product_id not in inferred.counted:
                since[n] = min(int(since[n]), max(0, (self._formats.store_day(at) - start).days))
        return since

    def _absent(
        self, number: dict[str, int], inferred: InferredStock, start: date, end: date
    ) -> tuple[Ints, Ints, Floats]:
        """Parts of store days with nothing on hand, of stock that was not inferred then."""
        first, last = self._formats.day_start(start), self._formats.day_start(end)
        rows: list[tuple[int, int, float]] = []
        for one in self._reader.absences(first, last):
            if one.product_id in number and not inferred.has(one.product_id, one.began_at):
                began, ended = max(one.began_at, first), min(one.ended_at or last, last)
                rows += [(number[one.product_id], n, share) for n, share in self._parts(began, ended, start)]
        columns: Any = zip(*rows, strict=True) if rows else ([], [], [])
        product, day, share = columns
        return np.array(product, dtype=np.int64), np.array(day, dtype=np.int64), np.array(share, dtype=np.float64)

    def _parts(self, began: datetime, ended: datetime, start: date) -> Iterable[tuple[int, float]]:
        day = self._formats.store_day(began)
        while (midnight := self._formats.day_start(day)) < ended:
            following = self._formats.day_start(day + timedelta(days=1))
            part = (min(ended, following) - max(began, midnight)) / (following - midnight)
            if part > 0:
                yield (day - start).days, part
            day += timedelta(days=1)

    def _before(self, start: date) -> Floats:
        first = start - timedelta(days=SHOP_DAYS)
        rows = self._sales.days(first, start)
        if not rows:
            return np.zeros(0)
        first = rows[0].day
        found = np.zeros((start - first).days)
        for row in rows:
            found[(row.day - first).days] = row.gross
        return found


class _Lines:
    """Lines as columns, as they come."""

    def __init__(self, start: date) -> None:
        self._start = start
        self.ids: set[str] = set()
        self._rows: list[tuple[list[str], Any]] = []
        self._cancelled: dict[int, int] = {}
        self._lines: list[list[SoldLine]] = []

    def add(self, lines: list[SoldLine]) -> None:
        start = self._start
        self.ids.update(line.product_id for line in lines)
        numbers = np.array(
            [((line.day - start).days, line.units, line.price, line.order_id) for line in lines], dtype=np.float64
        ).reshape(-1, 4)
        self._rows.append(([line.product_id for line in lines], numbers))
        self._lines.append(lines)

    def cancel(self, given_back: list[GivenBack]) -> None:
        """The same product and quantity, of the same order or, where none is named, by the same customer; each once."""
        wanted = {key for one in given_back if (key := _key(one.order_id, one.user_id, one.product_id, one.units))}
        waiting: defaultdict[tuple[object, ...], list[tuple[int, int]]] = defaultdict(list)
        position = 0
        for lines in self._lines:
            for line in lines:
                for key in (
                    ("order", line.order_id, line.product_id, line.units),
                    ("customer", line.user_id, line.product_id, line.units),
                ):
                    if key in wanted:
                        waiting[key].append(((line.day - self._start).days, position))
                position += 1
        self._lines.clear()
        for one in given_back:
            key_of = _key(one.order_id, one.user_id, one.product_id, one.units)
            day = (one.day - self._start).days
            sold = [
                (sold_on, at)
                for sold_on, at in waiting.get(key_of or (), ())
                if sold_on <= day <= sold_on + CANCELLED_WITHIN and at not in self._cancelled
            ]
            if sold:
                self._cancelled[max(sold)[1]] = day

    def arrays(self, number: dict[str, int]) -> tuple[Ints, Ints, Floats, Floats, Ints, Ints]:
        product = np.array([number[one] for ids, _ in self._rows for one in ids], dtype=np.int64)
        numbers = np.concatenate([np.zeros((0, 4)), *(rows for _, rows in self._rows)])
        cancelled = np.full(len(product), -1, dtype=np.int64)
        for at, back in self._cancelled.items():
            cancelled[at] = back
        day, order = numbers[:, 0].astype(np.int64), numbers[:, 3].astype(np.int64)
        return product, day, numbers[:, 1], numbers[:, 2], cancelled, order


def _key(order_id: int | None, user_id: int | None, product_id: str, units: int) -> tuple[object, ...] | None:
    if order_id is not None:
        return ("order", order_id, product_id, units)
    return None if user_id is None else ("customer", user_id, product_id, units)
