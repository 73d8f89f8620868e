"""Who is told of low stock, and whom the shop does not write to any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from app.domain import AddressBlock, BlockReason, Subscription
from app.money import Formats
from components.kit.forms import alert, plain_form, submit_button, text_field
from components.kit.ui import badge, card, empty_state, loading, spoken, table

PROTOCOLS = {
    "application": "App",
    "email": "E-mail",
    "email-json": "E-mail, as JSON",
    "firehose": "Data stream",
    "http": "Web address",
    "https": "Web address",
    "lambda": "Function",
    "sms": "Text message",
    "sqs": "Queue",
}


def alerts_card(ids: Any, has_topic: bool, alert_email: str) -> html.Section:
    """`alert_email`: where alerts are addressed to while they stay in the mailbox."""
    if not has_topic:
        words = [
            "An alert for each product that runs low is kept in the mailbox above, addressed to ",
            html.Strong(alert_email),
            ", as ALERT_EMAIL says. Set NOTIFIER=aws and SNS_TOPIC_ARN to have alerts sent, and add readers here.",
        ]
        return card("Low-stock alerts", html.P(words, className="card-words"), class_name="mail-card")
    form = plain_form(
        [
            text_field(
                ids("alert-email"),
                "Add another address",
                type="email",
                maxlength=254,
                autocomplete="off",
                hint="It gets an e-mail with a link, and alerts once somebody has followed it.",
            ),
            submit_button(ids("subscribe"), "Subscribe", tone="quiet"),
        ],
        class_name="alert-form",
    )
    return card(
        "Low-stock alerts",
        [loading(html.Div(empty_state("Loading from SNS", "", icon_name="bell"), id=ids("subscriptions"))), form],
        note="Alerts are published to the topic of SNS_TOPIC_ARN; everyone who is subscribed to it gets them.",
        class_name="card-flush mail-card",
    )


def subscriptions_table(found: Sequence[Subscription], item: Any) -> Any:
    """`item(part, subscription_id)` makes ids of buttons."""
    if not found:
        return empty_state(
            "Nobody is subscribed",
            "Alerts are published, and nobody reads them. Add an address below.",
            icon_name="bell",
        )
    return table(
        [("Who", False), ("State", False), (spoken("Change"), True)],
        [
            [
                html.Div(
                    [html.Span(one.endpoint), html.Span(PROTOCOLS.get(one.protocol, one.protocol), className="sub")]
                ),
                _subscription_state(one),
                _remove(one, item),
            ]
            for one in found
        ],
        caption="Subscriptions of low-stock alerts",
        class_name="address-table",
    )


def _subscription_state(one: Subscription) -> html.Div:
    if one.is_confirmed:
        return html.Div(badge("Confirmed", "good", "check2"))
    return html.Div(
        [
            badge("Waiting", "warn", "hourglass-split"),
            html.Span("for the link in the e-mail to be followed; it ends by itself after two days", className="sub"),
        ]
    )


def _remove(one: Subscription, item: Any) -> Any:
    if not (one.is_confirmed and one.is_email):
        return None
    return html.Button(
        "Remove",
        id=item("unsubscribe", one.subscription_id),
        className="btn btn-quiet btn-sm",
        n_clicks=0,
        **{"aria-label": f"Remove {one.endpoint}"},
    )


def not_asked(words: str) -> html.Div:
    """Why the list of subscriptions is not there."""
    return html.Div(alert("bad", f"Subscribers cannot be shown: {words}"), className="card-words")


def blocks_card(body_id: str, blocks: Sequence[AddressBlock], item: Any, formats: Formats) -> html.Section:
    return card(
        "Blocked addresses",
        html.Div(blocks_table(blocks, item, formats), id=body_id),
        note="Their mail server said that they do not exist, or their owner reported a mail as spam.",
        class_name="card-flush mail-card",
    )


def blocks_table(blocks: Sequence[AddressBlock], item: Any, formats: Formats) -> Any:
    if not blocks:
        return empty_state("No address is blocked", "One that bounces for good is listed here.")
    return table(
        [("Address", False), ("Why", False), ("Since", False), (spoken("Change"), True)],
        [
            [
                html.Span(one.email, className="wrap-anywhere"),
                html.Div([_reason(one.reason), html.Span(one.detail, className="sub") if one.detail else None]),
                html.Span(formats.moment(one.at), className="nowrap"),
                html.Button(
                    "Write again",
                    id=item("lift", one.block_id),
                    className="btn btn-quiet btn-sm nowrap",
                    n_clicks=0,
                    **{"aria-label": f"Write to {one.email} again"},
                ),
            ]
            for one in blocks
        ],
        caption="Blocked addresses, the latest first",
        class_name="address-table",
    )


def _reason(reason: BlockReason) -> html.Span:
    if reason is BlockReason.BOUNCE:
        return badge("Bounced", "bad", "envelope-x")
    return badge("Reported as spam", "warn", "flag")
