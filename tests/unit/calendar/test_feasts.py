"""What a feast did in earlier years, and the days around it on which a shop was closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest

from app.services.calendar.feasts import learned

FIRST, END = date(2025, 1, 1), date(2026, 6, 1)
CHRISTMAS = date(2025, 12, 25)  # a Thursday


def shop(of_day: Callable[[date], int]) -> dict[date, int]:
    days = (FIRST + timedelta(days=number) for number in range((END - FIRST).days))
    return {day: sold for day in days if (sold := of_day(day))}


def on_weekdays(factors: Mapping[date, float]) -> dict[date, int]:
    """Closed at weekends; 1,000 a day but for `factors`."""
    return shop(lambda day: 0 if day.weekday() > 4 else round(1000 * factors.get(day, 1)))


class TestLearned:
    def test_a_feast_that_sold_double_is_drawn_towards_a_usual_day(self) -> None:
        sold = on_weekdays({CHRISTMAS: 2.25})
        assert learned(sold, [CHRISTMAS], [CHRISTMAS], FIRST, END) == {0: pytest.approx(1.5)}

    def test_what_such_days_sell_by_chance_is_no_effect_of_the_feast(self) -> None:
        sold = on_weekdays(
            {CHRISTMAS + timedelta(weeks=week): 1 + week / 10 for week in range(-4, 5)} | {CHRISTMAS: 1.3}
        )
        assert learned(sold, [CHRISTMAS], [CHRISTMAS], FIRST, END) == {}

    def test_one_order_by_typo_is_bounded(self) -> None:
        sold = on_weekdays({CHRISTMAS: 10_000})
        assert learned(sold, [CHRISTMAS], [CHRISTMAS], FIRST, END) == {0: pytest.approx(2.0)}

    def test_a_shop_that_was_closed_around_the_feast_is_closed_again(self) -> None:
        off = {CHRISTMAS + timedelta(days=number): 0 for number in range(-1, 10)}
        found = learned(on_weekdays(off), [CHRISTMAS], [CHRISTMAS], FIRST, END)
        # Until Friday, 2 January: the weekend after it is no part of the feast.
        assert found == dict.fromkeys(range(-1, 9), 0.0)

    def test_a_feast_on_a_day_that_never_sells_tells_nothing(self) -> None:
        saturday = date(2025, 11, 15)
        assert learned(on_weekdays({}), [saturday], [saturday], FIRST, END) == {}

    def test_a_shop_closed_for_a_quarter_was_not_closed_for_the_feast(self) -> None:
        off = {CHRISTMAS + timedelta(days=number): 0 for number in range(-45, 45)}
        assert learned(on_weekdays(off), [CHRISTMAS], [CHRISTMAS], FIRST, END) == {}

    def test_too_young_a_shop_has_learned_nothing(self) -> None:
        sold = on_weekdays({})
        assert learned(sold, [CHRISTMAS], [], CHRISTMAS, CHRISTMAS + timedelta(days=8)) == {}
