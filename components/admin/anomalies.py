"""Days that were not as expected, over the numbers that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from app.domain import Anomaly
from components.kit.ui import icon


def odd_days(found: Sequence[tuple[Anomaly, str]], href: str) -> Any:
    """Each with its words; nothing while all is as expected. `href`: where one can be told of them."""
    if not found:
        return None
    return html.Div([_odd_day(one, words, href) for one, words in found], role="status")


def _odd_day(one: Anomaly, words: str, href: str) -> html.Div:
    name = "Sells less than expected" if one.is_drop else "Sells more than expected"
    link = dcc.Link("Alert me", href=href, className="take") if href else None
    return html.Div(
        [
            icon("graph-down-arrow" if one.is_drop else "graph-up-arrow"),
            html.Span([html.Strong(name), f". {words}"], className="grow"),
            link,
        ],
        className=f"notice odd-day {'odd-less' if one.is_drop else 'odd-more'}",
    )
