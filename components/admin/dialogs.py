"""Asking before something is done that people cannot easily take back."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html


def confirm_dialog(ids: Any, *, tells_refusal: bool = False) -> dbc.Modal:
    """A callback writes title, words and button. `tells_refusal`: what the shop refuses then is said in it."""
    words: list[Any] = [html.Div(id=ids("confirm-words"))]
    if tells_refusal:
        words.append(html.Div(id=ids("confirm-error"), className="field-error", role="alert"))
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(id=ids("confirm-title")), close_button=True),
            dbc.ModalBody(words),
            dbc.ModalFooter(
                [
                    html.Button("Cancel", id=ids("confirm-no"), className="btn btn-quiet", n_clicks=0),
                    html.Button(id=ids("confirm-yes"), className="btn btn-primary", n_clicks=0),
                ]
            ),
        ],
        id=ids("confirm"),
        is_open=False,
        fade=False,  # answered while it still fades in, it may never be told that it has gone
        centered=True,
    )
