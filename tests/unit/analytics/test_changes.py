"""How a number compares with an earlier one, by one rule for pages, report and alerts."""

from __future__ import annotations

from app.domain import change_of


def test_a_change_is_of_what_was_before_and_there_is_none_from_nothing():
    rise, fall = change_of(150, 100), change_of(50, 100)
    assert rise is not None
    assert fall is not None
    assert (rise.ratio, rise.times, rise.is_rise) == (0.5, 1.5, True)
    assert (fall.ratio, fall.is_rise) == (-0.5, False)
    assert change_of(5, 0) is None


def test_less_than_half_a_per_cent_is_as_much_as_before():
    almost, enough = change_of(10_049, 10_000), change_of(10_050, 10_000)
    assert almost is not None
    assert enough is not None
    assert (almost.is_none, enough.is_none) == (True, False)
