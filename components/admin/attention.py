"""What needs attention first: three things, each with its evidence one click away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from dash import html

from app.domain import Product, share_words
from app.money import Formats
from components.kit import light
from components.kit.ready import ready
from components.kit.static_html import inside
from components.kit.ui import Tone, ended, icon

INFERRED_WORDS = "Based on stock that the import inferred."


class RunningOut(Protocol):
    """A product that runs out in `days`; `a_day`: units expected a day, and their `value`.

    Of the others `sold_out` are so already, and `others` run out `within` so many days.
    """

    @property
    def product(self) -> Product: ...
    @property
    def days(self) -> int: ...
    @property
    def a_day(self) -> float: ...
    @property
    def value(self) -> int: ...
    @property
    def order_units(self) -> int: ...
    @property
    def sold_out(self) -> int: ...
    @property
    def others(self) -> int: ...
    @property
    def within(self) -> int: ...
    @property
    def inferred(self) -> bool: ...


class Dead(Protocol):
    @property
    def dead_value(self) -> int: ...
    @property
    def dead_products(self) -> int: ...
    @property
    def inferred(self) -> int: ...
    @property
    def value(self) -> int: ...
    @property
    def products(self) -> int: ...


class Slipping(Protocol):
    @property
    def customers(self) -> int: ...
    @property
    def value(self) -> int: ...
    @property
    def segment(self) -> str: ...
    @property
    def best(self) -> int: ...


class Found(Protocol):
    """What needs attention; None of what does not."""

    @property
    def running_out(self) -> RunningOut | None: ...
    @property
    def dead(self) -> Dead | None: ...
    @property
    def slipping(self) -> Slipping | None: ...


@dataclass(frozen=True)
class Thing:
    title: str
    words: str
    action: str
    href: str
    icon: str
    tone: Tone


def things(found: Found, formats: Formats) -> list[Thing]:
    """At most three."""
    return [
        *([_running_out(found.running_out, formats)] if found.running_out else []),
        *([_dead(found.dead, formats)] if found.dead else []),
        *([_slipping(found.slipping, formats)] if found.slipping else []),
    ]


def _running_out(found: RunningOut, formats: Formats) -> Thing:
    product, speed = found.product, formats.number(found.a_day, 1)
    if product.stock <= 0:
        title = f"{product.name} is sold out"
        words = f"{speed} a day would sell, worth {formats.money_short(found.value)}"
        # Why this one comes first.
        words = ended(f"{words}, the most of what is sold out" if found.sold_out else words)
    else:
        when = {0: "today", 1: "tomorrow"}.get(found.days, f"in {found.days} days")
        title = f"{product.name} runs out {when}"
        first = ", the first to run out" if found.others else ""
        words = f"{formats.number(product.stock)} left at {speed} a day{first}."
    words += _others(found, formats) + (f" {INFERRED_WORDS}" if found.inferred else "")
    order = f"Order {formats.counted(found.order_units, 'unit')}" if found.order_units else "Receive stock"
    href = f"/admin/stock?product={quote(product.product_id, safe='')}"
    return Thing(title, words, order, href, "hourglass-split", "bad" if found.days <= 3 else "warn")


def _others(found: RunningOut, formats: Formats) -> str:
    gone, soon = formats.number(found.sold_out), formats.number(found.others)
    said = [
        f"{gone} more {'is' if found.sold_out == 1 else 'are'} sold out" if found.sold_out else "",
        f"{soon} {'' if found.sold_out else 'more '}{'runs' if found.others == 1 else 'run'} out within "
        f"{found.within} days"
        if found.others
        else "",
    ]
    words = ", ".join(filter(None, said))
    return f" {words}." if words else ""


def _dead(dead: Dead, formats: Formats) -> Thing:
    count = f"{formats.number(dead.dead_products)} product{'' if dead.dead_products == 1 else 's'}"
    share = share_words(dead.dead_value, dead.value, formats, formats.money_short, dead.products)
    return Thing(
        f"{formats.money_short(dead.dead_value)} is tied up in dead stock",
        f"{count} without a sale in 90 days, {share} of what stock is worth."
        + (f" {INFERRED_WORDS}" if dead.inferred else ""),
        "See what to clear",
        "/admin/stock?show=dead#dead",
        "archive",
        "warn",
    )


def _slipping(away: Slipping, formats: Formats) -> Thing:
    return Thing(
        f"{formats.number(away.customers)} good customer{'s are' if away.customers > 1 else ' is'} slipping away",
        f"They brought {formats.money_short(away.value)} so far and have not ordered for a long time.",
        "See who they are" if away.best == away.customers else f"See {formats.number(away.best)} in “{away.segment}”",
        f"/admin/customers?{urlencode({'segment': away.segment})}",
        "person-walking",
        "warn",
    )


@ready(16)
def attention_row(found: Sequence[Thing], may_open: bool) -> Any:
    """`may_open`: for those whose role opens the pages that these lead to."""
    if not found:
        return html.Div(
            [
                icon("check2-circle"),
                "Nothing needs attention: no product runs out soon, no stock is dead, no good customer slips away.",
            ],
            className="notice attention-none",
        )
    return html.Section(
        [
            html.H2("Needs attention", className="visually-hidden"),
            html.Ul(
                className=f"attention attention-{len(found)}",
                **inside([light.Li(_card(thing, may_open)) for thing in found]),
            ),
        ]
    )


def _card(thing: Thing, may_open: bool) -> Any:
    parts = [
        light.Span(icon(thing.icon, of=light), className=f"attention-icon attention-{thing.tone}"),
        light.Span(
            [
                light.Strong(thing.title, className="attention-title"),
                light.Span(thing.words, className="sub"),
                light.Span([thing.action, icon("arrow-right", of=light)], className="attention-go")
                if may_open
                else None,
            ],
            className="grow",
        ),
    ]
    return (
        light.A(parts, href=thing.href, className="attention-card")
        if may_open
        else light.Div(parts, className="attention-card")
    )
