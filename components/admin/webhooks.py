"""Endpoints of webhooks: the list, the form, and a secret that is shown once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from dash import dcc, html

from app.domain.webhooks import SUBSCRIBABLE, Endpoint, EndpointFormat, EventType
from app.money import Formats
from components.kit.forms import TAKES_FOCUS, choices_field, plain_form, select_field, submit_button, text_field
from components.kit.ui import Tone, badge, empty_state, icon

Ids = Callable[[str], str]
ItemId = Callable[[str, Any], Any]

EVENTS: Mapping[str, str] = {
    EventType.ORDER_PAID.value: "Order paid",
    EventType.ORDER_SHIPPED.value: "Order shipped",
    EventType.ORDER_REFUNDED.value: "Order refunded",
    EventType.STOCK_LOW.value: "Stock low",
    EventType.PRODUCT_CHANGED.value: "Product changed",
    EventType.ALERT_OPENED.value: "Alert of a rule",
    EventType.TEST.value: "Test",
}
FORMATS = (
    (EndpointFormat.SIGNED.value, "A program: signed JSON"),
    (EndpointFormat.CHAT.value, "A chat: Slack and compatible"),
)
# What the form holds, in the order in which callbacks get and set it.
FIELDS = ("name", "address", "format", "events")
EMPTY = ("", "", EndpointFormat.SIGNED.value, [event.value for event in SUBSCRIBABLE])
_ADDRESS_HINT = "https only, and an address that the whole internet can reach."


def endpoint_form(ids: Ids) -> html.Form:
    """For a new endpoint, and for one that is changed."""
    events = [(event.value, EVENTS[event.value]) for event in SUBSCRIBABLE]
    return plain_form(
        [
            text_field(ids("name"), "Name", placeholder="Bookkeeping", maxLength=80),
            text_field(
                ids("address"),
                "Address",
                hint=_ADDRESS_HINT,
                placeholder="https://example.com/hooks",
                inputMode="url",
                maxLength=500,
                autocomplete="off",
            ),
            select_field(ids("format"), "It is", FORMATS, EMPTY[2]),
            choices_field(ids("events"), "It hears of", events, EMPTY[3]),
            html.P("Alert rules can name an endpoint too, whatever it hears of besides.", className="field-hint"),
            html.Div(id=ids("form-error"), className="field-error", role="alert"),
            html.Div(
                [
                    submit_button(ids("save"), "Add the endpoint"),
                    html.Button(
                        "Cancel", id=ids("cancel"), type="button", n_clicks=0, className="btn btn-quiet", hidden=True
                    ),
                ],
                className="form-actions",
            ),
        ]
    )


def values_of(endpoint: Endpoint) -> tuple[Any, ...]:
    """The values of `FIELDS`. The address of a chat is a key: it stays where it is unless another one is entered."""
    address = "" if endpoint.format is EndpointFormat.CHAT else endpoint.address
    return endpoint.name, address, endpoint.format.value, list(endpoint.events)


def secret_box(name: str, secret: str, box_id: str, *, is_rotated: bool) -> html.Div:
    """A secret, for this one time."""
    also = " The one before is used beside it for 24 hours." if is_rotated else ""
    return html.Div(
        [
            html.H2(f"The secret of {name}", className="codes-title", **TAKES_FOCUS),
            html.P(f"Copy it now into the program that checks signatures: it is shown only this once.{also}"),
            html.Div(
                [
                    html.Code(secret, id=box_id, className="secret-text"),
                    html.Button(
                        [icon("copy"), "Copy"],
                        type="button",
                        className="btn btn-quiet",
                        **{"data-copy": box_id, "data-copy-squeeze": "on", "aria-label": "Copy the secret"},
                    ),
                ],
                className="copy-row",
            ),
        ],
        className="codes-card webhook-secret",
    )


def endpoint_list(endpoints: Sequence[Endpoint], waiting: Mapping[int, int], item: ItemId, formats: Formats) -> Any:
    """`waiting`: how many events wait, by endpoint."""
    if not endpoints:
        return empty_state(
            "No endpoints yet",
            "Add the address of a program that should hear of orders, stock and products as they change.",
            icon_name="broadcast-pin",
        )
    return html.Ul(
        [_endpoint(one, waiting.get(one.endpoint_id, 0), item, formats) for one in endpoints], className="rule-list"
    )


def _endpoint(one: Endpoint, waiting: int, item: ItemId, formats: Formats) -> html.Li:
    words, tone, glyph = _state(one, formats)
    heard = ", ".join(EVENTS[event] for event in one.events if event in EVENTS) or "alert rules that name it"
    is_chat = one.format is EndpointFormat.CHAT
    return html.Li(
        [
            html.Div(
                [
                    html.Span(one.name, className="name"),
                    html.Span(_shown(one), className="sub"),
                    html.Span(f"{'Chat' if is_chat else 'Signed JSON'} · {heard}", className="sub"),
                    html.Span(_last(one, waiting, formats), className="sub"),
                ],
                className="grow",
            ),
            badge(words, tone, glyph),
            html.Div(
                [
                    _button("Send a test", item("test", one.endpoint_id), one.name) if one.is_on else None,
                    _button("Change", item("edit", one.endpoint_id), one.name),
                    None if is_chat else _button("New secret", item("ask", f"rotate:{one.endpoint_id}"), one.name),
                    _button(
                        "Turn off" if one.is_on else "Turn on",
                        item("switch", f"{one.endpoint_id}:{'off' if one.is_on else 'on'}"),
                        one.name,
                    ),
                    _button("Remove", item("ask", f"remove:{one.endpoint_id}"), one.name, "btn-danger-quiet"),
                ],
                className="row-actions",
            ),
        ],
        className="" if one.is_on else "rule-off",
    )


def _shown(one: Endpoint) -> str:
    """Of a chat the host alone."""
    return f"{urlsplit(one.address).hostname}/…" if one.format is EndpointFormat.CHAT else one.address


def _button(words: str, id_: Any, name: str, tone: str = "btn-quiet") -> html.Button:
    return html.Button(
        words,
        id=id_,
        className=f"btn {tone} btn-sm",
        type="button",
        n_clicks=0,
        **{"aria-label": f"{words}: {name}"},
    )


def _state(one: Endpoint, formats: Formats) -> tuple[str, Tone, str]:
    if not one.is_on:
        return "Off", "neutral", "slash-circle"
    if one.failing_since is not None:
        return f"Failing since {formats.moment(one.failing_since)}", "bad", "x-circle"
    if one.failures:
        return "Trying again", "warn", "arrow-repeat"
    if one.last_ok_at is None:
        return "Nothing sent yet", "neutral", "hourglass-split"
    return "Works", "good", "check2"


def _last(one: Endpoint, waiting: int, formats: Formats) -> str:
    said = []
    if one.last_ok_at is not None:
        said.append(f"Last delivered {formats.moment(one.last_ok_at)}.")
    if one.failures:
        tries = "try" if one.failures == 1 else "tries"
        said.append(f"{formats.number(one.failures)} {tries} failed since: {one.last_answer.rstrip('.')}.")
    if waiting:
        said.append(f"{formats.counted(waiting, 'event')} waiting.")
    return " ".join(said)


def remove_words(one: Endpoint) -> html.P:
    return html.P(f"{one.name} hears of nothing any more. What waits for it and its log are deleted.")


def rotate_words() -> html.P:
    return html.P(
        "It gets a new secret, which is shown once. For 24 hours events are signed with both, "
        "so that the program can be changed meanwhile."
    )


def how_to_verify() -> html.P:
    """Where the receiving end reads on."""
    return html.P(
        [
            "Signatures follow the ",
            html.A("Standard Webhooks", href="https://www.standardwebhooks.com", target="_blank", rel="noreferrer"),
            " specification, which has libraries for most languages. A program must take an event twice: "
            "it knows it by its webhook-id.",
        ],
        className="field-hint webhook-how",
    )


def alerts_link() -> dcc.Link:
    return dcc.Link("Alert rules", "/admin/alerts", className="btn btn-quiet")
