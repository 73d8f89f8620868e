"""A page: its path, title, who may open it, its scoped ids and its guarded callbacks, declared in one place."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode

import dash
import flask
from dash import dcc, html
from dash.exceptions import MissingCallbackContextException

from app.addresses import to
from app.domain import Access, Principal, Role
from app.errors import Busy, SessionUnchecked, StoreUnavailable
from app.services import services
from app.web import frame_outputs
from app.web.found.head import Head
from app.web.identity.guests import NOBODY
from app.web.identity.principal import HOMES, SECURITY_PAGE, current_principal, require
from app.web.languages import same_page, without_prefix
from app.web.shown_cart import shown_cart
from app.words import LANGUAGES, mark, say
from components.admin import shell as admin_shell
from components.kit import outage
from components.kit.frame import Frame
from components.shop import shell

log = logging.getLogger(__name__)

FrameName = Literal["store", "admin", "bare"]


@dataclass(frozen=True)
class GuardedCallback:
    """For the access test: which page's declaration holds for a callback."""

    page: str
    access: Access
    function: str


# What a role is told on a page that it may not open, and where it leads.
_STAFF = mark("Your role does not include this page. An admin can change your role.")
_REFUSED: dict[Role, tuple[str, str]] = {
    Role.CUSTOMER: (mark("Only staff can open this page."), mark("Back to the shop")),
    Role.OPS: (_STAFF, mark("To the wall")),
    Role.FULFILMENT: (_STAFF, mark("To the orders")),
    Role.ANALYST: (_STAFF, mark("To the overview")),
    Role.ADMIN: (_STAFF, mark("To the overview")),
}

PAGES: dict[str, Page] = {}
CALLBACKS: list[GuardedCallback] = []
# Of a query, what a page with somebody's own things is told; anything else in it may be private.
_KEPT = ("done", "next", "page")
_TAB_TITLE, _HEAD = "tab_title", "head"  # in what Flask keeps for a request


class Page:
    """A page of the site, and who may open it.

    `access` holds for the layout and for every callback registered through the page that names no other.
    """

    def __init__(
        self,
        name: str,
        *,
        title: str,
        access: Access,
        path: str | None = None,
        path_template: str | None = None,
        frame: FrameName = "store",
        finds: Callable[[str], object] | None = None,
        address_of: Callable[[str], str | None] | None = None,
        is_finished: bool = False,
        is_personal: bool = False,
        several: Collection[str] = (),
    ) -> None:
        """`finds` looks up what the path names and raises NotFound, so that the address answers 404.

        `address_of`: the whole address of what the path names, which may end in words for people, percent-encoded; None
        where it is not known.

        `is_finished`: its address is answered with the page as HTML (app/web/finished). `is_personal`: never with one
        that is kept for anybody.

        `several`: query values that may be given more than once; the layout gets such a one as text or as a list.
        """
        self.name = name
        self.title = title
        self.access = access
        self.path = path
        self.path_template = path_template
        self.frame = frame
        self.finds = finds
        self.address_of = address_of
        self.is_finished = is_finished
        self.is_personal = is_personal
        self.several = frozenset(several)
        self._guarded: Callable[..., Any] | None = None
        PAGES[name] = self

    def variable(self, path: str) -> str | None:
        """The variable part of a `path` that this page serves, "" without one; None for another page's path.

        `path` is still percent-encoded, so that a slash in an id is none between its steps.
        """
        if self.path_template is None:
            return "" if unquote(path) == self.path else None
        words = "(?:/[^/]*)?" if self.address_of else ""
        found = re.fullmatch(re.sub(r"<\w+>", "([^/]+)", self.path_template) + words, path)
        return unquote(found[1]) if found else None

    def id(self, part: str) -> str:
        return f"{self.name}-{part}"

    def item(self, part: str, key: Any) -> dict[str, Any]:
        """A pattern-matching id; `key` is a value, MATCH or ALL."""
        return {"type": f"{self.name}-{part}", "key": key}

    def entitle(self, words: str) -> None:
        """In a layout: how the browser's tab and its history name what is shown, instead of the page's title."""
        if flask.has_request_context():
            flask.g.setdefault(_TAB_TITLE, words)

    def describe(self, head: Callable[[], Head]) -> None:
        """In a layout: what its document tells search engines; without it they leave the page out."""
        if flask.has_request_context():
            flask.g.setdefault(_HEAD, head)

    def head(self) -> Head | None:
        """Once the layout was built, in the same request."""
        head = flask.g.pop(_HEAD, None)
        return head() if head else None

    def draw(self, path: str, query: Mapping[str, str | list[str]]) -> Any:
        """The page in its frame as Dash would draw it at this address, for whoever asks."""
        assert self._guarded is not None
        names = re.findall(r"<(\w+)>", self.path_template or "")
        variable = self.variable(path)
        return self._guarded(**dict(query) | {name: variable for name in names if variable is not None})

    def tab_title(self, **_: Any) -> str:
        """Dash asks for it once the layout was built, in the same request."""
        title = flask.g.pop(_TAB_TITLE, None) or say(self.title)
        return f"{title} · {services().settings.store_name}"

    def layout(self, build: Callable[..., Any]) -> Callable[..., Any]:
        """Register `build` as the page; it gets path variables and the query string as keywords."""

        @functools.wraps(build)
        def guarded(**values: Any) -> Any:
            # Of another query value given several times the last one counts, so that pages get text only.
            values = {
                name: value[-1] if isinstance(value, list) and name not in self.several else value
                for name, value in values.items()
            }
            principal = current_principal()
            if not principal.may(self.access):
                return self._turned_away(values, principal)
            try:
                content = build(**values)
            except (StoreUnavailable, Busy) as error:
                log.warning("page %s has to wait: %s", self.name, error)
                flask.g.has_to_wait = True
                content = outage.instead_of_page(error.message)
            return self._framed(content, query=str(values.get("q") or ""))

        def in_dash(**values: Any) -> Any:
            # Dash lets a query value of a path variable's name win: what the address names is what is shown.
            return guarded(**values | self._path_variables())

        self._guarded = guarded
        dash.register_page(
            self.name,
            path=self.path,
            path_template=self.path_template,
            title=self.tab_title,
            layout=in_dash,
        )
        return build

    def callback(
        self, *args: Any, access: Access | None = None, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """`dash.callback` behind the page's access, or its own. A ShopError becomes its HTTP status and a toast."""
        needed = access or self.access
        declared, aside = frame_outputs.split(args)

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(function)
            def guarded(*values: Any, **named: Any) -> Any:
                require(needed)
                return frame_outputs.send(function(*values, **named), aside)

            guard = GuardedCallback(self.name, needed, function.__qualname__)
            CALLBACKS.append(guard)
            guarded.guard = guard  # type: ignore[attr-defined]  # the access test finds it in Dash's callback map
            dash.callback(*declared, **kwargs)(guarded)
            return function

        return decorate

    def _path_variables(self) -> dict[str, str]:
        """Those of the address that is being opened, as Dash reads them; none outside its router."""
        try:
            path = dash.ctx.inputs.get("_pages_location.pathname")
        except MissingCallbackContextException:
            return {}
        if self.path_template is None or not isinstance(path, str):
            return {}
        path = without_prefix(path)
        value, words = ("[^/]*", "(?:/.*)?") if self.address_of else (".*", "")
        pattern = re.sub(r"<(\w+)>", rf"(?P<\1>{value})", self.path_template.strip("/")) + words
        found = re.fullmatch(pattern, path.strip("/"))
        return {name: unquote(value) for name, value in found.groupdict().items()} if found else {}

    def _framed(self, content: Any, query: str = "") -> Any:
        if self.frame == "store":
            _count_visitor()
            return shell.store_frame(_store_frame(self.name, query), content)
        principal = current_principal()
        reads_mail = self.frame == "admin" and principal.may(Access.ADMIN)
        frame = Frame(
            principal=principal,
            store_name=services().settings.store_name,
            active=self.name,
            unread=_unread() if reads_mail else 0,
            banner=outage.staff_banner(services().outages.now(), services().formats),
        )
        if self.frame == "admin":
            return admin_shell.admin_frame(frame, content)
        return html.Main(content, id="main")

    def _turned_away(self, values: dict[str, Any], principal: Principal) -> Any:
        if principal.is_unchecked:
            return shell.store_frame(_store_frame("", ""), outage.instead_of_page(SessionUnchecked().message))
        if principal.user_id is None:
            return dcc.Location(
                href=f"{to('/login')}?next={quote(to(self._asked_for(values)), safe='')}",
                id="turned-away",
                refresh=True,
            )
        if principal.needs_second_factor:
            return shell.store_frame(_store_frame("", ""), _second_factor_first())
        return shell.store_frame(_store_frame("", ""), _refused(principal.role or Role.CUSTOMER))

    def _asked_for(self, values: dict[str, Any]) -> str:
        """The local URL that led here, from the path variables and query values."""
        path, query = self.path or self.path_template or "/", {}
        for name, value in values.items():
            if f"<{name}>" in path:
                path = path.replace(f"<{name}>", quote(str(value), safe=""))
            elif value is not None:
                query[name] = str(value)
        return f"{path}?{urlencode(query)}" if query else path


def asked_path() -> str:
    """The request's path as it was sent, percent-encoded."""
    sent = flask.request.environ.get("RAW_URI") or ""
    path = sent.partition("?")[0]
    return path if path.startswith("/") else quote(flask.request.path)


def _refused(role: Role) -> html.Div:
    """For whom the page is not: on to where this role works."""
    words, on = _REFUSED[role]
    return html.Div(
        [
            html.H1(say("You have no access to this page")),
            html.P(say(words)),
            dcc.Link(say(on), href=to("/") if role is Role.CUSTOMER else HOMES[role], className="btn btn-primary"),
        ],
        className="notice-page",
    )


def _second_factor_first() -> html.Div:
    """Where staff are sent who still have to set up what the shop asks of them; the words are for a slow line."""
    return html.Div(
        [
            html.H1(say("Set up the second factor first")),
            html.P(
                say("This shop asks its staff for a second factor. Until yours is set up, the staff pages stay closed.")
            ),
            dcc.Link(say("Set it up"), href=to(SECURITY_PAGE), className="btn btn-primary"),
            dcc.Location(href=to(SECURITY_PAGE), id="turned-away", refresh=True),
        ],
        className="notice-page",
    )


def _store_frame(active: str, query: str) -> Frame:
    built, principal = services(), current_principal()
    try:
        cart = shown_cart(principal.owner)
        units, total = cart.units, built.formats.money(cart.total)
    except (StoreUnavailable, Busy):  # the banner says so
        units, total = 0, ""
    banner = outage.shop_banner(built.outages.now(), built.formats)  # first: it takes up what admins changed
    shop = built.shop
    return Frame(
        principal=principal,
        store_name=shop.name,
        active=active,
        cart_units=units,
        cart_total=total,
        query=query,
        banner=banner,
        logo=shop.logo,
        pages=shop.page_names,
        languages=tuple((one, same_page(one, _shown_address(active))) for one in LANGUAGES),
    )


def _shown_address(page: str) -> str:
    """Path and query of what is shown, without its language; the front for what is nowhere."""
    if page == "not_found_404":
        return "/"
    if flask.request.path == "/_dash-update-component":
        inputs = dash.ctx.inputs
        path, query = inputs.get("_pages_location.pathname"), inputs.get("_pages_location.search")
    else:
        path, query = asked_path(), f"?{flask.request.query_string.decode('latin-1')}"
    if not isinstance(path, str) or not isinstance(query, str):
        return without_prefix(path) if isinstance(path, str) else "/"
    is_kept = page in PAGES and PAGES[page].is_finished and not PAGES[page].is_personal
    values = [(name, value) for name, value in parse_qsl(query.lstrip("?")) if is_kept or name in _KEPT]
    return without_prefix(path) + (f"?{urlencode(values)}" if values else "")


def _count_visitor() -> None:
    principal = current_principal()
    if principal.owner != NOBODY and principal.role in (None, Role.CUSTOMER):
        services().visitors.seen(principal.owner)


def _unread() -> int:
    try:
        return services().notifications.unread()
    except (StoreUnavailable, Busy):  # the banner says so
        return 0
