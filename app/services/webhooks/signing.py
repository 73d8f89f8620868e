"""Signatures by the Standard Webhooks specification (standardwebhooks.com), as its own library makes them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks.webhooks import Webhook

SECRET_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """ "whsec_" and random bytes in base 64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def signed_headers(event_id: str, at: datetime, payload: str, with_secrets: Sequence[str]) -> dict[str, str]:
    """What tells a receiver that an event is ours, and when it was sent: a signature of each secret."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(event_id, at, payload) for one in with_secrets),
    }
