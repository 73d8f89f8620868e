"""Reasons of returns that the shop itself gives, in the language of whoever reads them."""

from __future__ import annotations

from app.words import mark, say

BUYER_CANCELLED = mark("Cancelled by the buyer")
BUYER = "buyer"  # who cancelled then, as return, ledger and audit log name them


def reason_words(reason: str) -> str:
    """What staff wrote stays as it is."""
    return say(BUYER_CANCELLED) if reason == BUYER_CANCELLED else reason
