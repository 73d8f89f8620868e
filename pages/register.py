"""A new customer account."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.auth import current_principal, sign_in
from app.domain import Access
from app.errors import EmailTaken, InvalidInput, ShopError
from app.page import Page
from app.services import services
from app.services.passwords import PASSWORD_SHORTEST
from components.forms import alert, password_field, text_field
from pages._cart import text_from
from pages._paths import local_path, with_next

page = Page("register", path="/register", title="Create an account", access=Access.PUBLIC)

FIELDS = ("name", "email", "password")


@page.layout
def layout(next: Any = None, email: Any = None, **_: Any) -> html.Div:
    after = local_path(next)
    principal = current_principal()
    if principal.user_id is not None:
        return html.Div(
            [
                html.H1("You have an account", className="form-title"),
                html.P(f"You are signed in as {principal.name}."),
                dcc.Link("Go on", href=after, className="btn btn-primary btn-lg w-100"),
            ],
            className="form-page kit-card",
        )
    known = email if isinstance(email, str) and len(email) <= 254 else ""
    return html.Div(
        [
            html.H1("Create an account", className="form-title"),
            html.P("Keep your orders and your cart on every device.", className="form-lead"),
            html.Div(id=page.id("problem"), role="alert"),
            html.Form(
                [
                    text_field("register-name", "Full name", autocomplete="name", maxlength=120, autofocus=True),
                    text_field(
                        "register-email", "E-mail", type="email", value=known, autocomplete="username", maxlength=254
                    ),
                    password_field(
                        "register-password",
                        "Password",
                        autocomplete="new-password",
                        hint=f"At least {PASSWORD_SHORTEST} characters.",
                    ),
                    html.Button(
                        "Create account",
                        id=page.id("go"),
                        type="submit",
                        n_clicks=0,
                        className="btn btn-primary btn-lg w-100",
                    ),
                ],
                noValidate=True,
                **{"data-native": "off"},
            ),
            html.P(["Have an account? ", dcc.Link("Sign in", href=with_next("/login", after))], className="form-aside"),
            dcc.Store(id=page.id("after"), data=after),
        ],
        className="form-page kit-card",
    )


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
        typed = password if isinstance(password, str) else ""
        user = services().accounts.register(text_from(name, "Full name"), text_from(email, "E-mail", 254), typed)
        sign_in(user)
    except EmailTaken as error:
        words = [error.message, " ", dcc.Link("Sign in", href=with_next("/login", target))]
        return no_update, alert("bad", words), "", "", ""
    except InvalidInput as error:
        return no_update, *_at_field(error)
    except ShopError as error:
        return no_update, alert("bad", error.message), "", "", ""
    return target, "", "", "", ""


def _at_field(error: InvalidInput) -> tuple[Any, ...]:
    """The error beside its field, or above the form when no field of it is meant."""
    field = {"full_name": "name", "fullname": "name", "full name": "name", "e-mail": "email"}.get(
        (error.field or "").lower(), (error.field or "").lower()
    )
    if field not in FIELDS:
        return alert("bad", error.message), "", "", ""
    return "", *(error.message if name == field else "" for name in FIELDS)
