"""The product list's state as it stands in the URL, which is its only home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self
from urllib.parse import urlencode

import dash_bootstrap_components as dbc

from app import numbers
from app.addresses import to
from app.errors import InvalidInput
from app.money import parse_money
from app.words import mark

Sort = Literal["popular", "new", "price_asc", "price_desc", "name"]

MOST_PAGES = 1_000_000
MOST_CATEGORIES = 20  # chosen at once
MOST_TAGS = 10
LONGEST_VALUE = 80
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
    categories: tuple[str, ...] = ()
    sort: Sort = "popular"
    in_stock: bool = False
    price_min: int | None = None
    price_max: int | None = None
    page: int = 1
    tags: tuple[str, ...] = ()

    @classmethod
    def from_query(cls, values: dict[str, Any], digits: int) -> Self:
        sort: Sort = next((known for known in SORTS if known == values.get("sort")), "popular")
        low, high = (_amount(values.get(name), digits) for name in ("price_min", "price_max"))
        if low is not None and high is not None and low > high:
            low, high = high, low  # typed into the wrong fields: what is meant is clear
        return cls(
            q=str(values.get("q") or "").strip()[:100],
            categories=_several(values.get("category"), MOST_CATEGORIES),
            sort=sort,
            in_stock=str(values.get("in_stock", "")) == "1",
            price_min=low,
            price_max=high,
            page=min(numbers.natural(values.get("page")) or 1, MOST_PAGES),
            tags=_several(values.get("tag"), MOST_TAGS),
        )

    def pairs(self, digits: int) -> list[tuple[str, str]]:
        """Names and values of a query, only what differs from the plain list."""
        plain = [
            ("q", self.q),
            *(("category", one) for one in self.categories),
            *(("tag", one) for one in self.tags),
            ("sort", "" if self.sort == "popular" else self.sort),
            ("in_stock", "1" if self.in_stock else ""),
            ("price_min", major(self.price_min, digits)),
            ("price_max", major(self.price_max, digits)),
            ("page", "" if self.page <= 1 else str(self.page)),
        ]
        return [(name, value) for name, value in plain if value]

    def href(self, digits: int, **changes: Any) -> str:
        """The URL after `changes`; any change but of the page itself starts at page one."""
        after = replace(self, **({"page": 1} | changes))
        query = urlencode(after.pairs(digits))
        return to(f"/?{query}" if query else "/")

    def toggled(self, name: Literal["categories", "tags"], value: str) -> tuple[str, ...]:
        """The values of a filter after a click on one of them; of tags whatever their case."""
        chosen: tuple[str, ...] = getattr(self, name)
        others = tuple(one for one in chosen if one.casefold() != value.casefold())
        return others if len(others) < len(chosen) else (*chosen, value)

    @property
    def category(self) -> str:
        """The one that is chosen, "" for none or several."""
        return self.categories[0] if len(self.categories) == 1 else ""

    @property
    def has_others(self) -> bool:
        """Whether something beside the words that are searched for narrows it."""
        return bool(self.categories or self.tags or self.in_stock or self.has_price)

    @property
    def narrowed(self) -> bool:
        return bool(self.q) or self.has_others

    @property
    def has_price(self) -> bool:
        return self.price_min is not None or self.price_max is not None


def _several(value: Any, most: int) -> tuple[str, ...]:
    """Values of a query, each once."""
    given = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(one[:LONGEST_VALUE] for one in given if isinstance(one, str) and one))[:most]


def _amount(value: Any, digits: int) -> int | None:
    if value in (None, ""):
        return None
    try:
        return parse_money(value, digits, "price")
    except InvalidInput:
        return None


def major(minor: int | None, digits: int) -> str:
    if minor is None:
        return ""
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)


def hidden_fields(filters: Filters, digits: int, leave_out: Sequence[str]) -> list[Any]:
    """What a form that changes one filter sends of the others."""
    return [
        dbc.Input(type="hidden", name=name, value=value)
        for name, value in filters.pairs(digits)
        if name not in leave_out
    ]
