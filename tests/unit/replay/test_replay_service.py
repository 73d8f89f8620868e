"""Replays that are asked for: when they are true no more, what can be chosen, and what of the past they learn from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from app.domain import Forecast, Product, Trade
from app.errors import Busy, InvalidInput
from app.money import Formats
from app.services.analytics.breakdown_ports import StockOut, StockSums
from app.services.analytics.inferred import InferredStock
from app.services.analytics.ports import DaySales
from app.services.costs.ports import Pricing
from app.services.forecasts.engine.history import History
from app.services.forecasts.history_ports import Absence, GivenBack, SoldLine
from app.services.forecasts.ports import ReorderSettings
from app.services.forecasts.reading import HistoryService
from app.services.replay.inputs import ReplayInputs
from app.services.replay.policy import Policy, ReplayRequest
from app.services.replay.ports import KeptReplay
from app.services.replay.replaying import Replaying
from app.services.replay.replays import ReplayService
from app.services.replay.result import Figures, ProductReplay, Replay
from components.admin import replay as parts
from tests.unit.replay.test_replay import Ledger, replaying

FORMATS = Formats("GBP", 2, "en_GB", UTC)  # type: ignore[arg-type]
OPENED, TODAY = date(2025, 1, 6), date(2026, 11, 25)
REQUEST = ReplayRequest(Policy(7, 7, 95), date(2026, 9, 1), date(2026, 9, 30))


class Shop:
    """Everything that a replay is made of, each to be changed by itself."""

    def __init__(self, last_day: date = TODAY - timedelta(days=1)) -> None:
        self.products: Sequence[Product] = (Product("mug", "Mug", 500, 4, 0, category="Cups", cost=200),)
        self.noted: list[Pricing] = []
        self.plans: dict[str, ReorderSettings] = {}
        self.counted: dict[str, datetime | None] = {}
        self.calendar: tuple[str, ...] = ("0",)
        self.sums = [StockSums("mug", -3, 3, 0)]
        self.outs: list[StockOut] = []
        self.sold = [DaySales(OPENED, 1, 2, 1_000, 0, 0), DaySales(date(2026, 9, 3), 1, 1, 500, 0, 0)]
        self.kept: dict[str, int] = {}
        self.most = 99
        self.last_day = last_day
        of: Any = self
        inputs = ReplayInputs(
            of, of, of, lambda: tuple(self.products), lambda: self.noted, lambda: self.plans,
            lambda: InferredStock(self.counted), lambda: self.calendar, FORMATS,
        )  # fmt: skip
        self.now, self.looked = 0.0, 0
        self.service = ReplayService(of, inputs, of, lambda: tuple(self.products), of, lambda: self.now)

    def trade(self) -> Trade:
        return Trade(OPENED, self.last_day, TODAY)

    def day_bounds(self) -> tuple[date, date]:
        return OPENED, self.last_day

    def days(self, start: date, end: date) -> list[DaySales]:
        return [one for one in self.sold if start <= one.day < end]

    def stock_sums(self, start: date, end: date, product_ids: Any = None) -> list[StockSums]:
        self.looked += 1
        self.now += 2.0  # that it takes
        return self.sums

    def stock_outs(self, start: datetime, end: datetime, product_ids: Any = None) -> list[StockOut]:
        return self.outs

    def ask(self, key: str, request: Mapping[str, Any], made_of: str, most: int) -> int | None:
        if key not in self.kept and len(self.kept) >= most:
            return None
        self.made_of = made_of
        return self.kept.setdefault(key, len(self.kept) + 1)


def at(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)


def product(**more: Any) -> Callable[[Shop], None]:
    def change(shop: Shop) -> None:
        shop.products = [replace(shop.products[0], **more)]

    return change


CHANGES: dict[str, Callable[[Shop], object]] = {
    "cost": product(cost=210),
    "price": product(price=490),
    "category": product(category="Gifts"),
    "another product": lambda shop: setattr(shop, "products", [*shop.products, Product("pot", "Pot", 900, 1, 0)]),
    "past price": lambda shop: shop.noted.append(Pricing("mug", 1, at(date(2026, 9, 9)), 450, 200, "")),
    "movement": lambda shop: setattr(shop, "sums", [StockSums("mug", 7, 3, 10)]),
    "stock-out": lambda shop: shop.outs.append(StockOut("mug", at(date(2026, 9, 9)), None, 4, 500)),
    "calendar": lambda shop: setattr(shop, "calendar", ("1",)),
    "pack": lambda shop: shop.plans.update(mug=ReorderSettings(7, pack=6)),
    "counted": lambda shop: shop.counted.update(mug=at(date(2026, 9, 9))),
    "sold": lambda shop: shop.sold.append(DaySales(date(2026, 8, 1), 1, 1, 500, 0, 0)),
    "back in a week": lambda shop: shop.sold.append(DaySales(date(2026, 10, 7), 0, 0, 0, 1, 500)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_one_that_would_find_something_else_now_is_run_anew(change: Callable[[Shop], object]) -> None:
    shop = Shop()
    first = shop.service.ask(REQUEST)
    assert shop.service.ask(REQUEST) == first
    change(shop)
    assert shop.service.ask(REQUEST) != first


def test_whether_it_is_out_of_date_is_looked_up_for_a_hundredth_of_the_time_at_most() -> None:
    shop = Shop()
    asked = shop.service.ask(REQUEST)
    kept = KeptReplay(asked, REQUEST.as_dict(), shop.made_of, "done", at(TODAY), 1, 1, "")
    assert [shop.service.is_outdated(kept) for _ in range(3)] == [False] * 3
    assert shop.looked == 2, "once to ask, once to look"
    shop.outs.append(StockOut("mug", at(date(2026, 9, 9)), None, 4, 500))
    assert not shop.service.is_outdated(kept)
    shop.now += 201.0
    assert shop.service.is_outdated(kept)


def test_what_it_is_not_made_of_leaves_it_true() -> None:
    shop = Shop()
    request = replace(REQUEST, which="products", names=("mug",))
    first = shop.service.ask(request)
    shop.products = [*shop.products, Product("pot", "Pot", 900, 1, 0)]
    shop.sums = [*shop.sums, StockSums("pot", 1, 0, 1)]
    shop.sold.append(DaySales(date(2026, 10, 8), 3, 9, 900, 1, 100))
    assert shop.service.ask(request) == first


def test_no_more_than_a_few_wait() -> None:
    shop = Shop()
    for service in (80, 90, 95, 98, 99):
        shop.service.ask(replace(REQUEST, policy=Policy(7, 7, service)))
    with pytest.raises(Busy, match="5 replays wait or run already"):
        shop.service.ask(replace(REQUEST, policy=Policy(9, 7, 95)))
    assert shop.service.ask(REQUEST), "one that is asked for already is found"


def test_any_days_can_be_replayed_from_28_days_after_the_first_sale_on() -> None:
    shop = Shop(last_day=date(2026, 8, 1))
    first = OPENED + timedelta(days=28)
    assert shop.service.ask(replace(REQUEST, first=first, last=first + timedelta(days=20)))
    with pytest.raises(InvalidInput, match="28 days after the first sale"):
        shop.service.ask(replace(REQUEST, first=first - timedelta(days=1), last=first))
    with pytest.raises(InvalidInput, match="must not be after 2026-08-01"):
        shop.service.ask(replace(REQUEST, first=date(2026, 7, 1), last=date(2026, 8, 2)))


class Sold:
    """One of a product on each of 460 days; what was sold on the last one came back three days later."""

    END = OPENED + timedelta(days=460)

    def sold_lines(self, start: date, end: date) -> Iterator[list[SoldLine]]:
        days = [start + timedelta(days=number) for number in range((end - start).days)]
        yield [SoldLine(day, day.toordinal(), 1, "p0", 1, 500) for day in days]

    def given_back(self, start: date, end: date) -> list[GivenBack]:
        last, back = self.END - timedelta(days=1), self.END + timedelta(days=2)
        return [GivenBack(back, last.toordinal(), 1, "p0", 1)] if back < end else []

    def absences(self, start: datetime, end: datetime) -> list[Absence]:
        return []

    def day_bounds(self) -> tuple[date, date]:
        return OPENED, TODAY

    def days(self, start: date, end: date) -> list[DaySales]:
        return []

    def first_stocked(self) -> dict[str, datetime]:
        return {}

    inferred_stock = first_stocked


class Learned:
    """What mornings had to learn from, and how often the replay said that it goes on."""

    def __init__(self) -> None:
        of: Any = Sold()
        products = (Product("p0", "A", 500, 4, 0),)
        self.froms: dict[date, date] = {}
        self.steps: list[tuple[int, int]] = []
        histories = HistoryService(of, of, of, of, lambda: products, FORMATS)
        whole = histories.read(Sold.END, 460)
        made = replaying(whole, Ledger({}, {}), products, self.morning)
        anchor: Any = type("Anchor", (), {"trade": lambda self: Trade(OPENED, TODAY, TODAY)})()
        made = Replaying(histories, made._past, made._classes, anchor, self.morning)
        request = ReplayRequest(Policy(2, 7, 95), Sold.END - timedelta(days=14), Sold.END - timedelta(days=1))
        self.found = made.run(request, lambda *steps: self.steps.append(steps))

    def morning(self, history: History, day: int, ids: Sequence[str]) -> list[tuple[str, Forecast]]:
        self.froms[history.date_of(day)] = history.first_day
        return [(one, Forecast(history.date_of(day), "", ((0.0, 1.0, 2.0),) * 28, {})) for one in ids]


def test_each_morning_learns_from_the_400_days_before_it() -> None:
    first = Sold.END - timedelta(days=14)
    mornings = (first, first + timedelta(days=7))
    assert Learned().froms == {day: day - timedelta(days=400) for day in mornings}


def test_what_came_back_within_a_week_after_the_last_day_was_not_asked_for() -> None:
    played = Learned().found.played
    assert played.sold + played.lost == 13


def test_it_says_that_it_goes_on_also_between_the_points_of_the_curve() -> None:
    assert Learned().steps == [(0, 0), (0, 0), (1, 3), (2, 3), *[(2, 3)] * (2 + 6)]


def test_more_than_somebody_can_wait_for_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.replay.replaying.MOST_ORDERED", 1)
    with pytest.raises(InvalidInput, match="1 products on 2 days to order on are too many: choose"):
        Learned()


def test_tiles_show_the_number_of_the_curve_and_say_beside_it_what_is_compared() -> None:
    known, unknown = Figures(9, 1, 8, 1, 400, 7_000, 2, 9, 9, 1, 1), Figures(9, 2, 8, 3, 900, 50_000, 2, 9, 9, 1, 1)
    real = replace(known, out=3, lost_value=1_200, value=5_000)
    found = Replay(REQUEST, [ProductReplay("a", known, real), ProductReplay("b", unknown, None)], [], 90_000, 2, 0)
    said = json.dumps(parts._tiles(found, FORMATS), cls=PlotlyJSONEncoder, ensure_ascii=False)
    assert f'"{FORMATS.money_short(57_000)}"' in said, "of both, as the large point of the curve"
    compared = f"policy {FORMATS.money_short(7_000)}, really {FORMATS.money_short(5_000)}"
    assert f"of the 1 known: {compared}" in said
    assert parts.headline(found, FORMATS).endswith("of the 1 product whose stock is known.")
