"""Shipping: zones with their methods, the forms of both, and what they make of an order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import WEEKDAYS
from components.kit.forms import TAKES_FOCUS, plain_form, submit_button
from components.kit.ui import badge, card, empty_state, field, icon, spoken

Ids = Callable[[str], str]
Item = Callable[[str, Any], dict[str, Any]]

BY = (("total", "What the goods come to"), ("weight", "Weight"), ("item", "Number of items"))
STEP_PARTS = ("up_to", "price")
SPARE_STEPS = 3  # empty rows, for new ones
NAMED = 6  # so many countries are named, more are counted
EXAMPLE = ("country", "region", "worth", "weight")


@dataclass(frozen=True)
class ShownMethod:
    method_id: int
    name: str
    price: str
    time: str
    pick_up: str
    free_from: str


@dataclass(frozen=True)
class ShownZone:
    zone_id: int
    name: str
    places: str
    methods: tuple[ShownMethod, ...]


@dataclass(frozen=True)
class ShownQuote:
    """What a method asks for the example. `is_draft`: the one in the form."""

    name: str
    price: str
    arrives: str
    is_draft: bool


def zone_cards(item: Item, zones: Sequence[ShownZone], told: Sequence[str]) -> html.Div:
    """`told`: who is shipped to and who is not, in plain words."""
    if not zones:
        return html.Div(
            card(
                None,
                empty_state(
                    "The shop ships everywhere, for nothing",
                    "Add a zone with the countries that you ship to, then the ways to get there and what they cost.",
                    icon_name="truck",
                    level=2,
                ),
            )
        )
    return html.Div(
        [
            html.Div([html.P(words) for words in told], className="ship-told", role="status"),
            *(_zone(item, zone) for zone in zones),
        ],
        className="stack",
    )


def _zone(item: Item, zone: ShownZone) -> html.Section:
    actions = [
        _button(item("edit-zone", zone.zone_id), "Edit", f"the zone {zone.name}"),
        _button(item("add-method", zone.zone_id), "Add a method", f"to the zone {zone.name}", spoken_first=True),
    ]
    body: Any = html.Ul([_method(item, one) for one in zone.methods], className="kit-list ship-methods")
    if not zone.methods:
        body = html.Div([badge("No method yet", "warn"), " Nobody ships there."], className="ship-none")
    return card(zone.name, [html.P(zone.places, className="ship-places"), body], actions=actions)


def _method(item: Item, method: ShownMethod) -> html.Li:
    about = [method.time, *([f"Free from {method.free_from}"] if method.free_from else [])]
    return html.Li(
        [
            html.Div(
                [
                    html.Div([icon("shop" if method.pick_up else "truck"), html.Strong(method.name)]),
                    html.Div(method.price, className="ship-price"),
                    html.Div(". ".join(about), className="muted"),
                    html.Div(f"Pick-up at {method.pick_up}", className="muted") if method.pick_up else None,
                ],
                className="grow",
            ),
            _button(item("edit-method", method.method_id), "Edit", f"the method {method.name}"),
        ]
    )


def _button(id_: Any, words: str, about: str, *, spoken_first: bool = False) -> html.Button:
    return html.Button(
        [icon("plus-lg") if spoken_first else None, words, spoken(f" {about}")],
        id=id_, type="button", n_clicks=0, className="btn btn-quiet btn-sm",
    )  # fmt: skip


def new_zone_button(id_: str) -> html.Button:
    return html.Button([icon("plus-lg"), "New zone"], id=id_, type="button", n_clicks=0, className="btn btn-quiet")


def zone_form(
    ids: Ids, item: Item, zone_id: int, values: Mapping[str, Any], places: Sequence[tuple[str, str]], *,
    is_opened: bool,
) -> html.Div:  # fmt: skip
    """`places`: (value, words) of all that there are. `is_opened`: by a click, which takes the focus here."""
    return _form(
        ids,
        "Edit zone" if zone_id else "New zone",
        [
            _value(item, "name", "Name", _text(item, "name", values["name"], 60), "Customers do not see it."),
            html.Div(
                [
                    html.Label("Countries and regions", htmlFor=ids("places"), className="field-label"),
                    dcc.Dropdown(
                        [{"value": value, "label": words} for value, words in places],
                        list(values["places"]),
                        id=ids("places"),
                        multi=True,
                        placeholder="Choose",
                        maxHeight=320,
                        optionHeight=32,
                    ),
                    html.Div("A region counts before its whole country.", className="field-hint"),
                    _error(item, "places"),
                ],
                className="field",
            ),
        ],
        is_new=not zone_id,
        is_opened=is_opened,
    )


def method_form(
    ids: Ids, item: Item, zone_name: str, method_id: int, values: Mapping[str, Any], currency: str, *, is_opened: bool
) -> html.Div:
    """`values`: texts, as the fields hold them; `steps` pairs of texts, `weekdays` numbers as texts."""
    weekdays = [{"value": str(at), "label": name[:3].capitalize()} for at, name in enumerate(WEEKDAYS)]
    by = [{"value": value, "label": words} for value, words in BY]
    return _form(
        ids,
        f"{'Edit method' if method_id else 'New method'}, {zone_name}",
        [
            _value(item, "name", "Name", _text(item, "name", values["name"], 60), "Customers choose by it."),
            _value(item, "by", "The price goes by", dbc.Select(id=item("value", "by"), options=by, value=values["by"])),
            _steps(item, values["steps"], currency),
            _value(
                item, "free_from", f"Free from, {currency}", _number(item, "free_from", values["free_from"]),
                "Goods for so much are brought for nothing. Empty: never.",
            ),
            html.Div(
                [
                    _value(item, "days_least", "Days, at least", _number(item, "days_least", values["days_least"])),
                    _value(item, "days_most", "at most", _number(item, "days_most", values["days_most"])),
                    _value(
                        item, "cutoff", "Leaves the same day until",
                        dbc.Input(id=item("value", "cutoff"), type="time", value=values["cutoff"]),
                    ),
                ],
                className="field-row",
            ),
            html.Fieldset(
                [
                    html.Legend("Working days", className="field-label"),
                    dbc.Checklist(weekdays, values["weekdays"], id=item("value", "weekdays"), inline=True),
                    html.Div(
                        "Closed days of the calendar and public holidays are left out by themselves.",
                        className="field-hint",
                    ),
                    _error(item, "weekdays"),
                ],
                className="field",
            ),
            _value(
                item, "unknown_weight", "A product without a weight counts as, grams",
                _number(item, "unknown_weight", values["unknown_weight"]), "Each unit. For prices by weight.",
            ),
            _value(
                item, "pick_up", "Pick-up address",
                dbc.Textarea(id=item("value", "pick_up"), value=values["pick_up"], rows=3, maxLength=400, debounce=0.3),
                "Where customers fetch it themselves. Empty: it is brought to them.",
            ),
        ],
        is_new=not method_id,
        is_opened=is_opened,
    )  # fmt: skip


def _steps(item: Item, steps: Sequence[tuple[str, str]], currency: str) -> html.Div:
    rows = [*steps, *([("", "")] * SPARE_STEPS)]
    heads = ("Up to", f"Price, {currency}")
    return html.Div(
        [
            html.Div(
                html.Table(
                    [
                        html.Caption("Prices", className="visually-hidden"),
                        html.Thead(html.Tr([html.Th(words, scope="col") for words in heads])),
                        html.Tbody(
                            [
                                html.Tr(
                                    [
                                        html.Td(_step(item, at, part, value, words))
                                        for part, value, words in zip(STEP_PARTS, row, heads, strict=True)
                                    ]
                                )
                                for at, row in enumerate(rows)
                            ]
                        ),
                    ],
                    className="settings-bands",
                ),
                className="table-scroll",
            ),
            html.Div(
                f"In {currency}, grams or items. The last row may have no limit; with one, nothing above it is taken. "
                "What ships alone is a parcel of its own.",
                className="field-hint",
            ),
            _error(item, "steps"),
        ],
        className="field",
    )


def _step(item: Item, at: int, part: str, value: str, words: str) -> html.Div:
    id_ = item("step", f"{at}-{part}")
    return html.Div(
        [
            html.Label(f"{words}, row {at + 1}", htmlFor=_dom(id_), className="visually-hidden"),
            dbc.Input(
                id=id_, type="text", inputMode="decimal", value=value, maxLength=20, autoComplete="off", debounce=0.3
            ),
        ]
    )


def _form(ids: Ids, title: str, fields: Sequence[Any], *, is_new: bool, is_opened: bool) -> html.Div:
    focus = TAKES_FOCUS if is_opened else {}
    return html.Div(
        [
            html.H2(title, className="card-title", **focus),
            plain_form(
                [
                    *fields,
                    html.Div(id=ids("clashes")),
                    html.Div(id=ids("error"), className="field-error", role="alert"),
                    html.Div(
                        [
                            submit_button(ids("save"), "Add" if is_new else "Save"),
                            html.Button(
                                "Remove", id=ids("remove"), type="button", n_clicks=0, hidden=is_new,
                                className="btn btn-quiet",
                            ),
                            html.Button(
                                "Cancel", id=ids("cancel"), type="button", n_clicks=0, hidden=not is_opened,
                                className="btn btn-quiet",
                            ),
                        ],
                        className="form-actions",
                    ),
                ],
                class_name="settings-form",
            ),
        ],
        className="cal-form",
    )  # fmt: skip


def example_fields(
    ids: Ids, countries: Sequence[tuple[str, str]], values: Mapping[str, str], currency: str
) -> html.Div:
    """An order to try the plan on."""
    options = [{"value": code, "label": name} for code, name in countries]
    return html.Div(
        [
            html.Div(
                [
                    field(
                        "To", dbc.Select(id=ids("try-country"), options=options, value=values["country"]),
                        for_id=ids("try-country"),
                    ),
                    field("Region", _try(ids, "region", values, 80), for_id=ids("try-region")),
                ],
                className="field-row",
            ),
            html.Div(
                [
                    field(f"Goods, {currency}", _try(ids, "worth", values, 20), for_id=ids("try-worth")),
                    field("Weight, grams", _try(ids, "weight", values, 20), for_id=ids("try-weight")),
                ],
                className="field-row",
            ),
        ]
    )  # fmt: skip


def _try(ids: Ids, name: str, values: Mapping[str, str], most: int) -> dbc.Input:
    return dbc.Input(
        id=ids(f"try-{name}"), type="text", value=values[name], maxLength=most, autoComplete="off", debounce=0.3
    )


def example(lead: str, quotes: Sequence[ShownQuote], wrong: Sequence[str]) -> html.Div:
    """`lead`: the order in words. `wrong`: what of the form cannot be yet."""
    rows = [
        html.Li(
            [
                html.Div(
                    [
                        html.Div([html.Strong(one.name), badge("In the form") if one.is_draft else None]),
                        html.Div(one.arrives, className="muted"),
                    ],
                    className="grow",
                ),
                html.Span(one.price, className="num"),
            ]
        )
        for one in quotes
    ]  # fmt: skip
    return html.Div(
        [
            html.Ul([html.Li(words) for words in wrong], className="preview-refused") if wrong else None,
            html.P(lead),
            html.Ul(rows, className="kit-list ship-quotes") if rows else None,
        ]
    )


def _value(item: Item, name: str, label: str, control: Any, hint: str = "") -> html.Div:
    return html.Div(
        [field(label, control, for_id=_dom(item("value", name)), hint=hint), _error(item, name)],
        className="field-with-error",
    )


def _text(item: Item, name: str, value: str, most: int) -> dbc.Input:
    return dbc.Input(id=item("value", name), type="text", value=value, maxLength=most, autoComplete="off", debounce=0.3)


def _number(item: Item, name: str, value: str) -> dbc.Input:
    return dbc.Input(
        id=item("value", name), type="text", inputMode="decimal", value=value, maxLength=20, autoComplete="off",
        debounce=0.3,
    )  # fmt: skip


def _error(item: Item, name: str) -> html.Div:
    return html.Div(id=item("error", name), className="field-error", role="alert")


def _dom(id_: Mapping[str, Any]) -> str:
    """As Dash writes the id into the document."""
    return json.dumps(id_, sort_keys=True, separators=(",", ":"))
