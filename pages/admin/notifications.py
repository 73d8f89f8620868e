"""What the shop has sent: receipts, alerts and account e-mails as their readers saw them, and what went out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update

from app import numbers
from app.domain import Access, MailboxMessage
from app.errors import InvalidInput, NotFound, ShopError
from app.services import services
from app.web.identity.principal import current_actor
from app.web.page import Page
from components.admin import mail_addresses
from components.admin import mailbox as parts
from components.admin.shell import UNREAD, unread_words
from components.kit.feedback import toast
from components.kit.ui import card, link_button, loading, page_head, pager, segmented
from pages.admin._common import page_number, text_of

PAGE_SIZE = 30
DELIVERIES = 50
EMAIL_LENGTH = 254
ARN_LENGTH = 400
STAYING = "This shop keeps its e-mails here and sends none. With NOTIFIER=aws they leave by Amazon SES."
LEAVING = "E-mails are sent through Amazon SES and low-stock alerts through SNS; each delivery is listed here."

page = Page(
    "admin-notifications", path="/admin/notifications", title="Notifications", access=Access.ADMIN, frame="admin"
)


@page.layout
def layout(message: Any = None, **_: Any) -> html.Div:
    found = services().notifications.mailbox(page=1, page_size=PAGE_SIZE)
    chosen = _message(message) if message is not None else None
    formats, settings = services().formats, services().settings
    leaves = settings.notifier == "aws"
    blocks = services().mail_events.blocks()
    return html.Div(
        [
            page_head(
                "Notifications",
                LEAVING if leaves else STAYING,
                [link_button("Texts of mails", "/admin/mails", icon_name="pencil")],
            ),
            # What an earlier mailbox kept stays readable when mail leaves the house.
            _mailbox(found.items, chosen) if found.items or not leaves else None,
            card(
                "Deliveries",
                html.Div(_deliveries(), id=page.id("deliveries")),
                note="A failed delivery is retried at growing intervals; one that was given up can be resent by hand.",
                class_name="card-flush deliveries",
            ),
            mail_addresses.alerts_card(page.id, services().alerts.has_topic, settings.alert_email),
            mail_addresses.blocks_card(page.id("blocks"), blocks, page.item, formats) if blocks or leaves else None,
            dcc.Store(id=page.id("page"), data=1),
            dcc.Store(id=page.id("chosen"), data=chosen.message_id if chosen else None),
        ]
    )


def _mailbox(messages: Sequence[MailboxMessage], chosen: MailboxMessage | None) -> html.Section:
    formats = services().formats
    return card(
        None,
        html.Div(
            [
                html.Div(
                    [
                        html.Div(segmented(page.id("kind"), parts.FILTERS, "all", label="Kind"), className="toolbar"),
                        html.Div(
                            parts.message_list(messages, chosen.message_id if chosen else None, page.item, formats),
                            id=page.id("list"),
                            className="mail-scroll",
                        ),
                        pager(page.id("previous"), page.id("next"), page.id("where")),
                    ],
                    className="mail-side",
                ),
                loading(
                    html.Div(_pane(chosen), id=page.id("pane")),
                    parent_className="mail-main",
                ),
            ],
            className="mail",
        ),
        class_name="card-flush",
    )


@page.callback(
    Output(page.id("list"), "children"),
    Output(page.id("page"), "data"),
    Output(page.id("where"), "children"),
    Output(page.id("previous"), "disabled"),
    Output(page.id("next"), "disabled"),
    Input(page.id("kind"), "value"),
    Input(page.id("previous"), "n_clicks"),
    Input(page.id("next"), "n_clicks"),
    Input(page.id("chosen"), "data"),
    State(page.id("page"), "data"),
)
def show_list(kind: Any, _previous: Any, _next: Any, chosen: Any, present: Any) -> tuple[Any, ...]:
    if not isinstance(kind, str) or kind not in dict(parts.FILTERS):
        raise InvalidInput("Choose one of the kinds shown.", "kind")
    step = {page.id("previous"): -1, page.id("next"): 1}.get(str(ctx.triggered_id), 0)
    number = 1 if ctx.triggered_id == page.id("kind") else max(1, page_number(present) + step)
    box = services().notifications
    wanted = None if kind == "all" else kind
    found = box.mailbox(kind=wanted, page=number, page_size=PAGE_SIZE)
    number = min(number, max(found.pages, 1))
    shown = parts.message_list(found.items, chosen if isinstance(chosen, int) else None, page.item, services().formats)
    words = f"Page {number} of {max(found.pages, 1)}" if found.items else ""
    return shown, number, words, number <= 1, number >= found.pages


@page.callback(
    Output(page.id("pane"), "children"),
    Output(page.id("chosen"), "data"),
    Output(UNREAD[0], "children"),
    Output(UNREAD[1], "children"),
    Output(UNREAD[2], "children"),
    Input(page.item("open", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def open_message(clicks: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    if not triggered or not any(clicks or []) or not ctx.triggered[0]["value"]:
        return (no_update,) * 5
    one = _message(triggered["key"])
    if one is None:
        raise NotFound("There is no such message.")
    badge = unread_words(services().notifications.unread())
    return _pane(one), one.message_id, badge, badge, badge


@page.callback(
    Output(page.id("body"), "children"),  # and not the pane, which would draw each opened message twice
    Input(page.id("view"), "value"),
    State(page.id("chosen"), "data"),
    prevent_initial_call=True,
)
def show_as(view: Any, chosen: Any) -> Any:
    if not isinstance(view, str) or view not in dict(parts.VIEWS):
        raise InvalidInput("Choose one of the views shown.", "view")
    one = _message(chosen)
    return no_update if one is None else parts.message_body(one.message, view)


@page.callback(
    Output(page.id("deliveries"), "children"),
    Output("toast-request", "data", allow_duplicate=True),
    *[Output(badge, "children", allow_duplicate=True) for badge in UNREAD],
    Input(page.item("resend", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def resend(clicks: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    if not triggered or not any(clicks or []):
        return (no_update,) * 5
    entry_id = numbers.row_id(triggered["key"])
    if entry_id is None:
        raise NotFound("There is no such delivery.")
    services().notifications.resend(entry_id, current_actor())
    badge = unread_words(services().notifications.unread())
    return _deliveries(), toast("It will be sent again within a few seconds."), badge, badge, badge


@page.callback(Output(page.id("subscriptions"), "children"), Input(page.id("subscriptions"), "id"))
def show_subscriptions(_: Any) -> Any:
    """Asked for once the page is there: it does not wait for another service."""
    return _subscriptions()


@page.callback(
    Output(page.id("subscriptions"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("alert-email"), "value"),
    Output(page.id("alert-email-error"), "children"),
    Input(page.id("subscribe"), "n_clicks"),
    State(page.id("alert-email"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("subscribe"), "disabled"), True, False)],
)
def subscribe(clicks: Any, email: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    try:
        address = services().alerts.subscribe(text_of(email, EMAIL_LENGTH, "email"), current_actor())
    except ShopError as error:
        return no_update, no_update, no_update, error.message
    return _subscriptions(), toast(f"A link is on its way to {address}."), "", ""


@page.callback(
    Output(page.id("subscriptions"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("unsubscribe", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def unsubscribe(clicks: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    if not triggered or not any(clicks or []):
        return no_update, no_update
    address = services().alerts.unsubscribe(text_of(triggered["key"], ARN_LENGTH), current_actor())
    return _subscriptions(), toast(f"{address} gets no more alerts.")


@page.callback(
    Output(page.id("blocks"), "children"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("lift", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def lift(clicks: Any) -> tuple[Any, ...]:
    triggered = ctx.triggered_id
    if not triggered or not any(clicks or []):
        return no_update, no_update
    block_id = numbers.row_id(triggered["key"])
    if block_id is None:
        raise NotFound("There is no such address.")
    services().mail_events.lift(block_id, current_actor())
    left = mail_addresses.blocks_table(services().mail_events.blocks(), page.item, services().formats)
    return left, toast("Mail goes to this address again.")


def _pane(one: MailboxMessage | None) -> html.Div:
    return parts.reading_pane(one, page.id("view"), page.id("body"), services().formats)


def _subscriptions() -> Any:
    try:
        return mail_addresses.subscriptions_table(services().alerts.subscriptions(), page.item)
    except ShopError as error:
        return mail_addresses.not_asked(error.message)


def _message(value: Any) -> MailboxMessage | None:
    """The message, marked as read; None for an id that names none."""
    found = numbers.row_id(value)
    if found is None:
        return None
    try:
        one = services().notifications.message(found)
    except NotFound:
        return None
    services().notifications.mark_read(one.message_id)
    return one


def _deliveries() -> Any:
    entries = services().notifications.deliveries(limit=DELIVERIES)
    products = services().notifications.products_of(entries)
    leaves = services().settings.notifier == "aws"
    return parts.deliveries_table(entries, page.item, services().formats, products, leaves=leaves)
