"""The small card that people meet before they are signed in: sign-in, codes, links from e-mails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from app.words import say
from components.kit.forms import TAKES_FOCUS


def entry_card(title: str, content: Sequence[Any], *, lead: Any = None) -> html.Div:
    return html.Div(
        [
            html.H1(title, className="form-title"),
            html.P(lead, className="form-lead") if lead is not None else None,
            *content,
        ],
        className="form-page kit-card",
    )


def done_card(title: str, words: Any, *, action: tuple[str, str]) -> html.Div:
    """What is so, and where to go on. `action`: words, href."""
    return entry_card(title, [html.P(words), big_link(*action)])


def entry_body(title: str, content: Sequence[Any], *, lead: Any = None, is_answer: bool = False) -> list[Any]:
    """The content of a card whose title depends on a link. `is_answer`: to a click, so its title takes the focus."""
    return [
        html.H1(title, className="form-title", **(TAKES_FOCUS if is_answer else {})),
        html.P(lead, className="form-lead") if lead is not None else None,
        *content,
    ]


def big_link(words: str, href: str) -> dcc.Link:
    return dcc.Link(words, href=href, className="btn btn-primary btn-lg w-100")


def checking(what: str) -> list[Any]:
    """While the link's token is on its way to the server."""
    return entry_body(what, [html.P(say("Checking your link…"), role="status", className="form-checking")])


def aside(*content: Any) -> html.P:
    return html.P(list(content), className="form-aside")
