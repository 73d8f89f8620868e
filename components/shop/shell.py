"""The store's frame: skip link, header for each role, cart drawer, phone bar, footer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.addresses import to
from app.domain import Access, Principal
from app.words import language, say, say_many
from components.kit.frame import Frame
from components.kit.ready import ready
from components.kit.ui import icon
from components.shop.content import PAGE_TITLES, logo

QUIET_PAGES = frozenset({"checkout"})  # nothing there may lead away from paying
NO_CART_BAR = frozenset({"cart", "checkout"})


def store_frame(frame: Frame, content: Any) -> html.Div:
    quiet = frame.active in QUIET_PAGES
    above, below = _around(_without_owner(frame))
    return html.Div(
        [
            *above,
            frame.banner,
            html.Main(content, id="main", className="store-main", tabIndex="-1"),
            _footer(frame),
            *below,
        ],
        className=f"store-frame{' store-frame-quiet' if quiet else ''}",
    )


def _without_owner(frame: Frame) -> Frame:
    """What the frame shows of a guest is equal for all guests."""
    return replace(frame, banner=None, languages=(), principal=replace(frame.principal, owner="", opened=frozenset()))


@ready(200)
def _around(frame: Frame) -> tuple[list[Any], list[Any]]:
    """What stands before a page and behind its footer, which leads to the same page in other languages."""
    above = [
        html.A(say("Skip to content"), href="#main", className="skip-link"),
        _quiet_header(frame) if frame.active in QUIET_PAGES else _header(frame),
    ]
    below = [
        _cart_bar(frame),
        html.Div(id="cart-status", className="visually-hidden", role="status"),
        _drawer(),
        dcc.Store(id="cart-drawer-stale"),
    ]
    return above, below


def _header(frame: Frame) -> html.Header:
    return html.Header(
        html.Div(
            [
                _brand(frame),
                _search(frame),
                html.Nav(
                    [*_staff_links(frame.principal), _theme_toggle(), _account(frame.principal), _cart_button(frame)],
                    className="head-actions",
                    **{"aria-label": say("Your shop")},
                ),
            ],
            className="head-row",
        ),
        className="store-head",
    )


def _quiet_header(frame: Frame) -> html.Header:
    return html.Header(
        html.Div(
            [
                _brand(frame),
                html.Nav(
                    [
                        dcc.Link([icon("arrow-left"), say("Back to cart")], href=to("/cart"), className="head-link"),
                        _theme_toggle(),
                        html.Span(_cart_button(frame), className="d-none"),
                    ],
                    className="head-actions",
                    **{"aria-label": say("Checkout")},
                ),
            ],
            className="head-row",
        ),
        className="store-head",
    )


def _brand(frame: Frame) -> dcc.Link:
    return dcc.Link(
        [logo(frame.logo) if frame.logo else html.Span(className="brand-mark"), html.Span(frame.store_name)],
        href=to("/"),
        className="brand",
    )


def _search(frame: Frame) -> html.Form:
    return html.Form(
        [
            html.Label(say("Search products"), htmlFor="site-search", className="visually-hidden"),
            icon("search", "search-icon"),
            dbc.Input(
                id="site-search",
                name="q",
                type="search",
                value=frame.query,
                placeholder=say("Search products"),
                autocomplete="off",
                maxlength=100,
            ),
            html.Button(say("Search"), type="submit", className="visually-hidden", tabIndex="-1"),
        ],
        action=to("/"),
        method="get",
        role="search",
        className="head-search",
        **{"data-nav": "on"},
    )


def _staff_links(principal: Principal) -> list[Any]:
    if not principal.may(Access.WATCH):
        return []
    return [
        dcc.Link([icon("speedometer2"), html.Span(say("Admin"))], href="/admin", className="head-link"),
        dcc.Link([icon("display"), html.Span(say("Wall"))], href="/wall", className="head-link head-link-wide"),
    ]


def _theme_toggle() -> html.Button:
    return html.Button(
        [icon("moon-stars", "when-light"), icon("sun", "when-dark")],
        type="button",
        className="head-icon",
        title=say("Switch between light and dark"),
        **{"aria-label": say("Switch between light and dark"), "data-theme-toggle": "on"},
    )


def _account(principal: Principal) -> Any:
    if principal.is_stand_in:
        return None
    if principal.user_id is None:
        return dcc.Link(
            [icon("person"), html.Span(say("Sign in"))], href=to("/login"), className="head-link", id="head-sign-in"
        )
    items = [
        html.Div(
            [html.Span(principal.name, className="menu-name"), html.Span(principal.email, className="menu-mail")],
            className="dropdown-header",
        ),
        dbc.DropdownMenuItem([icon("receipt"), say("Your orders")], href=to("/orders")),
        dbc.DropdownMenuItem([icon("person-gear"), say("Your account")], href=to("/account")),
    ]
    if principal.may(Access.WATCH):
        items += [
            dbc.DropdownMenuItem([icon("speedometer2"), say("Admin")], href="/admin"),
            dbc.DropdownMenuItem([icon("display"), say("Wall")], href="/wall"),
        ]
    items += [
        dbc.DropdownMenuItem(divider=True),
        dbc.DropdownMenuItem([icon("box-arrow-right"), say("Sign out")], id="sign-out", n_clicks=0),
    ]
    label = html.Span([icon("person-check"), html.Span(_first_name(principal.name), className="account-name")])
    return dbc.DropdownMenu(
        items, label=label, align_end=True, color="link", toggle_class_name="head-link", className="account-menu"
    )


def _first_name(name: str) -> str:
    return (name.split() or [say("Account")])[0]


def _cart_button(frame: Frame) -> html.Button:
    return html.Button(
        [
            icon("bag"),
            html.Span(say("Cart")),
            html.Span(
                str(frame.cart_units or ""),
                id="cart-count",
                className="cart-count" if frame.cart_units else "cart-count is-empty",
            ),
        ],
        id="cart-open",
        type="button",
        n_clicks=0,
        className="head-link cart-button",
        title=say("Open the cart"),
        **{"aria-haspopup": "dialog"},
    )


def _cart_bar(frame: Frame) -> html.Nav:
    """On a phone: what the cart holds and costs, within a thumb's reach."""
    shown = frame.cart_units and frame.active not in NO_CART_BAR
    return html.Nav(
        dcc.Link(
            [
                html.Span([icon("bag"), html.Span(units_words(frame.cart_units), id="cart-bar-count")]),
                html.Span(
                    [html.Span(frame.cart_total, id="cart-bar-total", className="num"), icon("chevron-right")],
                    className="cart-bar-total",
                ),
            ],
            href=to("/cart"),
            className="btn btn-primary cart-bar-link",
        ),
        id="cart-bar",
        className="cart-bar" if shown else "cart-bar is-empty",
        hidden=frame.active in NO_CART_BAR,
        **{"aria-label": say("Cart")},
    )


def units_words(units: int) -> str:
    return say_many("{count} item", "{count} items", units)


def _drawer() -> dbc.Offcanvas:
    return dbc.Offcanvas(
        html.Div(id={"type": "cart-area", "where": "drawer"}, className="cart-area"),
        id="cart-drawer",
        title=say("Your cart"),
        placement="end",
        is_open=False,
        className="cart-drawer",
    )


def _footer(frame: Frame) -> html.Footer:
    links = [
        dcc.Link(say("Shop"), href=to("/")),
        dcc.Link(say("Cart"), href=to("/cart")),
        dcc.Link(say("Orders"), href=to("/orders")),
    ]
    if frame.principal.user_id is None:
        links.append(dcc.Link(say("Sign in"), href=to("/login")))
    texts = [dcc.Link(say(PAGE_TITLES[name]), href=to(f"/pages/{name}")) for name in frame.pages]
    return html.Footer(
        html.Div(
            [
                html.Span(frame.store_name),
                html.Nav(links, **{"aria-label": say("Footer")}),
                html.Nav(texts, className="foot-pages", **{"aria-label": say("About the shop")}) if texts else None,
                _languages(frame),
            ],
            className="foot-row",
        ),
        className="store-foot",
    )


def _languages(frame: Frame) -> html.Nav:
    """Each leads to this page in it, by a document of its own."""
    return html.Nav(
        [
            html.A(
                one.name,
                href=address,
                lang=one.code,
                dir=one.direction,
                hrefLang=one.code,
                **{"aria-current": "true"} if one == language() else {},
            )
            for one, address in frame.languages
        ],
        className="foot-languages",
        **{"aria-label": say("Language")},
    )
