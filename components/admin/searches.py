"""What shoppers searched for, and what to do about what they did not find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from dash import dcc, html

from app.money import Formats
from components.kit.ui import card, empty_state, icon, table

NOTE = (
    "Searches of the whole shop over the last 28 days, by words without case, accents and plural. A browser counts "
    "once a month; who searched is not kept, and only words of at least three visits are shown."
)


@dataclass(frozen=True)
class SearchRow:
    """Words, the visits that searched for them, those that found nothing, and what a search finds now.

    `sold_out_id`: what it finds is sold out, and this is the first of it.
    """

    words: str
    visits: int
    found_nothing: int
    finds: int
    sold_out_id: str | None = None


def searches_card(rows: Sequence[SearchRow], formats: Formats) -> html.Div:
    if not rows:
        body = empty_state(
            "No searches yet",
            "What at least three visits searched for appears here, first what they did not find.",
            icon_name="search",
        )
    else:
        body = table(
            [("Words", False), ("Visits", True), ("Found nothing", True), ("Finds now", True), ("Next step", False)],
            [
                [
                    row.words,
                    formats.number(row.visits),
                    formats.number(row.found_nothing),
                    "sold out" if row.sold_out_id else formats.number(row.finds),
                    _action(row),
                ]
                for row in rows
            ],
            caption="What shoppers searched for",
            class_name="searches-table",
        )
    return card("Searched for", body, note=NOTE, class_name="card-below")


def _action(row: SearchRow) -> dcc.Link:
    if row.sold_out_id:
        address = f"/admin/inventory?{urlencode({'product': row.sold_out_id, 'do': 'stock'}, quote_via=quote)}"
        return dcc.Link([icon("box-seam"), " Restock"], href=address)
    if not row.finds:
        return dcc.Link([icon("plus-lg"), " Add a product"], href="/admin/inventory?do=add")
    return dcc.Link([icon("search"), " See them"], href=f"/?{urlencode({'q': row.words})}")
