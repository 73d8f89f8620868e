"""Processor time of the processes that are measured."""

from __future__ import annotations

from collections.abc import Iterable

import psutil

_DATABASES = ("mariadbd", "mysqld")


def children_of(pid: int) -> list[psutil.Process]:
    """A server's workers."""
    return psutil.Process(pid).children()


def databases() -> list[psutil.Process]:
    """The servers that this process started."""
    return [child for child in psutil.Process().children() if child.name() in _DATABASES]


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    return float(sum(sum(process.cpu_times()[:2]) for process in processes))
