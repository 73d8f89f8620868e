"""Which days are not as expected: a quiet year gives few alarms, a day that falls is found, one order is no news."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from functools import cache

import pytest

from app.domain import Holiday, KnownDay
from app.services.anomalies.anomalies import Known, in_a_row, judged
from app.services.anomalies.detecting import verdict
from app.services.anomalies.expecting import limit
from app.services.anomalies.ports import DayValue
from app.services.anomalies.sold import sold_of
from tests.benchmarks.anomalies import by_chance, exact, found, looked_at

FIRST = date(2025, 6, 2)
END = date(2026, 12, 1)
SIZES = (1_000, 2_000, 3_000, 5_000, 12_000)
WEEK = (1.0, 0.9, 1.0, 1.1, 1.3, 1.6, 0.6)


@cache
def year(usual: float = 80.0, seed: int = 3) -> list[DayValue]:
    """Orders by chance about a weekday's usual number, which grows by half over the time, and three more a day in ten
    than chance alone would move."""
    chance, made = random.Random(seed), []
    for number in range((END - FIRST).days):
        day = FIRST + timedelta(days=number)
        mean = usual * WEEK[day.weekday()] * (1 + number / 1000) * math.exp(chance.gauss(0, 0.06))
        orders = max(0, round(chance.gauss(mean, math.sqrt(mean))))
        of_size = [chance.choice(SIZES) for _ in range(orders)]
        made += [DayValue(day, size, of_size.count(size)) for size in SIZES if size in of_size]
    return made


def known(values: list[DayValue], calendar: dict[date, KnownDay] | None = None) -> Known:
    return judged(sold_of(values, FIRST, END), calendar or {})


@pytest.fixture(scope="module")
def quiet() -> tuple[list[DayValue], Known]:
    values = year()
    return values, known(values)


class TestAYearWithout:
    def test_gives_at_most_one_false_alarm_a_month(self, quiet: tuple[list[DayValue], Known]) -> None:
        looked, alarms = looked_at(quiet[1])
        assert len(looked) == 365
        assert len(alarms) <= 12

    def test_half_a_day_missing_is_found_on_nearly_every_day(self, quiet: tuple[list[DayValue], Known]) -> None:
        values, made = quiet
        looked, _ = looked_at(made)
        assert found(made, values, exact(0.5), looked) >= 0.9
        assert found(made, values, by_chance(0.5), looked) >= 0.9


def replaced(values: list[DayValue], day: date, of_day: list[DayValue]) -> list[DayValue]:
    return sorted([*(one for one in values if one.day != day), *of_day])


DAY = date(2026, 11, 26)


class TestOneDay:
    def of(self, values: list[DayValue], calendar: dict[date, KnownDay] | None = None) -> bool | None:
        made = known(values, calendar)
        return verdict(made.scores(made.number(DAY))).is_drop

    def usual(self, part: float = 1.0) -> list[DayValue]:
        return [DayValue(DAY, size, round(24 * part)) for size in SIZES]

    def test_a_usual_one_is_no_news(self) -> None:
        assert self.of(replaced(year(), DAY, self.usual())) is None

    def test_one_that_sells_nothing_is(self) -> None:
        assert self.of(replaced(year(), DAY, [])) is True

    def test_one_order_of_two_millions_is_none(self) -> None:
        typo = DayValue(DAY, 2_000_000_00, 1)
        assert self.of(replaced(year(), DAY, [*self.usual(), typo])) is None

    def test_such_an_order_hides_no_drop(self) -> None:
        typo = DayValue(DAY, 2_000_000_00, 1)
        assert self.of(replaced(year(), DAY, [*self.usual(0.25), typo])) is True

    def test_one_that_sells_three_times_as_much_is(self) -> None:
        assert self.of(replaced(year(), DAY, self.usual(3))) is False

    def test_what_was_planned_is_none(self) -> None:
        sale = {DAY: KnownDay(DAY, planned=3.0)}
        values = replaced(year(), DAY, self.usual(3))
        assert self.of(values, sale) is None
        assert self.of(replaced(year(), DAY, self.usual()), sale) is True

    def test_a_closed_day_is_not_looked_at(self) -> None:
        assert self.of(replaced(year(), DAY, []), {DAY: KnownDay(DAY, is_closed=True)}) is None

    def test_a_feast_of_the_home_country_that_never_was_before_may_sell_nothing(self) -> None:
        feast = {DAY: KnownDay(DAY, holidays=(Holiday(DAY, "GB", "Wedding"),), is_first_feast=True)}
        assert self.of(replaced(year(), DAY, []), feast) is None
        assert self.of(replaced(year(), DAY, self.usual(0.25)), feast) is True

    def test_an_outage_that_begins_on_a_holiday_on_which_the_shop_sells_is_told(self) -> None:
        """Any country's: with twenty that count there are holidays all the time."""
        feast = DAY - timedelta(days=2)
        calendar = {feast: KnownDay(feast, holidays=(Holiday(feast, "DE", "Buß- und Bettag"),))}
        values = [one for one in year() if not feast <= one.day <= DAY]
        made = known(values, calendar)
        days = [feast + timedelta(days=number) for number in range(3)]
        assert [verdict(made.scores(made.number(day))).is_drop for day in days] == [True] * 3

    def test_a_fortnight_without_a_sale_does_not_blunt_the_search_afterwards(self) -> None:
        after = replaced(year(), DAY, self.usual(0.6))
        off = [DAY - timedelta(days=40 + number) for number in range(14)]
        made, broken = known(after), known([one for one in after if one.day not in off])
        number = made.number(DAY)
        assert broken.scores(number) == pytest.approx(made.scores(number), rel=0.15)

    def test_what_comes_later_changes_nothing(self, quiet: tuple[list[DayValue], Known]) -> None:
        later = replaced(year(), DAY + timedelta(days=1), [DayValue(DAY + timedelta(days=1), 9_000_000, 900)])
        before, after = quiet[1], known(later)
        number = before.number(DAY)
        assert before.scores(number) == after.scores(number)

    def test_a_weekday_that_never_sells_is_not_expected_to(self) -> None:
        open_days = [one for one in year() if one.day.weekday() != DAY.weekday()]
        assert self.of(open_days) is None

    def test_too_young_a_shop_is_not_judged(self) -> None:
        assert self.of([one for one in year() if one.day >= date(2026, 10, 20)]) is None


def test_days_in_a_row_are_one_thing(quiet: tuple[list[DayValue], Known]) -> None:
    values = quiet[0]
    for back in range(3):
        values = replaced(values, DAY - timedelta(days=back), [])
    _, alarms = looked_at(known(values))
    fallen = [one.day for one in alarms if DAY - timedelta(days=3) < one.day <= DAY]
    assert len(fallen) == 3
    assert [one.day for one in in_a_row(alarms) if one.day in fallen] == [DAY - timedelta(days=2)]


def test_limits_are_students() -> None:
    """Of a table: with twelve degrees of freedom 2.5 % lie beyond 2.179, and 0.5 % beyond 3.055."""
    assert limit(0.025) == pytest.approx(2.179, abs=0.003)
    assert limit(0.005) == pytest.approx(3.055, abs=0.003)
