"""Payments of an order that the holder of the card had taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from app.domain import Order
from app.domain.payments import Dispute
from app.money import Formats
from components.kit.ui import badge, card

BAD = ("needs_response", "under_review", "lost")


def disputes_card(disputes: Sequence[Dispute], order: Order, formats: Formats) -> Any:
    """Payments that the holder of the card had taken back; nothing where there are none."""
    if not disputes:
        return None
    rows = [
        html.Li(
            [
                badge(_provider_words(one.status), "bad" if one.status in BAD else "neutral", "flag"),
                html.Div(
                    [
                        html.Span(_provider_words(one.reason)),
                        html.Span(_disputed(one, order, formats), className="sub"),
                    ]
                ),
            ]
        )
        for one in disputes
    ]
    note = html.P("Answer it in the dashboard of the payment provider, which says until when.", className="muted")
    return card("Disputed payment", [html.Ul(rows, className="disputes"), note])


def _disputed(dispute: Dispute, order: Order, formats: Formats) -> str:
    if dispute.currency != order.currency:
        return dispute.dispute_id
    return f"{formats.money(dispute.amount)} · {dispute.dispute_id}"


def _provider_words(name: str) -> str:
    """Of the provider's names, such as "needs_response"."""
    return name.replace("_", " ").capitalize()
