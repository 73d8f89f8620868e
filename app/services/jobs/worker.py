"""The worker: does what the outbox holds, folds rollups, and finishes what died half-way."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol

from app.domain import OutboxEntry
from app.errors import AwaitsConfirmation, NotSent, ServiceAway, ShopError, StoreUnavailable, Undeliverable
from app.ops import request_id
from app.services.jobs.ports import Outbox, RollupStore

log = logging.getLogger(__name__)
effects = logging.getLogger("app.effects")  # see app.ops.logs

Payload = Mapping[str, Any]
Handler = Callable[[Payload], object]
# Does many effects of a kind at once; what came of each, in their order: None when it is done, else what its handler
# would have raised, or LeftAlone. It raises what concerns all of them, and may be run again then.
ManyHandler = Callable[[Sequence[Payload]], Sequence[Exception | None]]
Around = Callable[[OutboxEntry], AbstractContextManager[object]]

ROUND_SECONDS = 0.25
CLAIM_LIMIT = 20  # of what is done one by one
MANY_LIMIT = 100
FOLD_LIMIT = 500
MOST_BATCH_SECONDS = 1.0  # of what is done one by one: totals wait for the rest of the round
REST_FROM_LONG = 4.0  # times as long as it took: of what takes long at most a fifth of a processor


class Stop(Protocol):
    """What the worker needs of a `threading.Event`."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float | None = None) -> bool: ...


@dataclass(frozen=True)
class Chore:
    """Something to look after now and then; `run` says how much it did.

    `beside`: it may take long, so a worker that runs does it in a thread of its own, and rests from it after.

    `only_running`: it starts a process, so rounds that are driven one by one leave it out.

    `idle_seconds`: the pause after a run that did nothing, unless the round did something: for what comes with effects.
    """

    name: str
    run: Callable[[], int]
    every_seconds: float = 1.0
    beside: bool = False
    only_running: bool = False
    idle_seconds: float = 0.0


class LeftAlone(Exception):
    """Of an effect among many: it needs more than the others, so its own handler is to do it."""


class Worker:
    """Does the outbox's effects and the shop's chores, round after round.

    `handlers` maps each outbox kind to what does it, given the payload; each must be safe to run twice. Some kinds
    also have one of `many_handlers`, for what costs little more for hundreds than for one.

    Rows of kind 'rollup' are claimed by the rollup store itself, in the transaction that folds them.
    """

    def __init__(
        self,
        outbox: Outbox,
        handlers: Mapping[str, Handler],
        rollups: RollupStore,
        chores: Sequence[Chore] = (),
        clock: Callable[[], float] = time.monotonic,
        around: Around = lambda entry: request_id.under(entry.request_id),
        many_handlers: Mapping[str, ManyHandler] = MappingProxyType({}),
        is_any_due: Callable[[], bool] = lambda: True,
    ) -> None:
        """`around` is entered for as long as an effect is tried, of many while what came of it is written down.

        `is_any_due`: whether there may be anything to deliver or fold, asked once a round in place of each kind.
        """
        self._outbox = outbox
        self._handlers = dict(handlers)
        self._many_handlers = dict(many_handlers)
        self._one_by_one = tuple(kind for kind in self._handlers if kind not in self._many_handlers)
        self._rollups = rollups
        self._chores = tuple(chores)
        self._clock = clock
        self._around = around
        self._is_any_due = is_any_due
        self._due_at: dict[str, float] = {}
        self._idle_until: dict[str, float] = {}
        self._failing: set[str] = set()
        self._is_behind = False  # more waited in this round than it took

    def run(self, stop: Stop) -> None:
        """Rounds until `stop` is set, a quarter of a second from start to start: what comes meanwhile is done together,
        at the cost of one. While more waits than a round takes, one follows the other.
        """
        while not stop.is_set():
            began, self._is_behind = self._clock(), False
            self._round(stop, in_threads=True)
            pause = began + ROUND_SECONDS - self._clock()
            if pause > 0 and not self._is_behind:
                stop.wait(pause)

    def tick(self, stop: Stop | None = None) -> int:
        """One round of everything that is due; how much was done. Never raises an Exception.

        Once `stop` is set, it ends after the effects or chore in hand, and gives back what it had only claimed.
        """
        return self._round(stop, in_threads=False)

    def _round(self, stop: Stop | None, *, in_threads: bool) -> int:
        done = self._effects(stop) if self._guarded("look at the outbox", self._is_any_due) else 0
        for chore in self._chores:
            if _is_set(stop):
                break
            if not self._is_due(chore, is_idle=not done) or (chore.only_running and not in_threads):
                continue
            if in_threads and chore.beside:
                self._due_at[chore.name] = math.inf  # until it is over
                threading.Thread(target=self._do, args=(chore,), daemon=True, name=chore.name).start()
            else:
                did = self._do(chore)
                self._is_behind |= did >= MANY_LIMIT
                done += did
        return done

    def _effects(self, stop: Stop | None) -> int:
        done = sum(self._guarded(kind, partial(self._deliver_many, kind, stop)) for kind in self._many_handlers)
        done += self._guarded("outbox", lambda: self._deliver(stop))
        return done + self._guarded("rollups", self._fold)

    def _is_due(self, chore: Chore, *, is_idle: bool) -> bool:
        since = self._due_at.get(chore.name, 0.0)
        return self._clock() >= (max(since, self._idle_until.get(chore.name, 0.0)) if is_idle else since)

    def _do(self, chore: Chore) -> int:
        started = self._clock()
        done = self._guarded(chore.name, chore.run)
        rest = REST_FROM_LONG * (self._clock() - started) if chore.beside else 0.0
        self._due_at[chore.name] = self._clock() + max(chore.every_seconds, rest)
        self._idle_until[chore.name] = self._clock() + (0.0 if done else chore.idle_seconds)
        return done

    def _guarded(self, name: str, work: Callable[[], int]) -> int:
        try:
            done = work()
        except ShopError as error:  # such as a database that is away: nothing that a traceback explains, and said once
            if name not in self._failing:
                log.warning("worker: %s failed and is tried again: %s", name, error.message)
            self._failing.add(name)
            return 0
        except Exception:  # one part's failure must not end the others
            log.exception("worker: %s failed and is tried again", name)
            return 0
        if name in self._failing:
            log.info("worker: %s works again", name)
            self._failing.discard(name)
        return done

    def _fold(self) -> int:
        folded = self._rollups.fold(FOLD_LIMIT)
        self._is_behind |= folded >= FOLD_LIMIT
        return folded

    def _claim(self, kinds: tuple[str, ...], limit: int) -> tuple[OutboxEntry, ...]:
        entries = self._outbox.claim(kinds, limit)
        self._is_behind |= len(entries) >= limit
        return entries

    def _deliver(self, stop: Stop | None) -> int:
        return self._each(self._claim(self._one_by_one, CLAIM_LIMIT), stop)

    def _deliver_many(self, kind: str, stop: Stop | None) -> int:
        """Of one kind, which an index gives in the order of their age however many wait."""
        if _is_set(stop) or not (entries := self._claim((kind,), MANY_LIMIT)):
            return 0
        if _is_set(stop):
            self._outbox.release(entries)
            return 0
        try:
            outcomes = self._many_handlers[kind]([entry.payload for entry in entries])
        except StoreUnavailable as error:
            log.warning("outbox: %s of kind %s wait: %s", len(entries), kind, error.message)
            self._outbox.release(entries, error.message)
            return 0
        except Exception:  # one of them may be to blame: by itself each shows whether it is
            log.warning("outbox: %s of kind %s are tried one by one", len(entries), kind, exc_info=True)
            return self._each(entries, stop)
        return self._written_down(list(zip(entries, outcomes, strict=True)), stop)

    def _written_down(self, outcomes: Sequence[tuple[OutboxEntry, Exception | None]], stop: Stop | None) -> int:
        done = [entry for entry, outcome in outcomes if outcome is None]
        if done:
            self._outbox.done(done)
        for entry in done:
            with self._around(entry):
                _tell(entry)
        count, alone, unsent = len(done), [], defaultdict(list)
        for entry, outcome in outcomes:
            if isinstance(outcome, LeftAlone):
                alone.append(entry)
            elif isinstance(outcome, NotSent):
                unsent[outcome.message, type(outcome)].append(entry)
            elif outcome is not None:
                with self._around(entry):
                    count += self._failed(entry, outcome)
        for (why, kind), entries in unsent.items():
            self._outbox.not_sent(entries, why, until_confirmed=issubclass(kind, AwaitsConfirmation))
            count += len(entries)
        return count + self._each(alone, stop)

    def _each(self, entries: Sequence[OutboxEntry], stop: Stop | None) -> int:
        """A service that answers slowly must keep neither what was claimed beyond its lease nor the totals waiting."""
        until, done = self._clock() + MOST_BATCH_SECONDS, 0
        for number, entry in enumerate(entries):
            if _is_set(stop) or self._clock() >= until:
                self._outbox.release(entries[number:])
                break
            with self._around(entry):
                done += self._attempt(entry)
        return done

    def _attempt(self, entry: OutboxEntry) -> int:
        try:
            self._handlers[entry.kind](entry.payload)
        except Exception as error:  # noqa: BLE001 - a defect in one effect is shown, and the others go on
            return self._failed(entry, error)
        self._outbox.done([entry])
        _tell(entry)
        return 1

    def _failed(self, entry: OutboxEntry, error: Exception) -> int:
        """Write down why it is not done; 1 when that was on purpose, and the end of it."""
        match error:
            case StoreUnavailable():  # nothing is wrong with the effect: it waits, however long it takes
                log.warning("outbox %s waits: %s", entry.key, error.message)
                self._outbox.release([entry], error.message)
            case NotSent():
                self._outbox.not_sent([entry], error.message, until_confirmed=isinstance(error, AwaitsConfirmation))
                return 1
            case Undeliverable():
                log.warning("outbox %s is given up: %s", entry.key, error.message)
                self._outbox.given_up(entry, error.message)
            case ShopError():
                log.warning("outbox %s failed (attempt %s): %s", entry.key, entry.attempts, error.message)
                self._outbox.failed(entry, error.message, patient=isinstance(error, ServiceAway))
            case _:
                log.error("outbox %s failed (attempt %s)", entry.key, entry.attempts, exc_info=error)
                self._outbox.failed(entry, f"{type(error).__name__}: {error}")
        return 0


def _tell(entry: OutboxEntry) -> None:
    effects.info("effect %s is done", entry.key, extra={"kind": entry.kind, "attempts": entry.attempts})


def _is_set(stop: Stop | None) -> bool:
    return stop is not None and stop.is_set()
