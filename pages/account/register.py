"""A new customer account."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.addresses import to, with_next
from app.domain import Access, Principal
from app.errors import EmailTaken, ShopError
from app.services import services
from app.web.identity.caller import client_address
from app.web.identity.principal import current_principal
from app.web.identity.sign_in import sign_in
from app.web.page import Page
from app.words import mark, say
from components.account.entry_card import aside, done_card, entry_card
from components.kit.forms import alert, new_password_field, plain_form, submit_button, text_field
from pages.account._common import beside, clear, password_from
from pages.account._way_back import local_path
from pages.shop._cart_changes import text_from

page = Page("register", path="/register", title=mark("Create an account"), access=Access.PUBLIC)

FIELDS = ("name", "email", "password")


@page.layout
def layout(next: Any = None, **_: Any) -> html.Div:
    after = local_path(next)
    principal = current_principal()
    if principal.user_id is not None:
        return done_card(
            say("You have an account already"),
            say("You are signed in as {name}.", name=principal.name),
            action=(say("Continue"), after),
        )
    return entry_card(
        say("Create an account"),
        [
            html.Div(id=page.id("problem"), role="alert"),
            plain_form(
                [
                    text_field(
                        "register-name",
                        say("Full name"),
                        name="name",
                        autocomplete="name",
                        maxlength=120,
                        autofocus=True,
                    ),
                    text_field(
                        "register-email",
                        say("E-mail"),
                        type="email",
                        name="username",
                        value=_ordered_with(principal),
                        autocomplete="username",
                        maxlength=254,
                        hint=say("We send a link there to confirm it."),
                    ),
                    new_password_field("register-password", say("Password")),
                    submit_button(page.id("go"), say("Create account"), wide=True),
                ]
            ),
            aside(say("Have an account?"), " ", dcc.Link(say("Sign in"), href=with_next(to("/login"), after))),
            dcc.Store(id=page.id("after"), data=after),
        ],
        lead=say("Keep your orders and your cart on every device."),
    )


def _ordered_with(principal: Principal) -> str:
    """The address of this browser's latest order: it saves typing, and needs no place in a URL."""
    latest = services().orders.list_for(principal, page_size=1).items
    return (services().orders.get(latest[0].order_id).email or "") if latest else ""


@page.callback(
    Output("redirect-full", "href", allow_duplicate=True),
    Output(page.id("problem"), "children"),
    *(Output(f"register-{name}-error", "children") for name in FIELDS),
    Input(page.id("go"), "n_clicks"),
    State("register-name", "value"),
    State("register-email", "value"),
    State("register-password", "value"),
    State(page.id("after"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("go"), "disabled"), True, False)],
)
def create(clicks: int | None, name: Any, email: Any, password: Any, after: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 5
    target = local_path(after)
    try:
        user = services().sign_ins.sign_up(
            text_from(name, mark("Full name")),
            text_from(email, mark("E-mail"), 254),
            password_from(password),
            client_address(),
        )
        sign_in(user)
    except EmailTaken as error:
        words = [say(error.message), " ", dcc.Link(say("Sign in"), href=with_next(to("/login"), target))]
        return no_update, alert("bad", words), "", "", ""
    except ShopError as error:
        return no_update, *beside(error, FIELDS)
    return target, *clear(FIELDS)
