"""Asking for a link to set a new password."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.addresses import to
from app.domain import Access
from app.errors import ShopError
from app.services import services
from app.web.identity.caller import client_address
from app.web.page import Page
from app.words import mark, say
from components.account.entry_card import aside, entry_card
from components.kit.forms import TAKES_FOCUS, alert, plain_form, submit_button, text_field
from pages.account._common import beside, clear
from pages.shop._cart_changes import text_from

page = Page("forgot", path="/forgot", title=mark("Forgotten password"), access=Access.PUBLIC)

FIELDS = ("email",)


@page.layout
def layout(**_: Any) -> html.Div:
    return entry_card(
        say("Forgotten password"),
        [
            html.Div(_form(), id=page.id("body")),
            aside(dcc.Link(say("Back to sign-in"), href=to("/login"))),
        ],
        lead=say("Tell us the e-mail of your account, and we send a link to set a new password."),
    )


def _form() -> list[Any]:
    return [
        html.Div(id=page.id("problem"), role="alert"),
        plain_form(
            [
                text_field(
                    page.id("email"),
                    say("E-mail"),
                    type="email",
                    name="username",
                    autocomplete="username",
                    maxlength=254,
                    autofocus=True,
                ),
                submit_button(page.id("go"), say("Send the link"), wide=True),
            ]
        ),
    ]


@page.callback(
    Output(page.id("body"), "children"),
    Output(page.id("problem"), "children"),
    Output(page.id("email-error"), "children"),
    Input(page.id("go"), "n_clicks"),
    State(page.id("email"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("go"), "disabled"), True, False)],
)
def ask(clicks: int | None, email: Any) -> tuple[Any, ...]:
    if not clicks:
        return no_update, no_update, no_update
    try:
        services().sign_ins.request_reset(text_from(email, mark("E-mail"), 254), client_address())
    except ShopError as error:
        return no_update, *beside(error, FIELDS)
    words = [
        html.Strong(say("Check your inbox.")),
        " ",
        say(
            "If there is an account with this e-mail, a link is on its way. It works once, within an hour. "
            "Nothing there? Check the spam folder, or try the other address you may have used."
        ),
    ]
    return html.Div(alert("good", words), **TAKES_FOCUS), *(no_update for _ in clear(FIELDS))
