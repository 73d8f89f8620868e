"""Under a chart: what it says in one sentence, its numbers as a table, and the way to take them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from app.money import Formats
from components.kit import light
from components.kit.static_html import inside, static
from components.kit.ui import icon, table

MOST_ROWS = 120


def chart_foot(
    says: str,
    head: Sequence[tuple[str, bool]],
    rows: Sequence[Sequence[Any]],
    formats: Formats,
    export: str = "",
    caption: str = "",
    behind: Any = None,
) -> html.Div:
    """`head` and `rows` as `components.kit.ui.table` has them; of very many rows the last ones.

    `export`: see `export_href`; empty for those who may not take the numbers away. `behind`: a link to what the
    numbers are made of.
    """
    left_out = len(rows) - MOST_ROWS
    return html.Div(
        [
            html.P(says, className="chart-says"),
            html.Details(
                [
                    html.Summary([icon("table"), "Table"]),
                    html.Div(
                        [
                            static(
                                table(
                                    head, rows[-MOST_ROWS:], caption=caption or says, class_name="foot-table", of=light
                                )
                            ),
                            html.P(f"The {formats.number(left_out)} earlier rows are in the files.", className="sub")
                            if left_out > 0 and export
                            else None,
                        ],
                        className="foot-scroll",
                        tabIndex="0",
                        role="region",
                        **{"aria-label": "Numbers of this chart"},
                    ),
                ],
                className="chart-table",
            )
            if rows
            else None,
            takeaway(export) if export and rows else None,
            behind,
        ],
        className="chart-foot",
    )


def takeaway(export: str) -> html.Span:
    """Links to a table as a file of either kind."""
    path, _, query = export.partition("?")
    links = [
        light.A(
            [icon("download", of=light), kind.upper()],
            href=f"{path}.{kind}{'?' if query else ''}{query}",
            className="take",
            download=True,
            title=f"Download as {kind.upper()}",
        )
        for kind in ("csv", "xlsx")
    ]
    return html.Span(className="takes", **inside(links))


def export_href(name: str, values: Mapping[str, str]) -> str:
    """Where a table of `app.web.exports` is, without its ending; empty values are left out."""
    query = urlencode({key: value for key, value in values.items() if value})
    return f"/admin/export/{name}" + (f"?{query}" if query else "")
