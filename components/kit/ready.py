"""Parts of pages that come again as they were: made once for the values they show, written once as JSON and as HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dash.development.base_component import Component

from app.kept import kept

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_WRITTEN = "_ready_as"  # no property of a component: neither Dash nor anything else sends it


def ready(most: int) -> Callable[[F], F]:
    """Keep the last `most` outcomes of a pure builder of components or figures, which nobody changes afterwards."""
    return kept(most, _mark)


def written(part: Any, write: Callable[[Any], T]) -> T | None:
    """A part that `ready` made as `write`, a function of a module, writes it, the first time; None of any other."""
    known: dict[Callable[[Any], Any], T] | None = getattr(part, "__dict__", {}).get(_WRITTEN)
    if known is None:
        return None
    if write not in known:
        known[write] = write(part)
    return known[write]


def _mark(part: Any) -> Any:
    if isinstance(part, list | tuple):
        for one in part:
            _mark(one)
    elif isinstance(part, Component) or hasattr(part, "to_plotly_json"):
        part.__dict__[_WRITTEN] = {}
    return part
