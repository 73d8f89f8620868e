"""What is a text that people can see, and how long one may be before anything is done with it."""

from __future__ import annotations

import time

import pytest

from app.errors import InvalidInput
from app.services.checks import composed, is_blank, line, paragraphs

INVISIBLE = [
    *"\u200b\u200c\u200d\u2060\ufeff\u00ad\u061c\u180e",  # no width
    *"\u2800\u3164\u115f\u1160\uffa0\U0001d159",  # letters and symbols of which nothing is seen
    *"\u17b4\u17b5\u034f\u0301\ufe0f\u180b\U000e0100\U0001bca0",  # marks, and what chooses a variant
    *"\u200e\u200f\u206a\U000e0041\U000e007f",  # directions, and tags
    *"\u2065\ufff0\U000e0fff",  # kept for characters to come
    *" \u00a0\u2003\u3000\u2028",  # blanks
]
VISIBLE = ["Ann", "नाम", "名", "اسم", "Имя", "\U0001f600", "-", "7", "\u1100\u1161", "e\u0301", "❤\ufe0f", "\u0d3e"]


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_what_shows_nothing_is_blank(text):
    assert is_blank(text * 3)
    with pytest.raises(InvalidInput, match="Name must not be empty"):
        line(f" {text}{text} ", "name", 60, required=True)


@pytest.mark.parametrize("text", VISIBLE, ids=ascii)
def test_what_shows_something_is_not(text):
    assert not is_blank(f"\u200b{text}\u200b")
    assert line(text, "name", 60, required=True)


def test_the_length_is_that_of_the_composed_text():
    assert line("e\u0301" * 60, "name", 60) == "é" * 60
    with pytest.raises(InvalidInput, match="Name may have at most 60 characters") as caught:
        line("e\u0301" * 61, "name", 60)
    assert caught.value.field == "name"


def test_white_space_around_and_inside_does_not_count():
    assert line("  a \n\t b  ", "name", 3) == "a b"
    assert paragraphs(" a\nb ", "text", 3) == "a\nb"


def test_a_pile_of_marks_is_refused_before_it_is_composed():
    with pytest.raises(InvalidInput, match="too many marks") as caught:
        composed("a" + "\u0315\u0300" * 40, "name", 200)
    assert caught.value.field == "name"
    assert composed("a" + "\u0301" * 20, "name", 200)


def test_time_follows_what_fits_and_not_what_was_sent():
    def seconds(text: str) -> float:
        began = time.process_time()
        with pytest.raises(InvalidInput):
            composed(text, "name", 120)
        return time.process_time() - began

    longest = "a" + "\u0315\u0300" * 500_000
    assert min(seconds(longest) for _ in range(3)) < 10 * min(seconds("x" * 500) for _ in range(3)) + 0.01
