"""Sign-in and security: API tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update

from app import numbers
from app.domain import Role, Scope, User
from app.errors import InvalidInput, ShopError
from app.services import services
from app.services.accounts.api_tokens import NAME_LENGTH
from app.services.limits.throttle import NEW_TOKEN
from app.web.identity.principal import current_actor, current_principal
from app.words import mark, say
from components.account import api_tokens as parts
from components.kit.feedback import toast
from pages.account._common import beside, clear, owner, password_again, password_from
from pages.account._security import page
from pages.shop._cart_changes import text_from

FIELDS = ("token-name", "token-scopes", "token-password")
_NAMES = {"name": "token-name", "scopes": "token-scopes"}


def rows(user: User) -> Any:
    return parts.token_rows(services().tokens.of(user.user_id), page.item, services().formats.moment, datetime.now(UTC))


def scopes() -> tuple[Scope, ...]:
    """What the caller's tokens may be made for."""
    return services().tokens.scopes_for(_acting(owner()).role)


def _acting(user: User) -> User:
    """The account with what it may act as now: less than its role while the second factor is missing."""
    return replace(user, role=current_principal().role or Role.CUSTOMER)


@page.callback(
    Output(page.id("token-made"), "children"),
    Output(page.id("tokens"), "children"),
    Output(page.id("new-token"), "children"),
    Output(page.id("token-problem"), "children"),
    *(Output(page.id(f"{name}-error"), "children") for name in FIELDS),
    Input(page.id("make-token"), "n_clicks"),
    State(page.id("token-name"), "value"),
    State(page.id("token-scopes"), "value"),
    State(page.id("token-days"), "value"),
    State(page.id("token-password"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("make-token"), "disabled"), True, False)],
)
def make(clicks: int | None, name: Any, wanted: Any, days: Any, password: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 7
    user = owner()
    try:
        words = name_from(name)
        acting, chosen, lifetime = _acting(user), scopes_from(wanted), days_from(days)
        with password_again(user.user_id):
            services().accounts.check_password(user.user_id, password_from(password, "token-password"))
        services().throttle.take(NEW_TOKEN, str(user.user_id))
        token, secret = services().tokens.create(acting, words, chosen, lifetime, current_actor())
    except ShopError as error:
        return (no_update,) * 3 + beside(error, FIELDS, retype="token-password", names=_NAMES)
    fresh = parts.new_token(page.id, scopes(), user.email or "", after=token.token_id)
    unchanged = (no_update for _ in clear(FIELDS))  # they stand in the form that was replaced
    return parts.token_made(page.id, token, secret), rows(user), fresh, *unchanged


def name_from(value: Any) -> str:
    name = text_from(value, mark("Name"), NAME_LENGTH)
    if not name:
        raise InvalidInput(mark("Say what the token is for, so that you recognise it later."), "name")
    return name


def scopes_from(value: Any) -> list[Scope]:
    """Raises InvalidInput for no scope, and for one that does not exist."""
    try:
        wanted = [Scope(one) for one in value] if isinstance(value, list) else []
    except ValueError:
        raise InvalidInput(mark("There is no such permission."), "scopes") from None
    if not wanted:
        raise InvalidInput(mark("Choose at least one."), "scopes")
    return wanted


def days_from(value: Any) -> int | None:
    """The chosen lifetime; None: until revoked. The service knows which ones there are."""
    if value in (None, ""):
        return None
    if (days := numbers.natural(value)) is not None:
        return days
    raise InvalidInput(mark("Choose how long the token is valid."))


@page.callback(
    Output(page.id("tokens"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("revoke", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def revoke(clicks: Any) -> tuple[Any, Any]:
    if not isinstance(clicks, list) or not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return no_update, no_update
    token_id = numbers.row_id(ctx.triggered_id.get("key"))
    if token_id is None:
        return no_update, no_update
    user = owner()
    name = next((token.name for token in services().tokens.of(user.user_id) if token.token_id == token_id), "")
    try:
        services().tokens.revoke(user.user_id, token_id, current_actor())
    except ShopError as error:
        return rows(user), toast(say(error.message), "bad")
    return rows(user), toast(say("{value} is revoked and no longer works.", value=name or "The token"))
