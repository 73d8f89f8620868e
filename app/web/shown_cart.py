"""The caller's cart as a page that is being drawn shows it: read once for the page and the frame around it."""

from __future__ import annotations

import flask

from app.domain import PricedCart
from app.services import services

_SHOWN = "shown_cart"  # in what Flask keeps for a request


def shown_cart(owner: str) -> PricedCart:
    """For layouts, which change nothing. Raises StoreUnavailable and Busy."""
    known: tuple[str, PricedCart] | None = flask.g.get(_SHOWN)
    if known is None or known[0] != owner:
        known = owner, services().cart.view(owner)
        setattr(flask.g, _SHOWN, known)
    return known[1]
