"""What a buyer can do with an order on its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from app.addresses import to
from app.words import say, say_many
from components.kit.forms import alert


def actions_card(
    again_id: Any, cancel_id: Any, answer_id: Any, refund: str | None, *, by_hand: bool = False
) -> html.Section:
    """`refund`: what cancelling gives back, in words; None where the order cannot be cancelled. `by_hand`: whether
    somebody of the shop pays it."""
    return html.Section(
        [
            html.Button(say("Buy again"), id=again_id, type="button", className="btn btn-quiet", n_clicks=0),
            _cancel(cancel_id, refund, by_hand),
            html.Div(id=answer_id, role="status", className="order-answer"),
        ],
        className="kit-card order-actions no-print",
        **{"aria-label": say("This order")},
    )


def _cancel(cancel_id: Any, refund: str | None, by_hand: bool) -> html.Details:
    """Always there, so that the page's callback finds its button; hidden where it has nothing to say."""
    if by_hand:
        words = say("We pay {amount} back to you by hand. This cannot be undone.", amount=refund or "")
    else:
        words = say("{amount} goes back the way it was paid. This cannot be undone.", amount=refund or "")
    return html.Details(
        [
            html.Summary(say("Cancel this order"), className="btn btn-quiet"),
            html.Div(
                [
                    html.P(words),
                    html.Button(
                        say("Cancel the order"), id=cancel_id, type="button", className="btn btn-danger", n_clicks=0
                    ),
                ],
                className="order-cancel",
            ),
        ],
        hidden=refund is None,
    )


def bought_again(units: int, fewer: Sequence[str], gone: Sequence[str]) -> html.Div:
    words: list[Any] = []
    if units:
        put = say_many("{count} item is in the cart.", "{count} items are in the cart.", units)
        words.append(html.P([put, " ", dcc.Link(say("To the cart"), href=to("/cart"))]))
    if fewer:
        words.append(html.P(say("Fewer than you bought: {names}", names=", ".join(fewer))))
    if gone:
        words.append(html.P(say("Not to be had at the moment: {names}", names=", ".join(gone))))
    return alert("good" if units and not gone else "warn", words)
