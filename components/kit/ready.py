"""Parts of pages that come again as they were: made once for the values they show, and written as JSON once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dash.development.base_component import Component

from app.kept import kept

F = TypeVar("F", bound=Callable[..., Any])

_WRITTEN = "_ready_json"  # no property of a component: neither Dash nor anything else sends it


def ready(most: int) -> Callable[[F], F]:
    """Keep the last `most` outcomes of a pure builder of components or figures, which nobody changes afterwards."""
    return kept(most, _mark)


def written(part: Any, write: Callable[[Any], bytes]) -> bytes | None:
    """The JSON of a part that `ready` made, by `write` the first time; None of any other."""
    own = getattr(part, "__dict__", {})
    known: bytes | None = own.get(_WRITTEN)
    if known is None:
        return None
    if not known:
        own[_WRITTEN] = known = write(part)
    return known


def _mark(part: Any) -> Any:
    if isinstance(part, list | tuple):
        for one in part:
            _mark(one)
    elif isinstance(part, Component) or hasattr(part, "to_plotly_json"):
        part.__dict__[_WRITTEN] = b""
    return part
