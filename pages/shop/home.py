"""The shop's front: every product, narrowed and ordered by what the URL says."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from app.addresses import to
from app.domain import Access, Role
from app.services import services
from app.services.limits.memory import COUNTED_SEARCHES
from app.services.limits.networks import network_of
from app.web.found.pages import list_head
from app.web.identity.caller import client_address
from app.web.identity.guests import NOBODY
from app.web.identity.principal import current_principal
from app.web.page import Page
from app.words import mark, say, say_many, say_with
from components.kit.feedback import register_toasts
from components.kit.ui import empty_state
from components.shop.list_state import Filters
from components.shop.pager import pager
from components.shop.product_card import product_grid
from components.shop.product_filters import category_bar, list_tools
from components.shop.viewed import recently_viewed
from pages.shop._cart_changes import held_by, is_paused, tax_note

PAGE_SIZE = 24
SUGGESTIONS = 4
NAMED = 3  # categories in the heading

page = Page("home", path="/", title=mark("Shop"), access=Access.PUBLIC, is_finished=True, several=("category", "tag"))
register_toasts()


@page.layout
def layout(**values: Any) -> html.Div:
    formats = services().formats
    filters = Filters.from_query(values, formats.digits)
    found = services().catalog.search(
        q=filters.q,
        category=filters.categories,
        sort=filters.sort,
        in_stock=filters.in_stock,
        price_min=filters.price_min,
        price_max=filters.price_max,
        page=filters.page,
        page_size=PAGE_SIZE,
        tags=filters.tags,
    )
    if filters.q and not filters.has_others and filters.page == 1:
        _count(filters.q, found_nothing=not found.total)
    if filters.q or filters.categories:
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
        body = [_nothing(filters, formats.digits), _suggestions(in_cart, paused)]
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
                    list_tools(filters, formats, in_stock=found.in_stock, tags=found.tags, prices=found.prices),
                ],
                className="list-top",
            ),
            _meant(filters, found.total, formats.digits),
            category_bar(filters, services().catalog.categories(), found.categories, formats),
            *body,
            recently_viewed(),
        ],
        className="store-wide",
    )


def _count(q: str, *, found_nothing: bool) -> None:
    """A search of the whole shop by one of its shoppers. Nobody is told from others before Dash runs, which robots
    never start: it asks for the page again then, and it counts."""
    principal = current_principal()
    if principal.owner == NOBODY or principal.role not in (None, Role.CUSTOMER):
        return
    if services().budget.has(COUNTED_SEARCHES, network_of(client_address())):
        services().searches.note(principal.owner, q, found_nothing=found_nothing)


def _title(filters: Filters) -> str:
    if filters.q and filters.categories:
        return say("“{words}” in {category}", words=filters.q, category=_chosen(filters.categories))
    if filters.q:
        return say("Results for “{words}”", words=filters.q)
    return _chosen(filters.categories) or say("All products")


def _chosen(categories: tuple[str, ...]) -> str:
    if len(categories) <= NAMED:
        return ", ".join(categories)
    return say_many("{count} category", "{count} categories", len(categories))


def _meant(filters: Filters, total: int, digits: int) -> html.P | None:
    """The way to what a search without a sure match may have meant."""
    right = services().catalog.meant(filters.q, total) if filters.q else None
    if right is None:
        return None
    link = dcc.Link(say("“{words}”", words=right), href=filters.href(digits, q=right), id="meant")
    return html.P(say_with("Did you mean {words}?", words=link), className="meant")


def _count_words(total: int) -> str:
    return say_many("{count} product", "{count} products", total, count=services().formats.number(total))


def _nothing(filters: Filters, digits: int) -> html.Div:
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
        action=_way_on(filters, digits),
    )


def _way_on(filters: Filters, digits: int) -> dcc.Link:
    """From a list without a product: the search without filters where they left nothing, else the whole shop."""
    whole = Filters(q=filters.q)
    if filters.q and filters.has_others and services().catalog.search(q=filters.q, page_size=1).total:
        return dcc.Link(
            say("Search everything for “{words}”", words=filters.q),
            href=whole.href(digits),
            className="btn btn-primary",
        )
    return dcc.Link(say("Show all products"), href=to("/"), className="btn btn-primary")


def _suggestions(in_cart: dict[str, int], paused: bool) -> Any:
    popular = services().catalog.popular(SUGGESTIONS)
    if not popular:
        return None
    families = services().catalog.families_of(popular)
    grid = product_grid(popular, services().formats, tax_note(), in_cart, is_paused=paused, families=families)
    return html.Section([html.H2(say("Popular right now"), className="section-title"), grid])
