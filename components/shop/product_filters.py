"""What the product list is steered with: chips of categories, in stock, tags, price and sort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.addresses import to
from app.money import Formats
from app.words import say, say_many
from components.kit.ready import ready
from components.kit.ui import icon
from components.shop.list_state import SORTS, Filters, hidden_fields
from components.shop.price_filter import price_menu

SHOWN_TAGS = 20


@ready(100)
def list_tools(
    filters: Filters,
    formats: Formats,
    *,
    in_stock: int,
    tags: Sequence[tuple[str, int]] = (),
    prices: tuple[int, int] | None = None,
) -> html.Div:
    """In stock, tags, price and sort, at the end of the heading's line.

    `in_stock` cards, cards per tag, and the lowest and highest price in minor units that the other filters leave.
    """
    return html.Div(
        [
            _stock_chip(filters, in_stock, formats),
            _tag_menu(filters, tags, formats),
            price_menu(filters, prices, formats),
            _sort_form(filters, formats.digits),
        ],
        className="filter-tools",
    )


@ready(100)
def category_bar(
    filters: Filters, categories: Sequence[tuple[str, int]], counts: Sequence[tuple[str, int]], formats: Formats
) -> Any:
    """Categories as chips, any number of which can be chosen. Both: (name, products), of the whole shop, whose order
    stands, and what the other filters leave of it."""
    left = dict(counts)
    names = [name for name, _ in categories]
    unknown = [name for name in filters.categories if name not in names]  # gone, or of an old link: to be undone
    shown = [name for name in (*names, *unknown) if left.get(name) or name in filters.categories]
    if len(shown) < 2 and not filters.categories:
        return None
    return html.Nav(
        [
            _chip("all", say("All"), filters.href(formats.digits, categories=()), on=not filters.categories),
            *(_category_chip(filters, at, name, left.get(name, 0), formats) for at, name in enumerate(shown)),
        ],
        className="chips",
        **{"aria-label": say("Category")},
    )


def _category_chip(filters: Filters, at: int, name: str, count: int, formats: Formats) -> dcc.Link:
    href = filters.href(formats.digits, categories=filters.toggled("categories", name))
    return _chip(str(at), name, href, on=name in filters.categories, count=formats.number(count))


def _chip(key: str, words: str, href: str, *, on: bool, count: str = "") -> dcc.Link:
    """By its id the chip that was chosen keeps the keyboard's focus."""
    return dcc.Link(
        [words, _count(count), _said(say("chosen")) if on else None],
        href=href,
        id=f"category-{key}",
        className="chip is-on" if on else "chip",
    )


def _count(number: str) -> Any:
    return html.Span(number, className="chip-count num") if number else None


def _said(words: str) -> html.Span:
    """To screen readers only, where the others see it."""
    return html.Span(f" ({words})", className="visually-hidden")


def _stock_chip(filters: Filters, count: int, formats: Formats) -> dcc.Link:
    on = filters.in_stock
    return dcc.Link(
        [
            icon("check-square" if on else "square"),
            say("In stock"),
            _count(formats.number(count)),
            _said(say("on")) if on else None,
        ],
        href=filters.href(formats.digits, in_stock=not on),
        id="filter-stock",
        className="chip is-on" if on else "chip",
    )


def _tag_menu(filters: Filters, tags: Sequence[tuple[str, int]], formats: Formats) -> Any:
    """Those of most products, and whatever is chosen."""
    chosen = {tag.casefold(): tag for tag in filters.tags}
    known = {tag.casefold() for tag, _ in tags}
    missing = [(tag, 0) for key, tag in chosen.items() if key not in known]
    shown = [(tag, count) for at, (tag, count) in enumerate(tags) if at < SHOWN_TAGS or tag.casefold() in chosen]
    if not shown and not missing:
        return None
    return html.Details(
        [
            html.Summary(
                [_tag_words(filters.tags), icon("chevron-down")],
                className=_on("chip", bool(filters.tags)),
                id="filter-tags",
            ),
            html.Ul(
                [
                    html.Li(_tag_link(filters, at, tag, count, tag.casefold() in chosen, formats))
                    for at, (tag, count) in enumerate((*shown, *missing))
                ],
                className="tag-list",
                role="list",
            ),
        ],
        className="price-menu",
    )


def _tag_words(chosen: Sequence[str]) -> str:
    if len(chosen) == 1:
        return chosen[0]
    return say_many("{count} tag", "{count} tags", len(chosen)) if chosen else say("Tags")


def _tag_link(filters: Filters, at: int, tag: str, count: int, on: bool, formats: Formats) -> dcc.Link:
    return dcc.Link(
        [
            icon("check-square" if on else "square"),
            html.Span(tag, className="tag-name"),
            _count(formats.number(count)),
            _said(say("chosen")) if on else None,
        ],
        href=filters.href(formats.digits, tags=filters.toggled("tags", tag)),
        id=f"tag-{at}",
        className="tag-link is-on" if on else "tag-link",
    )


def _on(base: str, on: bool) -> str:
    return f"{base} is-on" if on else base


def _sort_form(filters: Filters, digits: int) -> html.Form:
    return html.Form(
        [
            *hidden_fields(filters, digits, leave_out=("sort", "page")),
            html.Label(say("Sort by"), htmlFor="filter-sort", className="visually-hidden"),
            dbc.Select(
                id="filter-sort",
                name="sort",
                options=[{"value": value, "label": say(words)} for value, words in SORTS.items()],
                value=filters.sort,
                class_name="sort-select",
            ),
            html.Button(say("Sort"), type="submit", className="btn btn-quiet sort-go"),
        ],
        action=to("/"),
        method="get",
        className="sort-form",
        **{"data-nav": "on", "data-nav-on-change": "on"},
    )
