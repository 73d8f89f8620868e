"""The worker: does what is due, survives what fails, and looks after its chores at their pace."""

from __future__ import annotations

import threading

from app.errors import Busy, NotSent, StoreUnavailable, Undeliverable
from app.services.jobs.worker import (
    CLAIM_LIMIT,
    FOLD_LIMIT,
    MANY_LIMIT,
    MOST_BATCH_SECONDS,
    ROUND_SECONDS,
    Chore,
    LeftAlone,
    Worker,
)
from tests.support.fakes import FakeOutbox


class Rollups:
    def __init__(self, *folded: int) -> None:
        self.folded = list(folded)

    def fold(self, limit: int) -> int:
        return self.folded.pop(0) if self.folded else 0


def test_each_kind_goes_to_its_handler_and_is_marked():
    outbox, seen = FakeOutbox(), []
    outbox.put("receipt", "receipt:1", {"order_id": 1})
    outbox.put("unknown", "unknown:1", {})
    worker = Worker(outbox, {"receipt": seen.append}, Rollups(3))
    assert worker.tick() == 4
    assert (seen, outbox.marked) == ([{"order_id": 1}], ["receipt:1"])


def test_a_failing_effect_is_noted_and_the_others_go_on():
    outbox = FakeOutbox()
    outbox.put("receipt", "a", {"fails": Busy("The mail server is busy.")})
    outbox.put("receipt", "b", {"fails": KeyError("order")})
    outbox.put("receipt", "c", {})

    def deliver(payload):
        if "fails" in payload:
            raise payload["fails"]

    assert Worker(outbox, {"receipt": deliver}, Rollups()).tick() == 1
    assert outbox.marked == ["c"]
    assert outbox.errors == {"a": "The mail server is busy.", "b": "KeyError: 'order'"}


def test_what_no_repetition_mends_is_given_up_and_what_is_left_unsent_says_why():
    outbox = FakeOutbox()
    outbox.put("receipt", "a", {"fails": Undeliverable("This address cannot exist.")})
    outbox.put("receipt", "b", {"fails": NotSent("Not sent: the address bounced.")})

    def deliver(payload):
        raise payload["fails"]

    Worker(outbox, {"receipt": deliver}, Rollups()).tick()
    assert outbox.errors == {"a": "given up: This address cannot exist.", "b": "Not sent: the address bounced."}
    assert outbox.marked == []


def test_a_slow_service_does_not_hold_what_was_claimed_beyond_its_lease():
    now, outbox, tried = [0.0], FakeOutbox(), []
    for number in range(10):
        outbox.put("receipt", str(number), {"number": number})

    def slow(payload):
        tried.append(payload["number"])
        now[0] += MOST_BATCH_SECONDS / 3

    Worker(outbox, {"receipt": slow}, Rollups(), clock=lambda: now[0]).tick()
    assert tried == [0, 1, 2]


def test_a_slow_service_holds_up_the_totals_for_less_than_two_seconds():
    now, outbox, rollups, folded_at = [0.0], FakeOutbox(), Rollups(), []
    for number in range(10):
        outbox.put("receipt", str(number), {})
    rollups.fold = lambda limit: folded_at.append(now[0]) or 0

    def slow(payload):
        now[0] += 0.9

    Worker(outbox, {"receipt": slow}, rollups, clock=lambda: now[0]).tick()
    assert folded_at[0] < 2.0
    assert len(outbox.waiting) == 8, "the others are given back"


def test_a_part_that_is_broken_ends_neither_the_others_nor_the_loop():
    outbox, swept = FakeOutbox(), []
    outbox.claim = lambda kinds, limit: 1 / 0
    stop = threading.Event()

    def sweep() -> int:
        swept.append(1)
        if len(swept) == 3:
            stop.set()
        return 1

    Worker(outbox, {}, Rollups(), [Chore("sweep", sweep, every_seconds=0)]).run(stop)
    assert len(swept) == 3


def test_what_people_are_told_needs_no_traceback_in_the_log(caplog):
    outbox = FakeOutbox()

    def refuse(kinds, limit):
        raise StoreUnavailable("The shop's database is read-only, so nothing can be changed right now.")

    outbox.claim = refuse
    assert Worker(outbox, {}, Rollups(2)).tick() == 2
    assert [(r.levelname, r.exc_info) for r in caplog.records] == [("WARNING", None)]
    assert "read-only" in caplog.text


def test_chores_run_at_their_pace():
    now, runs = [100.0], []
    worker = Worker(
        FakeOutbox(), {}, Rollups(), [Chore("sweep", lambda: runs.append(now[0]) or 0, 1.0)], clock=lambda: now[0]
    )
    for now[0] in (100.0, 100.25, 100.9, 101.0, 101.5):
        worker.tick()
    assert runs == [100.0, 101.0]


def test_a_round_in_which_nothing_is_due_asks_no_kind_and_folds_nothing(caplog):
    outbox, rollups, looked = FakeOutbox(), Rollups(3), []
    outbox.put("receipt", "a", {})
    due = [False]

    def is_any_due() -> bool:
        if due[0] is None:
            raise StoreUnavailable("The shop's database cannot be reached right now.")
        return due[0]

    chores = [Chore("sweep", lambda: looked.append(1) or 0, every_seconds=0)]
    worker = Worker(outbox, {"receipt": lambda _: None}, rollups, chores, is_any_due=is_any_due)
    assert worker.tick() == 0
    due[0] = None
    assert [worker.tick(), worker.tick()] == [0, 0]
    assert (len(outbox.waiting), rollups.folded, len(looked)) == (1, [3], 3)
    assert [record.levelname for record in caplog.records] == ["WARNING"], "an outage is said once"
    due[0] = True
    assert worker.tick() == 4


def test_a_chore_that_comes_with_effects_pauses_while_nothing_happens():
    now, runs, did = [100.0], [], [0]
    rollups = Rollups(1, 0, 0, 1, 0, 0)
    words = Chore("words", lambda: runs.append(now[0]) or did[0], every_seconds=0, idle_seconds=1.0)
    worker = Worker(FakeOutbox(), {}, rollups, [words], clock=lambda: now[0])
    for now[0] in (100.0, 100.25, 100.5, 100.75):  # folded in the first and in the last
        worker.tick()
    assert runs == [100.0, 100.75]
    did[0] = 100  # a backlog of its own
    for now[0] in (101.5, 101.75, 102.0):
        worker.tick()
    assert runs[2:] == [101.75, 102.0]


def test_a_long_chore_holds_up_neither_effects_nor_totals():
    """It waits here for a total that is folded after it has begun."""
    stop, begun, folded, saw_it = threading.Event(), threading.Event(), threading.Event(), []

    class Folding:
        def fold(self, limit: int) -> int:
            if begun.is_set():
                folded.set()
            return 0

    def rank() -> int:
        begun.set()
        saw_it.append(folded.wait(5))
        stop.set()
        return 0

    Worker(FakeOutbox(), {}, Folding(), [Chore("rank", rank, beside=True)]).run(stop)
    assert saw_it == [True]


def test_a_long_chore_is_not_begun_again_before_it_has_rested():
    now, runs = [100.0], []

    def rank() -> int:
        runs.append(now[0])
        now[0] += 20.0
        return 0

    worker = Worker(FakeOutbox(), {}, Rollups(), [Chore("rank", rank, 60.0, beside=True)], clock=lambda: now[0])
    worker.tick()
    for now[0] in (180.0, 199.0, 200.0):  # 120, when it was over, and four times the 20 that it took
        worker.tick()
    assert runs == [100.0, 200.0]


def test_an_effect_whose_dependency_is_away_waits_and_that_is_no_attempt():
    outbox = FakeOutbox()
    outbox.put("settle", "settle:1", {})

    def settle(payload):
        raise StoreUnavailable("The shop's products cannot be reached right now.")

    worker = Worker(outbox, {"settle": settle}, Rollups())
    for _ in range(30):  # far more often than a failing one is tried
        assert worker.tick() == 0
    assert outbox.errors == {}
    (waiting,) = outbox.waiting
    assert (waiting.attempts, waiting.last_error) == (0, "The shop's products cannot be reached right now.")


def test_told_to_stop_it_finishes_what_is_in_hand_and_gives_back_the_rest():
    outbox, stop, swept = FakeOutbox(), threading.Event(), []
    for number in range(5):
        outbox.put("receipt", f"receipt:{number}", {})
    worker = Worker(
        outbox, {"receipt": lambda _: stop.set()}, Rollups(), [Chore("sweep", lambda: swept.append(1) or 0)]
    )
    worker.run(stop)
    assert outbox.marked == ["receipt:0"]
    assert [(entry.key, entry.attempts) for entry in outbox.waiting] == [(f"receipt:{n}", 0) for n in range(1, 5)]
    assert swept == []


def test_an_outage_is_said_once_and_so_is_its_end(caplog):
    caplog.set_level("INFO")
    away, outbox = [True], FakeOutbox()

    def claim(kinds, limit):
        if away[0]:
            raise StoreUnavailable("The shop's database cannot be reached right now.")
        return ()

    outbox.claim = claim
    worker = Worker(outbox, {}, Rollups())
    for away[0] in (True, True, True, False, False):
        worker.tick()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


class Pauses:
    """A `Stop` whose pauses only move the clock on; it is set after some rounds."""

    def __init__(self, rounds: int) -> None:
        self.now, self.waited, self._rounds = 100.0, [], rounds

    def is_set(self) -> bool:
        return self._rounds <= 0

    def begin_round(self, seconds: float) -> None:
        self.now += seconds
        self._rounds -= 1

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout)
        self.now += timeout or 0
        return False


class TestPace:
    def pauses(
        self, *folds: int, seconds: float = 0.0, outbox: FakeOutbox | None = None, chore: int = 0
    ) -> list[float]:
        stop = Pauses(len(folds))
        rollups = Rollups(*folds)
        fold = rollups.fold
        rollups.fold = lambda limit: stop.begin_round(seconds) or fold(limit)
        chores = [Chore("words", lambda: chore, every_seconds=0)]
        Worker(outbox or FakeOutbox(), {"receipt": lambda _: 0}, rollups, chores, clock=lambda: stop.now).run(stop)
        return stop.waited

    def test_rounds_begin_a_quarter_of_a_second_apart_so_that_each_finds_some_to_do_together(self):
        assert self.pauses(0, 7, 7) == [ROUND_SECONDS] * 3
        assert self.pauses(7, 7, seconds=0.125) == [0.125] * 2
        assert self.pauses(7, 7, seconds=2.0) == []

    def test_one_follows_the_other_while_more_waits_than_a_round_takes(self):
        assert self.pauses(FOLD_LIMIT, FOLD_LIMIT, 3) == [ROUND_SECONDS]
        outbox = FakeOutbox()
        for number in range(2 * CLAIM_LIMIT + 1):
            outbox.put("receipt", str(number), {})
        assert self.pauses(0, 0, 0, outbox=outbox) == [ROUND_SECONDS]
        assert self.pauses(0, 0, 0, chore=MANY_LIMIT) == [ROUND_SECONDS], "it is told to stop in the last one"


class TestManyAtOnce:
    """Effects of a kind that has a handler of many: `alone` has what came to the handler of one."""

    def worker(self, outbox: FakeOutbox, many, one=None) -> Worker:
        self.alone: list[int] = []
        one = one or (lambda payload: self.alone.append(payload["number"]))
        return Worker(outbox, {"receipt": one}, Rollups(), many_handlers={"receipt": many})

    def full(self, count: int) -> FakeOutbox:
        outbox = FakeOutbox()
        for number in range(count):
            outbox.put("receipt", str(number), {"number": number})
        return outbox

    def test_are_claimed_done_and_marked_together(self):
        outbox, batches, marks = self.full(MANY_LIMIT + 1), [], []
        outbox.done = lambda entries: marks.append(len(entries))

        def many(payloads):
            batches.append(len(payloads))
            return [None] * len(payloads)

        worker = self.worker(outbox, many)
        assert [worker.tick(), worker.tick(), worker.tick()] == [MANY_LIMIT, 1, 0]
        assert batches == marks == [MANY_LIMIT, 1]
        assert self.alone == []

    def test_each_gets_its_own_end(self):
        outbox = self.full(5)
        ends = [None, Busy("The mail server is busy."), NotSent("Not sent."), LeftAlone(), KeyError("order")]
        assert self.worker(outbox, lambda payloads: ends).tick() == 3
        assert outbox.marked == ["0", "3"]
        assert outbox.errors == {"1": "The mail server is busy.", "2": "Not sent.", "4": "KeyError: 'order'"}
        assert self.alone == [3]

    def test_a_poisoned_one_does_not_hold_the_others(self):
        outbox = self.full(4)

        def one(payload):
            if payload["number"] == 2:
                raise ValueError("poison")

        assert self.worker(outbox, lambda payloads: 1 / 0, one).tick() == 3
        assert outbox.marked == ["0", "1", "3"]
        assert outbox.errors == {"2": "ValueError: poison"}

    def test_those_whose_dependency_is_away_wait_together_and_that_is_no_attempt(self):
        outbox, releases = self.full(3), []
        give_back = outbox.release
        outbox.release = lambda entries, away="": releases.append(len(entries)) or give_back(entries, away)

        def many(payloads):
            raise StoreUnavailable("The shop's products cannot be reached right now.")

        worker = self.worker(outbox, many)
        assert [worker.tick() for _ in range(30)] == [0] * 30
        assert releases == [3] * 30
        assert {(one.attempts, one.last_error) for one in outbox.waiting} == {
            (0, "The shop's products cannot be reached right now.")
        }

    def test_told_to_stop_it_finishes_the_batch_in_hand_and_gives_back_what_it_only_claimed(self):
        stop = threading.Event()

        def many(payloads):
            stop.set()
            return [None, LeftAlone(), LeftAlone()]

        outbox = self.full(3)
        outbox.put("other", "other", {})
        self.worker(outbox, many).tick(stop)
        assert outbox.marked == ["0"]
        assert {(one.key, one.attempts) for one in outbox.waiting} == {("1", 0), ("2", 0), ("other", 0)}
        assert self.alone == []
