"""The orders that stand out so far that they change what the sums of a period seem to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components.kit.ui import icon

Named = tuple[str, str, str]  # the order's number, where it is (empty: not for this reader), what is said of it


def outlier_list(orders: Sequence[Named], without: str) -> Any:
    """`without`: what the sums are without those that were cancelled, in words; empty where none were."""
    if not orders and not without:
        return None
    found = [
        html.Li([dcc.Link(f"#{number}", href=href) if href else html.Span(f"#{number}"), f": {words}"])
        for number, href, words in orders
    ]
    if without:
        found.append(html.Li(f"Gross sales: {without}.", className="outliers-without"))
    head = html.P([icon("exclamation-circle"), "Large orders in these sums"], className="outliers-head")
    return html.Div([head, html.Ul(found)], className="outliers")
