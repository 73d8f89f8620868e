"""What needs attention first: three things, each with its evidence one click away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from dash import html

from app.domain import Product
from app.money import Formats
from components.admin.segments import SegmentTotal, slipping
from components.kit import light
from components.kit.static_html import inside
from components.kit.ui import Tone, ended, icon

SOON_DAYS = 14


class Plan(Protocol):
    @property
    def stock_out(self) -> date | None: ...
    @property
    def order_units(self) -> int: ...


class Dead(Protocol):
    @property
    def dead_value(self) -> int: ...
    @property
    def dead_products(self) -> int: ...
    @property
    def value(self) -> int: ...


@dataclass(frozen=True)
class Thing:
    title: str
    words: str
    action: str
    href: str
    icon: str
    tone: Tone


def things(
    products: Sequence[Product],
    velocity: Mapping[str, float],
    plans: Mapping[str, Plan],
    dead: Dead,
    segments: Sequence[SegmentTotal],
    today: date,
    formats: Formats,
) -> list[Thing]:
    """At most three: what runs out and earns most, cash in dead stock, good customers who stay away."""
    found = [
        _running_out(products, velocity, plans, today, formats),
        _dead(dead, formats),
        _slipping(segments, formats),
    ]
    return [thing for thing in found if thing is not None]


def _running_out(
    products: Sequence[Product],
    velocity: Mapping[str, float],
    plans: Mapping[str, Plan],
    today: date,
    formats: Formats,
) -> Thing | None:
    """What is gone but wanted counts as running out today; of all, that which loses most a day."""

    def days(product: Product) -> int | None:
        if product.stock <= 0:
            return 0 if velocity.get(product.product_id, 0) > 0 else None
        plan = plans.get(product.product_id)
        return None if plan is None or plan.stock_out is None else (plan.stock_out - today).days

    soon = [(p, left) for p in products if (left := days(p)) is not None and left <= SOON_DAYS]
    if not soon:
        return None
    soon.sort(key=lambda one: (-velocity.get(one[0].product_id, 0) * one[0].price, one[1], one[0].product_id))
    product, left = soon[0]
    plan = plans.get(product.product_id)
    order = f"Order {formats.number(plan.order_units)} units" if plan and plan.order_units else "Receive stock"
    a_day = velocity.get(product.product_id, 0.0)
    if product.stock <= 0:
        title = f"{product.name} is sold out"
        words = ended(
            f"It sold {formats.number(a_day, 1)} a day, worth {formats.money_short(round(a_day * product.price))}"
        )
    else:
        when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
        title = f"{product.name} runs out {when}"
        words = f"{formats.number(product.stock)} left at {formats.number(a_day, 1)} a day."
    more = len(soon) - 1
    if more:
        words += f" {formats.number(more)} more run{'s' if more == 1 else ''} out within {SOON_DAYS} days."
    href = f"/admin/stock?product={quote(product.product_id, safe='')}"
    return Thing(title, words, order, href, "hourglass-split", "bad" if left <= 3 else "warn")


def _dead(dead: Dead, formats: Formats) -> Thing | None:
    if not dead.dead_products:
        return None
    share = dead.dead_value / dead.value if dead.value else 0.0
    count = f"{formats.number(dead.dead_products)} product{'' if dead.dead_products == 1 else 's'}"
    return Thing(
        f"{formats.money_short(dead.dead_value)} lies in dead stock",
        f"{count} without a sale in 90 days, {formats.percent(share)} of what stock is worth.",
        "See what to clear",
        "/admin/stock?show=dead#dead",
        "archive",
        "warn",
    )


def _slipping(segments: Sequence[SegmentTotal], formats: Formats) -> Thing | None:
    count, value = slipping(segments)
    if not count:
        return None
    lost = next((s for s in segments if s.segment == "Can't lose" and s.customers), None)
    segment = lost.segment if lost else "At risk"
    return Thing(
        f"{formats.number(count)} good customer{'s are' if count > 1 else ' is'} slipping away",
        f"They brought {formats.money_short(value)} so far and have not ordered for long.",
        "See who they are",
        f"/admin/customers?{urlencode({'segment': segment})}",
        "person-walking",
        "warn",
    )


def attention_row(found: Sequence[Thing], may_open: bool) -> Any:
    """`may_open`: for those whose role opens the pages that these lead to."""
    if not found:
        return html.Div(
            [
                icon("check2-circle"),
                "Nothing needs you today: no product runs out, no cash lies idle, nobody slips away.",
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
