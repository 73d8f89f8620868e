"""How days that are compared differ: closed days, and weekdays of which one period has more."""

from __future__ import annotations

import pytest

from app.services.analytics.weekdays import comparison_words

OPEN = (13, 13, 13, 13, 13, 13, 12)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (OPEN, OPEN, ""),
        ((13, 13, 13, 13, 13, 12, 13), OPEN, "12 Saturdays with sales against 13, 13 Sundays against 12"),
        ((12, 13, 13, 13, 13, 13, 12), OPEN, "12 Mondays with sales against 13"),
        ((12, 12, 12, 12, 13, 13, 12), OPEN, "86 days with sales against 90"),
        ((1, 0, 0, 2, 0, 0, 1), (0, 3, 0, 0, 1, 0, 0), ""),  # it sells now and then: no day is closed
        ((0,) * 7, (0,) * 7, ""),
    ],
)
def test_only_what_differs_is_said(now: tuple[int, ...], before: tuple[int, ...], words: str) -> None:
    assert comparison_words(now, 90, before, 90) == words


def test_periods_of_no_days_say_nothing() -> None:
    assert comparison_words((0,) * 7, 0, (0,) * 7, 0) == ""
