"""The second step of signing in: a code from the authenticator app, or a recovery code."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app.addresses import to, with_next
from app.domain import Access
from app.errors import NotSignedIn, ShopError, Throttled
from app.services import services
from app.web.identity.principal import current_principal
from app.web.identity.sign_in import finish_second_factor, pending_second_factor
from app.web.page import Page
from app.words import mark, say, say_many
from components.account.entry_card import aside, big_link, done_card, entry_body
from components.account.security import FEW_CODES
from components.kit.forms import alert, code_field, plain_form, submit_button
from pages.account._common import beside, clear, code_from
from pages.account._way_back import local_path
from pages.account.login import start_of

page = Page("login-code", path="/login/code", title=mark("Sign in"), access=Access.PUBLIC)

FIELDS = ("code",)


@page.layout
def layout(next: Any = None, **_: Any) -> html.Div:
    after = local_path(next)
    principal = current_principal()
    if principal.user_id is not None:
        return done_card(
            say("You are signed in"), say("As {name}.", name=principal.name), action=(say("Continue"), after)
        )
    if pending_second_factor() is None:
        return done_card(
            say("Sign in again"),
            say("The code has to be entered within ten minutes of the password."),
            action=(say("Sign in"), with_next(to("/login"), after)),
        )
    return html.Div(
        [html.Div(_question(after), id=page.id("body")), dcc.Store(id=page.id("after"), data=after)],
        className="form-page kit-card",
    )


def _question(after: str) -> list[Any]:
    return entry_body(
        say("Enter your code"),
        [
            html.Div(id=page.id("problem"), role="alert"),
            plain_form(
                [
                    code_field(
                        page.id("code"),
                        say("Code"),
                        hint=say("Phone lost? Type one of your recovery codes instead."),
                        autofocus=True,
                    ),
                    submit_button(page.id("go"), say("Sign in"), wide=True),
                ]
            ),
            aside(dcc.Link(say("Use another account"), href=with_next(to("/login"), after))),
        ],
        lead=say("The six digits that your authenticator app shows now."),
    )


@page.callback(
    Output("redirect-full", "href", allow_duplicate=True),
    Output(page.id("body"), "children"),
    Output(page.id("problem"), "children"),
    Output(page.id("code-error"), "children"),
    Input(page.id("go"), "n_clicks"),
    State(page.id("code"), "value"),
    State(page.id("after"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("go"), "disabled"), True, False)],
)
def finish(clicks: int | None, code: Any, after: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    target, pending = local_path(after), pending_second_factor()
    if pending is None:
        return with_next(to("/login"), target), no_update, "", ""
    factor = services().second_factor
    before = factor.remaining(pending.user_id)
    try:
        user = finish_second_factor(code_from(code))
    except NotSignedIn:  # the ten minutes ended meanwhile
        return with_next(to("/login"), target), no_update, "", ""
    except Throttled as error:
        return (
            no_update,
            no_update,
            alert("warn", say("{message} Recovery codes wait as well.", message=say(error.message))),
            "",
        )
    except ShopError as error:
        return no_update, no_update, *beside(error, FIELDS, retype="code")
    left, on = factor.remaining(user.user_id), start_of(user, target)
    if left < before and left <= FEW_CODES:
        return no_update, _few_left(left, on), no_update, no_update
    return on, no_update, *clear(FIELDS)


def _few_left(left: int, on: str) -> list[Any]:
    """Before the last one is used: afterwards a lost phone locks its owner out."""
    words = say_many(
        "Only {count} of your recovery codes is left.", "Only {count} of your recovery codes are left.", left
    )
    if not left:
        words = say("That was your last recovery code.")
    return entry_body(
        say("You are signed in"),
        [
            alert("warn", [html.Strong(words), " ", say("Make new ones before you need them.")]),
            big_link(say("Make new codes"), to("/account/security")),
            aside(dcc.Link(say("Continue"), href=on)),
        ],
        is_answer=True,
    )
