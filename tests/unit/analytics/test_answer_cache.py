"""Answers kept for a hundred times as long as they took."""

from __future__ import annotations

import pytest

from app.services.analytics.answer_cache import MOST_KEPT, AnswerCache


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def make(clock: Clock, cost: float, made: list[int]) -> int:
    clock.now += cost
    made.append(len(made))
    return made[-1]


@pytest.mark.parametrize(("cost", "seconds"), [(0.001, 1.0), (0.5, 50.0)])
def test_what_is_cheap_is_made_anew_after_a_second_and_what_is_dear_much_later(cost: float, seconds: float) -> None:
    clock, made = Clock(), []
    answers: AnswerCache[int] = AnswerCache(clock)

    def answer() -> int:
        return answers.get("a", lambda: make(clock, cost, made))

    answer()
    clock.now += seconds - 0.01
    assert answer() == 0
    clock.now += 0.02
    assert answer() == 1


def test_answers_of_different_keys_are_different_and_not_without_number() -> None:
    clock, made = Clock(), []
    answers: AnswerCache[int] = AnswerCache(clock)
    for number in range(3 * MOST_KEPT):
        answers.get(number, lambda: make(clock, 0.0, made))
    assert len(made) == 3 * MOST_KEPT
    assert len(answers._answers) <= MOST_KEPT
