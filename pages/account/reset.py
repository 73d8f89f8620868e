"""A new password, by the link from an e-mail. Its token stands in the fragment, which no server and no log sees."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.domain import Access, AccountLink, AuditAction, LinkPurpose, User
from app.errors import LinkInvalid, ShopError
from app.services import services
from app.services.limits.throttle import NEW_PASSWORD
from app.web.identity.devices import know_device
from app.web.page import Page
from components.account.entry_card import aside, big_link, entry_body
from components.kit.forms import new_password_field, plain_form, submit_button, username
from pages.account._common import beside, clear, password_from, record_own
from pages.account._mail_links import opened, serve, token_from

page = Page("reset", path="/reset", title="New password", access=Access.PUBLIC)

FIELDS = ("password",)


serve(page, "New password")


@page.callback(Output(page.id("body"), "children"), Input(page.id("link"), "hash"))
def look(hash_: Any) -> Any:
    return opened(hash_, (LinkPurpose.RESET,), _form, _expired)


def _form(_link: AccountLink, user: User) -> list[Any]:
    return entry_body(
        "New password",
        [
            html.Div(id=page.id("problem"), role="alert"),
            plain_form(
                [
                    username(user.email or ""),
                    new_password_field(page.id("password"), "New password", autofocus=True),
                    submit_button(page.id("go"), "Set password", wide=True),
                ]
            ),
        ],
        lead=["For ", html.Strong(user.email), ". Every session and API token of this account ends."],
    )


def _expired() -> list[Any]:
    return entry_body(
        "This link no longer works",
        [
            html.P("It was used already, is older than an hour, or a newer one was sent. Ask for a new link."),
            big_link("Send a new link", "/forgot"),
            aside(dcc.Link("Back to sign-in", href="/login")),
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
    return {"href": "/login?done=reset"}, no_update, *clear(FIELDS)
