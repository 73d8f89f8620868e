"""Two people edit one thing: both edits are kept where they do not meet, and where they do somebody chooses.

A form sends what it was filled with (`seen`) beside what it holds now, so that only what was changed is written:
a field that one of the two changed is no matter between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from app.errors import Clash, EditClash

K = TypeVar("K", bound=str)
V = TypeVar("V")


def changed_fields(seen: Mapping[K, V], wanted: Mapping[K, V], present: Mapping[K, V]) -> dict[K, V]:
    """The fields of `wanted` that differ from `seen`, to be written over `present`; all three name the same fields.

    Raises EditClash naming those that somebody else has changed since, to something else than `wanted`.
    """
    mine = {name: value for name, value in wanted.items() if value != seen[name]}
    clashes = [
        Clash(name, theirs=present[name], mine=value)
        for name, value in mine.items()
        if present[name] not in (seen[name], value)
    ]
    if clashes:
        raise EditClash(clashes)
    return mine
