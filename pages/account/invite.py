"""Joining the staff by the link from an invitation."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.addresses import to
from app.domain import Access, AccountLink, AuditAction, LinkPurpose, Role, User
from app.errors import LinkInvalid, ShopError
from app.services import services
from app.services.limits.throttle import NEW_PASSWORD
from app.web.identity.sessions import signed_in_user
from app.web.identity.sign_in import sign_in
from app.web.page import Page
from app.words import mark, say, say_with
from components.account.entry_card import aside, entry_body
from components.kit.forms import alert, new_password_field, plain_form, submit_button, text_field, username
from pages.account._common import beside, clear, password_from, record_own
from pages.account._mail_links import opened, serve, token_from
from pages.account.login import start_of
from pages.shop._cart_changes import text_from

page = Page("invite", path="/invite", title=mark("Join the staff"), access=Access.PUBLIC)

FIELDS = ("name", "password")

ROLE_WORDS = {
    Role.OPS: mark("You will see the wall and the overview."),
    Role.FULFILMENT: mark("You will see the orders and the stock."),
    Role.ANALYST: mark("You will see all analytics."),
    Role.ADMIN: mark("You will run the shop: products, orders, customers and staff."),
    Role.CUSTOMER: "",
}


serve(page, mark("Join the staff"))


@page.callback(Output(page.id("body"), "children"), Input(page.id("link"), "hash"))
def look(hash_: Any) -> Any:
    return opened(hash_, (LinkPurpose.INVITE,), _form, _expired)


def _form(_link: AccountLink, user: User) -> list[Any]:
    return entry_body(
        say("Join {store_name}", store_name=services().settings.store_name),
        [
            html.P(say_with("You sign in with {email}.", email=html.Strong(user.email)), className="form-subject"),
            _leaves(user),
            html.Div(id=page.id("problem"), role="alert"),
            plain_form(
                [
                    username(user.email or ""),
                    text_field(
                        page.id("name"),
                        say("Full name"),
                        name="name",
                        value=user.full_name,
                        autocomplete="name",
                        maxlength=120,
                    ),
                    new_password_field(page.id("password"), say("Password"), autofocus=True),
                    submit_button(page.id("go"), say("Join"), wide=True),
                ]
            ),
        ],
        lead=say(ROLE_WORDS[user.role]),
    )


def _leaves(invited: User) -> Any:
    """For an admin who follows the invitation in the own browser: it holds one session."""
    here = signed_in_user()
    if here is None or here.user_id == invited.user_id:
        return None
    return alert(
        "warn",
        say("You are signed in as {full_name}. Joining signs you out of that account here.", full_name=here.full_name),
    )


def _expired() -> list[Any]:
    return entry_body(
        say("This invitation no longer works"),
        [
            html.P(
                say(
                    "It was used already, is older than three days, or was taken back. "
                    "Ask the admin who invited you to send it again."
                )
            ),
            aside(say("Joined already?"), " ", dcc.Link(say("Sign in"), href=to("/login"))),
        ],
    )


@page.callback(
    Output(page.id("used"), "data"),
    Output(page.id("body"), "children", allow_duplicate=True),
    Output(page.id("problem"), "children"),
    *(Output(page.id(f"{name}-error"), "children") for name in FIELDS),
    Input(page.id("go"), "n_clicks"),
    State(page.id("link"), "hash"),
    State(page.id("name"), "value"),
    State(page.id("password"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("go"), "disabled"), True, False)],
)
def join(clicks: int | None, hash_: Any, name: Any, password: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 5
    try:
        full_name = text_from(name, mark("Full name"))
        token = token_from(hash_)
        _, invited = services().accounts.link(token, LinkPurpose.INVITE)
        services().throttle.take(NEW_PASSWORD, str(invited.user_id))
        user = services().accounts.accept_invite(token, full_name, password_from(password))
    except LinkInvalid:
        return {}, _expired(), no_update, no_update, no_update
    except ShopError as error:
        return no_update, no_update, *beside(error, FIELDS)
    sign_in(user)
    record_own(
        AuditAction.STAFF_JOIN,
        user,
        {"full_name": invited.full_name},
        {"full_name": user.full_name, "role": user.role.value},
    )
    return {"href": start_of(user, to("/"))}, no_update, *clear(FIELDS)
