"""Sign-in and security: the page, its password, and the other sessions. Second factor and tokens: `_security_*`."""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, Output, State, ctx, html, no_update

from app.domain import AuditAction, User, browser_words
from app.errors import NotFound, ShopError
from app.services import services
from app.services.limits.throttle import NEW_PASSWORD
from app.web.identity.principal import current_principal
from app.web.identity.sessions import current_session
from app.web.identity.sign_in import renew_session
from app.words import say
from components.account.api_tokens import tokens_section
from components.account.profile import account_page
from components.account.security import factor_section, must_set_up, password_section, session_rows, sessions_section
from components.kit.feedback import toast
from pages.account._api_tokens import rows, scopes
from pages.account._common import beside, clear, owner, password_again, password_from, record_own
from pages.account._second_factor import factor_body
from pages.account._security import page

FIELDS = ("current", "new")


@page.layout
def layout(**_: Any) -> html.Div:
    user = owner()
    must = current_principal().needs_second_factor
    factor = factor_section(page.id, factor_body(user))
    password = password_section(page.id, user)
    return account_page(
        page.name,
        [
            html.Div(must_set_up() if must else None, id=page.id("notice"), role="status"),
            *((factor, password) if must else (password, factor)),
            sessions_section(page.id, _sessions(user), "12 hours" if user.is_staff else "30 days"),
            tokens_section(page.id, scopes(), rows(user), user.email or ""),
        ],
    )


def _sessions(user: User) -> Any:
    here = current_session()
    formats = services().formats
    return session_rows(services().sessions.of(user), here.session_id if here else 0, page.item, formats.moment)


@page.callback(
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("current"), "value"),
    Output(page.id("new"), "value"),
    Output(page.id("password-problem"), "children"),
    *(Output(page.id(f"{name}-error"), "children") for name in FIELDS),
    Input(page.id("change-password"), "n_clicks"),
    State(page.id("current"), "value"),
    State(page.id("new"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("change-password"), "disabled"), True, False)],
)
def change_password(clicks: int | None, current: Any, new: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 6
    user_id = owner().user_id
    try:
        with password_again(user_id):
            services().throttle.take(NEW_PASSWORD, str(user_id))
            user = services().accounts.change_password(user_id, password_from(current, "current"), password_from(new))
    except ShopError as error:
        wrong = beside(error, FIELDS, retype="current", names={"password": "new"})
        return no_update, no_update, no_update, *wrong
    renew_session(user)
    record_own(AuditAction.OWN_SIGN_IN, user)
    return toast(say("Your password is changed. You are signed out everywhere else.")), "", "", *clear(FIELDS)


@page.callback(
    Output(page.id("sessions"), "children"),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("sign-out-others"), "n_clicks"),
    prevent_initial_call=True,
    running=[(Output(page.id("sign-out-others"), "disabled"), True, False)],
)
def sign_out_others(clicks: int | None) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    user = services().accounts.sign_out_everywhere(owner().user_id)
    renew_session(user)
    record_own(AuditAction.OWN_SESSIONS, user)
    return _sessions(user), toast(say("You are signed out everywhere else. This browser stays signed in."))


@page.callback(
    Output(page.id("sessions"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.item("end-session", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def end_session(clicks: Any) -> tuple[Any, Any]:
    if not isinstance(clicks, list) or not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return no_update, no_update
    session_id = ctx.triggered_id.get("key")
    if isinstance(session_id, bool) or not isinstance(session_id, int) or not 0 < session_id < 2**63:
        return no_update, no_update
    user = owner()
    try:
        ended = services().sessions.end_one(user.user_id, session_id)
    except NotFound as error:
        return _sessions(user), toast(say(error.message), "bad")
    record_own(AuditAction.OWN_SESSION, user, after={"agent": browser_words(ended.agent), "address": ended.address})
    return _sessions(user), toast(say("That session is signed out."))
