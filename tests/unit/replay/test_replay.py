"""A replay against examples worked out by hand, and what holds of every one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Expected, Forecast, Product, Trade
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.breakdown_ports import HourSales, Level, StockOut, StockSums
from app.services.analytics.inferred import InferredStock
from app.services.analytics.lost_sales import LostSalesEstimates
from app.services.forecasts.engine.history import History
from app.services.forecasts.plans import Need
from app.services.forecasts.ports import ReorderSettings
from app.services.replay.past import PastReader
from app.services.replay.policy import Policy, ReplayRequest
from app.services.replay.replaying import Morning, Replaying, by_engine
from app.services.replay.result import Compared, CurvePoint, Figures, Replay
from app.services.replay.simulation import Order, Wares, cut_to, play
from tests.support.histories import MONDAY, history_of, trading

FORMATS = Formats("GBP", 2, "en_GB", UTC)  # type: ignore[arg-type]
BEFORE = 28  # days of history before the first one replayed
FIRST = MONDAY + timedelta(days=BEFORE)
EVENLY = (10, 50, 80, 90, 95, 98, 99)


class Ledger:
    """What really happened: `moved` by product and day number (net, received), `left` now, `outs`."""

    def __init__(
        self, moved: dict[str, Sequence[tuple[int, int]]], left: dict[str, int], outs: Collection[StockOut] = ()
    ) -> None:
        self._moved, self._left, self._outs = moved, left, list(outs)

    def stock_days(self, start: date, end: date) -> list[tuple[date, StockSums]]:
        return [
            (start + timedelta(days=number), StockSums(product_id, net, received - net, received))
            for product_id, days in self._moved.items()
            for number, (net, received) in enumerate(days)
        ]

    def stock_sums(self, start: date, end: date) -> list[StockSums]:
        return []

    def levels(self) -> list[Level]:
        return [Level(product_id, left, at(-BEFORE), None) for product_id, left in self._left.items()]

    def stock_outs(self, start: datetime, end: datetime, product_ids: Collection[str] | None = None) -> list[StockOut]:
        return [one for one in self._outs if one.began_at < end and (one.ended_at is None or one.ended_at > start)]

    def hours_of_week(self, start: datetime, end: datetime, zone: tzinfo) -> list[HourSales]:
        return []


def replaying(
    history: History, ledger: Ledger, products: Sequence[Product], morning: Morning, **more: Any
) -> Replaying:
    inferred = InferredStock(more.get("inferred", {}))
    today = history.first_day + timedelta(days=history.days)
    now = datetime.combine(today, datetime.min.time(), UTC)
    of: Any = ledger
    lost = LostSalesEstimates(of, of, of, of, FORMATS, lambda: tuple(products), lambda: inferred, lambda: now)
    plans = more.get("plans", {})
    past = PastReader(of, lost, lambda: tuple(products), list, lambda: plans, lambda: inferred, FORMATS, lambda: now)

    class Histories:
        def read(self, end: date, days: int, back_until: date) -> History:
            return history

        def as_read_on(self, history: History, day: date) -> History:
            return history

    class Anchor:
        def trade(self) -> Trade:
            return Trade(history.first_day, today - timedelta(days=1), today)

    histories: Any = Histories()
    anchor: Any = Anchor()
    classes: Any = None
    return Replaying(histories, past, classes, anchor, morning)


def at(day: int) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), datetime.min.time(), UTC)


class TestByHand:
    """Twelve days; orders on days 0, 3, 6 and 9 come two days later. 95 of 100 times to be enough.

    A, 2.00 each and sold at 5.00: 4 a day are expected. Of the 5 days until the order after next is there 20, with 95 %
    at most 24: that is the reorder point; with 3 days more it is filled up to 24 + 12 = 36. 20 lie there.

        day       0   1   2   3   4   5   6   7   8   9  10  11
        asked     4   4   4   4  20  14   5   5   4   4   4   4
        arrives           16          12          36
        position 20          24           0          32           before ordering
        orders   16          12          36           0           up to 36 from 24 or less
        sold      4   4   4   4  20  12   0   0   4   4   4   4   64
        lost                          2   5   5                   12
        left     16  12  24  20   0   0   0   0  32  28  24  20   176, out on 4 days

    20 + 64 that arrived - 64 sold = 20. Mean value: 176 / 12 x 2.00 = 29.33. Lost: 12 x 5.00.

    Really A got 30 on day 3 and 20 on day 8, and was out from the end of day 5 until day 8; 5 a day were sold in the 28
    days before, so 5 are taken as asked for on each of the days 6 and 7.

        sold      4   4   4   4  20  14   0   0   4   4   4   4   66
        left     16  12   8  34  14   0   0   0  16  12   8   4   124: 20.67; out on 3 days

    B in packs of 10, 1.00 each and sold at 3.00: 1 a day, of 5 days 5, at most 8; filled up to 8 + 3 = 11. Its stock is
    inferred: it begins with 5, what was expected of the 5 days, and nobody knows when it was out.

        asked     3   3   0   1   1   1   1   1   1   1   1   1
        arrives           10                      10
        position  5          10           7          14
        orders   10           0          10           0           6 short are a pack of 10, so are 4
        sold      3   2   0   1   1   1   1   1   1   1   1   1   14, 1 lost
        left      2   0  10   9   8   7   6   5  14  13  12  11   97: 8.08; out on 1 day
    """

    ASKED_A = (4, 4, 4, 4, 20, 14, 0, 0, 4, 4, 4, 4)
    ASKED_B = (3, 3, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    NET_A = (
        (-4, 0),
        (-4, 0),
        (-4, 0),
        (26, 30),
        (-20, 0),
        (-14, 0),
        (0, 0),
        (0, 0),
        (16, 20),
        (-4, 0),
        (-4, 0),
        (-4, 0),
    )
    REQUEST = ReplayRequest(Policy(2, 3, 95), FIRST, FIRST + timedelta(days=11))

    @staticmethod
    def expected(history: History, day: int, ids: Sequence[str]) -> list[tuple[str, Forecast]]:
        first = history.date_of(day)
        spans = {"p0": (20.0, 12, 20, 22, 23, 24, 26, 28), "p1": (5.0, 3, 5, 6, 7, 8, 9, 10)}
        return [
            (name, Forecast(first, "", ((0.0, mean, 9.0),) * 28, {}, spans={5: spans[name]}))
            for name, mean in (("p0", 4.0), ("p1", 1.0))
        ]

    def found(self, budget: int | None = None) -> Replay:
        before = (1.0, *[0.0] * (BEFORE - 1))
        history = history_of([(*before, *self.ASKED_A), (*before, *self.ASKED_B)])
        ledger = Ledger({"p0": self.NET_A}, {"p0": 4, "p1": 0}, [StockOut("p0", at(6), at(8), 140, 500)])
        products = [Product("p0", "A", 500, 4, 0, cost=200), Product("p1", "B", 300, 0, 0, cost=100)]
        plans = {"p1": ReorderSettings(1, pack=10)}
        made = replaying(history, ledger, products, self.expected, plans=plans, inferred={"p1": None})
        policy = Policy(2, 3, 95, budget)
        return made.run(ReplayRequest(policy, self.REQUEST.first, self.REQUEST.last))

    def test_what_would_have_been_in_stock_lost_and_ordered(self) -> None:
        a, b = self.found().products
        assert a.played == Figures(
            days=12, out=4, sold=64, lost=12, lost_value=6_000, value=2_933, orders=3, ordered=64, arrived=64, start=20,
            end=20,
        )  # fmt: skip
        assert b.played == Figures(
            days=12, out=1, sold=14, lost=1, lost_value=300, value=808, orders=2, ordered=20, arrived=20, start=5,
            end=11,
        )  # fmt: skip

    def test_stands_beside_what_really_happened_where_that_is_known(self) -> None:
        found = self.found()
        a, b = found.products
        assert a.real == Figures(
            days=12, out=3, sold=66, lost=10, lost_value=5_000, value=2_067, orders=2, ordered=50, arrived=50, start=20,
            end=4,
        )  # fmt: skip
        assert b.real is None
        assert found.compared == Compared(a.played, a.real)
        assert found.compared.fewer_out == -1
        assert found.compared.more_stock == pytest.approx(2_933 / 2_067 - 1)
        assert [one.product_id for one in found.by_difference] == ["p0", "p1"]

    def test_the_curve_has_the_chosen_policy_among_others(self) -> None:
        found = self.found()
        assert CurvePoint(95, 1 - 5 / 24, 2_933 + 808, 6_300) in found.curve
        assert [point.service for point in found.curve] == [50, 80, 90, 95, 98, 99]

    def test_a_budget_cuts_orders_to_what_the_money_is_enough_for(self) -> None:
        """Of 60.00 are 40.00 and 5.00 tied up: 15.00 are left, a pack of B at 10.00 and 2 of A, or 7 of A.

        A lacks its 20: of each 100 times it sells 12 to 28, beyond 20 on average some 1.05 units that would have
        brought 3.00 each; the 16 that it would have cost 32.00. B lacks 5: some 0.95 units at 2.00, for 10.00, so it
        saves more per money and goes first.
        """
        found = self.found(budget=6_000)
        assert found.most_tied_up <= 6_000
        a, b = found.products
        assert b.played.ordered >= 10
        assert a.played.ordered < 64


class TestKnowledge:
    def test_what_is_sold_on_a_day_changes_no_order_of_its_morning(self) -> None:
        def ordered(units: Any) -> tuple[list[int], list[int]]:
            history = history_of(units)
            products = [Product(name, name, 100, 0, 0) for name in history.product_ids]
            first = history.date_of(126)
            request = ReplayRequest(Policy(2, 7, 95), first, first + timedelta(days=14))
            found = replaying(history, Ledger({}, {}), products, by_engine()).run(request)
            return [one.played.ordered for one in found.products], [one.played.sold for one in found.products]

        units = trading(12, 141)  # the last day is one on which is ordered
        later = units.copy()
        later[:, 140] = units[:, 140] * 50 + 1
        (orders, sold), (same, more) = ordered(units), ordered(later)
        assert orders == same
        assert sum(more) > sum(sold)


class TestRefusals:
    @pytest.mark.parametrize(
        ("request_", "said"),
        [
            (ReplayRequest(Policy(7, 7, 95), FIRST - timedelta(days=1), FIRST), "too little history"),
            (ReplayRequest(Policy(7, 7, 95), FIRST, FIRST + timedelta(days=12)), "must not be after 2025-02-14"),
            (ReplayRequest(Policy(7, 7, 95), FIRST, FIRST - timedelta(days=1)), "not be before"),
            (ReplayRequest(Policy(29, 7, 95), FIRST, FIRST), "from 0 to 28 days"),
            (ReplayRequest(Policy(7, 0, 95), FIRST, FIRST), "from 1 to 28 days"),
            (ReplayRequest(Policy(7, 7, 94), FIRST, FIRST), "service levels"),
            (ReplayRequest(Policy(7, 7, 95, 0), FIRST, FIRST), "above nothing"),
            (ReplayRequest(Policy(7, 1, 95), FIRST, FIRST + timedelta(days=200)), "longer review period"),
            (ReplayRequest(Policy(7, 7, 95), FIRST, FIRST, "products", ("gone",)), "None of these products"),
        ],
    )
    def test_what_cannot_be_replayed_is_refused_in_words(self, request_: ReplayRequest, said: str) -> None:
        history = history_of([[1.0] * (BEFORE + 12)])
        products = [Product("p0", "A", 500, 4, 0)]
        with pytest.raises(InvalidInput, match=said):
            replaying(history, Ledger({}, {}), products, by_engine()).run(request_)


def need(mean: float, after: float) -> Need:
    return Need(Expected(mean, {level: mean * (0.5 + level / 100) for level in EVENLY}), after)


class TestBudget:
    def test_money_goes_first_where_it_saves_most_and_only_in_whole_packs(self) -> None:
        """12.00: of the order that saves 3 times its cost all 4.00; of the next 8.00 of 9.00, as a pack costs 4.00."""
        orders = [Order(0, 9, 4, 100, 900.0), Order(1, 2, 1, 200, 1_200.0), Order(2, 1, 1, 100, 50.0)]
        assert [(one.row, one.units) for one in cut_to(orders, 1_200)] == [(1, 2), (0, 8)]

    def test_what_exceeds_some_units_is_the_area_between_them_and_the_quantiles(self) -> None:
        """Even from 10 to 99: of 0 to 100 the mean beyond 50 is 12.5, and a little less as the last one goes level."""
        even = Expected(50, {level: float(level) for level in EVENLY})
        assert even.beyond(50) == pytest.approx((0.5 * 49 * 49 + 49) / 100)
        assert even.beyond(100) == 0


@given(
    demand=st.lists(st.lists(st.integers(0, 30), min_size=10, max_size=10), min_size=1, max_size=3),
    start=st.integers(0, 60),
    pack=st.integers(1, 7),
    mean=st.floats(0, 60),
    policy=st.builds(
        Policy, st.integers(0, 4), st.integers(1, 4), st.sampled_from((50, 95, 99)), st.none() | st.integers(1, 9_000)
    ),
)
def test_units_neither_appear_nor_vanish_and_no_order_goes_beyond_the_budget(
    demand: list[list[int]], start: int, pack: int, mean: float, policy: Policy
) -> None:
    asked, count = np.array(demand), len(demand)
    same = np.ones((count, 11), dtype=np.int64)
    wares = Wares(asked, np.full(count, start), 70 * same, 100 * same, 30 * same, [pack] * count)
    needs = {day: [need(mean, mean / 2)] * count for day in range(0, 10, policy.review_days)}
    found = play(wares, needs, policy)
    assert (found.on_hand >= 0).all()
    assert (found.sold + found.lost == asked).all()
    before = np.column_stack((wares.start, found.on_hand[:, :-1]))
    assert (before + found.arrived - found.sold == found.on_hand).all()
    assert (found.ordered % pack == 0).all()
    if policy.budget is not None:
        assert found.tied_up.max() <= max(policy.budget, 70 * start * count)
