"""The shop's own texts: about it, contact, shipping, returns, privacy, terms."""

from __future__ import annotations

from typing import Any

from dash import html

from app.domain import Access
from app.errors import NotFound
from app.services import services
from app.web.found.pages import content_head
from app.web.page import Page
from app.words import mark, say
from components.shop.content import PAGE_TITLES, content_page


def _find(name: str) -> str:
    """Its name. Raises NotFound for one that says nothing."""
    if name not in services().shop.page_names:
        raise NotFound(mark("There is no such page."))
    return name


page = Page(
    "content", path_template="/pages/<name>", title=mark("About the shop"), access=Access.PUBLIC, finds=_find,
    is_finished=True,
)  # fmt: skip


@page.layout
def layout(name: str = "", **_: Any) -> html.Article | html.Div:
    try:
        shown = _find(name)
    except NotFound as error:
        return html.Div(html.H1(say(error.message)), className="notice-page")
    page.entitle(say(PAGE_TITLES[shown]))
    page.describe(lambda: content_head(shown, say(PAGE_TITLES[shown])))
    return content_page(services().shop, shown)
