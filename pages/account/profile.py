"""The account: name, e-mail, one's data, and closing it."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, html, no_update

from app.addresses import to
from app.domain import Access, AuditAction, BlockReason, User
from app.errors import ShopError
from app.services import services
from app.services.messages.mail_events import block_words
from app.web.identity.sign_in import sign_out
from app.web.page import Page
from app.words import mark, say, say_with
from components.account.profile import (
    Unreachable,
    account_page,
    close_section,
    data_section,
    email_body,
    email_section,
    link_on_its_way,
    name_section,
)
from components.kit.feedback import toast
from components.kit.forms import alert
from pages.account._common import beside, clear, owner, password_again, password_from, problem, record_own
from pages.shop._cart_changes import text_from

page = Page("account", path="/account", title=mark("Your account"), access=Access.SIGNED_IN)


@page.layout
def layout(**_: Any) -> html.Div:
    user = owner()
    return account_page(
        page.name,
        [
            name_section(page.id, user),
            email_section(page.id, email_body(page.id, user, unreachable=_unreachable(user))),
            data_section(),
            close_section(page.id, user),
        ],
    )


@page.callback(
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("name-problem"), "children"),
    Output(page.id("name-error"), "children"),
    Output(page.id("name"), "value"),
    Input(page.id("save-name"), "n_clicks"),
    State(page.id("name"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("save-name"), "disabled"), True, False)],
)
def save_name(clicks: int | None, name: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    before = owner()
    try:
        user = services().accounts.change_name(before.user_id, text_from(name, mark("Full name")))
    except ShopError as error:
        return no_update, *beside(error, ("name",)), no_update
    record_own(AuditAction.OWN_NAME, user, {"full_name": before.full_name}, {"full_name": user.full_name})
    return toast(say("Your name is saved.")), *clear(("name",)), user.full_name


@page.callback(
    Output(page.id("email-body"), "children"),
    Input(page.id("resend"), "n_clicks"),
    prevent_initial_call=True,
    running=[(Output(page.id("resend"), "disabled"), True, False)],
)
def resend(clicks: int | None) -> Any:
    if not clicks:
        return no_update
    user = owner()
    try:
        services().sign_ins.count_mail(user.user_id, user.email or "")
        services().accounts.request_verification(user.user_id)
    except ShopError as error:
        return email_body(page.id, user, problem(error), unreachable=_unreachable(user))
    words = say_with(
        "A new link is on its way to {email}. Nothing there? Check the spam folder.", email=html.Strong(user.email)
    )
    return email_body(page.id, user, alert("good", words))


@page.callback(
    Output(page.id("email-body"), "children", allow_duplicate=True),
    Input(page.id("try-again"), "n_clicks"),
    prevent_initial_call=True,
    running=[(Output(page.id("try-again"), "disabled"), True, False)],
)
def try_again(clicks: int | None) -> Any:
    """The owner of an address that bounced says that it works: a link goes there, which proves it."""
    if not clicks:
        return no_update
    user = owner()
    if _unreachable(user) is None:  # said so in another tab, or lifted by the shop
        return email_body(page.id, user)
    try:
        services().sign_ins.count_mail(user.user_id, user.email or "")
        services().mail_events.try_again(user.email or "")
        services().accounts.request_reconfirmation(user.user_id)
    except ShopError as error:
        return email_body(page.id, user, problem(error), unreachable=_unreachable(user))
    words = say_with(
        "A link is on its way to {email}. Follow it to show that mail reaches you again.",
        email=html.Strong(user.email),
    )
    return email_body(page.id, user, alert("good", words))


@page.callback(
    Output(page.id("email-body"), "children", allow_duplicate=True),
    Output(page.id("email-problem"), "children"),
    Output(page.id("new-email-error"), "children"),
    Output(page.id("email-password-error"), "children"),
    Input(page.id("change-email"), "n_clicks"),
    State(page.id("new-email"), "value"),
    State(page.id("email-password"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("change-email"), "disabled"), True, False)],
)
def change_email(clicks: int | None, email: Any, password: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    user = owner()
    try:
        address = text_from(email, mark("E-mail"), 254)
        with password_again(user.user_id):
            services().sign_ins.count_mail(user.user_id, address)
            services().accounts.request_email_change(user.user_id, password_from(password, "email-password"), address)
    except ShopError as error:
        return no_update, *beside(error, ("email", "email-password"), retype="email-password")
    return email_body(page.id, user, link_on_its_way(address), _unreachable(user)), no_update, no_update, no_update


@page.callback(
    Output("redirect-full", "href", allow_duplicate=True),
    Output(page.id("close-problem"), "children"),
    Output(page.id("close-password-error"), "children"),
    Input(page.id("close"), "n_clicks"),
    State(page.id("close-password"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("close"), "disabled"), True, False)],
)
def close(clicks: int | None, password: Any) -> tuple[Any, ...]:
    if not clicks:
        return no_update, no_update, no_update
    user = owner()
    try:
        with password_again(user.user_id):
            services().accounts.close(user.user_id, password_from(password))
    except ShopError as error:
        return no_update, *beside(error, ("password",), retype="password")
    sign_out()
    return to("/login?done=closed"), *clear(("password",))


def _unreachable(user: User) -> Unreachable | None:
    block = services().mail_events.block_of(user.email)
    if block is None:
        return None
    return Unreachable(block_words(block, services().formats), may_try=block.reason is BlockReason.BOUNCE)
