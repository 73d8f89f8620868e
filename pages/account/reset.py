"""A new password, by the link from an e-mail. Its token stands in the fragment, which no server and no log sees."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.addresses import to
from app.domain import Access, AccountLink, AuditAction, LinkPurpose, User
from app.errors import LinkInvalid, ShopError
from app.services import services
from app.services.limits.throttle import NEW_PASSWORD
from app.web.identity.devices import know_device
from app.web.page import Page
from app.words import mark, say, say_with
from components.account.entry_card import aside, big_link, entry_body
from components.kit.forms import new_password_field, plain_form, submit_button, username
from pages.account._common import beside, clear, password_from, record_own
from pages.account._mail_links import opened, serve, token_from

page = Page("reset", path="/reset", title=mark("New password"), access=Access.PUBLIC)

FIELDS = ("password",)


serve(page, mark("New password"))


@page.callback(Output(page.id("body"), "children"), Input(page.id("link"), "hash"))
def look(hash_: Any) -> Any:
    return opened(hash_, (LinkPurpose.RESET,), _form, _expired)


def _form(_link: AccountLink, user: User) -> list[Any]:
    return entry_body(
        say("New password"),
        [
            html.Div(id=page.id("problem"), role="alert"),
            plain_form(
                [
                    username(user.email or ""),
                    new_password_field(page.id("password"), say("New password"), autofocus=True),
                    submit_button(page.id("go"), say("Set password"), wide=True),
                ]
            ),
        ],
        lead=say_with("For {email}. Every session and API token of this account ends.", email=html.Strong(user.email)),
    )


def _expired() -> list[Any]:
    return entry_body(
        say("This link no longer works"),
        [
            html.P(say("It was used already, is older than an hour, or a newer one was sent. Ask for a new link.")),
            big_link(say("Send a new link"), to("/forgot")),
            aside(dcc.Link(say("Back to sign-in"), href=to("/login"))),
        ],
    )


@page.callback(
    Output(page.id("used"), "data"),
    Output(page.id("body"), "children", allow_duplicate=True),
    Output(page.id("problem"), "children"),
    Output(page.id("password-error"), "children"),
    Input(page.id("go"), "n_clicks"),
    State(page.id("link"), "hash"),
    State(page.id("password"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("go"), "disabled"), True, False)],
)
def set_password(clicks: int | None, hash_: Any, password: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    try:
        token = token_from(hash_)
        _, owner = services().accounts.link(token, LinkPurpose.RESET)
        services().throttle.take(NEW_PASSWORD, str(owner.user_id))
        user = services().accounts.reset_password(token, password_from(password))
    except LinkInvalid:
        return {}, _expired(), no_update, no_update
    except ShopError as error:
        return no_update, no_update, *beside(error, FIELDS)
    record_own(AuditAction.OWN_SIGN_IN, user)
    know_device(user)  # somebody who guesses at the account right now must not keep its owner from signing in
    return {"href": to("/login?done=reset")}, no_update, *clear(FIELDS)
