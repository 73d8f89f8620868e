"""One decorator declares a route: who may call it, what a token needs, and what its documentation says.

The access test and the OpenAPI document read the same table.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import flask
from pydantic import BaseModel

from app.domain import Access, Scope
from app.errors import Forbidden, NotSignedIn
from app.services import services
from app.web.api.failures import Refusal
from app.web.identity.caller import current_browser
from app.web.identity.principal import require

blueprint = flask.Blueprint("api", __name__)

BEARER = "Bearer"
BODY_LIMIT = 64 * 1024  # of a request that carries no picture


class Tokens(Enum):
    """What a route without a scope of its own does with an API token."""

    ANY = "any"  # takes every valid one: what it answers is public, or the owner's own name


@dataclass(frozen=True)
class Doc:
    """A call as the OpenAPI document tells it. What every call can be refused for is added there.

    `sends` and `answers` are models; `media` is the type of an answer that is not JSON.
    """

    summary: str
    tag: str
    answers: type[BaseModel] | None = None
    description: str = ""
    body: type[BaseModel] | None = None
    body_optional: bool = False
    query: type[BaseModel] | None = None
    refusals: tuple[Refusal, ...] = ()
    unavailable: type[BaseModel] | None = None  # a 503 with a shape of its own
    example: dict[str, Any] | None = None
    request_headers: tuple[str, ...] = ()
    has_pages: bool = False  # with a Link header to the next one
    has_etag: bool = False
    media: str = "application/json"


@dataclass(frozen=True)
class Route:
    """One call of the API. `scope` None: no token may call it. `only_token`: no session may, whatever its role.

    `goes_on`: it needs no database of people, so whoever was signed in a moment ago may use it while that is away.
    `body_limit`: the most bytes that it takes.
    """

    rule: str
    methods: tuple[str, ...]
    access: Access
    scope: Scope | Tokens | None = None
    only_token: bool = False
    doc: Doc | None = None
    goes_on: bool = False
    body_limit: int = BODY_LIMIT


ROUTES: dict[str, Route] = {}  # by endpoint


def route(
    rule: str,
    access: Access,
    *,
    methods: tuple[str, ...] = ("GET",),
    scope: Scope | Tokens | None = None,
    only_token: bool = False,
    doc: Doc | None = None,
    goes_on: bool = False,
    body_limit: int = BODY_LIMIT,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view; callers whom `access` and `scope` do not admit get 401 or 403 before it reads anything."""
    declared = Route(rule, methods, access, scope, only_token, doc, goes_on, body_limit)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(**values: Any) -> Any:
            _admit(declared)
            return view(**values)

        name = view.__name__
        blueprint.add_url_rule(rule, name, guarded, methods=list(methods))
        ROUTES[f"{blueprint.name}.{name}"] = declared
        return view

    return decorate


def _admit(wanted: Route) -> None:
    """Raises NotSignedIn or Forbidden. The owner of a token stands in for the session's user from here on."""
    header = flask.request.headers.get("Authorization")
    if header is not None:
        _use_token(header, wanted.scope)
    if wanted.access is not Access.PUBLIC:
        require(wanted.access, or_remembered=wanted.goes_on)
    if wanted.only_token and header is None:
        raise Forbidden("This address is for API tokens only.")


def _use_token(header: str, scope: Scope | Tokens | None) -> None:
    """With an Authorization header the session's cookie counts for nothing, also when the token is wrong."""
    kind, _, text = header.partition(" ")
    if kind.lower() != BEARER.lower():
        raise NotSignedIn("Send an API token as Authorization: Bearer <token>.")
    user, token = services().tokens.resolve(text.strip())
    if scope is not Tokens.ANY and scope not in token.scopes:
        raise Forbidden("This API token may not be used for that.")
    services().sign_in_log.token_used(user, token, current_browser())
    flask.g.token_user = user
    flask.g.api_token = token


@blueprint.after_request
def _say_how_to_sign_in(response: flask.Response) -> flask.Response:
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = BEARER
    return response
