"""Confirming an address by the link that was sent to it: a new account's, or a changed one.

Nothing happens before the click on the button, because mail scanners open links.
"""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.addresses import to
from app.domain import Access, AccountLink, AuditAction, LinkPurpose, User
from app.errors import EmailTaken, LinkInvalid
from app.services import services
from app.web.identity.sessions import signed_in_user
from app.web.page import Page
from app.words import mark, say, say_with
from components.account.entry_card import aside, big_link, entry_body
from components.kit.forms import alert, plain_form, submit_button
from pages.account._common import record_own
from pages.account._mail_links import opened, serve, token_from

page = Page("confirm", path="/confirm", title=mark("Confirm your e-mail"), access=Access.PUBLIC)

PURPOSES = (LinkPurpose.VERIFY, LinkPurpose.CHANGE_EMAIL)


serve(page, mark("Confirm your e-mail"))


@page.callback(Output(page.id("body"), "children"), Input(page.id("link"), "hash"))
def look(hash_: Any) -> Any:
    return opened(hash_, PURPOSES, _question, _expired)


def _question(link: AccountLink, _user: User) -> list[Any]:
    changes = link.purpose is LinkPurpose.CHANGE_EMAIL
    lead = (
        say("From then on you sign in with this address, and receipts go there.")
        if changes
        else say("So that receipts and security notices reach you.")
    )
    return entry_body(
        say("Confirm your e-mail"),
        [
            html.P(html.Strong(link.email), className="form-subject"),
            plain_form([submit_button(page.id("go"), say("Confirm this address"), wide=True)]),
        ],
        lead=lead,
    )


def _expired() -> list[Any]:
    user = signed_in_user()
    if user is not None and user.email_verified_at is not None:
        words = say_with(
            "It was used already or has expired. Nothing is missing: {email} is confirmed.",
            email=html.Strong(user.email),
        )
        return entry_body(
            say("This link no longer works"), [html.P(words), big_link(say("Your account"), to("/account"))]
        )
    return entry_body(
        say("This link no longer works"),
        [
            html.P(
                say(
                    "It was used already, has expired, or was meant for an address that has changed since. "
                    "If your address still needs confirming, your account page sends a new link."
                )
            ),
            big_link(say("Your account"), to("/account")),
            aside(dcc.Link(say("To the shop"), href=to("/"))),
        ],
    )


@page.callback(
    Output(page.id("used"), "data"),
    Output(page.id("body"), "children", allow_duplicate=True),
    Input(page.id("go"), "n_clicks"),
    State(page.id("link"), "hash"),
    prevent_initial_call=True,
    running=[(Output(page.id("go"), "disabled"), True, False)],
)
def confirm(clicks: int | None, hash_: Any) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    token, here = token_from(hash_), signed_in_user()
    try:
        _, before = services().accounts.link(token, *PURPOSES)
        user = services().accounts.confirm_email(token)
    except LinkInvalid:
        return {}, _expired()
    except EmailTaken:
        return {}, _taken()
    if before.email != user.email:
        record_own(AuditAction.OWN_EMAIL, user, {"email": before.email}, {"email": user.email})
    return {}, _confirmed(user, signed_in=here is not None and here.user_id == user.user_id)


def _confirmed(user: User, *, signed_in: bool) -> list[Any]:
    where = (say("Keep shopping"), to("/")) if signed_in else (say("Sign in"), to("/login"))
    return entry_body(
        say("Your e-mail is confirmed"),
        [alert("good", say_with("You sign in with {email}.", email=html.Strong(user.email))), big_link(*where)],
        is_answer=True,
    )


def _taken() -> list[Any]:
    return entry_body(
        say("This address is taken"),
        [
            html.P(say("Another account uses this e-mail by now, so yours keeps the old one.")),
            big_link(say("Your account"), to("/account")),
        ],
        is_answer=True,
    )
