"""The way through the pages of a list."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from app.words import say
from components.kit.ui import icon


def pager(page: int, pages: int, href_of: Any, label: str = "") -> Any:
    """Links to the pages round this one, the first and the last. `href_of`: page number -> URL."""
    if pages <= 1:
        return None
    items: list[Any] = [_step("previous", say("Previous"), "chevron-left", href_of(page - 1) if page > 1 else None)]
    before = 0
    for number in sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)}):
        if number > before + 1:
            items.append(html.Span("…", className="page-gap"))
        items.append(
            html.Span(str(number), className="page-link-now", **{"aria-current": "page"})
            if number == page
            else dcc.Link(
                [html.Span(say("Page") + " ", className="visually-hidden"), str(number)],
                href=href_of(number),
                className="page-step",
            )
        )
        before = number
    items.append(_step("next", say("Next"), "chevron-right", href_of(page + 1) if page < pages else None))
    return html.Nav(items, className="store-pager", **{"aria-label": label or say("Pages")})


def _step(name: str, words: str, glyph: str, href: str | None) -> Any:
    content = [icon(glyph), html.Span(words)] if name == "previous" else [html.Span(words), icon(glyph)]
    if href is None:
        return html.Span(content, className="page-step is-off", role="link", **{"aria-disabled": "true"})
    return dcc.Link(content, href=href, id=f"pager-{name}", className="page-step")
