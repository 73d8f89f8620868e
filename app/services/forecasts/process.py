"""Forecasts and replays are made in processes of their own: what they compute must neither hold up sales nor stay in
memory."""

from __future__ import annotations

import logging
import secrets
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

log = logging.getLogger(__name__)

LONGEST_SECONDS = 900.0  # then it is ended, and tried again
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 900.0  # after a run that failed; it doubles


class Child(Protocol):
    """What is needed of a `subprocess.Popen`."""

    def poll(self) -> int | None: ...

    def kill(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


Start = Callable[[Sequence[str]], Child]


class OwnProcess:
    """Starts a `command` when it `is_due` for a holder, looks whether it is over, and ends one that hangs.

    Each start has the same holder of the lease, so that it need not wait for that of one which was killed.
    """

    def __init__(
        self,
        command: str,
        is_due: Callable[[str], bool],
        start: Start,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = command
        self._is_due = is_due
        self._start = start
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self._child: Child | None = None
        self._began = self._not_before = 0.0
        self._pause = FIRST_PAUSE

    def look(self) -> int:
        """As a chore counts: whether a run was started."""
        if self._child is not None:
            self._follow(self._child)
            return 0
        if self._clock() < self._not_before or not self._is_due(self._holder):
            return 0
        self._child, self._began = self._start([self._command, "--holder", self._holder]), self._clock()
        return 1

    def _follow(self, child: Child) -> None:
        code = child.poll()
        if code is None and self._clock() - self._began > LONGEST_SECONDS:
            minutes = round(LONGEST_SECONDS / 60)
            log.warning("%s took longer than %s minutes and is ended", self._command, minutes)
            child.kill()
            code = child.wait(10.0)
        if code is None:
            return
        self._child = None
        if code == 0:
            self._pause = FIRST_PAUSE
            return
        pause = round(self._pause)
        log.warning("%s ended with %s and is tried again in %s seconds", self._command, code, pause)
        self._not_before = self._clock() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)


def starter(program: Sequence[str], environment: Mapping[str, str]) -> Start:
    """Starts commands of this program; they share its output."""

    def start(arguments: Sequence[str]) -> Child:
        command = [*program, *arguments]  # our own program and words
        return subprocess.Popen(command, env=dict(environment), stdin=subprocess.DEVNULL)  # noqa: S603

    return start
