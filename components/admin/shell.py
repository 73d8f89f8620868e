"""The staff frame: a left rail with icons and words; on a phone a bottom bar with a "More" sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from dash import dcc, html

from app.domain import Access, Role
from components.kit.frame import Frame
from components.kit.ui import icon

UNREAD = ("nav-unread", "nav-unread-bar", "nav-unread-sheet")  # ids of the badges that count unread messages


@dataclass(frozen=True)
class Entry:
    """One way in the rail; `pages` are the page names for which it is the active one."""

    words: str
    href: str
    icon: str
    access: Access
    pages: tuple[str, ...]
    in_bar: bool = False


@dataclass(frozen=True)
class Group:
    """Entries that belong together, below its words; without words at the top."""

    words: str
    entries: tuple[Entry, ...]


_ORDERS = ("admin-orders", "admin-order", "admin-returns")
_MAILS = ("admin-notifications", "admin-mails")
_INVENTORY = ("admin-inventory", "admin-several", "admin-reorder-settings")
GROUPS = (
    Group("", (
        Entry("Overview", "/admin", "grid-1x2", Access.WATCH, ("admin-overview",), True),
    )),
    Group("Sales", (
        Entry("Orders", "/admin/orders", "receipt", Access.FULFIL, _ORDERS, True),
        Entry("Customers", "/admin/customers", "people", Access.ANALYTICS, ("admin-customers", "admin-customer")),
        Entry("Tax", "/admin/tax", "percent", Access.ANALYTICS, ("admin-tax",)),
        Entry("Discounts", "/admin/discounts", "tags", Access.ADMIN, ("admin-discounts",)),
        Entry("Calendar", "/admin/calendar", "calendar3", Access.ANALYTICS, ("admin-calendar",)),
        Entry("Goals", "/admin/goals", "bullseye", Access.ADMIN, ("admin-goals",)),
    )),
    Group("Stock", (
        Entry("Stock", "/admin/stock", "graph-up", Access.ANALYTICS, ("admin-stock",), True),
        Entry("Inventory", "/admin/inventory", "box-seam", Access.ADMIN, _INVENTORY, True),
        Entry("Receiving", "/admin/receiving", "box-arrow-in-down", Access.FULFIL, ("admin-receiving",)),
        Entry("Forecasts", "/admin/forecasts", "graph-up-arrow", Access.ANALYTICS, ("admin-forecasts", "admin-replay")),
        Entry("Time machine", "/admin/time-machine", "clock-history", Access.ANALYTICS, ("admin-time-machine",)),
    )),
    Group("Watch", (
        Entry("Alerts", "/admin/alerts", "bell", Access.ADMIN, ("admin-alerts",)),
        Entry("Notifications", "/admin/notifications", "envelope", Access.ADMIN, _MAILS),
        Entry("Wall", "/wall", "tv", Access.WATCH, ("wall",)),
        Entry("Screens", "/admin/screens", "cast", Access.SCREENS, ("admin-screens",)),
    )),
    Group("Shop", (
        Entry("Webhooks", "/admin/webhooks", "broadcast-pin", Access.ADMIN, ("admin-webhooks",)),
        Entry("Staff", "/admin/staff", "person-badge", Access.ADMIN, ("admin-staff",)),
        Entry("Audit log", "/admin/audit", "journal-text", Access.ADMIN, ("admin-audit",)),
        Entry("Settings", "/admin/settings", "sliders", Access.ADMIN, ("admin-settings", "admin-shipping")),
    )),
)  # fmt: skip
ENTRIES = tuple(entry for group in GROUPS for entry in group.entries)

ROLE_WORDS = {Role.ADMIN: "Admin", Role.ANALYST: "Analyst", Role.OPS: "Operations", Role.FULFILMENT: "Fulfilment"}


def admin_frame(frame: Frame, content: Any) -> html.Div:
    """`content` beside the rail, with only the entries that the caller's role may open."""
    rail, bar = _ways(replace(frame, banner=None))
    return html.Div(
        [
            html.A("Skip to content", href="#main", className="skip-link"),
            rail,
            html.Main([frame.banner, content], id="main", className="admin-main", tabIndex="-1"),
            bar,
        ],
        className="admin",
    )


@lru_cache(maxsize=256)
def _ways(frame: Frame) -> tuple[html.Aside, html.Nav]:
    """The rail and the bar, the same on each page that somebody opens: a seventh of an overview's components."""
    entries = [entry for entry in ENTRIES if frame.principal.may(entry.access)]
    return _rail(frame, entries), _bar(frame, entries)


def _rail(frame: Frame, entries: list[Entry]) -> html.Aside:
    return html.Aside(
        [
            _brand(frame),
            html.Nav(_grouped(frame, entries, UNREAD[0]), className="rail-nav", **_label("Admin")),
            html.Div(
                [
                    dcc.Link([icon("shop"), html.Span("View store")], href="/", className="rail-link"),
                    theme_button("rail-link"),
                    _person(frame, in_sheet=False),
                ],
                className="rail-foot",
            ),
        ],
        className="rail",
    )


def _brand(frame: Frame) -> dcc.Link:
    return dcc.Link(
        [
            html.Span(frame.store_name[:1].upper(), className="rail-mark"),
            html.Span(frame.store_name, title=frame.store_name),
        ],
        href="/admin" if frame.principal.may(Access.WATCH) else "/admin/orders",
        className="rail-brand",
    )


def _grouped(frame: Frame, entries: list[Entry], unread_id: str) -> list[Any]:
    """Those of each group that are among `entries`; a group of which none is left is not there."""
    parts: list[Any] = []
    for group in GROUPS:
        kept = [_entry(frame, entry, unread_id) for entry in group.entries if entry in entries]
        if kept:
            words = html.Div(group.words, className="rail-group", **{"aria-hidden": "true"}) if group.words else None
            parts.append(html.Div([words, *kept], **({"role": "group"} | _label(group.words) if group.words else {})))
    return parts


def _entry(frame: Frame, entry: Entry, unread_id: str) -> dcc.Link:
    active = frame.active in entry.pages
    parts: list[Any] = [
        icon(entry.icon + ("-fill" if active and entry.icon in _FILLED else "")),
        html.Span(entry.words),
    ]
    if "admin-notifications" in entry.pages:
        parts.append(html.Span(unread_words(frame.unread), id=unread_id, className="rail-badge"))
    return dcc.Link(
        parts,
        href=entry.href,
        className="rail-link rail-link-on" if active else "rail-link",
        **({"title": f"{entry.words} (this page)"} if active else {}),
    )


_FILLED = {"grid-1x2", "bell", "envelope", "people", "tv"}


def unread_words(count: int) -> str:
    """What the badge says; nothing when there is nothing to read."""
    return "" if count <= 0 else ("99+" if count > 99 else str(count))


def theme_button(class_name: str) -> html.Button:
    """assets/05-theme.js listens to the attribute; CSS shows the icon of where a click leads."""
    return html.Button(
        [
            icon("moon", "theme-to-dark"),
            icon("sun", "theme-to-light"),
            html.Span("Dark", className="theme-to-dark"),
            html.Span("Light", className="theme-to-light"),
        ],
        type="button",
        className=f"{class_name} theme-toggle",
        title="Switch between light and dark",
        **{"data-theme-toggle": "true"},
    )


def _person(frame: Frame, *, in_sheet: bool) -> html.Div:
    """The real sign-out button stands in the rail; the sheet's passes its click on (assets/51-admin.js)."""
    out = {"data-click": "sign-out"} if in_sheet else {}
    principal = frame.principal
    role = ROLE_WORDS.get(principal.role, "") if principal.role else ""
    return html.Div(
        [
            dcc.Link(
                [
                    html.Span(_initials(principal.name), className="person-mark", **{"aria-hidden": "true"}),
                    html.Span(
                        [
                            html.Span(principal.name, className="person-name", title=principal.name),
                            html.Span(role, className="person-role"),
                        ],
                        className="person-words",
                    ),
                ],
                href="/account",
                className="person-link",
                title="Your account",
            ),
            html.Button(
                icon("box-arrow-right"),
                id="sign-out-sheet" if in_sheet else "sign-out",
                type="button",
                n_clicks=0,
                className="person-out",
                title="Sign out",
                **_label("Sign out"),
                **out,
            ),
        ],
        className="rail-person",
    )


def _bar(frame: Frame, entries: list[Entry]) -> html.Nav:
    """The phone's bottom bar: the four busiest places and a sheet with the rest."""
    first = [entry for entry in entries if entry.in_bar] if len(entries) > 4 else entries
    rest = [entry for entry in entries if entry not in first]
    more = html.Details(
        [
            html.Summary(
                [
                    icon("three-dots"),
                    html.Span("More"),
                    html.Span(unread_words(frame.unread) if rest else "", id=UNREAD[1], className="rail-badge"),
                ],
                className="rail-link" + (" rail-link-on" if any(frame.active in e.pages for e in rest) else ""),
            ),
            html.Div(
                [
                    *_grouped(frame, rest, UNREAD[2]),
                    dcc.Link([icon("shop"), html.Span("View store")], href="/", className="rail-link"),
                    theme_button("rail-link"),
                    _person(frame, in_sheet=True),
                ],
                className="bar-sheet",
            ),
        ],
        className="bar-more",
    )
    return html.Nav(
        [*[_entry(frame, e, f"{UNREAD[0]}-first") for e in first], more], className="bar", **_label("Admin")
    )


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


def _label(words: str) -> dict[str, str]:
    return {"aria-label": words}
