"""Processes that get ready, begin at once, and say what they found and what processor time it took them."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
Found = dict[str, Any]


@dataclass(frozen=True)
class Together:
    """What each process found; `seconds` from the first one's beginning to the last one's end."""

    found: Sequence[Found]
    seconds: float
    cores: float  # that the processes used, on average


class EndedEarly(Exception):
    """A process ended before it said what it found; why is on its error output."""


def run(module: str, plans: Sequence[Mapping[str, object]]) -> Together:
    """`python -m module` once per plan. Raises EndedEarly."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", module], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in plans
    ]
    try:
        for child, plan in zip(children, plans, strict=True):
            _write(child, json.dumps(plan))
        for child in children:
            _read(child)
        for child in children:
            _write(child, "go")
        told = [json.loads(_read(child)) for child in children]
    finally:
        for child in children:
            child.kill()
            child.wait()
    seconds = max(one["ended"] for one in told) - min(one["began"] for one in told)
    return Together([one["found"] for one in told], seconds, sum(one["cpu_seconds"] for one in told) / seconds)


def serve(prepare: Callable[[Found], Callable[[], Found]]) -> None:
    """The other side of `run`: `prepare` takes the plan, and what it returns runs when all are ready."""
    work = prepare(json.loads(sys.stdin.readline()))
    print("ready", flush=True)
    sys.stdin.readline()
    began, before = time.time(), resource.getrusage(resource.RUSAGE_SELF)
    found = work()
    ended, after = time.time(), resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"began": began, "ended": ended, "cpu_seconds": cpu, "found": found}), flush=True)


def _write(child: subprocess.Popen[str], line: str) -> None:
    assert child.stdin is not None
    child.stdin.write(line + "\n")
    child.stdin.flush()


def _read(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    if not (line := child.stdout.readline()):
        raise EndedEarly(f"{child.args}: {child.wait()}")
    return line
