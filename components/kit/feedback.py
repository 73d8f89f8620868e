"""Short messages that appear over a page; assets/30-feedback.js shows them."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from dash import ClientsideFunction, Input, clientside_callback

ToastTone = Literal["good", "bad", "neutral"]


def toast(message: str, tone: ToastTone = "good") -> dict[str, Any]:
    """The value for Output("toast-request", "data"). The random id lets the same words be shown again later."""
    return {"message": message, "tone": tone, "id": secrets.token_hex(4)}


def register_toasts() -> None:
    """Connect the root layout's toast store to the browser; called once, when the pages are imported."""
    clientside_callback(
        ClientsideFunction("feedback", "show"), Input("toast-request", "data"), prevent_initial_call=True
    )
