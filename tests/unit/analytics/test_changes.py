"""How a number compares with an earlier one, by one rule for pages, report and alerts."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from app.domain import change_of, change_words, share_words
from app.money import Formats

USD = Formats("USD", 2, "en_US", ZoneInfo("UTC"))


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


@pytest.mark.parametrize(
    ("now", "before", "things", "words"),
    [
        (16, 4, None, "up from 4"),
        (4, 9, None, "down from 9"),
        (16, 10, None, "60% more"),
        (1, 200, None, "100% less"),  # two hundred are enough, whatever is left of them
        (47_000, 10_000, 1, "up from $100"),  # an amount, but of a single order
        (47_000, 10_000, 12, "370% more"),
        (5, 2, None, "up from 2"),
    ],
)
def test_of_fewer_than_ten_things_the_counts_are_said_and_no_percentage(
    now: int, before: int, things: int | None, words: str
):
    change = change_of(now, before, things)
    assert change is not None
    show = USD.money_short if things is not None else None
    assert change_words(change, USD, show) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(3, 8, "3 of 8"), (0, 9, "0 of 9"), (3, 10, "30%"), (0, 0, "none"), (20, 10, "200%")]
)
def test_a_share_of_fewer_than_ten_is_two_counts_and_one_of_nothing_is_none(part: int, whole: int, words: str):
    assert share_words(part, whole, USD) == words


def test_a_share_of_money_goes_by_the_things_behind_it():
    assert share_words(300, 800, USD, USD.money, things=2) == "$3.00 of $8.00"
    assert share_words(300, 800, USD, things=12) == "38%"
