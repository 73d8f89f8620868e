"""A product's price and cost over time: who changed what, and what it did to the sales."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from app.domain import Product
from app.money import Formats
from components.kit import light
from components.kit.static_html import static
from components.kit.ui import empty_state, table


class Pricing(Protocol):
    @property
    def at(self) -> datetime: ...
    @property
    def price(self) -> int: ...
    @property
    def cost(self) -> int | None: ...
    @property
    def actor(self) -> str: ...


class Effect(Protocol):
    """`units` sold in `days` and those `expected`; `low` to `high`: the change as a share, four times in five."""

    @property
    def days(self) -> int: ...
    @property
    def units(self) -> int: ...
    @property
    def expected(self) -> float: ...
    @property
    def change(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def is_clear(self) -> bool: ...


class Change(Protocol):
    @property
    def before(self) -> Pricing: ...
    @property
    def after(self) -> Pricing: ...
    @property
    def effect(self) -> Effect | None: ...
    @property
    def is_of_price(self) -> bool: ...


def listed(changes: Sequence[Change], product: Product, formats: Formats) -> Any:
    """The latest first."""
    if not changes:
        cost = "no cost is set" if product.cost is None else f"a unit costs {formats.money(product.cost)}"
        words = f"It is sold for {formats.money(product.price)}, and {cost}."
        return empty_state("No price or cost has changed yet", words, icon_name="tag")
    rows = [
        [
            light.Span(formats.moment(one.after.at), className="nowrap"),
            _from_to(formats.money(one.before.price), formats.money(one.after.price)),
            _from_to(_cost(one.before, formats), _cost(one.after, formats)),
            one.after.actor or light.Span("not known", className="muted"),
            _effect(one.effect, formats) if one.is_of_price else light.Span("the price stayed", className="muted"),
        ]
        for one in changes
    ]
    head = [("When", False), ("Price", False), ("Cost", False), ("By", False), ("Units sold since", False)]
    return static(table(head, rows, caption="Changes of price and cost, the latest first", of=light))


def _cost(one: Pricing, formats: Formats) -> str:
    return "none" if one.cost is None else formats.money(one.cost)


def _from_to(before: str, after: str) -> Any:
    return light.Span("as before", className="muted") if before == after else f"{before} → {after}"


def _effect(effect: Effect | None, formats: Formats) -> Any:
    if effect is None:
        return light.Span("too little to say", className="muted")
    sold = f"{formats.number(effect.units)} in {effect.days} days, {formats.number(effect.expected, 0)} expected"
    span = f"{_percent(effect.low, formats)} to {_percent(effect.high, formats)}"
    said = f"{_percent(effect.change, formats)} ({span})" if effect.is_clear else f"no clear change ({span})"
    return light.Div([said, light.Span(sold, className="sub")])


def _percent(share: float, formats: Formats) -> str:
    return f"{'+' if share > 0 else '−' if share < 0 else ''}{formats.percent(abs(share))}"
