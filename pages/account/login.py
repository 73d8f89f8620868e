"""Signing in and out."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.addresses import to, with_next
from app.domain import Access, User
from app.errors import Busy, ShopError, StoreUnavailable, Throttled
from app.web.identity.principal import current_principal, home_of
from app.web.identity.sign_in import check_password, sign_in, sign_out, start_second_factor
from app.web.page import Page
from app.words import mark, say
from components.account.entry_card import aside, done_card, entry_card
from components.kit.forms import alert, check_field, password_field, plain_form, submit_button, text_field
from pages.account._common import password_from, problem
from pages.account._way_back import local_path
from pages.shop._cart_changes import text_from

page = Page("login", path="/login", title=mark("Sign in"), access=Access.PUBLIC)

# What was just done on another page, by the word in ?done=.
DONE = {
    "reset": mark("Your new password is set, and every old session and API token has ended. Sign in with it."),
    "closed": mark("Your account is closed, and you are signed out everywhere."),
}


@page.layout
def layout(next: Any = None, ended: Any = None, done: Any = None, **_: Any) -> html.Div:
    after = local_path(next)
    principal = current_principal()
    if principal.user_id is not None:
        return done_card(
            say("You are signed in"), say("As {name}.", name=principal.name), action=(say("Continue"), after)
        )
    return entry_card(
        say("Sign in"),
        [
            alert("warn", say("Your session has ended. Sign in to go on where you were.")) if ended else None,
            alert("good", say(DONE[done])) if done in DONE else None,
            html.Div(id=page.id("problem"), role="alert"),
            plain_form(
                [
                    text_field(
                        "login-email",
                        say("E-mail"),
                        type="email",
                        name="username",
                        autocomplete="username",
                        maxlength=254,
                        autofocus=True,
                    ),
                    password_field("login-password", say("Password"), autocomplete="current-password"),
                    html.Div(
                        [
                            check_field("login-stay", say("Stay signed in")),
                            dcc.Link(say("Forgot your password?"), href=to("/forgot"), className="form-side-link"),
                        ],
                        className="form-row",
                    ),
                    submit_button(page.id("go"), say("Sign in"), wide=True),
                ]
            ),
            aside(say("New here?"), " ", dcc.Link(say("Create an account"), href=with_next(to("/register"), after))),
            dcc.Store(id=page.id("after"), data=after),
        ],
    )


@page.callback(
    Output("redirect-full", "href", allow_duplicate=True),
    Output(page.id("problem"), "children"),
    Input(page.id("go"), "n_clicks"),
    State("login-email", "value"),
    State("login-password", "value"),
    State("login-stay", "value"),
    State(page.id("after"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("go"), "disabled"), True, False)],
)
def enter(clicks: int | None, email: Any, password: Any, stay: Any, after: Any) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    try:
        address = text_from(email, mark("E-mail"), 254)
        user = check_password(address, password_from(password))
    except ShopError as error:
        return no_update, _refusal(error)
    target, remember = local_path(after), stay is True
    if user.has_second_factor:
        start_second_factor(user, remember)
        return with_next(to("/login/code"), target), ""
    sign_in(user, remember)
    return start_of(user, target), ""


def _refusal(error: ShopError) -> Any:
    """Whoever is the owner need not wait: a link by e-mail lets them in at once."""
    if isinstance(error, StoreUnavailable | Busy):
        return alert(
            "warn",
            say("Signing in is paused for a moment. You can keep browsing: your cart is kept. Try again in a minute."),
        )
    if not isinstance(error, Throttled):
        return problem(error)
    return alert("warn", [say(error.message), " ", dcc.Link(say("Set a new password"), href=to("/forgot"))])


def start_of(user: User, target: str) -> str:
    """Where to after signing in: what was asked for, else where the account begins."""
    return home_of(user) if target == to("/") else target


@page.callback(
    Output("redirect-full", "href", allow_duplicate=True), Input("sign-out", "n_clicks"), prevent_initial_call=True
)
def leave(clicks: int | None) -> Any:
    if not clicks:
        return no_update
    sign_out()
    return to("/")
