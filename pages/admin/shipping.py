"""Where the shop ships to, and how: zones and methods, and what they make of an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from app import numbers
from app.domain import Access
from app.errors import Conflict, EditClash, InvalidInput, NotFound, ShopError
from app.services import services
from app.services.shipping.drafts import method_fields, zone_fields
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import shipping as parts
from components.admin.dialogs import confirm_dialog
from components.admin.settings import sections
from components.kit.feedback import toast
from components.kit.ui import card, page_head
from pages.admin import _shipping_forms as forms
from pages.admin._clashes import given_up, now_seen, shown
from pages.admin._shipping_shown import example_of, example_start, told_of, zones_of
from pages.shop._countries import countries

page = Page("admin-shipping", path="/admin/settings/shipping", title="Shipping", access=Access.ADMIN, frame="admin")

TRIED = [Input(page.id(f"try-{name}"), "value") for name in parts.EXAMPLE]


@page.layout
def layout(**_: Any) -> html.Div:
    formats, start = services().formats, example_start()
    return html.Div(
        [
            page_head(
                "Settings",
                "What is saved here holds everywhere within two seconds, and is in the audit log.",
                [parts.new_zone_button(page.id("new"))],
            ),
            sections("shipping"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(_body(), id=page.id("body")),
                            card(
                                "Preview",
                                [
                                    parts.example_fields(page.id, countries(formats.locale), start, formats.currency),
                                    html.Div(example_of(start, None), id=page.id("preview"), **{"aria-live": "polite"}),
                                ],
                            ),
                        ],
                        className="stack",
                    ),
                    card(None, html.Div(_form(forms.ZONE), id=page.id("form"))),
                ],
                className="cols cols-even settings-cols",
            ),
            confirm_dialog(page.id, tells_refusal=True),
        ]
    )


@page.callback(
    Output(page.id("form"), "children"),
    Input(page.item("edit-zone", ALL), "n_clicks"),
    Input(page.item("add-method", ALL), "n_clicks"),
    Input(page.item("edit-method", ALL), "n_clicks"),
    Input(page.id("new"), "n_clicks"),
    Input(page.id("cancel"), "n_clicks"),
    prevent_initial_call=True,
)
def open_form(*_clicks: Any) -> Any:
    triggered = ctx.triggered_id
    if not triggered or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    if triggered in (page.id("new"), page.id("cancel")):
        return _form(forms.ZONE, is_opened=triggered == page.id("new"))
    row_id = _row_id(triggered["key"])
    if triggered["type"] == page.item("add-method", "")["type"]:
        return _form(forms.METHOD, zone_id=row_id, is_opened=True)
    kind = forms.ZONE if triggered["type"] == page.item("edit-zone", "")["type"] else forms.METHOD
    return _form(kind, row_id, is_opened=True)


@page.callback(
    Output(page.id("preview"), "children"),
    *TRIED,
    Input(page.item("value", ALL), "value"),
    Input(page.item("step", ALL), "value"),
    State(page.id("editing"), "data"),
)
def show_preview(country: Any, region: Any, worth: Any, weight: Any, _values: Any, _steps: Any, editing: Any) -> Any:
    tried = dict(zip(parts.EXAMPLE, (country, region, worth, weight), strict=True))
    kind, row_id, zone_id = _edited(editing)
    if kind == forms.ZONE:
        return example_of(tried, None)
    values, steps = (forms.keyed(ctx.inputs_list, page.item(name, "")["type"]) for name in ("value", "step"))
    return example_of(tried, (zone_id, row_id, values, steps))


@page.callback(
    Output(page.id("body"), "children"),
    Output(page.id("form"), "children", allow_duplicate=True),
    Output(page.item("error", ALL), "children"),
    Output(page.id("error"), "children"),
    Output(page.id("clashes"), "children"),
    Output(page.id("seen"), "data"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("save"), "n_clicks"),
    State(page.item("value", ALL), "value"),
    State(page.item("step", ALL), "value"),
    State(page.id("places"), "value"),
    State(page.id("editing"), "data"),
    State(page.id("seen"), "data"),
    State(page.item("choice", ALL), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save"), "disabled"), True, False)],
)
def save(
    clicks: Any, _values: Any, _steps: Any, places: Any, editing: Any, seen: Any, _choices: Any
) -> tuple[Any, ...]:
    fields = [str(one["id"]["key"]) for one in next(one for one in ctx.outputs_list if isinstance(one, list))]
    kept, cleared = [no_update] * len(fields), [""] * len(fields)
    if not clicks:
        return no_update, no_update, kept, *(no_update,) * 4
    kind, row_id, zone_id = _edited(editing)
    try:
        words, form = _saved(kind, row_id, zone_id, places, seen)
    except EditClash as clash:
        both = shown(page, clash, forms.clash_labels(kind, services().formats))
        return no_update, no_update, cleared, clash.message, both, now_seen(seen, clash), no_update
    except InvalidInput as error:
        at_field = [error.wrong.get(name, "") for name in fields]
        unplaced = "" if any(at_field) else error.message
        return no_update, no_update, at_field, unplaced, no_update, no_update, no_update
    except ShopError as error:
        return no_update, no_update, cleared, error.message, no_update, no_update, no_update
    return _body(), form, kept, *(no_update,) * 3, toast(words)


@page.callback(
    Output(page.id("confirm"), "is_open"),
    Output(page.id("confirm-title"), "children"),
    Output(page.id("confirm-words"), "children"),
    Output(page.id("confirm-yes"), "children"),
    Output(page.id("confirm-error"), "children"),
    Input(page.id("remove"), "n_clicks"),
    Input(page.id("confirm-no"), "n_clicks"),
    State(page.id("editing"), "data"),
    prevent_initial_call=True,
)
def ask_to_remove(clicks: Any, _no: Any, editing: Any) -> tuple[Any, ...]:
    if ctx.triggered_id == page.id("confirm-no"):
        return False, no_update, no_update, no_update, ""
    kind, row_id, _ = _edited(editing)
    if not clicks or not row_id:
        return (no_update,) * 5
    plan = services().shipping_zones.plan()
    if kind == forms.METHOD:
        method = plan.method(row_id)
        if method is None:
            raise NotFound("This method was removed already.")
        words = f"{method.name}. It cannot be chosen at checkout any more. Orders that have it keep it."
        return True, "Remove this method?", words, "Remove", ""
    zone = forms.zone_named(plan.zones, row_id)
    if zone is None:
        raise NotFound("This zone was removed already.")
    methods = ", ".join(one.name for one in zone.methods)
    words = f"{zone.name}{f', with {methods}' if methods else ''}. Nobody ships to its places any more."
    return True, "Remove this zone?", words, "Remove", ""


@page.callback(
    Output(page.id("confirm"), "is_open", allow_duplicate=True),
    Output(page.id("confirm-error"), "children", allow_duplicate=True),
    Output(page.id("body"), "children", allow_duplicate=True),
    Output(page.id("form"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("confirm-yes"), "n_clicks"),
    State(page.id("editing"), "data"),
    State(page.id("seen"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("confirm-yes"), "disabled"), True, False)],
)
def remove(clicks: Any, editing: Any, seen: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 5
    kind, row_id, _ = _edited(editing)
    zones, known = services().shipping_zones, forms.seen_in(kind, seen)
    try:
        if kind == forms.METHOD:
            zones.remove_method(row_id, known, current_actor())
        else:
            zones.remove_zone(row_id, known, _methods_in(editing), current_actor())
    except Conflict as changed:
        return no_update, changed.message, _body(), no_update, no_update
    return False, "", _body(), _form(forms.ZONE), toast(f"The {kind} is removed.")


def _saved(kind: str, row_id: int, zone_id: int, places: Any, seen: Any) -> tuple[str, Any]:
    """Write what the form holds; what to say of it, and the form that comes next."""
    zones, actor = services().shipping_zones, current_actor()
    values, steps = (forms.keyed(ctx.states_list, page.item(name, "")["type"]) for name in ("value", "step"))
    if kind == forms.ZONE:
        typed = forms.typed_zone(values, places)
    else:
        typed = forms.typed_method(values, steps, services().formats)
    known: dict[str, Any] = {}
    if row_id:
        known = forms.seen_in(kind, seen)
        typed |= {name: known[name] for name in given_up(page, forms.names_in(kind))}
    if kind == forms.METHOD:
        change, new = (row_id, typed, known, actor), (zone_id, typed, actor)
        method = zones.change_method(*change) if row_id else zones.add_method(*new)
        return f"{method.name} is saved.", _form(forms.METHOD, method.method_id, is_opened=True)
    if row_id:
        zone = zones.change_zone(row_id, typed, known, actor)
        return f"{zone.name} is saved.", _form(forms.ZONE, zone.zone_id, is_opened=True)
    zone = zones.add_zone(typed, actor)
    return f"{zone.name} is there. Say how you ship.", _form(forms.METHOD, zone_id=zone.zone_id, is_opened=True)


def _form(kind: str, row_id: int = 0, zone_id: int = 0, *, is_opened: bool = False) -> html.Div:
    """Of a new one, or of one to be changed. Raises NotFound for one that is gone."""
    plan, formats = services().shipping_zones.plan(), services().formats
    if kind == forms.ZONE:
        zone = forms.zone_named(plan.zones, row_id)
        if row_id and zone is None:
            raise NotFound("This zone was removed already.")
        seen: Mapping[str, Any] = zone_fields(zone) if zone else forms.NEW_ZONE
        choices = forms.place_choices(formats)
        form = parts.zone_form(page.id, page.item, row_id, seen, choices, is_opened=is_opened)
        editing = [kind, row_id, 0, len(zone.methods) if zone else 0]
    else:
        method = plan.method(row_id)
        home = next((one for one in plan.zones if one.zone_id == zone_id or method in one.methods), None)
        if home is None:
            raise NotFound("This method or its zone was removed already.")
        seen = method_fields(method) if method else forms.NEW_METHOD
        texts = forms.method_texts(seen, formats)
        form = parts.method_form(
            page.id, page.item, home.name, row_id, texts, formats.currency, is_opened=is_opened
        )  # fmt: skip
        editing = [kind, row_id, home.zone_id, 0]
    stores = [dcc.Store(id=page.id("editing"), data=editing), dcc.Store(id=page.id("seen"), data=dict(seen))]
    unused = html.Div(dcc.Input(id=page.id("places"), type="hidden")) if kind == forms.METHOD else None
    return html.Div([form, unused, *stores])


def _edited(value: Any) -> tuple[str, int, int]:
    """What the form is of: its kind, its id (0: a new one), and the zone of a method. Raises InvalidInput."""
    if isinstance(value, list) and len(value) == 4 and value[0] in (forms.ZONE, forms.METHOD):
        ids = value[1:3]
        if all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one < 2**62 for one in ids):
            return value[0], ids[0], ids[1]
    raise InvalidInput("This form is out of date. Load the page again.")


def _methods_in(editing: Any) -> int:
    return editing[3] if isinstance(editing[3], int) else -1


def _row_id(value: Any) -> int:
    found = numbers.row_id(value)
    if found is None:
        raise NotFound("There is no such zone or method.")
    return found


def _body() -> html.Div:
    plan = services().shipping_zones.plan()
    return parts.zone_cards(page.item, zones_of(plan), told_of(plan))
