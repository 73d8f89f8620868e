"""create_app(): Flask + Dash + pages + API + live stream. Built after the fork, once per process."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from typing import Any
from urllib.parse import quote, unquote

import dash
import flask
from dash import dcc, html
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

import pages
from app import words
from app.addresses import to
from app.errors import Busy, NotFound, ShopError, StoreUnavailable, TakenOut
from app.ops import metrics, tracing
from app.ops.request_log import init_request_log
from app.services import Services, install, services
from app.settings.environment import Settings, load_settings
from app.web import (
    document,
    downloads,
    exports,
    languages,
    media,
    original_pages,
    packing,
    payment_pages,
    quick_answers,
    quick_components,
    suggestions,
)
from app.web.api import blueprint as api_blueprint
from app.web.finished import bundles
from app.web.finished.markup import markup
from app.web.finished.ready_pages import ReadyPages
from app.web.found import routes as found
from app.web.found.head import LEFT_OUT, head_tags
from app.web.guards.slow_bodies import SlowBodies
from app.web.identity.guests import is_for_anybody, serve_anybody
from app.web.identity.principal import SECURITY_PAGE, current_principal
from app.web.identity.sessions import init_auth
from app.web.packed_files import pack
from app.web.page import PAGES, Page, asked_path
from app.web.ready_answers import ReadyAnswers
from app.web.security import init_security
from app.web.streams import live_routes, wall_routes
from app.wiring import composition
from pages.shop import _cart_forms

log = logging.getLogger(__name__)

YEAR = 365 * 24 * 3600
NOT_FOUND = "not_found_404"
# What everybody is answered alike, until the catalogue changes: its endpoint by path.
READY = {"/api/products": "api.products"}


class RetailDash(dash.Dash):  # type: ignore[misc]  # Dash ships no types
    """Dash with our documents around it: finished pages for the store, a skeleton while another page loads."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        self._ready = ReadyPages()
        super().__init__(*args, **settings)

    def index(self, *args: Any, **kwargs: Any) -> Any:
        """The document of the asked address."""
        if not is_for_anybody():
            return super().index(*args, **kwargs)
        path = asked_path()
        query = flask.request.query_string.decode("latin-1")
        address = to(f"{path}?{query}" if page_of(path) else NOT_FOUND)
        return self._ready.answer(address, super().index, lambda: status_of(path) == 200)

    def interpolate_index(self, **parts: str) -> str:
        path = asked_path()
        page = page_of(path) or PAGES[NOT_FOUND]
        kept = {name: parts[name] for name in ("metas", "config", "scripts", "renderer")}
        if not page.is_finished:
            css = None if page.frame == "store" else parts["css"]
            return document.starting(document.needs_script(), title=parts["title"], css=css, **kept)
        content = markup(page.draw(path, dict(flask.request.args.lists())))
        title = page.tab_title()
        told = document.checkout_needs_script() if page.name == "checkout" else ""
        return document.finished(content, self._head(page, title), told, title=title, **kept)

    def _head(self, page: Page, title: str) -> str:
        head = page.head()
        if head is not None:
            return head_tags(head, title, services().settings)
        return "" if flask.g.get("has_to_wait") else LEFT_OUT  # search engines ask again for what had to wait

    def strip_relative_path(self, path: str) -> str | None:
        """Dash asks for it to find the page of an address in its browser."""
        stripped: str | None = super().strip_relative_path(languages.without_prefix(path) if path else path)
        return stripped

    def _config(self) -> dict[str, Any]:
        """What the browser's part of Dash goes by: callbacks are called in the language of their page."""
        return {**super()._config(), "requests_pathname_prefix": to("/")}


def create_app(settings: Settings | None = None, built: Services | None = None) -> flask.Flask:
    """The WSGI application; installs the services that pages and API find through `services()`."""
    settings = settings or load_settings()
    metrics.observe_stores("sql", *(("dynamodb",) if settings.catalog_backend == "dynamodb" else ()))
    tracing.start("web", trusts_callers=settings.trusted_proxies > 0)
    built = built or composition.build(settings)
    settings = built.settings
    install(built)
    try:
        built.catalog.refresh()  # before the first request, which would wait for it
    except ShopError as error:  # a process that starts while it is away serves as soon as it is back
        log.warning("the catalogue cannot be read yet: %s", error)
    server = flask.Flask("retail_sync", static_folder=None, static_url_path="/static")
    server.config.update(BOOTSTRAP_SERVE_LOCAL=True, COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=4)
    server.config["COMPRESS_STREAMS"] = False  # the live stream must leave at once
    Bootstrap5(server)
    Compress(server)
    init_request_log(server, settings.request_id_header)
    tracing.follow_requests(server)
    init_auth(server, settings)
    for routes in (
        live_routes,
        wall_routes,
        media,
        downloads,
        payment_pages,
        exports,
        packing,
        original_pages,
        found,
        suggestions,
    ):
        server.register_blueprint(routes.blueprint)
    server.register_blueprint(api_blueprint)
    server.register_blueprint(_cart_forms.blueprint)
    server.register_blueprint(bundles.blueprint)
    app = _dash_app(server, settings)
    init_security(server, settings, app)
    _guard_page_paths(server)
    server.after_request(_cache_static_files)
    server.wsgi_app = languages.Languages(server.wsgi_app)  # type: ignore[method-assign]
    server.wsgi_app = SlowBodies(server.wsgi_app)  # type: ignore[method-assign]
    if not tracing.is_on():  # a trace begins in the application
        server.wsgi_app = ReadyAnswers(  # type: ignore[method-assign]
            server.wsgi_app, READY, _catalogue_version, settings.request_id_header
        )
    _trust_proxies(server, settings.trusted_proxies)
    return server


def _catalogue_version() -> tuple[str, str]:
    return services().formats.currency, services().catalog.version()


def _trust_proxies(server: flask.Flask, proxies: int) -> None:
    """Read the caller's address and scheme as that many proxies of our own passed them on; without, as they are.

    The name of the host is never read from a forwarding header: not every proxy replaces a visitor's.
    """
    if proxies:
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=proxies, x_proto=1, x_host=0)  # type: ignore[method-assign]


def _dash_app(server: flask.Flask, settings: Settings) -> dash.Dash:
    quick_components.quicken()
    quick_answers.quicken()
    app = RetailDash(
        "retail_sync",
        server=server,
        use_pages=True,
        pages_folder="",
        assets_folder=str(composition.ROOT / "assets"),
        # The theme is linked in the head, so that no page flashes in the wrong one; the other is for /api/docs alone.
        assets_ignore=r"^(05-theme\.js|08-start\.js|26-pictures\.js|28-rooms\.js|80-docs\.css|.*\.md)$",
        title=settings.store_name,
        update_title=None,
        suppress_callback_exceptions=True,
        include_pages_meta=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        add_log_handler=False,
    )
    app.layout = _root
    for module in pkgutil.walk_packages(pages.__path__, "pages."):
        if not module.ispkg and not module.name.rpartition(".")[2].startswith("_"):
            importlib.import_module(module.name)
    return app


def _root() -> html.Div:
    return html.Div(
        [
            dcc.Location(id="redirect", refresh="callback-nav"),
            dcc.Location(id="redirect-full", refresh=True),
            dcc.Store(id="toast-request"),
            dcc.Store(id="cart-changed"),
            dcc.Store(id="cart-late"),
            html.Div(id="toasts", className="toasts", role="status", **{"aria-live": "polite"}),
            dash.page_container,
        ]
    )


def page_of(path: str) -> Page | None:
    """The page that serves `path`, which is percent-encoded, or None."""
    return next((page for page in PAGES.values() if page.variable(path) is not None), None)


def moved_to(path: str) -> str | None:
    """Where that is which `path` leads to in capitals, with a slash at its end or with other words; None: just there.

    Both percent-encoded. What counts as the same is compared as people read it, as a proxy may encode it anew.
    """
    if right_language := languages.spelt(path):
        return right_language
    found = page_of(path)
    if found is None:
        first, slash, rest = path.strip("/").partition("/")
        path = f"/{first.lower()}{slash}{rest}"
        found = page_of(path)
        if found is None:
            path = path.lower()
            found = page_of(path)
        if found is None or found.name == NOT_FOUND:
            return None
        asked_for = path
    else:
        asked_for = ""
    right = found.address_of(found.variable(path) or "") if found.address_of else None
    if right is not None and unquote(right) != unquote(path):
        return right
    return asked_for or None


def status_of(path: str) -> int:
    """The status with which the document at `path` is answered to the caller."""
    page = page_of(path)
    if page is None:
        return 404
    principal = current_principal()
    if not principal.may(page.access):
        return 503 if principal.is_unchecked else 403
    try:
        if page.finds is not None:
            page.finds(page.variable(path) or "")
    except TakenOut:
        return 410
    except NotFound:
        return 404
    except (StoreUnavailable, Busy):
        return 503
    return 200


def _guard_page_paths(server: flask.Flask) -> None:
    """Plain navigations get real redirects and status codes; the pages themselves check again."""

    def guard() -> flask.typing.ResponseReturnValue | None:
        if not _is_navigation():
            return None
        if moved := moved_to(asked_path()):
            query = flask.request.query_string.decode("latin-1")
            return flask.redirect(to(f"{moved}?{query}" if query else moved), 301)
        page = page_of(asked_path())
        if page is not None and page.frame != "store" and words.language() is not words.ENGLISH:
            return flask.redirect(flask.request.full_path.removesuffix("?"), 301)  # staff's pages are in English
        is_the_same_for_all = page is None or (page.is_finished and not page.is_personal)
        if is_the_same_for_all and _has_no_session():
            serve_anybody()
        if page is None:
            return None
        principal = current_principal()
        if principal.may(page.access) or principal.is_unchecked:
            return None
        if principal.needs_second_factor:
            return flask.redirect(to(SECURITY_PAGE))
        if principal.user_id is None:
            asked = to(flask.request.full_path.removesuffix("?"))
            return flask.redirect(f"{to('/login')}?next={quote(asked, safe='')}")
        return None

    def status(response: flask.Response) -> flask.Response:
        if _is_navigation() and response.status_code == 200:
            response.status_code = status_of(asked_path())
        return response

    server.before_request(languages.refuse_others)
    server.before_request(guard)
    server.after_request(status)


def _has_no_session() -> bool:
    """Neither a cookie, in which a guest's cart hangs too, nor a token."""
    cookie = flask.current_app.config["SESSION_COOKIE_NAME"]
    return cookie not in flask.request.cookies and "Authorization" not in flask.request.headers


def _is_navigation() -> bool:
    """A GET that Dash answers with its document, not a file, the API or a callback."""
    rule = flask.request.url_rule
    return flask.request.method == "GET" and rule is not None and rule.rule in ("/", "/<path:path>")


def _cache_static_files(response: flask.Response) -> flask.Response:
    """Only what is a file: a document at an address that begins like a file's is one person's, or a 404."""
    rule = flask.request.url_rule.rule if flask.request.url_rule else ""
    if rule.startswith(("/assets/", "/bootstrap/", "/_dash-component-suites/")) and response.status_code in (200, 304):
        versioned = "m" in flask.request.args or rule.startswith("/_dash-component-suites/")
        response.headers["Cache-Control"] = (
            f"public, max-age={YEAR}, immutable" if versioned else "public, max-age=3600"
        )
        pack(response)
    return response
