"""RFM segments of customers: how many, what they are worth, and what to do about each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from dash import html

from app.domain import share_words
from app.money import Formats
from components.admin import notes
from components.kit import light
from components.kit.static_html import static
from components.kit.ui import Tone, card, empty_state, icon, link_button

# What to do about each, and how much it matters.
ADVICE: dict[str, tuple[str, Tone]] = {
    "Champions": ("Ask for reviews; show them what is new first.", "good"),
    "Loyal": ("Suggest what goes with what they buy.", "good"),
    "Potential loyalist": ("A second favourite keeps them: recommend one.", "good"),
    "New": ("Make the second order easy: write within the month.", "neutral"),
    "Promising": ("A small reason to come back soon.", "neutral"),
    "Needs attention": ("Remind them with an offer that ends.", "warn"),
    "About to sleep": ("One reminder of what sells best now.", "warn"),
    "Can't lose": ("Write in person: find out what went wrong.", "bad"),
    "At risk": ("Win them back with an offer of their own.", "bad"),
    "Hibernating": ("One last offer, then leave them in peace.", "neutral"),
}


class SegmentShare(Protocol):
    @property
    def segment(self) -> str: ...
    @property
    def customers(self) -> int: ...
    @property
    def monetary(self) -> int: ...
    @property
    def of_all(self) -> int: ...
    @property
    def share(self) -> float: ...


class Slipping(Protocol):
    @property
    def customers(self) -> int: ...
    @property
    def value(self) -> int: ...


class Segments(Protocol):
    """`shares` of the segments with customers; `slipping`: good ones who stay away, None when nobody does."""

    @property
    def shares(self) -> Sequence[SegmentShare]: ...
    @property
    def slipping(self) -> Slipping | None: ...


def segments_card(segments: Segments, formats: Formats, href: Callable[[str], str], chosen: str = "") -> html.Section:
    """A row per segment with customers; `href` leads to the customers of one."""
    if not segments.shares:
        body = empty_state(
            "No segments yet",
            "Customers are grouped by how recently, how often and for how much they bought, from the first order on.",
            icon_name="people",
            action=link_button("Open the store", "/"),
        )
        return card("Segments", body, note=notes.SEGMENTS)
    away = segments.slipping
    title = (
        f"{formats.number(away.customers)} good customer{'s stay' if away.customers > 1 else ' stays'} away, worth "
        f"{formats.money_short(away.value)}"
        if away
        else "No good customer stays away"
    )
    rows = [_row(one, formats, href(one.segment), one.segment == chosen) for one in segments.shares]
    head = light.Div(
        [
            light.Span("Segment"),
            light.Span("Customers", className="num"),
            light.Span(f"Value, {formats.currency}", className="num"),
        ],
        className="rfm-head",
        **{"aria-hidden": "true"},
    )
    return card(
        title, static([head, light.Ul(rows, className="rfm-list")]), note=notes.SEGMENTS, class_name="segments-card"
    )


def _row(segment: SegmentShare, formats: Formats, href: str, is_chosen: bool) -> Any:
    advice, tone = ADVICE[segment.segment]
    share = share_words(segment.customers, segment.of_all, formats)
    people, money = formats.number(segment.customers), formats.money_short(segment.monetary)
    current = {"aria-current": "true"} if is_chosen else {}
    return light.Li(
        light.A(
            [
                light.Span([light.Strong(segment.segment), light.Span(advice, className="sub")], className="rfm-words"),
                light.Span([people, light.Span(share, className="sub")], className="num"),
                light.Span(money, className="num"),
                icon("chevron-right", "rfm-go", light),
                light.Span(
                    className=f"rfm-bar rfm-bar-{tone}",
                    style={"width": f"{100 * segment.share:.1f}%"},
                    **{"aria-hidden": "true"},
                ),
            ],
            href=href,
            className=f"rfm-row{' rfm-on' if is_chosen else ''}",
            title=f"Show the {formats.counted(segment.customers, 'customer')}",
        ),
        **current,
    )
