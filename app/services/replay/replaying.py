"""The replay itself: reads the past, makes the forecasts of each review day, plays every service level by them.

Forecasts take most of the time; all points of the curve share them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from app.domain import NON_MERCHANDISE, Forecast, Period, ProductStatus
from app.errors import InvalidInput
from app.money import grouped
from app.services.analytics.abc import ProductAnalytics
from app.services.analytics.anchor import Anchor
from app.services.forecasts.engine.exposure import KnownDays, no_known_days
from app.services.forecasts.engine.history import History
from app.services.forecasts.engine.making import make
from app.services.forecasts.engine.results import forecasts
from app.services.forecasts.history_ports import CANCELLED_WITHIN
from app.services.forecasts.plans import Need, need_of
from app.services.forecasts.reading import HISTORY_DAYS, HistoryService
from app.services.replay.needs import Needs
from app.services.replay.past import Past, PastReader
from app.services.replay.policy import CLASS_DAYS, CURVE, LEAST_HISTORY, MOST_ORDERED, ReplayRequest
from app.services.replay.result import CurvePoint, Figures, ProductReplay, Replay, added
from app.services.replay.simulation import Played, Wares, play

Progress = Callable[[int, int], None]  # steps done, of how many
Morning = Callable[[History, int, Sequence[str]], Iterable[tuple[str, Forecast]]]


def by_engine(known_days: KnownDays = no_known_days) -> Morning:
    """The forecasts as they would have been made on the morning of a day."""

    def morning(history: History, day: int, ids: Sequence[str]) -> Iterable[tuple[str, Forecast]]:
        return forecasts(make(history, day, known_days), ids)

    return morning


class Replaying:
    def __init__(
        self,
        histories: HistoryService,
        past: PastReader,
        classes: ProductAnalytics,
        anchor: Anchor,
        morning: Morning,
    ) -> None:
        """`morning`: what was expected of products on a day of the history, in their order."""
        self._histories = histories
        self._past = past
        self._classes = classes
        self._anchor = anchor
        self._morning = morning

    def run(
        self,
        request: ReplayRequest,
        progress: Progress = lambda _done, _of: None,
        given: Mapping[str, int] | None = None,
    ) -> Replay:
        """`given`: units on hand at the beginning by product, in place of what is known or expected.

        Raises InvalidInput for what cannot be replayed.
        """
        trade, period = self._anchor.trade(), request.checked().period
        if trade.first_day is None or period.start < trade.first_day + timedelta(days=LEAST_HISTORY):
            raise InvalidInput(
                f"There is too little history: the first day must be {LEAST_HISTORY} days after the first sale.",
                "first",
            )
        if period.end > trade.full_end:
            raise InvalidInput(f"The last day must not be after {trade.full_end - timedelta(days=1)}.", "last")
        steps = [*request.review_numbers]
        progress(0, 0)
        back_until = max(period.end, min(period.end + timedelta(days=CANCELLED_WITHIN), trade.today))
        history = self._histories.read(period.end, HISTORY_DAYS + period.days, back_until)
        first = history.number_of(period.start)
        ids, later = self._products(request, history, first)
        if not ids:
            raise InvalidInput("None of these products was in the store on the first day.", "products")
        _check_size(len(ids), len(steps))
        progress(0, 0)
        needs: dict[int, Needs] = {}
        begin: list[float] = []
        for number, day in enumerate(steps):
            policy, expected = request.policy, list[Need]()
            for one in self._expected(history, history.date_of(first + day), ids):
                expected.append(need_of(one, policy.lead_days, policy.review_days))
                if not day:
                    begin.append(one.over(request.covered_days).mean)
            needs[day] = Needs(expected)
            progress(number + 1, len(steps) + 1)

        def goes_on() -> None:
            progress(len(steps), len(steps) + 1)

        past = self._past.read(ids, history, period, goes_on)
        wares = _wares(past, _start(ids, past, begin, given or {}))
        return _played(request, ids, past, wares, needs, later, goes_on)

    def _expected(self, history: History, day: date, ids: Sequence[str]) -> Iterator[Forecast]:
        """On the morning of the day, from no more than what a forecast of then learned from."""
        then = self._histories.as_read_on(history, day)
        return (one for _, one in self._morning(then, then.number_of(day), ids))

    def _products(self, request: ReplayRequest, history: History, first: int) -> tuple[list[str], int]:
        """Merchandise that is in the store and was before the first day; and how much of it came later."""
        wanted = self._wanted(request)
        since = dict(zip(history.product_ids, history.since.tolist(), strict=True))
        there = sorted(one for one in wanted if since.get(one, history.days) < first)
        return there, len(wanted) - len(there)

    def _wanted(self, request: ReplayRequest) -> set[str]:
        products = [
            p for p in self._past.products() if p.status is ProductStatus.ACTIVE and p.product_id not in NON_MERCHANDISE
        ]
        names = set(request.names)
        if request.which == "category":
            return {p.product_id for p in products if p.category in names}
        if request.which == "products":
            return {p.product_id for p in products if p.product_id in names}
        if request.which == "class":
            found = self._classes.abc(Period(request.first - timedelta(days=CLASS_DAYS), request.first))
            names = set(found["product_id"][found["abc"].isin(names)])
            return {p.product_id for p in products if p.product_id in names}
        return {p.product_id for p in products}


def _check_size(products: int, days: int) -> None:
    if products * days > MOST_ORDERED:
        raise InvalidInput(
            f"{grouped(products)} products on {grouped(days)} days to order on are too many: choose a longer "
            "review period, fewer days, or fewer products.",
            "review_days",
        )


def _start(ids: Sequence[str], past: Past, expected: Iterable[float], given: Mapping[str, int]) -> list[int]:
    """What is given; else what lay there, if it was counted; else what was expected to sell."""
    return [
        given.get(product_id, there if known else math.ceil(round(units, 6)))
        for product_id, known, there, units in zip(ids, past.known.tolist(), past.start.tolist(), expected, strict=True)
    ]


def _wares(past: Past, start: Sequence[int]) -> Wares:
    return Wares(past.sold + past.lost, np.array(start, dtype=np.int64), past.cost, past.price, past.gain, past.packs)


def _played(
    request: ReplayRequest,
    ids: Sequence[str],
    past: Past,
    wares: Wares,
    needs: Mapping[int, Sequence[Need]],
    later: int,
    goes_on: Callable[[], None],
) -> Replay:
    """`goes_on` is called before each point: many products take a while."""
    points, rows, most = [], [], 0
    for service in CURVE:
        goes_on()
        found = play(wares, needs, replace(request.policy, service=service))
        figures = _figures(found, wares)
        total = added(figures)
        points.append(CurvePoint(service, total.service or 0.0, total.value, total.lost_value))
        if service == request.policy.service:
            rows, most = figures, int(found.tied_up.max())
    real = past.figures()
    products = [ProductReplay(*row) for row in zip(ids, rows, real, strict=True)]
    return Replay(request, products, points, most, len(needs), later)


def _figures(found: Played, wares: Wares) -> list[Figures]:
    cost, price = wares.cost[:, 1:], wares.price[:, 1:]
    columns = (
        (found.on_hand == 0).sum(axis=1),
        found.sold.sum(axis=1),
        found.lost.sum(axis=1),
        (found.lost * price).sum(axis=1),
        np.rint((found.on_hand * cost).sum(axis=1) / wares.days).astype(np.int64),
        (found.ordered > 0).sum(axis=1),
        found.ordered.sum(axis=1),
        found.arrived.sum(axis=1),
        wares.start,
        found.on_hand[:, -1],
    )
    return [Figures(wares.days, *row) for row in zip(*(column.tolist() for column in columns), strict=True)]
