"""A person's data as a whole: giving it to them, and forgetting it while the shop's books stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from app.domain import AddressBlock, ApiToken, Delivery, Order, OrderReturn, Session, User
from app.domain.fulfilment import Shipment, Step
from app.domain.invoices import Invoice
from app.errors import WrongCredentials
from app.services.accounts.ports import NOTHING_WRITTEN, AccountRecords, Written
from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog
from app.words import mark

Tokens = Callable[[int], Sequence[ApiToken]]
Sessions = Callable[[User], Sequence[Session]]
Blocks = Callable[[str], AddressBlock | None]


class AccountData:
    """Hands people what is kept of them, and erases it.

    `tokens` gives a user's API tokens, `block_of` why an address is not written to; `currency` is the cart's.
    """

    def __init__(
        self,
        records: AccountRecords,
        carts: Carts,
        catalog: Catalog,
        tokens: Tokens,
        currency: Callable[[], str],
        store_name: Callable[[], str] = str,
        block_of: Blocks = lambda email: None,
        sessions_of: Sessions = lambda user: (),
    ) -> None:
        self._records = records
        self._carts = carts
        self._catalog = catalog
        self._tokens = tokens
        self._currency = currency
        self._store_name = store_name
        self._block_of = block_of
        self._sessions_of = sessions_of

    def export(self, user: User) -> dict[str, object]:
        """Everything kept about a person, ready for JSON: amounts in major units, times in UTC."""
        returned = self._records.returns(user.user_id)
        sent = self._records.shipments(user.user_id)
        written = self._records.written(user.user_id)
        return {
            "store": self._store_name(),
            "exported_at": _time(datetime.now(UTC)),
            "profile": {**_profile(user), "not_written_to": _block(self._block_of(user.email or ""))},
            "sign_in": {
                "has_password": user.password_hash is not None,
                "second_factor_since": _time(user.totp_enabled_at),
                "recovery_codes_left": self._records.recovery_codes_left(user.user_id),
            },
            "sessions": [_session(session) for session in self._sessions_of(user)],
            "api_tokens": [_token(token) for token in self._tokens(user.user_id)],
            "cart": self._cart(user),
            "orders": [
                _order(
                    order,
                    [one for one in returned if one.order_id == order.order_id],
                    [one for one in sent if one.order_id == order.order_id],
                    written.get(order.order_id, NOTHING_WRITTEN),
                )
                for order in self._records.orders(user.user_id)
            ],
        }

    def close(self, user: User) -> None:
        """Make the account anonymous now; what else is kept of the person is erased by the worker.

        Raises Conflict for staff and while an order is being paid or is still to be sent, WrongCredentials when the
        password was changed a moment ago.
        """
        if not self._records.close(user.user_id, user.password_hash or ""):
            raise WrongCredentials(mark("The password is wrong."))

    def erase(self, payload: Mapping[str, Any]) -> None:
        """Effect of closing an account. Safe to run twice, and run again later for what was under way."""
        self._carts.clear(f"user#{payload['user_id']}")
        self._records.erase(int(payload["user_id"]), str(payload.get("email") or ""))

    def _cart(self, user: User) -> list[dict[str, object]]:
        lines = self._carts.get(f"user#{user.user_id}").lines
        known = self._catalog.get_many([line.product_id for line in lines])
        return [
            {
                "product_id": line.product_id,
                "name": known[line.product_id].name if line.product_id in known else None,
                "quantity": line.quantity,
                "unit_price": _amount(line.unit_price, self._currency()),
                "currency": self._currency(),
            }
            for line in lines
        ]


def _profile(user: User) -> dict[str, object]:
    return {
        "user_id": user.user_id,
        "full_name": user.full_name,
        "email": user.email,
        "email_confirmed_at": _time(user.email_verified_at),
        "role": user.role.value,
        "country": user.country,
        "tax_exempt": user.tax_exempt,
        "created_at": _time(user.created_at),
    }


def _block(block: AddressBlock | None) -> dict[str, object] | None:
    if block is None:
        return None
    return {"since": _time(block.at), "reason": block.reason.value, "detail": block.detail}


def _token(token: ApiToken) -> dict[str, object]:
    return {
        "name": token.name,
        "scopes": sorted(scope.value for scope in token.scopes),
        "ends_with": token.hint,
        "created_at": _time(token.created_at),
        "expires_at": _time(token.expires_at),
        "last_used_at": _time(token.last_used_at),
    }


def _session(session: Session) -> dict[str, object]:
    return {
        "signed_in_at": _time(session.created_at),
        "last_seen_at": _time(session.seen_at),
        "network_address": session.address,
        "browser": session.agent,
        "stays_signed_in": session.is_remembered,
    }


def _delivery(promised: Delivery | None) -> dict[str, object] | None:
    if promised is None:
        return None
    return {
        "method": promised.name,
        "arrives_from": promised.arrives.isoformat(),
        "arrives_by": promised.arrives_latest.isoformat(),
        "pick_up": promised.pick_up,
    }


def _order(
    order: Order, returned: Sequence[OrderReturn], sent: Sequence[Shipment], written: Written
) -> dict[str, object]:
    address = order.address
    return {
        "order_id": order.order_id,
        "number": order.number,
        "status": order.status.value,
        "created_at": _time(order.created_at),
        "paid_at": _time(order.paid_at),
        "currency": order.currency,
        "subtotal": _amount(order.subtotal, order.currency),
        "discount": _amount(order.discount, order.currency),
        "shipping": _amount(order.shipping, order.currency),
        "tax": _amount(order.tax, order.currency),
        "taxes": [
            {"name": row.name, "rate": str(row.rate), "tax": _amount(row.tax, order.currency)}
            for row in order.tax_rows
            if row.tax
        ],
        "total": _amount(order.total, order.currency),
        "refunded": _amount(order.refunded, order.currency),
        "delivery": _delivery(order.delivery),
        "email": order.email,
        "vat_number": order.vat_number,
        "payment": {"method": order.payment_method, "reference": order.payment_reference},
        "address": {
            "name": address.name,
            "line1": address.line1,
            "line2": address.line2,
            "city": address.city,
            "region": address.region,
            "postcode": address.postcode,
            "country": address.country,
            "district": address.district,
            "phone": address.phone,
        },
        "lines": [
            {
                "product_id": line.product_id,
                "name": line.name,
                "unit_price": _amount(line.unit_price, order.currency),
                "quantity": line.quantity,
                "returned": line.returned,
            }
            for line in order.lines
        ],
        "returns": [_return(one, order.currency) for one in returned],
        "shipments": [_shipment(one) for one in sent],
        "on_hold_because": written.hold,
        "tags": list(written.tags),
        "steps": [_step(step) for step in written.steps],
        "invoices": [
            {"number": one.number, "issued_at": _time(one.issued_at), **_buyer(one)} for one in written.invoices
        ],
    }


def _return(one: OrderReturn, currency: str) -> dict[str, object]:
    """Without who took it back: that is another person's data."""
    return {
        "at": _time(one.at),
        "reason": one.reason,
        "refund": _amount(one.refund, currency),
        "refunded_at": _time(one.refunded_at),
        "lines": [{"product_id": line.product_id, "name": line.name, "quantity": line.quantity} for line in one.lines],
    }


def _shipment(one: Shipment) -> dict[str, object]:
    return {
        "sent_at": _time(one.shipped_at),
        "delivered_at": _time(one.delivered_at),
        "carrier": one.carrier,
        "tracking_number": one.tracking,
        "lines": [{"name": line.name, "quantity": line.quantity} for line in one.lines],
    }


def _step(step: Step) -> dict[str, object]:
    """Without who it was, as of returns. `before`: an address that was edited."""
    return {
        "at": _time(step.at),
        "kind": step.kind.value,
        "words": step.words,
        "address_before": dict(step.before) if step.before else None,
    }


def _buyer(one: Invoice) -> dict[str, object]:
    return {"email": one.email, "address": asdict(one.address)}


def _amount(minor: int, currency: str) -> float:
    """As the API gives amounts: a double prints every amount below 10^15 minor units unchanged."""
    return float(Decimal(minor).scaleb(-get_currency_precision(currency)))


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
