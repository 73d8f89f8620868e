"""Webhooks: which programs and chats hear of what happens, and what was delivered to them."""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update

from app import numbers
from app.domain import Access
from app.domain.webhooks import DeliveryState
from app.errors import InvalidInput, NotFound, ShopError
from app.services import services
from app.services.webhooks.addresses import LONGEST
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import webhook_log
from components.admin import webhooks as parts
from components.admin.dialogs import confirm_dialog
from components.kit.feedback import toast
from components.kit.ui import card, page_head
from pages.admin._common import day_start, text_of

page = Page("admin-webhooks", path="/admin/webhooks", title="Webhooks", access=Access.ADMIN, frame="admin")

NAME_LENGTH = 80
MOST_PAGES = 1_000
FORM = [State(page.id(name), "value") for name in parts.FIELDS]
FORM_OUT = [Output(page.id(name), "value", allow_duplicate=True) for name in parts.FIELDS]
ADD, CHANGE = ("New endpoint", "Add the endpoint"), ("Change the endpoint", "Save the endpoint")


@page.layout
def layout(**_: Any) -> html.Div:
    formats = services().formats
    since = services().webhooks.replayed_from(formats.today())
    endpoints = services().webhooks.endpoints()
    return html.Div(
        [
            page_head(
                "Webhooks",
                "Programs and chats of yours hear of orders, stock and products as they change. What cannot be "
                "delivered is tried again for three days.",
                [parts.alerts_link()],
            ),
            html.Div(id=page.id("secret"), role="status"),
            html.Div(
                [
                    card("Endpoints", html.Div(_endpoints(), id=page.id("endpoints")), class_name="card-flush"),
                    card(
                        [html.Span(ADD[0], id=page.id("form-title"))],
                        [parts.endpoint_form(page.id), parts.how_to_verify()],
                    ),
                ],
                className="cols",
            ),
            card(
                "Deliveries",
                webhook_log.log_card(page.id, endpoints, _log(None, None, None)[0], since.isoformat()),
                note="The log holds the last 30 days. Sent again, an event keeps its webhook-id.",
                class_name="card-flush",
            ),
            confirm_dialog(page.id, tells_refusal=True),
            webhook_log.detail_dialog(page.id),
            dcc.Store(id=page.id("editing")),
            dcc.Store(id=page.id("asked")),
            dcc.Store(id=page.id("pages"), data=[]),  # the delivery that each earlier page of the log began after
        ]
    )


@page.callback(
    Output(page.id("endpoints"), "children"),
    Output(page.id("of"), "options"),
    Output(page.id("form-error"), "children"),
    Output(page.id("secret"), "children"),
    Output(page.id("editing"), "data"),
    Output("toast-request", "data", allow_duplicate=True),
    *FORM_OUT,
    Input(page.id("save"), "n_clicks"),
    State(page.id("editing"), "data"),
    *FORM,
    prevent_initial_call=True,
    running=[(Output(page.id("save"), "disabled"), True, False)],
)
def save(clicks: Any, editing: Any, name: Any, address: Any, kind: Any, events: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 10
    try:
        fields = text_of(name, NAME_LENGTH, "name"), text_of(address, LONGEST, "address")
        chosen = _texts(events)
        if editing is None:
            endpoint, secret = services().webhooks.add(*fields, text_of(kind), chosen, current_actor())
        else:
            endpoint, secret = services().webhooks.change(_number(editing), *fields, chosen, current_actor()), ""
    except ShopError as error:
        return no_update, no_update, error.message, *(no_update,) * 7
    shown = parts.secret_box(endpoint.name, secret, page.id("secret-text"), is_rotated=False) if secret else None
    said = toast(f"{endpoint.name} is saved.")
    return _endpoints(), _choices(), "", shown, None, said, *parts.EMPTY


@page.callback(
    Output(page.id("editing"), "data", allow_duplicate=True),
    Output(page.id("form-error"), "children", allow_duplicate=True),
    *FORM_OUT,
    Input(page.item("edit", ALL), "n_clicks"),
    Input(page.id("cancel"), "n_clicks"),
    prevent_initial_call=True,
)
def edit(clicks: Any, cancels: Any) -> tuple[Any, ...]:
    if ctx.triggered_id == page.id("cancel") and cancels:
        return None, "", *parts.EMPTY
    key = _clicked(clicks)
    if key is None:
        return (no_update,) * (2 + len(parts.FIELDS))
    endpoint = services().webhooks.endpoint(_number(key))
    return endpoint.endpoint_id, "", *parts.values_of(endpoint)


@page.callback(
    Output(page.id("form-title"), "children"),
    Output(page.id("save"), "children"),
    Output(page.id("cancel"), "hidden"),
    Output(page.id("format"), "disabled"),
    Input(page.id("editing"), "data"),
)
def name_form(editing: Any) -> tuple[Any, ...]:
    """What an endpoint is stays: a program has a secret, a chat has none."""
    title, button = ADD if editing is None else CHANGE
    return title, button, editing is None, editing is not None


@page.callback(
    Output(page.id("endpoints"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("test", ALL), "n_clicks"),
    Input(page.item("switch", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def act(tests: Any, switches: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    key = _clicked([*_list(tests), *_list(switches)])
    if key is None:
        return no_update, no_update
    if triggered["type"] == page.item("test", 0)["type"]:
        services().webhooks.test(_number(key), current_actor())
        words = "A test is on its way. Look at the deliveries in a moment."
    else:
        endpoint_id, is_on = _switch(key)
        endpoint = services().webhooks.switch(endpoint_id, is_on, current_actor())
        words = f"{endpoint.name} is {'on' if is_on else 'off'}."
    return _endpoints(), toast(words)


@page.callback(
    Output(page.id("confirm"), "is_open"),
    Output(page.id("confirm-title"), "children"),
    Output(page.id("confirm-words"), "children"),
    Output(page.id("confirm-yes"), "children"),
    Output(page.id("confirm-error"), "children"),
    Output(page.id("asked"), "data"),
    Input(page.item("ask", ALL), "n_clicks"),
    Input(page.id("confirm-no"), "n_clicks"),
    prevent_initial_call=True,
)
def ask(clicks: Any, _no: Any) -> tuple[Any, ...]:
    if ctx.triggered_id == page.id("confirm-no"):
        return False, no_update, no_update, no_update, "", None
    key = _clicked(clicks)
    if key is None:
        return (no_update,) * 6
    action, endpoint_id = _asked(key)
    endpoint = services().webhooks.endpoint(endpoint_id)
    if action == "remove":
        return True, f"Remove {endpoint.name}?", parts.remove_words(endpoint), "Remove", "", key
    return True, f"A new secret for {endpoint.name}?", parts.rotate_words(), "Make a new secret", "", key


@page.callback(
    Output(page.id("confirm"), "is_open", allow_duplicate=True),
    Output(page.id("confirm-error"), "children", allow_duplicate=True),
    Output(page.id("endpoints"), "children", allow_duplicate=True),
    Output(page.id("of"), "options", allow_duplicate=True),
    Output(page.id("secret"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("confirm-yes"), "n_clicks"),
    State(page.id("asked"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("confirm-yes"), "disabled"), True, False)],
)
def do(clicks: Any, asked: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 6
    action, endpoint_id = _asked(asked)
    try:
        name = services().webhooks.endpoint(endpoint_id).name
        if action == "remove":
            services().webhooks.remove(endpoint_id, current_actor())
            return False, "", _endpoints(), _choices(), None, toast(f"{name} is removed.")
        secret = services().webhooks.rotate(endpoint_id, current_actor())
    except ShopError as error:
        return no_update, error.message, _endpoints(), _choices(), no_update, no_update
    box = parts.secret_box(name, secret, page.id("secret-text"), is_rotated=True)
    return False, "", _endpoints(), no_update, box, toast(f"{name} has a new secret.")


@page.callback(
    Output(page.id("log"), "children"),
    Output(page.id("pages"), "data"),
    Output(page.id("where"), "children"),
    Output(page.id("previous"), "disabled"),
    Output(page.id("next"), "disabled"),
    Input(page.id("of"), "value"),
    Input(page.id("state"), "value"),
    Input(page.id("again"), "n_clicks"),
    Input(page.id("previous"), "n_clicks"),
    Input(page.id("next"), "n_clicks"),
    State(page.id("pages"), "data"),
)
def show_log(of: Any, state: Any, _again: Any, _previous: Any, _next: Any, pages: Any) -> tuple[Any, ...]:
    endpoint_id, wanted = _of(of), _state(state)
    begun = [found for one in _list(pages)[:MOST_PAGES] if (found := numbers.row_id(one)) is not None]
    if ctx.triggered_id == page.id("next"):
        _, last = _log(endpoint_id, wanted, begun[-1] if begun else None)
        begun = [*begun, last] if last is not None else begun
    elif ctx.triggered_id == page.id("previous"):
        begun = begun[:-1]
    elif ctx.triggered_id in (page.id("of"), page.id("state")):
        begun = []
    shown, last = _log(endpoint_id, wanted, begun[-1] if begun else None)
    words = f"Page {services().formats.number(len(begun) + 1)}" if begun or last is not None else ""
    return shown, begun, words, not begun, last is None


@page.callback(
    Output(page.id("detail"), "is_open"),
    Output(page.id("detail-title"), "children"),
    Output(page.id("detail-body"), "children"),
    Input(page.item("open", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def open_delivery(clicks: Any) -> tuple[Any, ...]:
    key = _clicked(clicks)
    if key is None:
        return (no_update,) * 3
    found = services().webhooks.delivery(_number(key))
    endpoint = next((one for one in services().webhooks.endpoints() if one.endpoint_id == found.endpoint_id), None)
    title = parts.EVENTS.get(found.event.type, found.event.type)
    return True, title, webhook_log.detail(found, endpoint, services().formats)


@page.callback(
    Output(page.id("log"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("replay", ALL), "n_clicks"),
    State(page.id("of"), "value"),
    State(page.id("state"), "value"),
    State(page.id("pages"), "data"),
    prevent_initial_call=True,
)
def replay(clicks: Any, of: Any, state: Any, pages: Any) -> tuple[Any, ...]:
    key = _clicked(clicks)
    if key is None:
        return no_update, no_update
    endpoint_id, wanted = _of(of), _state(state)
    services().webhooks.replay(_number(key), current_actor())
    before = numbers.row_id(_list(pages)[-1]) if _list(pages) else None
    return _log(endpoint_id, wanted, before)[0], toast("It is sent again in a moment, under its own id.")


@page.callback(
    Output(page.id("replay-error"), "children"),
    Output(page.id("log"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("replay-failed"), "n_clicks"),
    State(page.id("since"), "value"),
    State(page.id("of"), "value"),
    State(page.id("state"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("replay-failed"), "disabled"), True, False)],
)
def replay_failed(clicks: Any, since: Any, of: Any, state: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 3
    try:
        endpoint_id, wanted = _of(of), _state(state)
        begin = day_start(since, "since")
        if endpoint_id is None or begin is None:
            raise InvalidInput("Choose an endpoint above, and a day.", "since")
        count = services().webhooks.replay_failed(endpoint_id, begin, current_actor())
    except ShopError as error:
        return error.message, no_update, no_update
    words = f"{services().formats.counted(count, 'event')} will be sent again." if count else "Nothing failed since."
    return "", _log(endpoint_id, wanted, None)[0], toast(words)


# --- load and shape -----------------------------------------------------------------------------------


def _endpoints() -> Any:
    hooks = services().webhooks
    return parts.endpoint_list(hooks.endpoints(), hooks.waiting(), page.item, services().formats)


def _choices() -> list[dict[str, str]]:
    return webhook_log.endpoint_choices(services().webhooks.endpoints())


def _names() -> dict[int, str]:
    return {one.endpoint_id: one.name for one in services().webhooks.endpoints()}


def _log(endpoint_id: int | None, state: DeliveryState | None, before: int | None) -> tuple[Any, int | None]:
    """A page of the log, and its last delivery when there are older ones."""
    found = services().webhooks.log(endpoint_id, state, before)
    is_narrowed = endpoint_id is not None or state is not None
    shown = webhook_log.delivery_table(
        found.deliveries, _names(), page.item, services().formats, is_narrowed=is_narrowed
    )
    return shown, found.deliveries[-1].delivery_id if found.more else None


def _clicked(clicks: Any) -> Any:
    """The key of the button that was clicked; None when a list was only drawn anew."""
    triggered = ctx.triggered_id
    if not isinstance(triggered, dict) or not any(_list(clicks)) or not ctx.triggered[0]["value"]:
        return None
    return triggered["key"]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list | None) or not all(isinstance(one, str) for one in value or []):
        raise InvalidInput("Choose among the events shown.", "events")
    return value or []


def _number(value: Any) -> int:
    found = numbers.row_id(value)
    if found is None:
        raise NotFound("There is no such thing any more.")
    return found


def _asked(key: Any) -> tuple[str, int]:
    """What a button asks to do with which endpoint, of a key "remove:3"."""
    action, _, endpoint_id = key.partition(":") if isinstance(key, str) else ("", "", "")
    found = numbers.row_id(endpoint_id)
    if action not in ("remove", "rotate") or found is None:
        raise NotFound("There is no such endpoint.")
    return action, found


def _switch(key: Any) -> tuple[int, bool]:
    """The endpoint and what its button said, of a key "3:off"."""
    endpoint_id, _, wanted = key.partition(":") if isinstance(key, str) else ("", "", "")
    found = numbers.row_id(endpoint_id)
    if wanted not in ("on", "off") or found is None:
        raise NotFound("There is no such endpoint.")
    return found, wanted == "on"


def _of(value: Any) -> int | None:
    """The endpoint whose deliveries are shown; None: those of all."""
    if value == webhook_log.ANY:
        return None
    found = numbers.row_id(value)
    if found is None:
        raise InvalidInput("Choose one of the endpoints shown.", "of")
    return found


def _state(value: Any) -> DeliveryState | None:
    if not isinstance(value, str) or value not in dict(webhook_log.FILTERS):
        raise InvalidInput("Choose one of the states shown.", "state")
    return None if value == "all" else DeliveryState(value)
