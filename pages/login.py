"""Signing in and out."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.auth import current_principal, home_of, sign_in, sign_out
from app.domain import Access
from app.errors import ShopError
from app.page import Page
from app.services import services
from components.forms import alert, password_field, text_field
from pages._cart import text_from
from pages._paths import local_path, with_next

page = Page("login", path="/login", title="Sign in", access=Access.PUBLIC)


@page.layout
def layout(next: Any = None, ended: Any = None, **_: Any) -> html.Div:
    after = local_path(next)
    principal = current_principal()
    if principal.user_id is not None:
        return _already(principal.name, after)
    return html.Div(
        [
            html.H1("Sign in", className="form-title"),
            alert("warn", "Your session has ended. Sign in to go on where you were.") if ended else None,
            html.Div(id=page.id("problem"), role="alert"),
            html.Form(
                [
                    text_field(
                        "login-email", "E-mail", type="email", autocomplete="username", maxlength=254, autofocus=True
                    ),
                    password_field("login-password", "Password", autocomplete="current-password"),
                    html.Button(
                        "Sign in", id=page.id("go"), type="submit", n_clicks=0, className="btn btn-primary btn-lg w-100"
                    ),
                ],
                noValidate=True,
                **{"data-native": "off"},
            ),
            html.P(
                ["New here? ", dcc.Link("Create an account", href=with_next("/register", after))],
                className="form-aside",
            ),
            dcc.Store(id=page.id("after"), data=after),
        ],
        className="form-page kit-card",
    )


def _already(name: str, after: str) -> html.Div:
    return html.Div(
        [
            html.H1("You are signed in", className="form-title"),
            html.P(f"As {name}."),
            dcc.Link("Go on", href=after, className="btn btn-primary btn-lg w-100"),
        ],
        className="form-page kit-card",
    )


@page.callback(
    Output("redirect-full", "href", allow_duplicate=True),
    Output(page.id("problem"), "children"),
    Input(page.id("go"), "n_clicks"),
    State("login-email", "value"),
    State("login-password", "value"),
    State(page.id("after"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("go"), "disabled"), True, False)],
)
def enter(clicks: int | None, email: Any, password: Any, after: Any) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    try:
        user = services().accounts.authenticate(text_from(email, "E-mail", 254), _password(password))
        sign_in(user)
    except ShopError as error:
        return no_update, alert("bad", error.message)
    target = local_path(after)
    return (home_of(user.role) if target == "/" else target), ""


def _password(value: Any) -> str:
    """As typed: spaces at its ends belong to it. The bound is on work, far above the longest password."""
    return value[:1_000] if isinstance(value, str) else ""


@page.callback(
    Output("redirect-full", "href", allow_duplicate=True), Input("sign-out", "n_clicks"), prevent_initial_call=True
)
def leave(clicks: int | None) -> Any:
    if not clicks:
        return no_update
    sign_out()
    return "/"
