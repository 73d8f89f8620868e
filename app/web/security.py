"""What holds for every request: headers, origin, size, and errors that tell people enough and strangers nothing."""

from __future__ import annotations

import logging
import time
from typing import Any, Protocol

import flask
from dash.exceptions import DependencyException
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.errors import NotFound, ShopError
from app.ops import request_id
from app.ops.request_log import CALLBACK, UNKNOWN_CALLBACK
from app.settings.environment import Settings
from app.web import error_page
from app.web.api.reading import raw_body
from app.web.api.routing import BODY_LIMIT
from app.web.api.writing import error_json
from app.web.guards.body_limits import check_picture_form, is_of, limit_body
from app.web.guards.dash_payload import BadPayload, check_payload, parse_payload
from app.web.guards.origin import SAFE_METHODS, check_origin
from app.words import mark, say

log = logging.getLogger(__name__)

DRAIN_LIMIT = 32 * 1024 * 1024
DRAIN_SECONDS = 10.0
DISPATCH = "/_dash-update-component"

KEPT = (200, 206, 304)  # no other answer is for others to keep

_JSON_PATHS = (
    "/api/",
    "/_dash-",
    "/_reload-hash",
    "/healthz",
    "/readyz",
    "/metrics",
    "/live/",
    "/suggest",
    "/wall/",
    "/webhooks/",
)

# Codes and words of errors that Werkzeug raises; anything else says its own name.
_HTTP_ERRORS: dict[int, tuple[str, str]] = {
    400: ("bad_request", mark("The request is malformed.")),
    404: ("not_found", mark("There is nothing at this address.")),
    405: ("method_not_allowed", mark("This address does not take that kind of request.")),
    413: ("too_large", ""),
    415: ("unsupported_media_type", "Send JSON, with the header Content-Type: application/json."),
}


class DashApp(Protocol):
    callback_map: dict[str, Any]

    def csp_hashes(self, hash_algorithm: str = "sha256") -> list[str]: ...


def init_security(server: flask.Flask, settings: Settings, dash_app: DashApp) -> None:
    """Guard every request of `server`. Call it after Dash was attached, so that Dash is set up before the checks."""
    server.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    server.before_request(lambda: _check_request(dash_app))
    server.after_request(_Headers(dash_app, secure=settings.base_url.startswith("https://")))
    server.register_error_handler(ShopError, _shop_error(settings))
    server.register_error_handler(HTTPException, _http_error(settings))
    server.register_error_handler(DependencyException, _http_error(settings))
    server.register_error_handler(Exception, _defect(settings))


def _check_request(dash_app: DashApp) -> None:
    request = flask.request
    is_dispatch = request.path == DISPATCH and request.method == "POST"
    if is_dispatch:
        setattr(flask.g, CALLBACK, UNKNOWN_CALLBACK)
    limit_body(is_callback=is_dispatch)
    if request.method not in SAFE_METHODS:
        check_origin()
    if is_dispatch:
        data = raw_body()
        check_picture_form(data, dash_app.callback_map)
        body = parse_payload(data)
        check_payload(body, dash_app.callback_map)
        if not is_of(data, body["output"]):
            raise BadPayload()
        setattr(flask.g, CALLBACK, body["output"])


# --- headers -----------------------------------------------------------------------------------


class _Headers:
    """Adds the headers of every response. A view that sets one of them itself keeps its own."""

    def __init__(self, dash_app: DashApp, secure: bool) -> None:
        self._dash_app = dash_app
        self._document_policy: str | None = None
        self._always = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if secure:
            self._always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    def __call__(self, response: flask.Response) -> flask.Response:
        for name, value in self._always.items():
            response.headers.setdefault(name, value)
        if "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = self._policy(response.mimetype)
        if response.status_code not in KEPT and (response.cache_control.public or response.cache_control.immutable):
            response.headers["Cache-Control"] = "no-store"  # what failed may be there in a moment
        if flask.request.path.startswith(("/api/", "/_dash-update-component", "/_dash-layout")):
            response.headers.setdefault("Cache-Control", "no-store")
        elif response.mimetype == "text/html":  # documents and redirects are for one caller: they come with a cookie
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def _policy(self, mimetype: str | None) -> str:
        if mimetype == "text/html":
            return self._documents()
        if mimetype == "image/svg+xml":  # a picture that a browser would also run as a document
            return "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; sandbox"
        return "frame-ancestors 'none'"

    def _documents(self) -> str:
        if self._document_policy is None:
            # Dash's own inline scripts by their hashes. The list is complete once the first request was set up.
            scripts = " ".join(["'self'", *dict.fromkeys(self._dash_app.csp_hashes())])
            self._document_policy = "; ".join(
                (
                    "default-src 'self'",
                    f"script-src {scripts}",
                    "style-src 'self' 'unsafe-inline'",  # Dash and Plotly set styles on elements
                    "img-src 'self' data: blob:",
                    "font-src 'self' data:",
                    "connect-src 'self'",
                    "frame-src 'self'",
                    "form-action 'self'",
                    "object-src 'none'",
                    "base-uri 'none'",
                    "frame-ancestors 'none'",
                )
            )
        return self._document_policy


# --- errors ------------------------------------------------------------------------------------


def _shop_error(settings: Settings) -> Any:
    def handle(error: ShopError) -> ResponseReturnValue:
        response = _answer(settings, error.status, error_json(error))
        retry_after = getattr(error, "retry_after", None)
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        return response

    return handle


def _http_error(settings: Settings) -> Any:
    def handle(error: HTTPException | DependencyException) -> ResponseReturnValue:
        if isinstance(error, DependencyException):  # a script that no component library of ours has
            return _answer(settings, 404, error_json(NotFound(_HTTP_ERRORS[404][1])))
        if error.response is not None:  # abort(response)
            return error.response
        status = error.code or 500
        if status < 400:  # a redirect is no failure
            return error.get_response()
        if status == 413:
            _drain()
        code, words = _HTTP_ERRORS.get(status, (error.name.lower().replace(" ", "_"), error.name))
        if status == 413:
            most = _size(flask.request.max_content_length or BODY_LIMIT)
            words = mark("The request is too large: {most} at most.", most=most)
        response = _answer(settings, status, {"success": False, "message": words, "code": code})
        for name, value in error.get_headers(flask.request.environ):
            if name.lower() in ("allow", "retry-after"):
                response.headers[name] = value
        return response

    return handle


def _defect(settings: Settings) -> Any:
    def handle(_error: Exception) -> ResponseReturnValue:
        incident = request_id.current() or request_id.new()
        log.exception("incident %s at %s %r", incident, flask.request.method, flask.request.path)
        words = mark(
            "Something went wrong on our side. Try again; if it happens again, tell the shop the incident number."
        )
        body = {"success": False, "message": words, "code": "internal_error", "incident": incident}
        return _answer(settings, 500, body)

    return handle


def _answer(settings: Settings, status: int, body: dict[str, Any]) -> flask.Response:
    """JSON where programs ask, a page where people do."""
    message = body["message"]
    body = {**body, "message": say(message)}
    if flask.request.path.startswith(_JSON_PATHS):
        response = flask.jsonify(body)
    else:
        number = body.get("incident") or request_id.current() or ""
        page = error_page.render(settings, status, body["message"], number)
        response = flask.Response(page, mimetype="text/html")
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _size(most: int) -> str:
    return f"{most // 1024**2} MB" if most >= 1024**2 else f"{most // 1024} KB"


def _drain() -> None:
    """Read what is still being sent, within bounds: closing on it would lose the answer on its way."""
    stream = flask.request.environ.get("wsgi.input")
    declared = flask.request.content_length
    if stream is None or declared is None:
        return
    left, end = min(declared, DRAIN_LIMIT), time.monotonic() + DRAIN_SECONDS
    while left > 0 and time.monotonic() < end:
        try:
            chunk = stream.read(min(left, 64 * 1024))
        except ShopError:  # it comes too slowly to wait for its end
            return
        if not chunk:
            return
        left -= len(chunk)
