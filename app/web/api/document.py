"""The OpenAPI 3.1 document, made from the declared routes and the models that check what comes in and goes out.

openapi-pydantic holds and checks it. What makes one of a Flask application (APIFlask, spectree, flask-openapi3) knows
one refusal of bad input where a call has four, no headers of an answer, and no reason beside a status.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from openapi_pydantic import OpenAPI
from openapi_pydantic.util import construct_open_api_with_schema_class, ref_template
from pydantic import BaseModel

from app.domain import Access, Scope
from app.web.api import failures
from app.web.api.failures import Refusal
from app.web.api.reading import KEY_HEADER
from app.web.api.routing import Doc, Route, Tokens

VERSION = "1.0"
SESSION, TOKEN = "session", "token"
SAFE = ("GET", "HEAD")
EMPTY = {"type": "string", "maxLength": 0}
ALWAYS = (failures.NOT_SIGNED_IN, failures.FORBIDDEN, failures.STORE_UNAVAILABLE, failures.BUSY)
_FAILURE_HEADERS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}

TAGS = {
    "people": "Accounts and signing in",
    "catalogue": "The catalogue",
    "cart": "The cart",
    "orders": "Paying and orders",
    "data": "What is kept about you",
    "staff": "For admins",
    "analytics": "Analytics, for analysts and admins",
    "service": "Looking after the service",
}

INTRODUCTION = """JSON in and out. Amounts are decimal numbers in major units of the shop's currency. Numbers may \
arrive as strings. Unknown fields are ignored.

A browser signs in with `POST /api/login` and keeps the session cookie. A machine sends an API token, made on the \
account's page, as `Authorization: Bearer <token>`; with that header the cookie counts for nothing. A token may do \
what its scopes say, as long as its owner may.

Every failure is `{"success": false, "message": "<for a person>", "code": "<stable word>"}`, with the field at \
fault where there is one. A defect of the server is a 500 with the code `internal_error` and an incident number."""

SCOPES = {
    Scope.SHOP: "the owner's own cart, checkout and orders",
    Scope.CATALOG: "write products and stock",
    Scope.CUSTOMERS: "read the customer list",
    Scope.ANALYTICS: "read the analytics",
    Scope.METRICS: "read /metrics",
}

_HEADERS = {
    "Link": ('The next page, as `<address>; rel="next"`; left out on the last one.', {"type": "string"}),
    "ETag": ("Send it back as If-None-Match.", {"type": "string"}),
    "Retry-After": ("Seconds until it makes sense to try again.", {"type": "integer"}),
    "WWW-Authenticate": ("How to sign in.", {"type": "string"}),
}
_REQUEST_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    KEY_HEADER: (
        "Repeating a request with the same key gives the first answer again.",
        {"type": "string", "pattern": r"^[\x21-\x7e]{1,128}$"},
    ),
    "If-None-Match": ("The ETag of an earlier answer: 304 when it still holds.", {"type": "string"}),
}


def build_document(routes: Mapping[str, Route], shop: str, session_cookie: str) -> dict[str, Any]:
    """The whole document as JSON values. `routes` by endpoint; those without a doc are left out.

    `session_cookie`: the name that it has in this shop.
    """
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    models: set[type[BaseModel]] = set()
    for endpoint, route in routes.items():
        if route.doc is None:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule)
        for method in route.methods:
            paths[path][method.lower()] = _operation(endpoint, method, route, route.doc)
            models |= _models_of(method, route.doc)
    document = OpenAPI.model_validate(
        {
            "openapi": "3.1.0",
            "info": {"title": f"{shop} API", "version": VERSION, "description": INTRODUCTION},
            "servers": [{"url": "/"}],
            "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
            "paths": paths,
            "components": {"securitySchemes": _security_schemes(session_cookie)},
        }
    )
    whole = construct_open_api_with_schema_class(document, list(models), scan_for_pydantic_schema_reference=False)
    return dict(whole.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True))


def _security_schemes(session_cookie: str) -> dict[str, Any]:
    scopes = "; ".join(f"`{scope.value}`: {words}" for scope, words in SCOPES.items())
    return {
        SESSION: {
            "type": "apiKey",
            "in": "cookie",
            "name": session_cookie,
            "description": "The session cookie that `POST /api/login` sets.",
        },
        TOKEN: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "rs_<id>_<secret>",
            "description": f"The scopes of API tokens are {scopes}.",
        },
    }


def _operation(endpoint: str, method: str, route: Route, doc: Doc) -> dict[str, Any]:
    name = endpoint.removeprefix("api.")
    described: dict[str, Any] = {
        "operationId": name if method == route.methods[0] else f"{name}_{method.lower()}",
        "summary": doc.summary,
        "tags": [doc.tag],
        "responses": _responses(method, doc),
        "security": _security(route),
    }
    if doc.description:
        described["description"] = doc.description
    if parameters := _parameters(route, doc):
        described["parameters"] = parameters
    if doc.body is not None:
        content: dict[str, Any] = {"schema": _ref(doc.body)}
        if doc.example is not None:
            content["example"] = doc.example
        described["requestBody"] = {"required": not doc.body_optional, "content": {"application/json": content}}
    return described


def _security(route: Route) -> list[dict[str, list[str]]]:
    """Any one of them; the empty one stands for a stranger."""
    ways: list[dict[str, list[str]]] = []
    if route.access is Access.PUBLIC:
        ways.append({})
    if not route.only_token:
        ways.append({SESSION: []})
    if isinstance(route.scope, Scope):
        ways.append({TOKEN: [route.scope.value]})
    elif route.scope is Tokens.ANY:
        ways.append({TOKEN: []})
    return ways


# --- what comes in -----------------------------------------------------------------------------


def _parameters(route: Route, doc: Doc) -> list[dict[str, Any]]:
    found = [
        _parameter(name, "path", {"type": "integer", "minimum": 0} if kind == "int" else {"type": "string"}, True)
        for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route.rule)
    ]
    if doc.query is not None:
        model = doc.query.model_json_schema()
        required = model.get("required", ())
        for name, schema in model["properties"].items():
            found.append(_parameter(name, "query", _as_parameter(schema, name in required), name in required))
    for name in doc.request_headers:
        words, schema = _REQUEST_HEADERS[name]
        found.append(_parameter(name, "header", {**schema, "description": words}))
    return found


def _parameter(name: str, where: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    described = dict(schema)
    words = described.pop("description", "")
    return {"name": name, "in": where, "required": required, "description": words, "schema": described}


def _as_parameter(schema: dict[str, Any], required: bool) -> dict[str, Any]:
    """A query parameter is there or not: it has no null, and needs no title."""
    flat = {key: value for key, value in schema.items() if key not in ("anyOf", "title", "default")}
    for option in schema.get("anyOf", ()):
        if option != {"type": "null"}:
            flat |= option
    if schema.get("default") not in (None, ""):
        flat["default"] = schema["default"]
    is_free_text = flat.get("type") == "string" and not {"enum", "format"} & set(flat)
    if required or is_free_text:
        return flat
    words = {"description": flat.pop("description")} if "description" in flat else {}
    return {**words, "anyOf": [flat, EMPTY]}  # an empty value counts as not given


# --- what goes out -----------------------------------------------------------------------------


def refusals_of(method: str, doc: Doc) -> tuple[Refusal, ...]:
    """Everything this call can be refused for, in the order of the statuses."""
    found = {*ALWAYS, *doc.refusals}
    if doc.query is not None or KEY_HEADER in doc.request_headers:
        found.add(failures.INVALID_INPUT)
    if doc.body is not None:
        found |= {failures.INVALID_JSON, failures.NOT_JSON, failures.INVALID_INPUT}
    if method not in SAFE:
        found.add(failures.TOO_LARGE)
    return tuple(sorted(found, key=lambda refusal: (refusal.status, refusal.code)))


def _responses(method: str, doc: Doc) -> dict[str, Any]:
    found: dict[str, Any] = {"200": _success(doc)}
    if doc.has_etag:
        found["304"] = _response("Nothing changed since that ETag.", ("ETag",))
    by_status: dict[int, list[Refusal]] = defaultdict(list)
    for refusal in refusals_of(method, doc):
        by_status[refusal.status].append(refusal)
    for status, refusals in by_status.items():
        shapes = [refusal.model for refusal in refusals]
        if status == HTTPStatus.SERVICE_UNAVAILABLE and doc.unavailable is not None:
            shapes.append(doc.unavailable)
        words = f"{HTTPStatus(status).phrase}. " + " ".join(f"`{r.code}`: {r.when}" for r in refusals)
        found[str(status)] = _response(words, _FAILURE_HEADERS.get(status, ()), "application/json", _one_of(shapes))
    return dict(sorted(found.items()))


def _success(doc: Doc) -> dict[str, Any]:
    names = [name for name, is_sent in (("Link", doc.has_pages), ("ETag", doc.has_etag)) if is_sent]
    return _response("Done.", names, doc.media, {"type": "string"} if doc.answers is None else _ref(doc.answers))


def _response(
    words: str, headers: Sequence[str], media: str = "", schema: dict[str, Any] | None = None
) -> dict[str, Any]:
    described: dict[str, Any] = {"description": words}
    if headers:
        described["headers"] = {
            name: {"description": _HEADERS[name][0], "schema": _HEADERS[name][1]} for name in headers
        }
    if schema is not None:
        described["content"] = {media: {"schema": schema}}
    return described


def _models_of(method: str, doc: Doc) -> set[type[BaseModel]]:
    named = {model for model in (doc.body, doc.answers, doc.unavailable) if model is not None}
    return named | {refusal.model for refusal in refusals_of(method, doc)}


def _one_of(models: Sequence[type[BaseModel]]) -> dict[str, Any]:
    return _ref(models[0]) if len(models) == 1 else {"oneOf": [_ref(model) for model in models]}


def _ref(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": ref_template.format(model=model.__name__)}
