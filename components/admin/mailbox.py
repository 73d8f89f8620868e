"""The mailbox of what the shop has sent, and the list of deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dash import dcc, html

from app.domain import MailboxMessage, Message, OutboxEntry, OutboxState, Product, order_number
from app.money import Formats
from components.admin.live_parts import receive_href
from components.admin.overview import when_words
from components.kit.ui import Tone, badge, empty_state, icon, segmented, spoken, table

KINDS = {
    "receipt": ("Receipt", "receipt"),
    "refund": ("Refund", "arrow-return-left"),
    "shipped": ("On its way", "truck"),
    "delivered": ("Delivered", "house-check"),
    "low_stock": ("Low stock", "exclamation-triangle"),
    "account": ("Account", "person"),
    "rule": ("Alert", "bell"),
    "report": ("Report", "graph-up"),
}
FILTERS = (
    ("all", "All"),
    ("receipt", "Receipts"),
    ("refund", "Refunds"),
    ("shipped", "Shipments"),
    ("delivered", "Deliveries"),
    ("low_stock", "Low stock"),
    ("rule", "Alerts"),
    ("report", "Reports"),
    ("account", "Accounts"),
)
FRAME_MAY = "allow-popups allow-popups-to-escape-sandbox"  # open its links, nothing else
VIEWS = (("html", "As e-mail"), ("text", "As text"))
STATES: Mapping[OutboxState, tuple[str, Tone, str]] = {
    OutboxState.PENDING: ("Waiting", "neutral", "hourglass-split"),
    OutboxState.DONE: ("Delivered", "good", "check2"),
    OutboxState.FAILED: ("Failed", "bad", "x-circle"),
    OutboxState.NOT_SENT: ("Not sent", "warn", "slash-circle"),
}
EFFECTS = {
    "receipt": "Receipt",
    "send_receipt": "Receipt",
    "refund_mail": "Refund",
    "shipped_mail": "Order on its way",
    "delivered_mail": "Order delivered",
    "low_stock": "Low-stock alert",
    "alert": "Low-stock alert",
    "account_mail": "Account e-mail",
    "rule_alert": "Alert of a rule",
    "dispute": "Alert of a dispute",
    "pay_back": "Alert of a refund to pay by hand",
    "placed_mail": "Order placed, to be paid later",
    "report": "Weekly report",
    "endpoint_failing": "Webhook fails",
}
# What an account e-mail is about, by its link's purpose or the notice.
ABOUT_ACCOUNTS = {
    "verify": "confirm an address",
    "reset": "set a new password",
    "change_email": "confirm a new address",
    "invite": "invitation",
    "password_changed": "password changed",
    "email_changed": "address changed",
    "second_factor_on": "second factor on",
    "second_factor_off": "second factor off",
    "role_changed": "role changed",
    "closed": "account deleted",
}


def message_list(messages: Sequence[MailboxMessage], chosen: int | None, item: Any, formats: Formats) -> Any:
    """`item(part, message_id)` makes ids; the chosen one is marked, alerts nobody has read are bold with a dot."""
    if not messages:
        return empty_state(
            "Nothing sent yet",
            "The receipt of each order, an alert for each product that runs low and account e-mails will be kept here.",
            icon_name="envelope",
            level=2,
        )
    return html.Ul(
        [html.Li(_message_row(one, one.message_id == chosen, item, formats)) for one in messages], className="mail-list"
    )


def _message_row(one: MailboxMessage, is_chosen: bool, item: Any, formats: Formats) -> html.Button:
    _, glyph = KINDS.get(one.message.kind, ("Message", "envelope"))
    unread = one.message.kind in ("low_stock", "rule") and one.read_at is None and not is_chosen
    return html.Button(
        [
            icon(glyph, "mail-icon"),
            html.Span(
                [
                    html.Span(one.message.subject, className="mail-subject", title=one.message.subject),
                    html.Span(f"to {one.message.to}", className="sub"),
                ],
                className="grow",
            ),
            html.Span(
                [when_words(one.at, formats), html.Span("Unread", className="mail-dot") if unread else None],
                className="mail-when",
            ),
        ],
        id=item("open", one.message_id),
        className="mail-row" + (" mail-row-on" if is_chosen else "") + (" mail-unread" if unread else ""),
        type="button",
        n_clicks=0,
        **({"aria-current": "true"} if is_chosen else {}),
    )


def reading_pane(one: MailboxMessage | None, view_id: str, body_id: str, formats: Formats) -> html.Div:
    """A chosen message: what it is, a choice of how to read it, and the message itself."""
    if one is None:
        return html.Div(
            empty_state("No message chosen", "Choose one on the left to read it.", icon_name="envelope-open", level=2),
            className="mail-pane",
        )
    message = one.message
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H2(message.subject, className="mail-title"),
                            html.P(
                                [f"to {message.to} · {formats.moment(one.at)}", *_about(one)], className="sub muted"
                            ),
                        ],
                        className="grow",
                    ),
                    segmented(view_id, VIEWS, VIEWS[0][0], label="How to show the message"),
                ],
                className="mail-head",
            ),
            html.Div(message_body(message, VIEWS[0][0]), id=body_id, className="mail-body"),
        ],
        className="mail-pane",
    )


def message_body(message: Message, view: str) -> html.Iframe | html.Pre:
    """The message as its reader saw it: in a sandboxed frame that runs no scripts and reaches nothing of ours.

    Its links open in a window of their own (`base` in the e-mail's head), because no page of ours shows in a frame.
    """
    if view == "html":
        return html.Iframe(srcDoc=message.html, sandbox=FRAME_MAY, title=message.subject, className="mail-frame")
    return html.Pre(message.text, className="mail-text")


def _about(one: MailboxMessage) -> list[Any]:
    """What the message leads to."""
    if one.message.order_id is not None:
        links = [" · ", dcc.Link("Open the order", href=f"/admin/orders/{one.message.order_id}")]
        if one.message.kind == "receipt":
            file = html.A([icon("paperclip"), "Invoice as PDF"], href=f"/orders/{one.message.order_id}/invoice.pdf")
            links += [" · ", file]
        return links
    if one.message.product_id is not None:
        return [" · ", dcc.Link("Receive stock", href=receive_href(one.message.product_id))]
    return []


def deliveries_table(
    entries: Sequence[OutboxEntry],
    item: Any,
    formats: Formats,
    products: Mapping[int, Product] | None = None,
    *,
    leaves: bool,
) -> Any:
    """What was sent or will be, each with "Send again". `products`: what alerts are about, by the entry's id.

    `leaves`: whether mail is sent at all, or kept in the mailbox.
    """
    if not entries:
        return empty_state(
            "No deliveries yet",
            "Every receipt, alert and account e-mail is listed here with its state.",
            icon_name="send",
        )
    return table(
        [
            ("Created", False),
            ("What", False),
            ("State", False),
            ("Attempts", True),
            ("Last error", False),
            (spoken("Change"), True),
        ],
        [
            [
                html.Span(formats.moment(entry.created_at), className="nowrap"),
                html.Div(
                    [
                        EFFECTS.get(entry.kind, entry.kind),
                        html.Span(_about_entry(entry, products or {}), className="sub"),
                    ]
                ),
                delivery_state(entry, formats, leaves=leaves),
                formats.number(entry.attempts),
                html.Span(entry.last_error, className="delivery-error")
                if entry.last_error
                else html.Span("–", className="muted"),
                html.Button(
                    "Send again" if entry.state is not OutboxState.PENDING else "Try now",
                    id=item("resend", entry.entry_id),
                    className="btn btn-quiet btn-sm nowrap",
                    n_clicks=0,
                )
                if entry.state is not OutboxState.PENDING or entry.attempts > 0
                else None,
            ]
            for entry in entries
        ],
        caption="Deliveries: failed ones first, then waiting and unsent ones, then the latest delivered",
        class_name="deliveries-table",
    )


def delivery_state(entry: OutboxEntry, formats: Formats, *, leaves: bool) -> html.Div:
    words, tone, glyph = STATES[entry.state]
    if entry.state is OutboxState.DONE and not leaves:
        words, tone, glyph = "In the mailbox", "neutral", "inbox"
    tells_next = entry.state is OutboxState.PENDING and entry.attempts > 0
    return html.Div(
        [
            badge(words, tone, glyph),
            html.Span(f"next try {formats.clock(entry.next_try_at)}", className="sub") if tells_next else None,
        ]
    )


def _about_entry(entry: OutboxEntry, products: Mapping[int, Product]) -> list[Any]:
    """The order or the product it is about, as a link, and which copy it is."""
    again = [f" · copy {entry.payload['copy']}"] if entry.payload.get("copy") else []
    if "order_id" in entry.payload:
        order_id = int(str(entry.payload["order_id"]))
        return [dcc.Link(f"order {order_number(order_id, None)}", href=f"/admin/orders/{order_id}"), *again]
    if entry.kind == "account_mail":
        about = str(entry.payload.get("purpose") or entry.payload.get("notice"))
        return [ABOUT_ACCOUNTS.get(about, ""), *again]
    product = products.get(entry.entry_id)
    if product is None:
        return again
    return [dcc.Link(product.name, href=f"/admin/stock?product={quote(product.product_id, safe='')}"), *again]
