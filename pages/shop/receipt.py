"""The link in a guest's receipt: it opens that one order in this browser for some hours, without an account."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, dcc, html, no_update

from app.addresses import to, with_next
from app.domain import Access
from app.errors import LinkInvalid
from app.services import services
from app.web.identity.guests import open_order
from app.web.page import Page
from app.words import mark, say
from components.account.entry_card import aside, big_link, checking, entry_body
from pages.account._mail_links import serve, token_from

page = Page("receipt", path="/receipt", title=mark("Your order"), access=Access.PUBLIC)

serve(page, mark("Your order"))


@page.callback(Output(page.id("used"), "data"), Output(page.id("body"), "children"), Input(page.id("link"), "hash"))
def look(hash_: Any) -> tuple[Any, Any]:
    """Lead to the order once the browser has told the fragment, which leaves the address bar."""
    if hash_ is None:
        return no_update, no_update
    try:
        order = services().order_links.open(token_from(hash_))
    except LinkInvalid:
        return {}, _expired()
    open_order(order.order_id)
    return {"href": to(f"/orders/{order.order_id}")}, checking(say("Your order"))


def _expired() -> list[Any]:
    return entry_body(
        say("This link no longer works"),
        [
            html.P(
                say(
                    "The link in a receipt works for 90 days. You can still see the order: sign in with the e-mail "
                    "address that the receipt went to, or create an account with it. Once that address is confirmed, "
                    "its orders are in the account."
                )
            ),
            big_link(say("Sign in"), with_next(to("/login"), to("/orders"))),
            aside(dcc.Link(say("Create an account"), href=with_next(to("/register"), to("/orders")))),
        ],
        is_answer=True,
    )
