"""What staff changed and who signed in: who, what, before and after, when and from where.

Filters stay out of the address bar.
"""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, ctx, dcc, html

from app.domain import Access, AuditAction, AuditKind
from app.errors import InvalidInput
from app.services import services
from app.services.audit.ports import AuditPage
from app.web.page import Page
from components.admin import audit as parts
from components.kit.ui import card, loading, page_head, pager
from pages.admin._common import day_start, searched, text_of

PAGE_SIZE = 50
MOST_ID = 2**62
MOST_STEPS = 10_000  # back through the pages of one search
KINDS = ("user", "sign_in", "product", "order", "token", "delivery")

page = Page("admin-audit", path="/admin/audit", title="Audit log", access=Access.ADMIN, frame="admin")


@page.layout
def layout(about: Any = "", show: Any = "", **_: Any) -> html.Div:
    """`show`: "sign_ins" begins with those; the history of one thing begins with everything."""
    target = _target(about)
    kind = None if target else _kind(show) or AuditKind.CHANGES
    is_narrowed = bool(target) or kind is AuditKind.SIGN_INS
    return html.Div(
        [
            page_head("Audit log", "What staff changed, and who signed in. Entries are never altered or deleted."),
            _about(target),
            card(
                None,
                [
                    parts.controls(page.id, _actors(), kind or parts.ANY),
                    loading(
                        html.Div(
                            _shown(_find(target=target, kind=kind), is_narrowed),
                            id=page.id("list"),
                        )
                    ),
                    pager(page.id("previous"), page.id("next"), page.id("where")),
                ],
                class_name="card-flush",
            ),
            dcc.Store(id=page.id("about"), data=about if target else ""),
            dcc.Store(id=page.id("trail"), data=[]),
            dcc.Store(id=page.id("older")),
        ]
    )


@page.callback(
    Output(page.id("list"), "children"),
    Output(page.id("trail"), "data"),
    Output(page.id("older"), "data"),
    Output(page.id("where"), "children"),
    Output(page.id("previous"), "disabled"),
    Output(page.id("next"), "disabled"),
    Input(page.id("q"), "value"),
    Input(page.id("kind"), "value"),
    Input(page.id("who"), "value"),
    Input(page.id("what"), "value"),
    Input(page.id("start"), "value"),
    Input(page.id("end"), "value"),
    Input(page.id("previous"), "n_clicks"),
    Input(page.id("next"), "n_clicks"),
    State(page.id("trail"), "data"),
    State(page.id("older"), "data"),
    State(page.id("about"), "data"),
)
def show(
    q: Any,
    kind: Any,
    who: Any,
    what: Any,
    start: Any,
    end: Any,
    _previous: Any,
    _next: Any,
    trail: Any,
    older: Any,
    about: Any,
) -> tuple[Any, ...]:
    """`trail`: where each page after the first one began; `older`: where the one after this one does."""
    pages = _stepped(_ids(trail), older)
    target = _target(about)
    filters = {
        "q": searched(q),
        "actor": _chosen(who),
        "action": _action(what),
        "start": day_start(start, "start"),
        "end": day_start(end, "end", days_later=1),
    }
    # An action that was chosen says more than the kind.
    chosen = None if filters["action"] else _kind(kind)
    found = _find(**filters, kind=chosen, target=target, before_id=pages[-1] if pages else None)
    is_narrowed = bool(target or pages) or any(filters.values()) or chosen is AuditKind.SIGN_INS
    words = f"Page {len(pages) + 1}" if found.entries and (pages or found.more) else ""
    return _shown(found, is_narrowed), pages, found.next_before, words, not pages, not found.more


def _stepped(trail: list[int], older: Any) -> list[int]:
    if ctx.triggered_id == page.id("next") and isinstance(older, int) and not isinstance(older, bool):
        return [*trail, min(max(older, 1), MOST_ID)][-MOST_STEPS:]
    if ctx.triggered_id == page.id("previous"):
        return trail[:-1]
    return []


def _find(**filters: Any) -> AuditPage:
    return services().audit.search(limit=PAGE_SIZE, **filters)


def _shown(found: AuditPage, is_narrowed: bool) -> Any:
    formats = services().formats
    shown = parts.entry_list(found.entries, formats, is_narrowed, _names())
    if found.stopped_after is None:
        return shown
    return [parts.stopped_notice(found.stopped_after, formats), shown]


def _names() -> dict[str, str]:
    return {person.email: person.full_name for person in services().staff.people() if person.email}


def _actors() -> list[tuple[str, str]]:
    """The people who can have changed something. Who left the staff is found by words."""
    people = [person for person in services().staff.people() if not person.is_invited]
    known = [(person.email or person.full_name, f"{person.full_name} ({person.email})") for person in people]
    return [*known, (parts.COMMAND_LINE, "The command line")]


def _about(target: tuple[str, str] | None) -> Any:
    if target is None:
        return None
    latest = _find(target=target).entries
    return parts.target_notice(latest[0].target_name.partition(" <")[0] if latest else f"{target[0]} {target[1]}")


# --- what the browser sends --------------------------------------------------------------------------


def _target(value: Any) -> tuple[str, str] | None:
    """ "user:7"; anything else narrows nothing."""
    kind, _, target_id = text_of(value).partition(":")
    return (kind, target_id) if kind in KINDS and target_id else None


def _ids(value: Any) -> list[int]:
    if not isinstance(value, list) or len(value) > MOST_STEPS:
        return []
    return [one for one in value if isinstance(one, int) and not isinstance(one, bool) and 0 < one < MOST_ID]


def _chosen(value: Any) -> str:
    text = text_of(value, 254)
    return "" if text == parts.ANY else text


def _kind(value: Any) -> AuditKind | None:
    """What is shown; None: everything."""
    return AuditKind(value) if value in list(AuditKind) else None


def _action(value: Any) -> str:
    chosen = _chosen(value)
    if chosen and chosen not in list(AuditAction):
        raise InvalidInput("Choose one of the actions shown.", "what")
    return chosen
