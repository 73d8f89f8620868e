"""Payments by Stripe Checkout: the shopper pays at a page of Stripe's, so no card ever reaches the shop.

Never run against the live service: tests run it against a fake of Stripe's HTTP interface.

A session of Stripe's is found by a random token of ours, which is also the idempotency key it was made by: where the
answer to making it was lost, making it again gives the same one. What Stripe tells of by itself is never gone by: it
is a reason to ask.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain import Order
from app.domain.payments import PLAIN_CARD, Done, GoTo, PayBy, PaymentEvent, PaymentState, Voided
from app.errors import Conflict, InvalidInput, PaymentUnavailable, PaymentUnclear
from app.services.checkout.ports import NEVER_BEGUN, PaymentSession, PaymentSessions, SessionState
from app.stores.stripe import events
from app.stores.stripe.amounts import from_stripe, to_stripe
from app.stores.stripe.client import Stripe, answering, plain
from app.words import mark

log = logging.getLogger(__name__)

OPEN_FOR = timedelta(minutes=35)  # Stripe takes no less than 30 from when it makes the session
_CLOCKS_DIFFER = timedelta(minutes=5)
_LOCALES = {"": "en", "en": "en", "de": "de"}  # of the shop's languages those that the page has
_PAID_WITH = ["payment_intent.latest_charge"]
_LAST_FOUR = re.compile("[0-9]{4}")
MISSING = "resource_missing"  # Stripe's word for what the account of this key never had
Session = dict[str, Any]  # as https://docs.stripe.com/api/checkout/sessions/object describes it
TOO_SMALL_OR_LARGE = mark("This total cannot be paid by card: it is too small or too large.")
NOT_OF_THIS_ACCOUNT = (
    "This payment was taken by another Stripe account than the shop is connected to now, so it cannot be refunded "
    "here. Refund it there."
)


class StripePayments:
    """`PaymentProvider` on Stripe. `sessions`: its book in the shop."""

    name = PayBy.STRIPE.value
    needs_details = False
    is_hosted = True

    def __init__(self, stripe: Stripe, sessions: PaymentSessions, webhook_secret: str) -> None:
        self._stripe = stripe
        self._sessions = sessions
        self._webhook_secret = webhook_secret

    def check(self, details: Mapping[str, str] | None) -> None:
        """Nothing of a card is asked for here; what a client sends all the same is not looked at."""

    def traits(self, details: Mapping[str, str] | None) -> tuple[str, ...]:
        return ()

    def start(self, order: Order, return_url: str, details: Mapping[str, str] | None) -> PaymentState:
        session = self._sessions.begin(order.order_id, self.name, return_url, order.created_at + OPEN_FOR)
        if session.state is SessionState.VOIDED:
            return Voided()
        import stripe

        try:
            with answering():
                made = self._make(session, order)
        except stripe.InvalidRequestError as error:
            self._refused(order)
            if error.code in ("amount_too_small", "amount_too_large"):
                raise InvalidInput(TOO_SMALL_OR_LARGE) from error
            log.error("stripe refused a session: %s, request %s", error.code, error.request_id)
            raise PaymentUnavailable() from error
        except InvalidInput:
            self._refused(order)
            raise
        except PaymentUnclear as error:
            if isinstance(error.__cause__, stripe.AuthenticationError | stripe.PermissionError):
                self._refused(order)
                raise PaymentUnavailable() from error
            raise
        except stripe.IdempotencyError as error:
            raise PaymentUnclear() from error
        self._sessions.note(order.order_id, made["id"], made["url"] or "")
        return self._became(made, session)

    def state(self, order: Order) -> PaymentState | None:
        session = self._sessions.of(order.order_id)
        if session is None:
            return None
        found = self._found(session, order)
        return None if found is None else self._became(found, session)

    def void(self, order: Order) -> PaymentState:
        session = self._sessions.close(order.order_id, self.name, SessionState.VOIDED)
        found = self._found(session, order)
        if found is None:
            return Voided()
        if found["status"] == "open":
            found = self._expired(found["id"])
        became = self._became(found, session)
        if isinstance(became, GoTo):  # paid by something that takes its time, which cards do not
            raise PaymentUnclear()
        return became

    def refund(self, order: Order, amount: int, refund_id: str) -> None:
        session = self._sessions.of(order.order_id)
        if session is None or not order.payment_reference:
            raise Conflict("This payment was not taken by Stripe here, so it cannot be refunded by it.")
        import stripe

        paid_by, theirs = order.payment_reference, _refundable(amount, order.currency)
        try:
            with answering():
                # Stripe forgets idempotency keys after a day; a refund that was begun may be finished later than that.
                known = self._stripe.api.v1.refunds.list({"payment_intent": paid_by, "limit": 100})
                ours = [one for one in known.auto_paging_iter() if plain(one.metadata).get("refund") == refund_id]
                made = ours[0] if ours else self._stripe.api.v1.refunds.create(
                    {
                        "payment_intent": paid_by,
                        "amount": theirs,
                        "metadata": {"refund": refund_id, "order": order.number},
                    },
                    {"idempotency_key": f"refund-{session.token}-{refund_id}"},
                )  # fmt: skip
        except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
            log.warning("stripe refused a refund: %s, request %s", error.code, error.request_id)
            if error.code == MISSING:
                raise Conflict(NOT_OF_THIS_ACCOUNT) from error
            raise Conflict("More than was paid cannot be refunded.") from error
        if made.status in ("failed", "canceled"):
            raise Conflict("Stripe could not refund this payment. Pay it back in another way.")

    def event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        told = events.read(headers, body, self._webhook_secret)
        kind, about = told.kind, told.about
        if kind.startswith("checkout.session."):
            session = self._sessions.of_token(str(about.get("client_reference_id") or ""))
            if session is None:
                return PaymentEvent(told.event_id, kind, None)
            self._sessions.note(session.order_id, about["id"], "")
            return PaymentEvent(told.event_id, kind, session.order_id)
        if kind.startswith("charge.dispute."):
            found = self._dispute(about["id"])
            if found is None:
                return PaymentEvent(told.event_id, kind, None)
            session = self._sessions.of_token(events.token_of(found))
            order_id = None if session is None else session.order_id
            return PaymentEvent(told.event_id, kind, order_id, events.dispute_of(found))
        return PaymentEvent(told.event_id, kind, None)

    def _dispute(self, reference: str) -> dict[str, Any] | None:
        """As it is now, since events come in any order; None of another account."""
        import stripe

        try:
            with answering():
                return plain(self._stripe.api.v1.disputes.retrieve(reference, {"expand": ["payment_intent"]}))
        except stripe.InvalidRequestError as error:
            if error.code == MISSING:
                return None
            raise _unclear(error) from error

    # --- sessions of Stripe

    def _make(self, session: PaymentSession, order: Order) -> Session:
        """The same by the same order, whenever it is asked for: as it was when it was made, not as it is now."""
        currency = order.currency
        params: Any = {
            "mode": "payment",
            "payment_method_types": ["card"],  # others take days, and the units are held for as long
            "line_items": [
                {
                    "price_data": {
                        "currency": currency.lower(),
                        "unit_amount": to_stripe(order.total, currency),
                        "product_data": {"name": f"#{order.number}"},
                    },
                    "quantity": 1,
                }
            ],
            "client_reference_id": session.token,
            "payment_intent_data": {
                "description": f"#{order.number}",
                "metadata": {"token": session.token, "order": order.number},
            },
            "expires_at": int(session.until.timestamp()),
            "success_url": session.return_url,
            "cancel_url": session.return_url,
            "locale": _LOCALES.get(order.language, "auto"),
            **({"customer_email": order.email} if order.email else {}),
        }
        key: Any = {"idempotency_key": f"session-{session.token}"}
        return plain(self._stripe.api.v1.checkout.sessions.create(params, key))

    def _found(self, session: PaymentSession, order: Order) -> Session | None:
        """As it is now; None where none was made."""
        if session.reference == NEVER_BEGUN:
            return None
        import stripe

        try:
            reference = session.reference or self._looked_for(session, order)
            if reference is None:
                return None
            with answering():
                return self._read(reference)
        except stripe.InvalidRequestError as error:
            if error.code == MISSING and session.reference:
                return self._lost(session)
            raise _unclear(error) from error

    def _lost(self, session: PaymentSession) -> Session:
        """Of another account, from which the shop changed to this one: it can be neither asked for nor closed here.

        Somebody may pay it there until its time is over, so it is open until then, and expired after it. Nobody is
        sent there any more.
        """
        self._sessions.close(session.order_id, self.name, SessionState.VOIDED)
        is_over = datetime.now(UTC) >= session.until
        if is_over:
            log.error(
                "session %s of order %s is of another stripe account: look there whether it was paid",
                session.reference, session.order_id,
            )  # fmt: skip
        return {"id": session.reference, "status": "expired" if is_over else "open", "url": ""}

    def _looked_for(self, session: PaymentSession, order: Order) -> str | None:
        """The name of a session whose making was never answered, as far as the shop knows.

        Making it again gives the same one, or one that nobody was sent to. Where Stripe refuses that, since it was
        made long ago or is too late to be made, it is looked for among those of that time.
        """
        import stripe

        try:
            with answering():
                found = self._make(session, order)
        except (stripe.InvalidRequestError, stripe.IdempotencyError, InvalidInput):
            listed = self._listed(session, order.created_at)
            if listed is None:
                return None
            found = listed
        self._sessions.note(session.order_id, found["id"], found["url"] or "")
        return str(found["id"])

    def _listed(self, session: PaymentSession, since: datetime) -> Session | None:
        first, last = since - _CLOCKS_DIFFER, session.until + _CLOCKS_DIFFER
        span: Any = {"gte": int(first.timestamp()), "lte": int(last.timestamp())}
        with answering():
            pages = self._stripe.api.v1.checkout.sessions.list({"created": span, "limit": 100})
            ours = (one for one in pages.auto_paging_iter() if one.client_reference_id == session.token)
            found = next(ours, None)
        return None if found is None else plain(found)

    def _expired(self, reference: str) -> Session:
        """After it nobody can pay it; or as it is, when somebody just did."""
        import stripe

        try:
            with answering():
                return plain(self._stripe.api.v1.checkout.sessions.expire(reference))
        except stripe.InvalidRequestError:
            try:
                with answering():
                    return self._read(reference)
            except stripe.InvalidRequestError as error:
                raise _unclear(error) from error

    def _read(self, reference: str) -> Session:
        return plain(self._stripe.api.v1.checkout.sessions.retrieve(reference, {"expand": _PAID_WITH}))

    def _refused(self, order: Order) -> None:
        self._sessions.close(order.order_id, self.name, SessionState.VOIDED, NEVER_BEGUN)

    def _became(self, found: Session, session: PaymentSession) -> PaymentState:
        if found["status"] == "expired":
            return Voided()
        if found["status"] == "complete" and found["payment_status"] == "paid":
            return _taken(found)
        return GoTo(found["url"] or session.url, session.until)


def _refundable(amount: int, currency: str) -> int:
    """In Stripe's units. Raises Conflict for a part of a payment that ends in a digit that cards know not."""
    try:
        return to_stripe(amount, currency)
    except InvalidInput as error:
        raise Conflict(
            f"Cards in {currency} are paid back without the last digit of its smallest unit, and this refund has one. "
            "Take back other units with these, or all that is left of the order."
        ) from error


def _unclear(error: Exception) -> PaymentUnclear:
    """What was refused says nothing of whether it was paid."""
    log.error("stripe refused to say: %s, request %s", getattr(error, "code", ""), getattr(error, "request_id", ""))
    return PaymentUnclear()


def _taken(found: Session) -> Done:
    currency = str(found["currency"]).upper()
    paid_by = found["payment_intent"]
    reference = paid_by if isinstance(paid_by, str) else paid_by["id"]
    return Done(from_stripe(found["amount_total"], currency), reference, _method(paid_by), currency)


def _method(paid_by: Any) -> str:
    """What the receipt says: the last digits of the card, where they are known."""
    charge = paid_by.get("latest_charge") if isinstance(paid_by, dict) else None
    details = charge.get("payment_method_details") if isinstance(charge, dict) else None
    digits = str(((details or {}).get("card") or {}).get("last4") or "")
    return f"Card ending {digits}" if _LAST_FOUR.fullmatch(digits) else str(PLAIN_CARD)
