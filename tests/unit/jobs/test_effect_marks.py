"""Marks of effects that were done at once: written together, and lost without harm."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.errors import StoreUnavailable
from app.services.jobs.effect_marks import MOST_KEPT, WITHIN_SECONDS, EffectMarks


class Marked:
    """What was marked, call by call, and what was to be done later."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.away: Exception | None = None
        self.marks = EffectMarks(self, later=lambda seconds, work: self.waiting.append((seconds, work)))

    def done_by_key(self, keys: Sequence[str]) -> None:
        if self.away is not None:
            raise self.away
        self.calls.append(list(keys))

    def pass_time(self) -> None:
        waiting, self.waiting = self.waiting, []
        for _, work in waiting:
            work()


def test_marks_of_many_orders_are_written_at_once_half_a_second_after_the_first():
    marked = Marked()
    for number in range(3):
        marked.marks.done_by_key([f"settle:{number}", f"take_cart:{number}"])
    assert marked.calls == []
    assert [seconds for seconds, _ in marked.waiting] == [WITHIN_SECONDS]
    marked.pass_time()
    assert marked.calls == [[f"{kind}:{number}" for number in range(3) for kind in ("settle", "take_cart")]]


def test_later_ones_wait_for_their_own_half_second():
    marked = Marked()
    for number in range(2):
        marked.marks.done_by_key([f"settle:{number}"])
        marked.pass_time()
    assert marked.calls == [["settle:0"], ["settle:1"]]


def test_a_process_that_ends_writes_what_it_has_and_nothing_twice():
    marked = Marked()
    marked.marks.done_by_key(["settle:1"])
    marked.marks.flush()
    marked.pass_time()
    assert marked.calls == [["settle:1"]]


def test_while_the_database_is_away_marks_are_left_to_the_workers_and_later_ones_are_written():
    marked = Marked()
    marked.away = StoreUnavailable("away")
    marked.marks.done_by_key(["settle:1"])
    marked.pass_time()
    marked.away = None
    marked.marks.done_by_key(["settle:2"])
    marked.pass_time()
    assert marked.calls == [["settle:2"]]


def test_no_more_are_kept_than_one_statement_or_two_can_take():
    marked = Marked()
    for number in range(MOST_KEPT + 10):
        marked.marks.done_by_key([f"settle:{number}"])
    marked.pass_time()
    assert len(marked.calls[0]) == MOST_KEPT
