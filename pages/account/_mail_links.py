"""What the pages share that a link from an e-mail opens.

The link's token stands in the address's fragment, which no server and no log sees. Opening the page only looks at
it: mail scanners open links too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import ClientsideFunction, Input, clientside_callback, dcc, html, no_update

from app.domain import AccountLink, LinkPurpose, User
from app.errors import LinkInvalid
from app.services import services
from app.web.page import Page
from app.words import say
from components.account.entry_card import checking

TOKEN_LENGTH = 500


def serve(page: Page, title: str) -> None:
    """The page's layout, whose `body` waits for the token; once `used` is set, it leaves the address bar."""

    @page.layout
    def layout(**_: Any) -> html.Div:
        return html.Div(
            [
                dcc.Location(id=page.id("link"), refresh=False),
                dcc.Store(id=page.id("used")),
                html.Div(checking(say(title)), id=page.id("body")),
            ],
            className="form-page kit-card",
        )

    clientside_callback(
        ClientsideFunction("account", "forget"), Input(page.id("used"), "data"), prevent_initial_call=True
    )


def opened(
    hash_: Any,
    purposes: tuple[LinkPurpose, ...],
    form: Callable[[AccountLink, User], list[Any]],
    expired: Callable[[], list[Any]],
) -> Any:
    """What the page of a link shows once the browser has told the fragment."""
    if hash_ is None:
        return no_update
    try:
        link, user = services().accounts.link(token_from(hash_), *purposes)
    except LinkInvalid:
        return expired()
    return form(link, user)


def token_from(hash_: Any) -> str:
    """The token of a link, from the address's fragment; "" for none."""
    if not isinstance(hash_, str) or len(hash_) > TOKEN_LENGTH:
        return ""
    return hash_.removeprefix("#").strip()
