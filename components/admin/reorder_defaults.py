"""Lead time, review period, service level and pack of the shop, its suppliers and its categories, edited in place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import ReorderRule, RuleKey, RuleLevel
from app.money import Formats
from components.admin import notes
from components.admin.reorder import INHERIT, SERVICE_LEVELS, seen_plan
from components.kit.forms import plain_form, submit_button
from components.kit.ui import card, empty_state, icon, link_button, spoken_label

Item = Callable[[str, Any], dict[str, Any]]

FIELDS = ("lead_days", "review_days", "service", "pack")
LEVELS = {RuleLevel.SHOP.value, RuleLevel.SUPPLIER.value, RuleLevel.CATEGORY.value}
_HEADS = {
    "lead_days": "Lead time, days",
    "review_days": "Review, days",
    "service": "Service level",
    "pack": "Pack, units",
}
_BY_CATEGORY = "as its category"
_LEAST = {"lead_days": 0, "review_days": 1, "pack": 1}


class Settings(Protocol):
    @property
    def lead_days(self) -> int: ...
    @property
    def review_days(self) -> int: ...
    @property
    def service(self) -> int: ...
    @property
    def pack(self) -> int: ...


class Default(Protocol):
    """What is said of one of them, of how many products it is, and what holds where it says nothing."""

    @property
    def key(self) -> RuleKey: ...
    @property
    def rule(self) -> ReorderRule: ...
    @property
    def products(self) -> int: ...
    @property
    def inherited(self) -> Settings: ...
    @property
    def by_category(self) -> Collection[str]: ...


def settings(item: Item, defaults: Sequence[Default], formats: Formats) -> html.Div:
    """A card for each level; a row is saved by itself."""

    def of(level: RuleLevel) -> list[Any]:
        return [_row(item, one, formats) for one in defaults if one.key.level is level]

    suppliers, categories = of(RuleLevel.SUPPLIER), of(RuleLevel.CATEGORY)
    no_supplier = empty_state(
        "No supplier yet",
        "Name the supplier of a product, or of several at once, in the inventory: then what holds for all of its "
        "products is set here.",
        icon_name="truck",
        action=link_button("Inventory", "/admin/inventory"),
    )
    no_category = empty_state("No category yet", "Categories come with the first products.", icon_name="tags")
    return html.Div(
        [
            card("The shop", [_head(), *of(RuleLevel.SHOP)], note=notes.REORDER),
            card("Suppliers", [_head(), *suppliers] if suppliers else no_supplier),
            card("Categories", [_head(), *categories] if categories else no_category),
        ],
        className="stack",
    )


def _head() -> html.Div:
    """For eyes on wide screens; each field has its own label."""
    return html.Div(
        [html.Span(), *(html.Span(words) for words in _HEADS.values()), html.Span()],
        className="rule-row rule-head",
        **{"aria-hidden": "true"},
    )


def _row(item: Item, one: Default, formats: Formats) -> html.Form:
    key = f"{one.key.level}:{one.key.name}"
    name = one.key.name or "Every product"
    return plain_form(
        [
            html.Div(
                [
                    html.Span(name, className="rule-name"),
                    html.Span(formats.counted(one.products, "product"), className="sub"),
                ],
            ),
            *(_field(item, key, field, one, formats) for field in FIELDS),
            submit_button(item("save", key), "Save", tone="quiet"),
            html.Div(id=item("said", key), className="rule-said", role="status"),
            dcc.Store(id=item("seen", key), data=seen_plan(one.rule)),
        ],
        class_name="rule-row",
    )


def _field(item: Item, key: str, name: str, one: Default, formats: Formats) -> html.Div:
    own, inherited = getattr(one.rule, name), getattr(one.inherited, name)
    label = f"{_HEADS[name]}, {one.key.name or 'the shop'}"
    differs = name in one.by_category
    if name == "service":
        levels = [{"label": formats.hundredths(level), "value": str(level)} for level in SERVICE_LEVELS]
        words = _BY_CATEGORY if differs else f"({formats.hundredths(inherited)})"
        usual = {"label": words, "value": INHERIT}
        control: Any = dbc.Select([usual, *levels], INHERIT if own is None else str(own), id=item(name, key))
    else:
        control = dbc.Input(
            id=item(name, key),
            type="number",
            min=_LEAST[name],
            step=1,
            value="" if own is None else own,
            placeholder=_BY_CATEGORY if differs else formats.number(inherited),
        )
    seen = html.Span(_HEADS[name], className="rule-label", **{"aria-hidden": "true"})
    return html.Div([spoken_label(label, item(name, key)), seen, control])


def saved() -> html.Span:
    return html.Span([icon("check2"), "Saved. Suggested orders use it from now on."], className="rule-saved")


def wrong(words: str) -> html.Span:
    return html.Span(words, className="field-error")
