"""API tokens on the security page: making one, showing its secret once, listing and revoking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from dash import html

from app.domain import ApiToken, Scope
from app.words import mark, say
from components.account.profile import Ids, disclosure, section
from components.account.security import copy_button
from components.kit.forms import (
    TAKES_FOCUS,
    choices_field,
    password_field,
    plain_form,
    select_field,
    submit_button,
    text_field,
    username,
)
from components.kit.ui import badge, icon

SCOPE_WORDS = {
    Scope.SHOP: (mark("Shop"), mark("cart, checkout and orders of your account")),
    Scope.CATALOG: (mark("Catalogue"), mark("add and change products and stock")),
    Scope.CUSTOMERS: (mark("Customers"), mark("read the customer list")),
    Scope.ANALYTICS: (mark("Analytics"), mark("read the figures of all analytics")),
    Scope.METRICS: (mark("Metrics"), mark("read what monitoring collects")),
}
LIFETIMES = (("30", mark("30 days")), ("90", mark("90 days")), ("365", mark("1 year")), ("", mark("Until revoked")))


def tokens_section(ids: Ids, scopes: Sequence[Scope], rows: Any, email: str) -> html.Section:
    """The password is asked for: what somebody makes at a browser left signed in outlasts the session."""
    return section(
        say("API tokens"),
        say(
            "Keys with which a program uses this shop in your name. They work without password and second factor. "
            "Setting a new password by a link from an e-mail ends them all."
        ),
        [
            html.Div(id=ids("token-made")),
            html.Div(rows, id=ids("tokens")),
            html.Div(new_token(ids, scopes, email), id=ids("new-token")),
        ],
    )


def new_token(ids: Ids, scopes: Sequence[Scope], email: str, after: int = 0) -> html.Details:
    """The form for one, empty and folded away; `after`: the id of the token that was just made with it."""
    return disclosure(say("New token"), _form(ids, scopes, email), icon_name="plus-lg", id_=ids(f"new-token-{after}"))


def _form(ids: Ids, scopes: Sequence[Scope], email: str) -> html.Form:
    options = [
        (
            scope.value,
            html.Span(
                [
                    html.Strong(say(SCOPE_WORDS[scope][0])),
                    html.Span(say(SCOPE_WORDS[scope][1]), className="scope-words"),
                ],
                className="scope",
            ),
        )
        for scope in scopes
    ]
    chosen = [scopes[0].value] if len(scopes) == 1 else []
    lifetimes = [(days, say(words)) for days, words in LIFETIMES]
    return plain_form(
        [
            text_field(
                ids("token-name"),
                say("What is it for?"),
                maxlength=60,
                placeholder=say("Stock sync"),
                autocomplete="off",
            ),
            choices_field(ids("token-scopes"), say("What may it do?"), options, chosen),
            select_field(ids("token-days"), say("How long is it valid?"), lifetimes, "90"),
            username(email),
            password_field(ids("token-password"), say("Current password"), autocomplete="current-password"),
            html.Div(id=ids("token-problem"), role="alert"),
            submit_button(ids("make-token"), say("Create token")),
        ]
    )  # fmt: skip


def token_made(ids: Ids, token: ApiToken, secret: str) -> html.Div:
    """The only time the whole token can be read."""
    return html.Div(
        [
            icon("key"),
            html.Div(
                [
                    html.Strong(say("{name} is ready", name=token.name)),
                    html.P(say("Copy the token now: it is shown only this once.")),
                    html.Div(
                        [
                            html.Code(secret, id=ids("token-secret"), className="secret-text"),
                            copy_button(ids("token-secret"), say("Copy the token")),
                        ],
                        className="copy-row",
                    ),
                ]
            ),
        ],
        id=ids(f"token-made-{token.token_id}"),
        className="notice notice-good",
        role="status",
        **TAKES_FOCUS,
    )


def token_rows(
    tokens: Sequence[ApiToken],
    item: Callable[[str, Any], dict[str, Any]],
    moment: Callable[[datetime], str],
    now: datetime,
) -> Any:
    """`item` gives the pattern-matching id of a token's button; `moment` words for a time."""
    if not tokens:
        return html.P(say("No tokens yet."), className="hint")
    return html.Ul([_row(token, item, moment, now) for token in tokens], className="token-list", role="list")


def _row(
    token: ApiToken, item: Callable[[str, Any], dict[str, Any]], moment: Callable[[datetime], str], now: datetime
) -> html.Li:
    expired = token.expires_at is not None and token.expires_at <= now
    used = (
        say("Last used {last_used_at}", last_used_at=moment(token.last_used_at))
        if token.last_used_at
        else say("Never used")
    )
    ends = (
        say("valid until {expires_at}", expires_at=moment(token.expires_at))
        if token.expires_at
        else say("valid until revoked")
    )
    return html.Li(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.Strong(token.name),
                            *[badge(say(SCOPE_WORDS[scope][0])) for scope in Scope if scope in token.scopes],
                            badge(say("Expired"), "bad") if expired else None,
                        ],
                        className="token-name",
                    ),
                    html.Div(
                        say(
                            "Ends in {hint} · {used} · {validity}",
                            hint=token.hint,
                            used=used,
                            validity=say("expired") if expired else ends,
                        ),
                        className="token-facts",
                    ),
                ]
            ),
            html.Button(
                say("Revoke"),
                id=item("revoke", token.token_id),
                type="button",
                n_clicks=0,
                className="btn btn-danger-quiet btn-sm",
                **{"aria-label": say("Revoke {name}", name=token.name)},
            ),
        ]
    )
