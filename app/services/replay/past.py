"""What really happened on the days that are replayed, by product and day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from app.domain import Period, Product
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.breakdown_ports import BreakdownReader
from app.services.analytics.inferred import InferredStock
from app.services.analytics.lost_sales import LostSalesEstimates
from app.services.analytics.unit_values import Noted, UnitValues
from app.services.forecasts.engine.history import Floats, History, Ints, summed
from app.services.forecasts.plans import USUAL
from app.services.forecasts.ports import ReorderSettings
from app.services.replay.result import Figures

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Past:
    """Products (rows) and days (columns). Units: `sold` without what was cancelled within a week; `lost` by the
    estimate of lost sales, in whole ones, and `lost_value` by product; `on_hand` at a day's end; `received`; and
    `start` before the first day. `known`: whose stock was not inferred then; of the others it tells nothing.

    `cost`, `price` and `gain` as `Wares` has them.
    """

    sold: Ints
    lost: Ints
    lost_value: Floats
    on_hand: Ints
    received: Ints
    start: Ints
    known: NDArray[np.bool_]
    cost: Ints
    price: Ints
    gain: Ints
    packs: Sequence[int]

    def figures(self) -> list[Figures | None]:
        """Of each product; None where its stock was inferred."""
        days = self.sold.shape[1]
        columns = (
            (self.on_hand <= 0).sum(axis=1),
            self.sold.sum(axis=1),
            self.lost.sum(axis=1),
            np.rint(self.lost_value).astype(np.int64),
            np.rint((np.maximum(0, self.on_hand) * self.cost[:, 1:]).sum(axis=1) / days).astype(np.int64),
            (self.received > 0).sum(axis=1),
            self.received.sum(axis=1),
            self.received.sum(axis=1),
            self.start,
            self.on_hand[:, -1],
        )
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [Figures(days, *row) if known else None for row, known in zip(rows, self.known.tolist(), strict=True)]


class PastReader:
    """`products`: every product that there ever was; `noted`: past prices and costs; `settings`: what each has."""

    def __init__(
        self,
        reader: BreakdownReader,
        lost: LostSalesEstimates,
        products: Callable[[], tuple[Product, ...]],
        noted: Callable[[], Sequence[Noted]],
        settings: Callable[[], Mapping[str, ReorderSettings]],
        inferred: Callable[[], InferredStock],
        formats: Formats,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._reader = reader
        self._lost = lost
        self.products = products
        self._noted = noted
        self._settings = settings
        self._inferred = inferred
        self._formats = formats
        self._now = now

    def read(
        self, ids: Sequence[str], history: History, period: Period, goes_on: Callable[[], None] = lambda: None
    ) -> Past:
        """`goes_on` is called between its parts, each of which may take a while."""
        row = {product_id: n for n, product_id in enumerate(ids)}
        began, inferred, settings = self._formats.day_start(period.start), self._inferred(), self._settings()
        start, on_hand, received = self._ledger(row, period)
        goes_on()
        lost, lost_value = self._lost_units(row, period)
        goes_on()
        cost, price, gain = self._worth(ids, period)
        return Past(
            sold=_sold(row, history, period),
            lost=lost,
            lost_value=lost_value,
            on_hand=on_hand,
            received=received,
            start=np.maximum(0, start),
            known=np.array([not inferred.has(product_id, began) for product_id in ids], dtype=bool),
            cost=cost,
            price=price,
            gain=gain,
            packs=[settings.get(product_id, USUAL).pack for product_id in ids],
        )

    def _ledger(self, row: Mapping[str, int], period: Period) -> tuple[Ints, Ints, Ints]:
        """Before the first day, at the end of each, and what came on each: reckoned back from what is on hand now."""
        tomorrow = self._formats.today(self._now()) + _DAY
        net, received = np.zeros((2, len(row), period.days), dtype=np.int64)
        for day, moved in self._reader.stock_days(period.start, period.end):
            if (at := row.get(moved.product_id)) is not None:
                net[at, (day - period.start).days] += moved.net
                received[at, (day - period.start).days] += moved.received
        now = np.zeros(len(row), dtype=np.int64)
        for level in self._reader.levels():
            if (at := row.get(level.product_id)) is not None:
                now[at] = level.on_hand
        for moved in self._reader.stock_sums(period.end, tomorrow):
            if (at := row.get(moved.product_id)) is not None:
                now[at] -= moved.net
        start = now - net.sum(axis=1)
        return start, start[:, None] + net.cumsum(axis=1), received

    def _lost_units(self, row: Mapping[str, int], period: Period) -> tuple[Ints, Floats]:
        """In whole units by rounding what has added up, so that none gets lost."""
        units, value = np.zeros((len(row), period.days)), np.zeros(len(row))
        for (product_id, day), (lost, worth) in self._lost.by_day(period).items():
            if (at := row.get(product_id)) is not None:
                units[at, (day - period.start).days] += lost
                value[at] += worth
        whole = np.rint(units.cumsum(axis=1)).astype(np.int64)
        return np.diff(whole, axis=1, prepend=0), value

    def _worth(self, ids: Sequence[str], period: Period) -> tuple[Ints, Ints, Ints]:
        """Cost, price and what a lost unit would have brought; from the day before the first on."""
        known = {product.product_id: product for product in self.products()}
        values = UnitValues(
            [known[one] for one in ids], self._noted(), self._formats.store_day, self._formats.today(self._now())
        )
        days = [period.start + timedelta(days=number) for number in range(-1, period.days)]
        worth = [[values.on(product_id, day) for day in days] for product_id in ids]
        return (
            _numbers((one.value for one in rows) for rows in worth),
            _numbers((one.price for one in rows) for rows in worth),
            _numbers(
                (one.price if one.cost is None else max(0, one.price - one.cost) for one in rows) for rows in worth
            ),
        )


def _numbers(rows: Iterable[Iterable[int]]) -> Ints:
    return np.array([list(row) for row in rows], dtype=np.int64)


def _sold(row: Mapping[str, int], history: History, period: Period) -> Ints:
    first = history.number_of(period.start)
    place = np.array([row.get(product_id, -1) for product_id in history.product_ids], dtype=np.int64)
    lines = (history.day >= first) & (history.day < first + period.days) & (history.cancelled < 0)
    lines &= place[history.product] >= 0
    key = place[history.product[lines]] * period.days + history.day[lines] - first
    found = summed(key, history.units[lines], len(row) * period.days)
    return np.rint(found).astype(np.int64).reshape(len(row), period.days)
