"""Parts of long lists, and spans of days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list that is counted; `page` counts from 1, `pages` is at least 1."""

    items: tuple[T, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Period:
    """Store days `[start, end)`: `end` is exclusive."""

    start: date
    end: date
    label: str = field(default="", compare=False)

    @property
    def days(self) -> int:
        return (self.end - self.start).days
