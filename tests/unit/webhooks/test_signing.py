"""Signatures: as the specification has them, and with both secrets while one is rotated."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.services.webhooks.signing import new_secret, signed_headers


def test_the_example_of_the_specification():
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}', ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_a_secret_is_rotated_receivers_with_either_take_it():
    old, new, other = new_secret(), new_secret(), new_secret()
    headers = signed_headers("msg_1", datetime.now(UTC), '{"a":"ü"}', [new, old])
    for secret in (old, new):
        assert Webhook(secret).verify('{"a":"ü"}'.encode(), headers) == {"a": "ü"}
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify('{"a":"ü"}'.encode(), headers)


def test_a_secret_is_as_long_as_the_specification_asks():
    prefix, _, key = new_secret().partition("_")
    assert (prefix, len(base64.b64decode(key))) == ("whsec", 32)
