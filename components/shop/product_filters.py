"""What the product list is steered with: its filters as they stand in the URL, chips, sort, price, pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from app import numbers
from app.addresses import to
from app.errors import InvalidInput
from app.money import Formats, parse_money
from app.words import mark, say
from components.kit.ready import ready
from components.kit.ui import icon

Sort = Literal["popular", "new", "price_asc", "price_desc", "name"]

MOST_PAGES = 1_000_000
SORTS: dict[Sort, str] = {
    "popular": mark("Most popular"),
    "new": mark("Newest"),
    "price_asc": mark("Lowest price"),
    "price_desc": mark("Highest price"),
    "name": mark("Name"),
}


@dataclass(frozen=True)
class Filters:
    """The list's state. The URL is its only home, so that back, reload and sharing work.

    `price_min` and `price_max` are minor units; a value that makes no sense in a URL counts as absent.
    """

    q: str = ""
    category: str = ""
    sort: Sort = "popular"
    in_stock: bool = False
    price_min: int | None = None
    price_max: int | None = None
    page: int = 1

    @classmethod
    def from_query(cls, values: dict[str, Any], digits: int) -> Self:
        sort: Sort = next((known for known in SORTS if known == values.get("sort")), "popular")
        low, high = (_amount(values.get(name), digits) for name in ("price_min", "price_max"))
        if low is not None and high is not None and low > high:
            low, high = high, low  # typed into the wrong fields: what is meant is clear
        return cls(
            q=str(values.get("q") or "").strip()[:100],
            category=str(values.get("category") or "")[:80],
            sort=sort,
            in_stock=str(values.get("in_stock", "")) == "1",
            price_min=low,
            price_max=high,
            page=min(numbers.natural(values.get("page")) or 1, MOST_PAGES),
        )

    def pairs(self, digits: int) -> dict[str, str]:
        """Only what differs from the plain list."""
        plain = {
            "q": self.q,
            "category": self.category,
            "sort": "" if self.sort == "popular" else self.sort,
            "in_stock": "1" if self.in_stock else "",
            "price_min": _major(self.price_min, digits),
            "price_max": _major(self.price_max, digits),
            "page": "" if self.page <= 1 else str(self.page),
        }
        return {name: value for name, value in plain.items() if value}

    def href(self, digits: int, **changes: Any) -> str:
        """The URL after `changes`; any change but of the page itself starts at page one."""
        after = replace(self, **({"page": 1} | changes))
        query = urlencode(after.pairs(digits))
        return to(f"/?{query}" if query else "/")

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.category or self.in_stock or self.has_price)

    @property
    def has_price(self) -> bool:
        return self.price_min is not None or self.price_max is not None


def _amount(value: Any, digits: int) -> int | None:
    if value in (None, ""):
        return None
    try:
        return parse_money(value, digits, "price")
    except InvalidInput:
        return None


def _major(minor: int | None, digits: int) -> str:
    if minor is None:
        return ""
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)


@ready(100)
def list_tools(filters: Filters, formats: Formats) -> html.Div:
    """In stock, price and sort, at the end of the heading's line."""
    return html.Div(
        [_stock_chip(filters, formats.digits), _price_menu(filters, formats), _sort_form(filters, formats.digits)],
        className="filter-tools",
    )


@ready(100)
def category_bar(filters: Filters, categories: Sequence[tuple[str, int]], digits: int) -> Any:
    """Categories as chips. `categories`: (name, products)."""
    if len(categories) < 2 and not filters.category:
        return None
    return html.Nav(_category_chips(filters, categories, digits), className="chips", **{"aria-label": say("Category")})


def _category_chips(filters: Filters, categories: Sequence[tuple[str, int]], digits: int) -> list[Any]:
    every = _chip("all", say("All"), filters.href(digits, category=""), on=not filters.category)
    return [
        every,
        *(
            _chip(str(at), name, filters.href(digits, category=name), on=name == filters.category)
            for at, (name, _) in enumerate(categories)
        ),
    ]


def _chip(key: str, words: str, href: str, *, on: bool) -> dcc.Link:
    """By its id the chip that was chosen keeps the keyboard's focus."""
    spoken = [html.Span(" (" + say("chosen") + ")", className="visually-hidden")] if on else []
    return dcc.Link([words, *spoken], href=href, id=f"category-{key}", className="chip is-on" if on else "chip")


def _stock_chip(filters: Filters, digits: int) -> dcc.Link:
    on = filters.in_stock
    return dcc.Link(
        [
            icon("check-square" if on else "square"),
            say("In stock"),
            html.Span(" (" + say("on") + ")" if on else "", className="visually-hidden"),
        ],
        href=filters.href(digits, in_stock=not on),
        id="filter-stock",
        className="chip is-on" if on else "chip",
    )


def _price_menu(filters: Filters, formats: Formats) -> html.Details:
    digits = formats.digits
    shown = {"price_min": filters.price_min, "price_max": filters.price_max}
    return html.Details(
        [
            html.Summary(
                [_price_words(filters, formats), icon("chevron-down")], className=_on("chip", filters.has_price)
            ),
            html.Form(
                [
                    *_hidden(filters, digits, leave_out=("price_min", "price_max", "page")),
                    html.Div(
                        [
                            html.Div(
                                [
                                    html.Label(words, htmlFor=f"filter-{name}", className="field-label"),
                                    dbc.Input(
                                        id=f"filter-{name}",
                                        name=name,
                                        inputmode="decimal",
                                        value=_major(shown[name], digits),
                                        maxlength=14,
                                        autocomplete="off",
                                    ),
                                ]
                            )
                            for name, words in (("price_min", say("From")), ("price_max", say("To")))
                        ],
                        className="price-fields",
                    ),
                    html.Div(
                        [
                            html.Button(say("Show"), type="submit", className="btn btn-primary btn-sm"),
                            dcc.Link(
                                say("Clear"),
                                href=filters.href(digits, price_min=None, price_max=None),
                                className="btn btn-quiet btn-sm",
                            ),
                        ],
                        className="price-actions",
                    ),
                ],
                action=to("/"),
                method="get",
                className="price-form",
                **{"data-nav": "on"},
            ),
        ],
        className="price-menu",
    )


def _price_words(filters: Filters, formats: Formats) -> str:
    low, high = filters.price_min, filters.price_max
    if low is not None and high is not None:
        return f"{formats.money(low)} – {formats.money(high)}"
    if low is not None:
        return say("From {low}", low=formats.money(low))
    if high is not None:
        return say("Up to {high}", high=formats.money(high))
    return say("Price")


def _on(base: str, on: bool) -> str:
    return f"{base} is-on" if on else base


def _sort_form(filters: Filters, digits: int) -> html.Form:
    return html.Form(
        [
            *_hidden(filters, digits, leave_out=("sort", "page")),
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


def _hidden(filters: Filters, digits: int, leave_out: Sequence[str]) -> list[Any]:
    return [
        dbc.Input(type="hidden", name=name, value=value)
        for name, value in filters.pairs(digits).items()
        if name not in leave_out
    ]


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
