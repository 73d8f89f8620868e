"""Forecasts of all products at once: what they leave out, what they know, and what they never look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from app.services.forecasts.engine.history import Known
from app.services.forecasts.engine.making import make
from app.services.forecasts.engine.quantiles import LEVELS
from tests.support.histories import MONDAY, history_of, trading

DAYS = 280


class TestLevel:
    def test_steady_sales_go_on(self) -> None:
        made = make(history_of(np.full((30, DAYS), 4.0)), DAYS)
        assert made.total(28) == pytest.approx(np.full(30, 112.0), rel=0.02)

    def test_a_weekday_that_never_traded_gets_nothing(self) -> None:
        made = make(history_of(trading(60, DAYS, closed=[5])), DAYS)
        saturdays = [n for n in range(28) if (DAYS + n) % 7 == 5]
        assert made.daily()[:, saturdays].sum() == 0
        assert made.total(28).sum() == pytest.approx(trading(60, DAYS, closed=[5])[:, -28:].sum(), rel=0.15)

    def test_categories_and_shop_are_the_sums_of_their_products(self) -> None:
        made = make(history_of(trading(40, DAYS), categories=["Lamps", "Mugs"] * 20), DAYS)
        parts = [made.total(28, np.arange(start, 40, 2)).sum() for start in (0, 1)]
        assert sum(parts) == pytest.approx(made.total(28).sum())

    def test_time_out_of_stock_is_no_demand_of_nothing(self) -> None:
        units = np.full((40, DAYS), 4.0)
        units[0, -20:] = 0
        gone = (np.zeros(20, dtype=int), np.arange(DAYS - 20, DAYS), np.ones(20))
        assert make(history_of(units, absent=gone), DAYS).total(28)[0] == pytest.approx(112, rel=0.05)
        assert make(history_of(units), DAYS).total(28)[0] < 70

    def test_a_quarter_in_which_the_shop_was_closed_tells_nothing(self) -> None:
        units = np.full((40, DAYS), 4.0)
        units[:, 150:240] = 0
        assert make(history_of(units), DAYS).total(28) == pytest.approx(np.full(40, 112.0), rel=0.05)

    def test_a_feast_just_past_is_not_taken_for_a_level_that_stays(self) -> None:
        """4 a day, for forty days up to 12, and 4 again for ten days: the last 28 days sold 225."""
        units = np.full((40, DAYS), 4.0)
        units[:, -50:-10] *= np.linspace(1, 3, 40)
        assert make(history_of(units), DAYS).total(28)[0] < 250


class TestRobustness:
    def test_a_typo_of_two_million_is_bounded_and_named(self) -> None:
        units = trading(60, DAYS)
        plain = make(history_of(units), DAYS)
        units[3, -9] = 2_000_000
        made = make(history_of(units), DAYS)
        assert made.known.beyond.tolist() == [made.history.product.searchsorted(4) - 9 + (units[3, -8:] == 0).sum()]
        assert made.total(28).sum() < 1.3 * plain.total(28).sum()

    def test_what_was_cancelled_counts_until_it_is_known(self) -> None:
        units = np.full((40, DAYS), 4.0)
        units[0, 260] = 400.0
        history = history_of(units)
        at = np.nonzero((history.product == 0) & (history.day == 260))[0]
        cancelled = history.cancelled.copy()
        cancelled[at] = 262
        known = replace(history, cancelled=cancelled)
        assert Known.before(known, 262).raw.max() == 400
        assert Known.before(known, 263).raw.max() == 4
        assert make(known, DAYS).total(28)[0] == pytest.approx(112, rel=0.05)

    @pytest.mark.parametrize("day", [1, 20, 100, 300])
    def test_odd_products_get_finite_numbers_that_are_not_below_nothing(self, day: int) -> None:
        units = np.zeros((6, 400))
        units[1, 0] = 1
        units[2, 90:100] = 5
        units[3, 99] = 100_000
        units[4, ::3] = 2
        made = make(history_of(units), day)
        for numbers in (made.daily(), made.quantiles(14), made.baselines):
            assert np.isfinite(numbers).all()
            assert (numbers >= 0).all()

    def test_three_years_of_nothing_expect_nothing(self) -> None:
        made = make(history_of(np.zeros((3, 1100))), 1100)
        assert made.total(28).sum() == 0
        assert made.quantiles(14).sum() == 0

    def test_an_empty_shop_has_no_forecasts(self) -> None:
        assert make(history_of(np.zeros((0, 30))), 30).total(28).shape == (0,)


class TestKnowledge:
    def test_nothing_after_the_day_changes_what_is_expected_from_it(self) -> None:
        units = trading(60, DAYS + 60)
        other = units.copy()
        other[:, DAYS:] = trading(60, 60, mean=90, seed=9)
        one, two = (make(history_of(table), DAYS) for table in (units, other))
        assert np.array_equal(one.daily(), two.daily())
        assert np.array_equal(one.quantiles(14), two.quantiles(14))

    def test_the_days_on_which_it_was_closed_last_year_are_closed_again(self) -> None:
        units = np.full((40, 380), 4.0)
        first = date(2024, 12, 20)
        units[:, 4:14] = 0  # from 24 December to 2 January
        made = make(history_of(units, first_day=first), 363)  # 18 December
        days = [first + timedelta(days=363 + n) for n in range(28)]
        sold = made.daily()[:, :28].sum(axis=0)
        assert [day for day, expected in zip(days, sold, strict=True) if expected == 0] == [
            date(2025, 12, 24) + timedelta(days=n) for n in range(10)
        ]

    def test_a_known_day_changes_its_forecast_and_what_was_learned_from_it(self) -> None:
        class Twice:
            def factor_of(self, category: str) -> float:
                return 2.0

        units = np.full((40, DAYS), 4.0)
        units[:, -7:] = 8.0

        def known(start: date, end: date, as_of: date | None) -> dict[date, Twice]:
            return {MONDAY + timedelta(days=DAYS - 7 + n): Twice() for n in range(8)}

        made = make(history_of(units), DAYS, known)
        assert made.daily()[:, 0] == pytest.approx(np.full(40, 8.0), rel=0.05)
        assert made.daily()[:, 1] == pytest.approx(np.full(40, 4.0), rel=0.05)

    def test_a_season_that_came_back_each_year_is_expected_again(self) -> None:
        days = np.arange(1000)
        wave = 1 + 0.6 * np.sin(2 * np.pi * days / 364)
        units = np.round(20 * wave)[None, :] * np.ones((40, 1))
        made = make(history_of(units), 900)
        after = units[0, 900:928].sum()
        assert abs(made.total(28)[0] - after) < 0.5 * abs(made.baselines[0, 0] - after)


class TestQuantiles:
    def test_cover_as_often_as_they_say(self) -> None:
        units = trading(800, 360, mean=1.0)
        made = make(history_of(units), 330)
        found = made.quantiles(14)
        sold = units[:, 330:344].sum(axis=1)
        assert (np.diff(found, axis=1) >= 0).all()
        for level, least, most in ((0.9, 0.86, 0.94), (0.95, 0.92, 0.98)):
            assert least <= (sold <= np.ceil(found[:, LEVELS.index(level)])).mean() <= most

    def test_a_young_shop_has_some_all_the_same(self) -> None:
        found = make(history_of(trading(20, 20)), 20).quantiles(14)
        assert (found[:, LEVELS.index(0.9)] >= found[:, LEVELS.index(0.5)]).all()
        assert found[:, LEVELS.index(0.9)].sum() > 0
