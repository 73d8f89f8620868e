"""Sign-in and security: setting the second factor up, its recovery codes, and turning it off."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, no_update

from app.domain import AuditAction, User
from app.errors import ShopError
from app.services import services
from app.words import say
from components.account import security as parts
from components.kit.feedback import toast
from pages.account._common import (
    beside,
    clear,
    code_from,
    owner,
    password_again,
    password_from,
    record_own,
    stay_signed_in,
)
from pages.account._security import page


def factor_body(user: User) -> list[Any]:
    """On or off."""
    if not user.has_second_factor:
        return parts.factor_off(page.id, user.email or "")
    since = user.totp_enabled_at
    return parts.factor_on(
        page.id,
        user.email or "",
        since_words=services().formats.moment(since) if since else "",
        left=services().second_factor.remaining(user.user_id),
        required=user.is_staff and services().settings.staff_second_factor,
    )


@page.callback(
    Output(page.id("factor"), "children"),
    Output(page.id("begin-problem"), "children"),
    Output(page.id("begin-password-error"), "children"),
    Input(page.id("begin"), "n_clicks"),
    State(page.id("begin-password"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("begin"), "disabled"), True, False)],
)
def begin(clicks: int | None, password: Any) -> tuple[Any, ...]:
    """Shows the secret to whoever knows the password: without the secret nothing can be turned on."""
    if not clicks:
        return no_update, no_update, no_update
    user = owner()
    if user.has_second_factor:  # turned on meanwhile, in another tab
        return factor_body(user), no_update, no_update
    try:
        with password_again(user.user_id):
            services().accounts.check_password(user.user_id, password_from(password))
            enrolment = services().second_factor.begin(user.user_id)
    except ShopError as error:
        return no_update, *beside(error, ("password",), retype="password")
    setup = parts.factor_setup(page.id, qr=enrolment.qr_svg, secret=enrolment.secret, uri=enrolment.uri)
    return setup, no_update, no_update


@page.callback(
    Output(page.id("factor"), "children", allow_duplicate=True),
    Output(page.id("code-problem"), "children"),
    Output(page.id("code-error"), "children"),
    Input(page.id("enable"), "n_clicks"),
    State(page.id("code"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("enable"), "disabled"), True, False)],
)
def enable(clicks: int | None, code: Any) -> tuple[Any, ...]:
    if not clicks:
        return no_update, no_update, no_update
    user = owner()
    try:
        codes = services().second_factor.enable(user.user_id, code_from(code))
    except ShopError as error:
        return no_update, *beside(error, ("code",), retype="code")
    stay_signed_in(user.user_id)
    record_own(AuditAction.OWN_SECOND_FACTOR, user, {"second_factor": False}, {"second_factor": True})
    return _codes(codes, user), no_update, no_update


def _codes(codes: tuple[str, ...], user: User) -> list[Any]:
    return parts.recovery_codes(page.id, codes, services().settings.store_name, user.email or user.full_name)


@page.callback(
    Output(page.id("factor"), "children", allow_duplicate=True),
    Output(page.id("notice"), "children"),
    Input(page.id("codes-kept"), "n_clicks"),
    prevent_initial_call=True,
)
def go_on(clicks: int | None) -> tuple[Any, Any]:
    """From the codes to how things stand; whoever had to set the second factor up is told what is open now."""
    if not clicks:
        return no_update, no_update
    user = owner()
    must_have = user.is_staff and services().settings.staff_second_factor
    return factor_body(user), parts.set_up() if must_have and user.has_second_factor else no_update


@page.callback(
    Output(page.id("factor"), "children", allow_duplicate=True),
    Input(page.id("leave-setup"), "n_clicks"),
    prevent_initial_call=True,
)
def leave_setup(clicks: int | None) -> Any:
    return factor_body(owner()) if clicks else no_update


@page.callback(
    Output(page.id("factor"), "children", allow_duplicate=True),
    Output(page.id("new-codes-problem"), "children"),
    Output(page.id("new-codes-password-error"), "children"),
    Input(page.id("new-codes"), "n_clicks"),
    State(page.id("new-codes-password"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("new-codes"), "disabled"), True, False)],
)
def new_codes(clicks: int | None, password: Any) -> tuple[Any, ...]:
    if not clicks:
        return no_update, no_update, no_update
    user = owner()
    try:
        codes = services().second_factor.new_recovery_codes(user.user_id, password_from(password))
    except ShopError as error:
        return no_update, *beside(error, ("password",), retype="password")
    record_own(AuditAction.OWN_CODES, user)
    return _codes(codes, user), no_update, no_update


@page.callback(
    Output(page.id("factor"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("turn-off-problem"), "children"),
    Output(page.id("turn-off-password-error"), "children"),
    Input(page.id("turn-off"), "n_clicks"),
    State(page.id("turn-off-password"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("turn-off"), "disabled"), True, False)],
)
def turn_off(clicks: int | None, password: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    user = owner()
    if not user.has_second_factor:  # turned off meanwhile, in another tab
        return parts.factor_off(page.id, user.email or ""), no_update, no_update, no_update
    try:
        services().second_factor.disable(user.user_id, password_from(password))
    except ShopError as error:
        return no_update, no_update, *beside(error, ("password",), retype="password")
    stay_signed_in(user.user_id)
    record_own(AuditAction.OWN_SECOND_FACTOR, user, {"second_factor": True}, {"second_factor": False})
    off = parts.factor_off(page.id, user.email or "")
    return off, toast(say("The second factor is off.")), *(no_update for _ in clear(("password",)))
