"""Everything else under /api/ is a JSON 404, not the shop's page; a known path asked wrongly is a 405."""

from __future__ import annotations

import functools
from contextlib import suppress
from typing import Any

import flask
from werkzeug.routing import Map, RequestRedirect, Rule

from app.domain import Access
from app.errors import NotFound
from app.web.api.routing import ROUTES, Tokens, blueprint, route

_ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")


@route("/api/<path:rest>", Access.PUBLIC, methods=_ALL, scope=Tokens.ANY)
def unknown(rest: str) -> Any:
    with suppress(RequestRedirect):  # only differs by a slash: still no path of ours
        _known_rules().bind("").match(f"/api/{rest}", method=flask.request.method)
    raise NotFound("There is nothing at this address of the API.")


@route("/api/", Access.PUBLIC, methods=_ALL, scope=Tokens.ANY)
def root() -> Any:
    raise NotFound("There is nothing at this address of the API.")


@functools.cache
def _known_rules() -> Map:
    """The other routes alone: this one, which takes every method, would hide what they allow."""
    return Map(
        [
            Rule(known.rule, methods=list(known.methods), endpoint=endpoint)
            for endpoint, known in ROUTES.items()
            if endpoint not in ("api.unknown", "api.root")
        ]
    )


@blueprint.before_app_request
def keep_pages_out() -> None:
    """Odd spellings such as /api//cart match no route above, but Dash would answer them with the shop's page."""
    endpoint = flask.request.endpoint or ""
    if flask.request.path.startswith("/api/") and endpoint and not endpoint.startswith("api."):
        raise NotFound("There is nothing at this address of the API.")


@blueprint.before_app_request
def answer_options() -> flask.Response | None:
    """What a path takes. Flask would count the methods of `unknown`, which takes every path, among them."""
    if flask.request.method != "OPTIONS" or not (flask.request.endpoint or "").startswith("api."):
        return None
    allowed = _known_rules().bind("").allowed_methods(flask.request.path)
    response = flask.Response(status=200)
    response.allow.update({*allowed, "OPTIONS"})
    return response
