"""Discount codes: what each of them takes off and brought, and the form of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain.discounts import DiscountKind
from components.kit.forms import TAKES_FOCUS, plain_form, select_field, submit_button, text_field
from components.kit.ui import Tone, badge, card, empty_state, field, spoken, table

Ids = Callable[[str], str]
Item = Callable[[str, Any], dict[str, Any]]

ALL = "*"  # a browser shows none whose value is empty
KINDS = (
    (DiscountKind.PERCENT.value, "A percentage"),
    (DiscountKind.AMOUNT.value, "An amount"),
    (DiscountKind.FREE_SHIPPING.value, "What delivery costs"),
)
STATES: dict[str, tuple[str, Tone]] = {
    "on": ("In force", "good"),
    "later": ("Begins later", "neutral"),
    "over": ("Over", "neutral"),
    "used up": ("Used up", "warn"),
}
RULES = (("once", "Once per customer"), ("first_order", "First order only"))


@dataclass(frozen=True)
class ShownCode:
    """A row: texts, but for `state`."""

    code_id: int
    code: str
    off: str
    rules: str
    when: str
    state: str
    uses: str
    orders: str
    saved: str
    sales: str


def code_list(item: Item, codes: Sequence[ShownCode]) -> html.Section:
    if not codes:
        return card(
            None,
            empty_state(
                "No discount codes yet",
                "Add one, and shoppers can enter it in the cart and at checkout.",
                icon_name="tags",
                level=2,
            ),
        )
    head = [("Code", False), ("Takes off", False), ("When", False), ("Uses", True), ("Orders", True),
            ("Discount given", True), ("Sales", True), (spoken("Edit"), False)]  # fmt: skip
    rows = [
        [_name(one), [one.off, html.Div(one.rules, className="muted")], one.when, one.uses, one.orders, one.saved,
         one.sales, _edit(item, one)]
        for one in codes
    ]  # fmt: skip
    return card("Codes", table(head, rows, caption="Discount codes and what they brought"))


def _name(one: ShownCode) -> list[Any]:
    words, tone = STATES[one.state]
    return [html.Strong(one.code), " ", badge(words, tone)]


def _edit(item: Item, one: ShownCode) -> html.Button:
    return html.Button(
        ["Edit", spoken(f" the code {one.code}")], id=item("edit", one.code_id), type="button", n_clicks=0,
        className="btn btn-quiet btn-sm",
    )  # fmt: skip


def code_form(
    ids: Ids, texts: Mapping[str, Any], seen: Mapping[str, Any], code_id: int | None, categories: Sequence[str],
    currency: str, *, may_end: bool, is_opened: bool,
) -> html.Div:  # fmt: skip
    """`texts`: the fields as the controls hold them. `may_end`: it is not over. `is_opened`: by a click, which takes
    the focus here."""
    focus = TAKES_FOCUS if is_opened else {}
    return html.Div(
        [
            html.H2("Edit code" if code_id else "New code", className="card-title", **focus),
            plain_form(
                [
                    text_field(
                        ids("name"), "Code", value=texts["name"], maxLength=80, placeholder="SUMMER10",
                        autoComplete="off",
                        disabled=bool(code_id), hint="Letters, digits, - and _. It stays as it is once it is added.",
                    ),
                    select_field(ids("kind"), "Takes off", KINDS, texts["kind"]),
                    text_field(
                        ids("value"), f"How much, % or {currency}", value=texts["value"], inputMode="decimal",
                        maxLength=20, autoComplete="off", placeholder="10", hint="Free delivery takes off all of it.",
                    ),
                    select_field(
                        ids("category"), "Products", [(ALL, "All products"), *((one, one) for one in categories)],
                        texts["category"] or ALL,
                    ),
                    text_field(
                        ids("minimum"), f"Minimum spend, {currency}", optional=True, value=texts["minimum"],
                        inputMode="decimal", maxLength=20, autoComplete="off",
                        hint="Of those that it is for, before tax that comes on top.",
                    ),
                    html.Fieldset(
                        [
                            html.Legend("Customers", className="field-label"),
                            dbc.Checklist(
                                [{"value": value, "label": words} for value, words in RULES], texts["rules"],
                                id=ids("rules"),
                            ),
                            html.Div(
                                "Customers are known by their e-mail address, guests too.", className="field-hint"
                            ),
                        ],
                        className="field",
                    ),
                    text_field(
                        ids("limit"), "Usage limit", optional=True, value=texts["limit"],
                        inputMode="numeric", maxLength=12, autoComplete="off",
                    ),
                    html.Div(
                        [
                            field("First day", _day(ids("starts_on"), texts["starts_on"]), for_id=ids("starts_on")),
                            field("Last day", _day(ids("ends_on"), texts["ends_on"]), for_id=ids("ends_on")),
                        ],
                        className="cal-days",
                    ),
                    html.Div(id=ids("clashes")),
                    html.Div(id=ids("error"), className="field-error", role="alert"),
                    html.Div(
                        [
                            submit_button(ids("save"), "Save" if code_id else "Add"),
                            html.Button(
                                "End now", id=ids("end"), type="button", n_clicks=0, hidden=not may_end,
                                className="btn btn-quiet",
                            ),
                            html.Button(
                                "Cancel", id=ids("cancel"), type="button", n_clicks=0, hidden=not code_id,
                                className="btn btn-quiet",
                            ),
                        ],
                        className="form-actions",
                    ),
                ]
            ),
            dcc.Store(id=ids("code"), data=code_id),
            dcc.Store(id=ids("seen"), data=dict(seen)),
        ],
        className="cal-form",
    )  # fmt: skip


def _day(id_: str, value: str) -> dbc.Input:
    return dbc.Input(id=id_, type="date", value=value)
