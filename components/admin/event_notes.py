"""Noting what happened on a day, and the list of what was noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from app.domain import EventKind, ShopEvent
from app.money import Formats
from components.kit.chart_marks import EVENT_WORDS
from components.kit.ready import ready
from components.kit.ui import field, icon

ItemId = Callable[[str, Any], Any]


def event_list(
    events: Sequence[ShopEvent], formats: Formats, item: ItemId, may_remove: Callable[[ShopEvent], bool]
) -> Any:
    """Those of the period shown, the latest first; nothing without any."""
    if not events:
        return None
    rows = [_row(event, formats, item if may_remove(event) else None) for event in reversed(events)]
    return html.Ul(rows, className="event-list")


def _row(event: ShopEvent, formats: Formats, item: ItemId | None) -> html.Li:
    """`item`: None for whoever may not remove it."""
    remove = item and html.Button(
        icon("x-lg"), id=item("forget", event.event_id), className="event-remove", type="button", n_clicks=0,
        title="Remove this event", **{"aria-label": f"Remove the event {event.words}"},
    )  # fmt: skip
    return html.Li(
        [
            html.Span("⚑", className="event-flag", **{"aria-hidden": "true"}),
            html.Span(formats.day(event.day), className="muted num"),
            html.Span([html.Span(f"{EVENT_WORDS[event.kind]}: ", className="muted"), event.words], className="grow"),
            remove,
        ],
        title=f"Noted by {event.actor}",
    )


@ready(8)
def event_form(ids: Callable[[str], str], today: date) -> html.Details:
    """Folded away until somebody has something to note."""
    kinds = [{"value": kind.value, "label": words} for kind, words in EVENT_WORDS.items()]
    return html.Details(
        [
            html.Summary([icon("flag"), "Note an event"], className="btn btn-quiet btn-sm"),
            html.Div(
                [
                    field(
                        "Day",
                        dbc.Input(id=ids("event-day"), type="date", value=today.isoformat()),
                        for_id=ids("event-day"),
                    ),
                    field(
                        "Kind",
                        dbc.Select(id=ids("event-kind"), options=kinds, value=EventKind.PROMOTION.value),
                        for_id=ids("event-kind"),
                    ),
                    field(
                        "What happened",
                        dbc.Input(id=ids("event-words"), maxLength=120, placeholder="20 % off all tableware"),
                        for_id=ids("event-words"),
                        error_id=ids("event-error"),
                    ),
                    html.Button("Note it", id=ids("event-add"), className="btn btn-primary", type="button", n_clicks=0),
                    html.P("It shows as a flag on every chart over time.", className="field-hint"),
                ],
                className="event-form",
            ),
        ],
        className="event-note",
    )
