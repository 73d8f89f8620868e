"""Links in receipts that open one order without an account: signed, for some months. Nothing of them is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from app.domain import Order
from app.errors import LinkInvalid
from app.services.orders.ports import OrderReader

LIFETIME = timedelta(days=90)
TOKEN_LENGTH = 200  # far above any token of ours
PATH = "/receipt"
RETURN_PATH = "/checkout/return"
RETURN_WITHIN = timedelta(days=2)  # of a payment page: far longer than one is open


class OrderLinks:
    """Signs what names an order for good: its id and when it was placed, with a key of its own from `secret_key`.

    The token stands in the address's fragment, which no server and no log sees.
    """

    def __init__(
        self, secret_key: str, orders: OrderReader, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._orders = orders
        self._now = now
        self._signer = _signer(secret_key, "order-link")
        self._return_signer = _signer(secret_key, "payment-return")

    def path(self, order: Order) -> str:
        """Where its receipt leads: a guest's order opens by the link, an account's needs its account."""
        return f"{PATH}#{self.token(order)}" if order.is_of_guest else f"/orders/{order.order_id}"

    def token(self, order: Order) -> str:
        until = int((self._now() + LIFETIME).timestamp())
        return str(self._signer.dumps([order.order_id, _placed(order), until]))

    def open(self, token: object) -> Order:
        """The order of a token. Raises LinkInvalid, also once the order was made anonymous."""
        order_id, placed, until = self._read(token)
        order = self._orders.get(order_id) if self._now().timestamp() < until else None
        if order is None or order.email is None or _placed(order) != placed:
            raise LinkInvalid()
        return order

    def return_path(self, order: Order) -> str:
        """Where its payment page leads back to: the same whenever it is asked for, since the page was made with it.

        The token stands in the query, where the shop reads it before any script does, and opens the order for two days.
        """
        return f"{RETURN_PATH}?order={self._return_signer.dumps([order.order_id, _placed(order)])}"

    def come_back(self, token: object) -> Order:
        """The order of a token of `return_path`. Raises LinkInvalid."""
        if not isinstance(token, str) or len(token) > TOKEN_LENGTH or not token.isascii():
            raise LinkInvalid()
        try:
            order_id, placed = self._return_signer.loads(token)
        except BadData as error:
            raise LinkInvalid() from error
        order = self._orders.get(order_id)
        if order is None or _placed(order) != placed or self._now() > order.created_at + RETURN_WITHIN:
            raise LinkInvalid()
        return order

    def _read(self, token: object) -> tuple[int, int, int]:
        if not isinstance(token, str) or len(token) > TOKEN_LENGTH or not token.isascii():
            raise LinkInvalid()
        try:
            order_id, placed, until = self._signer.loads(token)
        except BadData as error:
            raise LinkInvalid() from error
        return order_id, placed, until


def _signer(secret_key: str, salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret_key, salt=salt, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )


def _placed(order: Order) -> int:
    """To the microsecond: a database that was made anew gives the same number to somebody else's order."""
    return round(order.created_at.timestamp() * 1_000_000)
