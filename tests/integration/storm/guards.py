"""Takes one guard out of a process, to show that the storm notices."""

from __future__ import annotations


def remove(name: str) -> None:
    if name:
        raise ValueError(name)
