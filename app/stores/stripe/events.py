"""What Stripe tells of by itself: its signature, its age, and what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.payments import Dispute
from app.errors import HookRefused
from app.stores.stripe.amounts import from_stripe
from app.stores.stripe.client import plain

SIGNATURE = "Stripe-Signature"
TOLERANCE_SECONDS = 300  # Stripe signs each of its tries anew
_WORD, _STATUS = 64, 32


@dataclass(frozen=True)
class Told:
    event_id: str
    kind: str
    about: dict[str, Any]  # with an id


def read(headers: Mapping[str, str], body: bytes, secret: str) -> Told:
    """Raises HookRefused unless the owner of `secret` signed it within the last five minutes."""
    import stripe

    if not secret:
        raise HookRefused("This shop takes no messages of Stripe: STRIPE_WEBHOOK_SECRET is not set.")
    try:
        told = stripe.Webhook.construct_event(body, headers.get(SIGNATURE, ""), secret, TOLERANCE_SECONDS)
        about = plain(told.data.object)
        if not all(isinstance(one, str) for one in (told.id, told.type, about["id"])):
            raise ValueError("no ids")
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise HookRefused("This message was not signed by Stripe for this shop just now.") from error
    return Told(told.id, told.type, about)


def token_of(dispute: dict[str, Any]) -> str:
    """By what the payment is found that a dispute, with its payment intent, is about."""
    paid_by = dispute.get("payment_intent")
    metadata = paid_by.get("metadata") if isinstance(paid_by, dict) else None
    return str((metadata or {}).get("token") or "")


def dispute_of(found: dict[str, Any]) -> Dispute:
    currency = str(found["currency"]).upper()
    amount = from_stripe(int(found["amount"]), currency)
    return Dispute(str(found["id"]), amount, currency, str(found["reason"])[:_WORD], str(found["status"])[:_STATUS])
