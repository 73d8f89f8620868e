"""The account pages: their frame, and the sections about the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from app.addresses import to
from app.domain import User
from app.words import mark, say, say_with
from components.kit.forms import alert, password_field, plain_form, submit_button, text_field, username
from components.kit.ui import badge, icon

Ids = Callable[[str], str]  # a page's own ids: `page.id`

_TABS = (
    ("account", mark("Profile"), "/account"),
    ("account-security", mark("Sign-in and security"), "/account/security"),
)


def account_page(active: str, content: Sequence[Any]) -> html.Div:
    """`content` under the account's title and the two parts it has."""
    tabs = [
        html.Span(say(words), className="account-tab account-tab-on", **{"aria-current": "page"})
        if name == active
        else dcc.Link(say(words), href=to(href), className="account-tab")
        for name, words, href in _TABS
    ]
    return html.Div(
        [
            html.H1(say("Your account"), className="list-title"),
            html.Nav(
                [*tabs, dcc.Link(say("Orders"), href=to("/orders"), className="account-tab")],
                className="account-tabs",
                **{"aria-label": say("Account")},
            ),
            *content,
        ],
        className="store-narrow account",
    )


def section(title: str, lead: Any, body: Any, *, id_: str | None = None) -> html.Section:
    """What it is about on the left, what can be done on the right."""
    named = {"id": id_} if id_ else {}
    return html.Section(
        [
            html.Div([html.H2(title), html.P(lead) if lead else None], className="account-about"),
            html.Div(body, className="account-body", **named),
        ],
        className="account-section",
    )


def disclosure(words: str, body: Any, *, icon_name: str = "", danger: bool = False, id_: str = "") -> html.Details:
    """A button that opens what needs a second thought, or a password.

    With another `id_` it is another one for the browser: drawn again, it is folded.
    """
    return html.Details(
        [
            html.Summary(
                [icon(icon_name) if icon_name else None, words],
                className=f"btn btn-{'danger-quiet' if danger else 'quiet'}",
            ),
            html.Div(body, className="disclosure-body"),
        ],
        className="disclosure",
        **({"id": id_} if id_ else {}),
    )


# --- profile -------------------------------------------------------------------------------------------


def name_section(ids: Ids, user: User) -> html.Section:
    form = plain_form(
        [
            text_field(
                ids("name"), say("Full name"), value=user.full_name, autocomplete="name", name="name", maxlength=120
            ),
            submit_button(ids("save-name"), say("Save name")),
        ]
    )
    return section(
        say("Name"), say("As it appears on your invoices."), [html.Div(id=ids("name-problem"), role="alert"), form]
    )


@dataclass(frozen=True)
class Unreachable:
    """Why the shop does not write to an address any more. `may_try`: its owner may say that it works."""

    why: str
    may_try: bool


def email_section(ids: Ids, body: Sequence[Any]) -> html.Section:
    return section(
        say("E-mail"),
        say("You sign in with it; receipts and security notices go there."),
        body,
        id_=ids("email-body"),
    )


def email_body(ids: Ids, user: User, notice: Any = None, unreachable: Unreachable | None = None) -> list[Any]:
    """The address with its state, and how to change it."""
    confirmed = user.email_verified_at is not None
    state = (
        badge(say("Confirmed"), "good", "check") if confirmed else badge(say("Not confirmed"), "warn", "exclamation")
    )
    if unreachable:
        state = badge(say("No mail gets there"), "bad", "envelope-x")
    form = plain_form(
        [
            text_field(
                ids("new-email"), say("New e-mail"), type="email", name="email", autocomplete="email", maxlength=254
            ),
            username(user.email or ""),
            password_field(ids("email-password"), say("Current password"), autocomplete="current-password"),
            html.Div(id=ids("email-problem"), role="alert"),
            submit_button(ids("change-email"), say("Send the link")),
        ]
    )
    how = html.P(
        say("We send a link to the new address. Your e-mail changes once you have followed it."), className="hint"
    )
    return [
        html.P([html.Strong(user.email or "", className="account-email"), state], className="account-fact"),
        html.Div(notice, role="status"),
        # Always there, so that its callback is: hidden where there is nothing to confirm, or a link has just gone out.
        html.Div(_unconfirmed(ids), hidden=confirmed or notice is not None or unreachable is not None),
        html.Div(_unreached(ids, unreachable), hidden=unreachable is None),
        disclosure(say("Change e-mail"), [how, form]),
    ]


def _unconfirmed(ids: Ids) -> html.Div:
    return alert(
        "warn",
        [
            html.P(
                say("Follow the link that we sent to this address, so that receipts and security notices reach you.")
            ),
            html.Button(
                say("Send a new link"), id=ids("resend"), type="button", n_clicks=0, className="btn btn-quiet btn-sm"
            ),
        ],
    )


def _unreached(ids: Ids, unreachable: Unreachable | None) -> html.Div:
    why, may_try = (unreachable.why, unreachable.may_try) if unreachable else ("", True)
    then = (
        say("Change it below, or confirm that it works again.")
        if may_try
        else say("Change it below, or ask the shop to unblock it.")
    )
    return alert(
        "bad",
        [
            html.P(say("Receipts and security notices do not reach you: {why}. {then}", why=why, then=then)),
            html.Button(
                say("Try this address again"),
                id=ids("try-again"),
                type="button",
                n_clicks=0,
                className="btn btn-quiet btn-sm",
                hidden=not may_try,
            ),
        ],
    )


def link_on_its_way(address: str) -> html.Div:
    return alert(
        "good",
        say_with(
            "We sent a link to {email}. Follow it within 24 hours; until then nothing changes. "
            "Nothing there? Check the spam folder.",
            email=html.Strong(address),
        ),
    )


def data_section() -> html.Section:
    link = html.A(
        [icon("download"), say("Download my data")],
        href="/api/account/data",
        download="my-data.json",
        className="btn btn-quiet",
    )
    return section(
        say("Your data"), say("Profile, orders, returns, cart and security settings, as a JSON file."), html.Div(link)
    )


def close_section(ids: Ids, user: User) -> html.Section:
    if user.is_staff:
        return section(
            say("Close account"),
            None,
            html.P(say("Staff accounts are closed by an admin. Ask one to do it."), className="hint"),
        )
    form = plain_form(
        [
            html.Ul(
                [
                    html.Li(say("Your name, e-mail and cart are removed, and you are signed out everywhere.")),
                    html.Li(say("Orders and their amounts stay in the books, without your name.")),
                    html.Li(say("This cannot be undone. Download your data first if you want to keep it.")),
                ],
                className="plain-list",
            ),
            username(user.email or ""),
            password_field(ids("close-password"), say("Current password"), autocomplete="current-password"),
            html.Div(id=ids("close-problem"), role="alert"),
            submit_button(ids("close"), say("Close my account for good"), tone="danger"),
        ]
    )
    return section(
        say("Close account"),
        say("Delete the account and your personal data."),
        disclosure(say("Close account"), form, danger=True),
    )
