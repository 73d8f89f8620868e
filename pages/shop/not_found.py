"""What a wrong address shows. The name is the one under which Dash looks for it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from app.addresses import to
from app.domain import Access
from app.web.page import Page
from app.words import mark, say
from components.kit.ui import empty_state

page = Page("not_found_404", path="/not-found", title=mark("Page not found"), access=Access.PUBLIC, is_finished=True)


@page.layout
def layout(**_: Any) -> html.Div:
    return html.Div(
        empty_state(
            say("There is no such page"),
            say("The link may be old, or a letter is missing."),
            icon_name="signpost-split",
            level=1,
            action=dcc.Link(say("Go to the shop"), href=to("/"), className="btn btn-primary"),
        ),
        className="store-wide",
    )
