"""Outcomes that are kept are those of the very same values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from app.kept import kept, value_of
from app.money import Formats

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))


@dataclass(frozen=True)
class Shown:
    units: int


class Mutable:
    pass


@pytest.fixture
def counted() -> tuple[Callable[..., Any], list[Any]]:
    made: list[Any] = []

    @kept(3)
    def make(*args: Any, **named: Any) -> object:
        made.append((args, named))
        return object()

    return make, made


def frame(gross: int = 5) -> pd.DataFrame:
    return pd.DataFrame({"day": [date(2026, 3, 1)], "gross": [gross], "aov": pd.Series([None], dtype="object")})


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (frame(), frame(6)),
        ([1, 2], [2, 1]),
        ([1, 2], (1, 2)),
        ({"a": 1}, {"a": 2}),
        (Shown(1), Shown(2)),
        (1, True),
        (1, 1.0),
        ("", None),
        ([{"a": [frame(1)]}], [{"a": [frame(2)]}]),
    ],
    ids=str,
)
def test_another_value_is_made_anew_and_the_same_is_not(counted: Any, first: Any, other: Any):
    make, made = counted
    outcome = make(first, shown=first)
    assert make(first, shown=first) is outcome
    assert make(other, shown=first) is not outcome
    assert make(first, shown=other) is not outcome
    assert len(made) == 3


def test_equal_values_are_the_same_whoever_holds_them(counted: Any):
    make, _ = counted
    assert make(frame(), [Shown(1)]) is make(frame(), [replace(Shown(7), units=1)])


def test_a_frame_that_somebody_changed_is_another_one(counted: Any):
    make, _ = counted
    rows = frame()
    before = make(rows)
    rows.loc[0, "gross"] = 9
    assert make(rows) is not before


def test_what_shows_days_is_made_anew_on_the_next_one(counted: Any, monkeypatch: pytest.MonkeyPatch):
    make, _ = counted
    monkeypatch.setattr(Formats, "today", lambda self, *_: date(2026, 12, 31))
    last_year = make(FORMATS)
    assert make(FORMATS) is last_year
    monkeypatch.setattr(Formats, "today", lambda self, *_: date(2027, 1, 1))
    assert make(FORMATS) is not last_year


def test_the_oldest_goes_first(counted: Any):
    make, made = counted
    for number in (1, 2, 3, 4, 1):
        make(number)
    assert len(made) == 5


def test_a_failure_is_not_kept():
    answers = iter([ValueError("away"), None])

    @kept(1)
    def read() -> str:
        if error := next(answers):
            raise error
        return "there"

    with pytest.raises(ValueError, match="away"):
        read()
    assert read() == "there"


def test_what_may_change_without_being_seen_is_refused():
    with pytest.raises(TypeError, match="Mutable has no value"):
        value_of([Mutable()])
