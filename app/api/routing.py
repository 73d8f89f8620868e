"""One decorator declares a route with who may call it; the access test reads the same table."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flask

from app.auth import require
from app.domain import Access

blueprint = flask.Blueprint("api", __name__)


@dataclass(frozen=True)
class Route:
    rule: str
    methods: tuple[str, ...]
    access: Access


ROUTES: dict[str, Route] = {}  # by endpoint


def route(
    rule: str, access: Access, *, methods: tuple[str, ...] = ("GET",)
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view; callers whom `access` does not admit get 401 or 403 before it reads anything."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(**values: Any) -> Any:
            if access is not Access.PUBLIC:
                require(access)
            return view(**values)

        name = view.__name__
        blueprint.add_url_rule(rule, name, guarded, methods=list(methods))
        ROUTES[f"{blueprint.name}.{name}"] = Route(rule, methods, access)
        return view

    return decorate
