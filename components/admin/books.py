"""Whether the shop's books agree: a badge with its time, and behind it what differs and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dash import html

from app.domain import Difference, Reconciliation, Verdict
from app.money import Formats
from components.admin.overview import when_words
from components.kit.ui import Tone, badge

LISTED = 5

RUN = "python -m app reconcile"
_MEANING = "Stock, ledger, orders, payments, receipts and the totals on these pages are kept apart and compared."


def books_badge(latest: Reconciliation | None, formats: Formats, now: datetime | None = None) -> html.Details:
    """`latest`: the outcome of the last look; None before the first one."""
    words, tone, icon_name, explained = _state(latest, now or datetime.now(UTC), formats)
    when = [html.Span(when_words(latest.at, formats), className="books-when")] if latest else []
    return html.Details(
        [
            html.Summary([badge(words, tone, icon_name), *when], className="books-head", title="Do the books agree?"),
            html.Div([*explained, html.P(_MEANING, className="sub")], className="books-words"),
        ],
        className="books",
    )


def _state(latest: Reconciliation | None, now: datetime, formats: Formats) -> tuple[str, Tone, str, Sequence[Any]]:
    if latest is None:
        return "Books not checked yet", "neutral", "dash-circle", [
            html.P(["The worker checks them once a day. To check them now: ", html.Code(RUN)])
        ]  # fmt: skip
    if latest.verdict is Verdict.FAILED:
        return "Books could not be checked", "warn", "exclamation-triangle", [
            html.P(" ".join(latest.notes)),
            html.P(["When the stores can be reached again: ", html.Code(RUN)]),
        ]  # fmt: skip
    if latest.verdict is Verdict.DIFFERS:
        words = "1 difference" if latest.count == 1 else f"{formats.number(latest.count)} differences"
        return f"Books: {words}", "bad", "x-octagon", [
            html.Ul([_line(difference) for difference in latest.differences[:LISTED]]),
            html.P([f"All of them: {RUN}. " if latest.count > LISTED else "", "To repair what has one right answer: ",
                    html.Code(f"{RUN} --repair")]),
        ]  # fmt: skip
    if latest.is_old(now):
        return "Books not checked lately", "warn", "clock-history", [
            html.P(["They agreed then. Is a worker running? To check them now: ", html.Code(RUN)])
        ]  # fmt: skip
    return (
        "Books agree",
        "good",
        "check2-circle",
        [html.P(f"{_counted(latest, formats)} were compared, and everything agrees.")],
    )


def _line(difference: Difference) -> html.Li:
    subject = difference.subject[:1].upper() + difference.subject[1:]
    return html.Li([html.Strong(subject), f": {difference.words}. ", html.Span(difference.todo, className="sub")])


def _counted(latest: Reconciliation, formats: Formats) -> str:
    parts = [f"{formats.number(count)} {what}" for what, count in latest.looked_at.items()]
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else "".join(parts)
