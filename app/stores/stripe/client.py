"""Stripe's library, loaded when it is first used: most processes never need its 14 MB."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.errors import PaymentUnclear

if TYPE_CHECKING:
    from stripe import StripeClient, StripeObject

log = logging.getLogger(__name__)

# Two tries of this length are over before the sweeper may take the order of a checkout that waits for them.
TIMEOUT_SECONDS = 7.0
RETRIES = 1  # by the same idempotency key


class Stripe:
    """The account of a secret key. `api_base`: where it is, "" for the service itself."""

    def __init__(self, secret_key: str, api_base: str = "", timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._secret_key = secret_key
        self._api_base = api_base
        self._timeout_seconds = timeout_seconds

    @cached_property
    def api(self) -> StripeClient:
        import stripe

        return stripe.StripeClient(
            self._secret_key,
            base_addresses={"api": self._api_base} if self._api_base else {},
            http_client=stripe.RequestsClient(timeout=self._timeout_seconds),
            max_network_retries=RETRIES,
        )


@contextmanager
def answering() -> Iterator[None]:
    """Raises PaymentUnclear for whatever leaves open what Stripe did; what it refused passes through."""
    import stripe

    try:
        yield
    except stripe.InvalidRequestError:
        raise
    except stripe.StripeError as error:
        if isinstance(error, stripe.IdempotencyError) and error.http_status != 409:
            raise  # known, with other parameters; 409 is one that runs right now
        # Its message may hold what was sent; kind and id are enough to look it up at Stripe.
        log.warning("stripe: %s, request %s", type(error).__name__, error.request_id)
        raise PaymentUnclear() from error


def plain(found: StripeObject | dict[str, Any] | None) -> dict[str, Any]:
    """As JSON has it: the library's own objects know no `get`."""
    if found is None or isinstance(found, dict):
        return found or {}
    return found.to_dict()
