"""The log of what was delivered to endpoints, and one delivery in full."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from app.domain.webhooks import Delivery, DeliveryState, Endpoint, EndpointFormat, Try
from app.money import Formats
from components.admin.webhooks import EVENTS, Ids, ItemId
from components.kit.forms import submit_button
from components.kit.ui import Tone, badge, empty_state, facts, pager, segmented, spoken, spoken_label, table

ANY = "any"
FILTERS = (("all", "All"), ("pending", "Waiting"), ("done", "Delivered"), ("failed", "Failed"))
STATES: Mapping[DeliveryState, tuple[str, Tone, str]] = {
    DeliveryState.PENDING: ("Waiting", "neutral", "hourglass-split"),
    DeliveryState.DONE: ("Delivered", "good", "check2"),
    DeliveryState.FAILED: ("Given up", "bad", "x-circle"),
}


def log_card(ids: Ids, endpoints: Sequence[Endpoint], content: Any, since: str) -> html.Div:
    """`content`: the first page; `since`: the day from which failed ones would be replayed."""
    return html.Div(
        [
            html.Div(
                [
                    spoken_label("Endpoint", ids("of")),
                    dbc.Select(id=ids("of"), value=ANY, options=endpoint_choices(endpoints)),
                    segmented(ids("state"), FILTERS, "all", label="State"),
                    html.Button("Look again", id=ids("again"), type="button", n_clicks=0, className="btn btn-quiet"),
                ],
                className="toolbar webhook-toolbar",
            ),
            html.Div(content, id=ids("log")),
            pager(ids("previous"), ids("next"), ids("where")),
            html.Form(
                [
                    html.Label("Replay what failed since", htmlFor=ids("since")),
                    dbc.Input(id=ids("since"), type="date", value=since),
                    submit_button(ids("replay-failed"), "Replay", tone="quiet"),
                    html.Div(id=ids("replay-error"), className="field-error", role="alert"),
                ],
                noValidate=True,
                className="webhook-replay",
                **{"data-native": "off"},
            ),
        ]
    )


def endpoint_choices(endpoints: Sequence[Endpoint]) -> list[dict[str, str]]:
    every = {"value": ANY, "label": "All endpoints"}
    return [every, *({"value": str(one.endpoint_id), "label": one.name} for one in endpoints)]


def delivery_table(
    deliveries: Sequence[Delivery], names: Mapping[int, str], item: ItemId, formats: Formats, *, is_narrowed: bool
) -> Any:
    """`names`: of endpoints, by id."""
    if not deliveries:
        words = (
            "Choose another endpoint or state." if is_narrowed else "Each event that an endpoint hears of is listed."
        )
        return empty_state("Nothing here", words, icon_name="send")
    return table(
        [
            ("Event", False),
            ("Endpoint", False),
            ("State", False),
            ("Tries", True),
            ("Last answer", False),
            (spoken("Look at it or send it again"), True),
        ],
        [
            [
                html.Div(
                    [
                        EVENTS.get(one.event.type, one.event.type),
                        html.Span(formats.moment(one.created_at), className="sub nowrap"),
                    ]
                ),
                names.get(one.endpoint_id, ""),
                _state(one, formats),
                formats.number(len(one.tries)),
                html.Span(_answer(one.last), className="delivery-error") if one.last else _none(),
                html.Div(
                    [
                        _button("Details", item("open", one.delivery_id)),
                        _button(
                            "Try now" if one.state is DeliveryState.PENDING else "Replay",
                            item("replay", one.delivery_id),
                        ),
                    ],
                    className="row-actions",
                ),
            ]
            for one in deliveries
        ],
        caption="Deliveries, the latest first",
        class_name="webhook-table",
    )


def detail(one: Delivery, endpoint: Endpoint | None, formats: Formats) -> list[Any]:
    """The body of the dialog about a delivery; a chat gets the sentence."""
    is_chat = endpoint is not None and endpoint.format is EndpointFormat.CHAT
    words, tone, glyph = STATES[one.state]
    return [
        facts(
            [
                ("Endpoint", endpoint.name if endpoint else ""),
                ("State", badge(words, tone, glyph)),
                ("webhook-id", html.Code(one.event.event_id, className="webhook-id")),
            ]
        ),
        html.H3("What is sent", className="webhook-part"),
        html.Pre(one.event.text if is_chat else _pretty(one.event.payload), className="webhook-text", tabIndex="0"),
        html.H3("Tries", className="webhook-part"),
        _tries(one.tries, formats),
    ]


def detail_dialog(ids: Ids) -> dbc.Modal:
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(id=ids("detail-title")), close_button=True),
            dbc.ModalBody(id=ids("detail-body")),
        ],
        id=ids("detail"),
        is_open=False,
        fade=False,
        size="lg",
        scrollable=True,
    )


def _tries(tries: Sequence[Try], formats: Formats) -> Any:
    if not tries:
        return html.P("None yet.", className="muted")
    return html.Ol(
        [
            html.Li(
                [
                    html.Div(
                        f"{formats.moment(one.at)} · {_status(one)} · {formats.number(one.milliseconds)} ms",
                        className="webhook-try",
                    ),
                    html.Pre(one.answer, className="webhook-text", tabIndex="0") if one.answer else None,
                ]
            )
            for one in reversed(tries)
        ],
        reversed=True,
        className="webhook-tries",
    )


def _state(one: Delivery, formats: Formats) -> html.Div:
    words, tone, glyph = STATES[one.state]
    waits = one.state is DeliveryState.PENDING and one.attempts > 0
    next_try = html.Span(f"next try {formats.moment(one.next_try_at)}", className="sub") if waits else None
    return html.Div([badge(words, tone, glyph), next_try])


def _answer(tried: Try) -> str:
    return f"{_status(tried)}: {tried.answer}" if tried.answer and tried.status is not None else _status(tried)


def _status(tried: Try) -> str:
    return str(tried.status) if tried.status is not None else tried.answer


def _none() -> html.Span:
    return html.Span("–", className="muted")


def _button(words: str, id_: Any) -> html.Button:
    return html.Button(words, id=id_, className="btn btn-quiet btn-sm nowrap", type="button", n_clicks=0)


def _pretty(payload: str) -> str:
    return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
