"""How large orders are: the median beside the mean, and the orders that stand out so far that a sum speaks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import Period, change_of, change_words, order_number
from app.money import Formats
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.order_size_ports import LargeOrder, OrderSizeReader, OrderValue
from app.services.analytics.sales import SalesAnalytics, SalesTotals

CANCELLED_WITHIN = timedelta(days=7)
MOST = 3
FEWEST_ORDERS = 10  # of fewer the median says too little
TIMES_THE_MEDIAN = 20
LEAST_SHARE = 0.01  # of the period's gross sales


@dataclass(frozen=True)
class Outlier:
    """An order that stands out. `value`: its gross sales, of which `share` is the part of the period's.

    `is_cancelled`: its customer gave the same products and quantities back within seven days.
    """

    order_id: int
    number: str
    paid_at: datetime
    value: int
    share: float
    is_cancelled: bool


@dataclass(frozen=True)
class OrderSizes:
    """Of one period. `median`: half of its orders are worth no more, to three significant digits; None without orders.

    `outliers`: the largest first, three at most.
    """

    median: int | None
    outliers: tuple[Outlier, ...]

    def cancelled(self, until: datetime | None = None) -> int:
        """Gross sales of the outliers that were cancelled; with `until`, of those paid by then."""
        return sum(one.value for one in self.outliers if one.is_cancelled and (until is None or one.paid_at <= until))


def outlier_words(one: Outlier, formats: Formats) -> str:
    """ "£168,470 on 9 Dec 2011, 4% of gross sales; cancelled within 7 days"."""
    day = formats.day(formats.store_day(one.paid_at))
    words = f"{formats.money_short(one.value)} on {day}, {formats.percent(one.share)} of gross sales"
    return f"{words}; cancelled within {CANCELLED_WITHIN.days} days" if one.is_cancelled else words


def without_cancelled_words(
    now: SalesTotals,
    sizes: OrderSizes,
    before: SalesTotals | None,
    then: OrderSizes | None,
    until: datetime | None,
    formats: Formats,
) -> str:
    """Gross sales without the outliers that were cancelled, and how they changed; empty where none were.

    `until`: up to when `before`, whose sizes are `then`, counts.
    """  # fmt: skip
    left_out, left_out_then = sizes.cancelled(), then.cancelled(until) if then else 0
    if not left_out and not left_out_then:
        return ""
    words = f"{formats.money_short(now.gross - left_out)} without what was cancelled"
    change = change_of(now.gross - left_out, before.gross - left_out_then, before.orders) if before else None
    if change is None:
        return words
    if change.is_none:
        return f"{words}, as much as before"
    return f"{words}, {change_words(change, formats, formats.money_short)}{'' if change.is_of_few else ' than before'}"


class OrderSizeAnalytics:
    def __init__(self, reader: OrderSizeReader, sales: SalesAnalytics) -> None:
        self._reader = reader
        self._sales = sales
        self._sizes: AnswerCache[OrderSizes] = AnswerCache()

    def of(self, period: Period) -> OrderSizes:
        return self._sizes.get(period, lambda: self._read(period))

    def median(self, period: Period) -> int | None:
        """As `OrderSizes.median`, read anew."""
        return median(self._reader.order_values(period.start, period.end))

    def _read(self, period: Period) -> OrderSizes:
        values = self._reader.order_values(period.start, period.end)
        middle, gross = median(values), self._sales.total(period).gross
        if middle is None or sum(one.orders for one in values) < FEWEST_ORDERS:
            return OrderSizes(middle, ())
        least = max(TIMES_THE_MEDIAN * middle, LEAST_SHARE * gross)
        if values[-1].value < least:
            return OrderSizes(middle, ())
        large = self._reader.largest_orders(period.start, period.end, MOST)
        return OrderSizes(middle, tuple(self._outlier(one, gross) for one in large if one.value >= least))

    def _outlier(self, order: LargeOrder, gross: int) -> Outlier:
        found = self._reader.quantities(order, order.paid_at + CANCELLED_WITHIN)
        back = found.given_back
        is_cancelled = bool(found.bought) and all(back.get(one, 0) >= units for one, units in found.bought.items())
        number = order_number(order.order_id, order.external_id)
        return Outlier(order.order_id, number, order.paid_at, order.value, order.value / gross, is_cancelled)


def median(values: Sequence[OrderValue]) -> int | None:
    """Of values in ascending order; between two middle ones the mean of both, half up. None without orders."""
    orders = sum(one.orders for one in values)
    if not orders:
        return None
    low, high = _at(values, (orders - 1) // 2), _at(values, orders // 2)
    return (low + high + 1) // 2


def _at(values: Sequence[OrderValue], place: int) -> int:
    """The value of the order at this place, from 0, by value."""
    passed = 0
    for one in values:
        passed += one.orders
        if passed > place:
            return one.value
    raise ValueError("there are not so many orders")
