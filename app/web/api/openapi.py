"""GET /api/openapi.json and GET /api/docs: the API's description for programs, and the same for people."""

from __future__ import annotations

import hashlib
import json
from functools import cache

import flask
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.domain import Access
from app.services import services
from app.web.api.routing import ROUTES, Tokens, route

MINUTES = 5 * 60


@route("/api/openapi.json", Access.PUBLIC, scope=Tokens.ANY)
def openapi_json() -> flask.Response:
    return _cacheable(_document(services().settings.store_name, _session_cookie()), "application/json")


@route("/api/docs", Access.PUBLIC, scope=Tokens.ANY)
def docs() -> flask.Response:
    settings = services().settings
    return _cacheable(_page(settings.store_name, settings.base_url, _session_cookie()), "text/html")


def _session_cookie() -> str:
    return str(flask.current_app.config["SESSION_COOKIE_NAME"])


@cache
def _document(shop: str, session_cookie: str) -> str:
    """Made once per process: the routes do not change after it started."""
    from app.web.api.document import build_document  # slow to load, and few ask for it

    return json.dumps(build_document(ROUTES, shop, session_cookie), ensure_ascii=False, separators=(",", ":"))


@cache
def _page(shop: str, base_url: str, session_cookie: str) -> str:
    from app.web.api.docs_page import docs_page

    templates = Environment(loader=PackageLoader("app.web.api"), autoescape=True, undefined=StrictUndefined)
    return templates.get_template("docs.html").render(
        docs_page(json.loads(_document(shop, session_cookie)), shop, base_url)
    )


def _cacheable(text: str, mimetype: str) -> flask.Response:
    response = flask.Response(text, mimetype=mimetype)
    # Weak: compression changes the bytes, not the meaning.
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32], weak=True)
    response.cache_control.public = True
    response.cache_control.max_age = MINUTES
    response.make_conditional(flask.request)
    return response
