"""Outcomes of pure functions, kept by the values that they were made of and the language that was spoken.

What is kept so cannot be old: another number is another key. What a function shows of the day at hand is one of these
values, as everything that shows days takes `Formats`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any, TypeVar

import pandas as pd
from cachetools import LRUCache

from app.money import Formats
from app.words import language

F = TypeVar("F", bound=Callable[..., Any])

_VALUE = "_retail_value"  # of a frame that is kept itself: worked out once


def kept(most: int, prepare: Callable[[Any], Any] = lambda made: made) -> Callable[[F], F]:
    """Keep the last `most` outcomes of a function that is pure, whose outcome nobody changes.

    Its arguments are values, or frames, lists and mappings of them; a callable counts as itself. `prepare`: what is
    done to an outcome before it is kept.
    """

    def decorate(function: F) -> F:
        lock, outcomes = Lock(), LRUCache[Hashable, Any](most)

        @functools.wraps(function)
        def known_or_made(*args: Any, **named: Any) -> Any:
            key = (language(), value_of(args), value_of(named) if named else ())
            with lock:
                if key in outcomes:
                    return outcomes[key]
            made = prepare(function(*args, **named))
            if isinstance(made, pd.DataFrame):
                object.__setattr__(made, _VALUE, None)
            with lock:
                outcomes[key] = made
            return made

        return known_or_made  # type: ignore[return-value]

    return decorate


def value_of(part: Any) -> Hashable:
    """Equal for equal values of the same types, and for no others. Raises TypeError for what has no value."""
    kind: type[Any] = type(part)
    if part is None or kind in (str, int, bool, float):
        return kind, part
    if isinstance(part, pd.DataFrame):
        return _value_of_frame(part)
    if isinstance(part, list | tuple):
        return kind, tuple([value_of(one) for one in part])
    if isinstance(part, Mapping):
        return "mapping", tuple([(name, value_of(value)) for name, value in part.items()])
    if isinstance(part, Formats):
        return part, part.today()
    if getattr(kind, "__hash__", None) is object.__hash__ and not callable(part):
        raise TypeError(f"{kind.__name__} has no value to keep anything by")
    hash(part)
    return kind, part


def _value_of_frame(frame: pd.DataFrame) -> Hashable:
    known: Hashable = frame.__dict__.get(_VALUE)
    if known is None:
        known = tuple([(name, str(column.dtype), tuple(column.tolist())) for name, column in frame.items()])
        if _VALUE in frame.__dict__:
            object.__setattr__(frame, _VALUE, known)
    return "frame", known
