"""Kills or freezes a process at a named step of its work, when the storm asks for it. Nothing in `app` knows of it.

The storm writes an order, `{"id": 7, "step": "after:SqlOrders.complete", "skip": 2}`, into a folder that
all processes watch; the first one that reaches the step, after passing it `skip` times, claims the order
and dies of SIGKILL. One that is frozen instead goes on only after others took its work over.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ORDER = "order.json"


@dataclass(frozen=True)
class Kill:
    """One order to die, or to freeze. `step` is "before:Class.method" or "after:Class.method"."""

    id: int
    step: str
    skip: int = 0
    freezes: bool = False


class Switch:
    """The side of the process that shall die."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = -1.0
        self._kill: Kill | None = None
        self._passed = 0

    def reach(self, step: str) -> None:
        kill = self._order()
        if kill is None or kill.step != step:
            return
        self._passed += 1
        if self._passed > kill.skip and self._claim(kill):
            os.kill(os.getpid(), signal.SIGSTOP if kill.freezes else signal.SIGKILL)

    def _order(self) -> Kill | None:
        path = self._folder / ORDER
        try:
            changed = path.stat().st_mtime_ns
            if changed != self._seen:
                self._kill, self._seen, self._passed = Kill(**json.loads(path.read_text())), changed, 0
        except FileNotFoundError:
            return None
        return self._kill

    def _claim(self, kill: Kill) -> bool:
        try:
            with _claimed(self._folder, kill).open("x") as claim:
                claim.write(str(os.getpid()))
        except FileExistsError:
            return False
        return True


class Orders:
    """The side of the storm: gives orders and sees whether they were carried out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def give(self, kill: Kill) -> None:
        scratch = self._folder / "order.part"
        scratch.write_text(json.dumps(kill.__dict__))
        scratch.replace(self._folder / ORDER)

    def take_back(self) -> None:
        (self._folder / ORDER).unlink(missing_ok=True)

    def is_done(self, kill: Kill) -> bool:
        return _claimed(self._folder, kill).exists()

    def thaw(self, kill: Kill) -> None:
        """Let the process that `kill` froze go on."""
        with contextlib.suppress(ProcessLookupError):  # something else killed it meanwhile
            os.kill(int(_claimed(self._folder, kill).read_text()), signal.SIGCONT)


def _claimed(folder: Path, kill: Kill) -> Path:
    return folder / f"done-{kill.id}"


def arm(switch: Switch, classes: Iterable[type], steps: Iterable[str]) -> None:
    """Let `switch` see every call of the `steps` ("Class.method") of `classes`."""
    by_name = {cls.__name__: cls for cls in classes}
    for step in steps:
        cls_name, _, method = step.partition(".")
        if cls_name in by_name:
            setattr(by_name[cls_name], method, _watched(switch, step, getattr(by_name[cls_name], method)))


def _watched(switch: Switch, step: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def watched(*args: Any, **kwargs: Any) -> Any:
        switch.reach(f"before:{step}")
        result = method(*args, **kwargs)
        switch.reach(f"after:{step}")
        return result

    return watched
