"""The run of the forecasting process, and the worker that starts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from app.domain import CalendarEntry, EntryKind, Forecast, LeftOut, Product, Trade
from app.domain.forecast_scores import SHOWN, TESTED
from app.money import Formats
from app.services.calendar.known_days import DaysKnown
from app.services.calendar.public_holidays import PublicHolidays
from app.services.forecasts import process, refresh
from app.services.forecasts.backtest import BackTestService
from app.services.forecasts.engine.exposure import KnownDays, no_known_days
from app.services.forecasts.engine.making import make
from app.services.forecasts.engine.results import forecasts, shop_forecast
from app.services.forecasts.league import League
from app.services.forecasts.league_ports import ScoredDay, Shown
from app.services.forecasts.ports import ALL_SALES
from app.services.forecasts.process import OwnProcess
from app.services.forecasts.refresh import ForecastRefresh
from tests.support.histories import history_of, trading
from tests.unit.forecasts.test_forecast_service import Store

DAYS = 200
HISTORY = history_of(trading(12, DAYS, closed=[6]), categories=["Lamps", "Mugs"] * 6, price=250)
TODAY = HISTORY.date_of(DAYS)
PRODUCTS = tuple(Product(f"p{n}", f"P {n}", 250, 5, 5) for n in range(12))


class Anchor:
    def trade(self) -> Trade:
        return Trade(HISTORY.first_day, HISTORY.date_of(DAYS - 1), TODAY)


class Histories:
    reads = 0

    def read(self, end: object, days: int = 0) -> Any:
        self.reads += 1
        return HISTORY


class FakeLeague:
    def __init__(self) -> None:
        self.kept: dict[Any, dict[str, Shown]] = {}
        self.found: dict[str, list[ScoredDay]] = {SHOWN: [], TESTED: []}

    def keep_shown(self, first_day: date, part: str, products: Mapping[str, Shown]) -> None:
        self.kept.setdefault(first_day, {}).update(products)

    def waiting(self, before: date) -> list[date]:
        return sorted(day for day in self.kept if day < before)

    def shown(self, first_day: date) -> dict[str, Shown]:
        return self.kept[first_day]

    def keep_scores(self, source: str, found: ScoredDay) -> None:
        self.found[source].append(found)
        if source == SHOWN:
            self.kept.pop(found.day, None)

    def scores(self, source: str) -> list[ScoredDay]:
        return self.found[source]


def run_of(
    store: Store, histories: Any = None, league: Any = None, known_days: KnownDays = no_known_days
) -> ForecastRefresh:
    return ForecastRefresh(
        store,
        histories or Histories(),
        Anchor(),  # type: ignore[arg-type]
        lambda: PRODUCTS,
        league or FakeLeague(),
        BackTestService(histories or Histories()),
        known_days,
    )


class TestRun:
    def test_makes_all_once_a_day_the_shop_last(self) -> None:
        store = Store()
        assert run_of(store).run("a") == 13
        assert [*store.kept][-1] == ALL_SALES
        assert set(store.kept) == {ALL_SALES, *(p.product_id for p in PRODUCTS)}
        assert {one.first_day for one in store.kept.values()} == {TODAY}
        histories = Histories()
        assert run_of(store, histories).run("a") == 0
        assert (histories.reads, store.holder) == (0, "")

    def test_a_closed_day_that_was_put_down_today_sells_nothing(self) -> None:
        monday = next(day for day in map(HISTORY.date_of, range(DAYS + 1, DAYS + 8)) if day.weekday() == 0)
        closed = CalendarEntry(1, EntryKind.CLOSED, monday, monday, "Stocktaking", "asha", noted_on=TODAY)
        entries: Any = SimpleNamespace(
            between=lambda start, end, _: [closed] if start <= monday < end else [], countries=list
        )
        sales: Any = SimpleNamespace(day_bounds=lambda: None)
        formats = Formats("GBP", 2, "en_GB", ZoneInfo("Europe/London"))
        found = []
        for known_days in (no_known_days, DaysKnown(entries, PublicHolidays(), sales, "GB", formats).known_days):
            store = Store()
            run_of(store, known_days=known_days).run("a")
            found.append([one.expected[(monday - TODAY).days] for one in store.kept.values()])
        assert min(found[0]) > 0
        assert set(found[1]) == {0}

    def test_one_that_dies_half_way_is_completed_by_the_next(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(refresh, "BATCH", 5)

        class Dying(Store):
            def keep(self, forecasts: Any) -> None:
                if len(self.kept) >= 5:
                    raise KeyboardInterrupt
                super().keep(forecasts)

        store = Dying()
        with pytest.raises(KeyboardInterrupt):
            run_of(store).run("a")
        assert len(store.kept) == 5
        before, after = dict(store.kept), Store()
        after.kept = store.kept
        assert run_of(after).run("a") == 8
        assert len(after.kept) == 13
        assert all(after.kept[one] is made for one, made in before.items())

    def test_while_another_is_at_it_nothing_is_made(self) -> None:
        store = Store()
        store.holder = "b"
        assert run_of(store).run("a") == 0
        assert (store.kept, store.holder) == ({}, "b")


class TestResults:
    made = make(HISTORY, DAYS)
    of_products = dict(forecasts(made, HISTORY.product_ids))

    def test_the_shop_is_the_sum_of_its_products(self) -> None:
        shop = shop_forecast(self.made)
        units = np.array([one.expected for one in self.of_products.values()]).sum(axis=0)
        assert np.allclose(shop.expected, 250 * units, rtol=1e-3)
        assert [one for one, day in zip(shop.days, shop.dates, strict=True) if day.weekday() == 6] == [(0, 0, 0)] * 4

    def test_a_product_s_numbers_are_one_story(self) -> None:
        for one in self.of_products.values():
            assert sum(one.expected[:14]) == pytest.approx(one.over(14).mean, abs=0.01)
            assert one.spans[14][0] == pytest.approx(one.over(14).mean, abs=0.01)
            quantiles = [one.over(18).quantiles[level] for level in (10, 50, 80, 90, 95, 98, 99)]
            assert quantiles == sorted(quantiles)
            assert all(low <= expected <= high for low, expected, high in one.days)
            assert set(one.errors) == {"Combination", "Mean of 28 days", "SES"}

    def test_what_was_bounded_or_cancelled_is_named_with_its_order(self) -> None:
        units = np.full((3, DAYS), 4.0)
        units[0, 150], units[0, 155], units[0, 160] = 90_000, 12.0, 5.0
        history = history_of(units)
        cancelled = history.cancelled.copy()
        for day, known in ((155, 156), (160, DAYS)):  # the second is known too late
            cancelled[(history.product == 0) & (history.day == day)] = known
        found = dict(forecasts(make(replace(history, cancelled=cancelled), DAYS), history.product_ids))
        bounded, left = found["p0"].left_out
        assert (bounded.order_id, bounded.day, bounded.units) == (151, history.date_of(150), 90_000)
        assert (bounded.counted, bounded.in_level) == (40 * 12, 12)
        assert left == LeftOut(156, history.date_of(155), 12)
        assert found["p1"].left_out == ()

    def test_beyond_its_days_a_forecast_goes_on(self) -> None:
        one = Forecast(TODAY, "x", ((0, 1.0, 2),) * 28, {}, spans={28: (28.0, *[30.0] * 7), 56: (84.0, *[90.0] * 7)})
        assert one.over(14, skip=28).mean == pytest.approx(28)
        assert one.over(28, skip=56).mean == pytest.approx(56)
        assert one.over(0).mean == 0


class TestLeague:
    def test_what_was_shown_is_scored_when_its_days_are_over(self) -> None:
        league, day = FakeLeague(), TODAY - timedelta(days=28)
        mean = HISTORY.sold(DAYS - 28, DAYS)
        league.kept[day] = {
            name: Shown(float(mean[n]) + 10, float(mean[n]) + 20, float(mean[n]), 0.0, 1e9, 1e9, 250.0)
            for n, name in enumerate(HISTORY.product_ids)
        }
        league.kept[day + timedelta(days=1)] = league.kept[day]
        run_of(Store(), league=league).run("a")
        (found,) = league.found[SHOWN]
        ours = found.scores["product", "forecast"]
        assert (found.day, ours.pairs, ours.error) == (day, 12, 120)
        assert (ours.coverage("0.9"), ours.coverage("0.5")) == (1.0, 0.0)
        assert found.scores["shop", "mean of 28 days"].error == 12 * 20 * 250
        assert set(league.kept) == {day + timedelta(days=1), TODAY}, "one is not over yet, the other was shown now"
        assert [(one.forecast - one.sold) for one in found.worst] == pytest.approx([10.0] * 12)
        shown = League(league).tables()[0]
        assert (shown.is_better, shown.better_by("mean of 28 days"), shown.better_by("SES")) == (False, 0.5, None)

    def test_the_past_is_tested_at_first_and_then_once_a_week(self) -> None:
        league, store = FakeLeague(), Store()
        run_of(store, league=league).run("a")
        assert len(league.found[TESTED]) == 5
        assert League(league).tables()[1].levels["product"]["forecast"].pairs == 60
        store.kept.clear()
        run_of(store, league=league).run("a")
        assert len(league.found[TESTED]) == 5


class Child:
    def __init__(self) -> None:
        self.code: int | None = None
        self.killed = False

    def poll(self) -> int | None:
        return self.code

    def kill(self) -> None:
        self.killed, self.code = True, -9

    def wait(self, timeout: float | None = None) -> int:
        assert self.code is not None
        return self.code


class TestProcess:
    def build(self, is_due: bool = True) -> tuple[OwnProcess, list[Child], list[Sequence[str]], list[float]]:
        children: list[Child] = []
        commands: list[Sequence[str]] = []
        clock = [0.0]

        def start(command: Sequence[str]) -> Child:
            commands.append(command)
            children.append(Child())
            return children[-1]

        return OwnProcess("refresh-forecasts", lambda _: is_due, start, lambda: clock[0]), children, commands, clock

    def test_one_at_a_time_and_only_when_due(self) -> None:
        found, children, _, _ = self.build()
        assert [found.look(), found.look()] == [1, 0]
        children[0].code = 0
        assert [found.look(), found.look()] == [0, 1]
        assert self.build(is_due=False)[0].look() == 0

    def test_one_that_was_killed_is_started_again_after_a_pause_under_the_same_lease(self) -> None:
        found, children, commands, clock = self.build()
        found.look()
        children[0].code = -9
        assert [found.look(), found.look()] == [0, 0]
        clock[0] += process.FIRST_PAUSE
        assert found.look() == 1
        assert commands[0] == commands[1]

    def test_one_that_hangs_is_ended(self) -> None:
        found, children, _, clock = self.build()
        found.look()
        clock[0] += process.LONGEST_SECONDS + 1
        found.look()
        assert children[0].killed


def test_a_run_has_no_day_without_trade() -> None:
    class Empty(Anchor):
        def trade(self) -> Trade:
            return Trade(None, None, TODAY + timedelta(days=1))

    run = run_of(Store())
    run._anchor = Empty()  # type: ignore[assignment]
    assert run.run("a") == 0
