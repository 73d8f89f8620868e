"""The shop's settings: who it is, how it looks, its clocks and money, its low-stock rule, mails and pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update

from app.domain import Access
from app.errors import EditClash, InvalidInput, ShopError
from app.services import services
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import settings as parts
from components.kit.feedback import toast
from components.kit.ui import page_head
from pages.admin import _settings_values as typed
from pages.admin._clashes import given_up, now_seen, shown
from pages.admin._product_pictures import data_of
from pages.admin._settings_preview import preview_of

page = Page("admin-settings", path="/admin/settings", title="Settings", access=Access.ADMIN, frame="admin")


@page.layout
def layout(section: str = "shop", **query: Any) -> html.Div:
    """`section`: one of them; of the pages, `page` says which."""
    section = section if section in parts.SECTIONS else "shop"
    asked = str(query.get("page") or "")
    names = typed.names_of(section, asked)
    shop = services().shop
    written = names[0].removeprefix("page_") if section == "pages" else ""
    on_page = f"/pages/{written}" if written in shop.page_names else ""
    return html.Div(
        [
            page_head("Settings", "What is saved here holds everywhere within two seconds, and is in the audit log."),
            parts.sections(section),
            parts.page_choice(written, shop.page_names) if written else None,
            html.Div(
                [
                    html.Section(
                        html.Div(_form(names), id=page.id("form"), className="card-body"), className="kit-card"
                    ),
                    parts.preview_card(page.id, _previewed(section, names, services().shop_settings.values()), on_page),
                ],
                className="cols cols-even settings-cols",
            ),
            dcc.Store(id=page.id("section"), data=[section, *names]),
            dcc.Store(id=page.id("seen"), data=typed.seen(names)),
        ]
    )


@page.callback(
    Output(page.id("preview"), "children"),
    Input(page.item("value", ALL), "value"),
    Input(page.item("band", ALL), "value"),
    State(page.id("section"), "data"),
    prevent_initial_call=True,
)
def show_preview(_values: Any, _bands: Any, section: Any) -> Any:
    names = typed.names_sent(section)
    try:
        values = typed.values_of(page, names, ctx.inputs_list)
    except InvalidInput as error:
        return error.message
    return _previewed(section[0], names, values)


@page.callback(
    Output(page.id("form"), "children"),
    Output(page.item("error", ALL), "children"),
    Output(page.id("error"), "children"),
    Output(page.id("clashes"), "children"),
    Output(page.id("seen"), "data"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("save"), "n_clicks"),
    State(page.item("value", ALL), "value"),
    State(page.item("band", ALL), "value"),
    State(page.id("section"), "data"),
    State(page.id("seen"), "data"),
    State(page.item("choice", ALL), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save"), "disabled"), True, False)],
)
def save(clicks: Any, _values: Any, _bands: Any, section: Any, seen: Any, _choices: Any) -> tuple[Any, ...]:
    fields = [str(one["id"].get("key")) for one in ctx.outputs_list[1]]
    kept = [no_update] * len(fields)
    if not clicks:
        return no_update, kept, no_update, no_update, no_update, no_update
    try:
        names = typed.names_sent(section)
        values = typed.values_of(page, names, ctx.states_list)
        known = typed.seen_values(names, seen, values)
        values |= {name: known[name] for name in given_up(page, names) if name in values}
        is_changed = services().shop_settings.save(parts.SECTIONS[section[0]], values, known, current_actor())
    except EditClash as clash:
        both = shown(page, clash, {name: (parts.LABELS[name][0], typed.short) for name in names})
        seen_now = {**seen, **typed.digests(now_seen({}, clash))}
        return no_update, [""] * len(fields), clash.message, both, seen_now, no_update
    except InvalidInput as error:
        unplaced = "" if set(error.wrong) & set(fields) else error.message
        return no_update, [error.wrong.get(name, "") for name in fields], unplaced, no_update, no_update, no_update
    except ShopError as error:
        return no_update, [""] * len(fields), error.message, no_update, no_update, no_update
    told = "Saved. It holds everywhere within two seconds." if is_changed else "Nothing was changed."
    return _form(names), kept, no_update, no_update, typed.seen(names), toast(told)


@page.callback(
    Output(page.item("value", "logo"), "value"),
    Output(page.item("error", "logo"), "children", allow_duplicate=True),
    Output(page.id("upload"), "contents"),
    Input(page.id("upload"), "last_modified"),
    Input(page.id("logo-out"), "n_clicks"),
    State(page.id("upload"), "contents"),
    prevent_initial_call=True,
)
def change_logo(_modified: Any, _clicks: Any, contents: Any) -> tuple[Any, ...]:
    """The picture is kept from now on; that it is the logo is what saving says."""
    if ctx.triggered_id == page.id("logo-out"):
        return "", "", None
    try:
        return services().inventory.add_picture(data_of(contents)), "", None
    except ShopError as error:
        return no_update, error.message, None


def _form(names: tuple[str, ...]) -> html.Form:
    settings = services().shop_settings
    return parts.form(page.id, page.item, names, settings.values(), settings.locks(), typed.choices())


def _previewed(section: str, names: tuple[str, ...], values: Mapping[str, object]) -> Any:
    return preview_of(section, names, {name: values[name] for name in names if name in values})
