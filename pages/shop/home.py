"""The shop's front: every product, narrowed and ordered by what the URL says."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from app.addresses import to
from app.domain import Access
from app.services import services
from app.web.found.pages import list_head
from app.web.identity.principal import current_principal
from app.web.page import Page
from app.words import mark, say, say_many
from components.kit.feedback import register_toasts
from components.kit.ui import empty_state
from components.shop.product_card import product_grid
from components.shop.product_filters import Filters, category_bar, list_tools, pager
from pages.shop._cart_changes import held_by, is_paused, tax_note

PAGE_SIZE = 24
SUGGESTIONS = 4

page = Page("home", path="/", title=mark("Shop"), access=Access.PUBLIC, is_finished=True)
register_toasts()


@page.layout
def layout(**values: Any) -> html.Div:
    formats = services().formats
    filters = Filters.from_query(values, formats.digits)
    found = services().catalog.search(
        q=filters.q,
        category=filters.category or None,
        sort=filters.sort,
        in_stock=filters.in_stock,
        price_min=filters.price_min,
        price_max=filters.price_max,
        page=filters.page,
        page_size=PAGE_SIZE,
    )
    if filters.q or filters.category:
        page.entitle(_title(filters))
    page.describe(lambda: list_head(filters, found, PAGE_SIZE))
    in_cart, paused = held_by(current_principal().owner), is_paused()
    body: list[Any]
    if found.items:
        body = [
            product_grid(found.items, formats, tax_note(), in_cart, is_paused=paused, level=2, families=found.families),
            pager(
                found.page,
                found.pages,
                lambda number: filters.href(formats.digits, page=number),
                say("Pages of products"),
            ),
        ]
    else:
        body = [_nothing(filters), _suggestions(in_cart, paused)]
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H1(_title(filters), className="list-title"),
                            html.P(_count_words(found.total), role="status"),
                        ],
                        className="list-head",
                    ),
                    list_tools(filters, formats),
                ],
                className="list-top",
            ),
            category_bar(filters, services().catalog.categories(), formats.digits),
            *body,
        ],
        className="store-wide",
    )


def _title(filters: Filters) -> str:
    if filters.q and filters.category:
        return say("“{words}” in {category}", words=filters.q, category=filters.category)
    if filters.q:
        return say("Results for “{words}”", words=filters.q)
    return filters.category or say("All products")


def _count_words(total: int) -> str:
    return say_many("{count} product", "{count} products", total, count=services().formats.number(total))


def _nothing(filters: Filters) -> html.Div:
    if not filters.narrowed:
        return empty_state(
            say("No products yet"),
            say("Products appear here as soon as they are added."),
            icon_name="shop",
            level=2,
        )
    words = say("Try fewer or other words.") if filters.q else say("Nothing matches all of these filters.")
    return empty_state(
        say("Nothing found for “{words}”", words=filters.q) if filters.q else say("No products match"),
        words,
        icon_name="search",
        level=2,
        action=dcc.Link(say("Show all products"), href=to("/"), className="btn btn-primary"),
    )


def _suggestions(in_cart: dict[str, int], paused: bool) -> Any:
    popular = services().catalog.popular(SUGGESTIONS)
    if not popular:
        return None
    families = services().catalog.families_of(popular)
    grid = product_grid(popular, services().formats, tax_note(), in_cart, is_paused=paused, families=families)
    return html.Section([html.H2(say("Popular right now"), className="section-title"), grid])
