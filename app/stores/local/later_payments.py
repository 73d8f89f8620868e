"""Payments that are made later: by bank transfer, or on delivery. Somebody of the shop says that the money came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from app.domain import Order
from app.domain.payments import Done, Later, PayBy, PaymentEvent, PaymentState, Voided, later_method
from app.errors import HookRefused
from app.services.checkout.ports import PaymentSession, PaymentSessions, SessionState


class LaterPayments:
    """`PaymentProvider` without one: its book says whether the money came or the order was given up, whichever was
    first. `days`: how long a new order waits."""

    needs_details = False
    is_hosted = False

    def __init__(self, pay_by: PayBy, sessions: PaymentSessions, days: Callable[[], int]) -> None:
        self.name = pay_by.value
        self._method = later_method(pay_by)
        self._sessions = sessions
        self._days = days

    def check(self, details: Mapping[str, str] | None) -> None:
        """There are none; what a client sends all the same is not looked at."""

    def traits(self, details: Mapping[str, str] | None) -> tuple[str, ...]:
        return ()

    def start(self, order: Order, return_url: str, details: Mapping[str, str] | None) -> PaymentState:
        until = order.created_at + timedelta(days=self._days())
        return self._state(order, self._sessions.begin(order.order_id, self.name, "", until))

    def state(self, order: Order) -> PaymentState | None:
        session = self._sessions.of(order.order_id)
        return None if session is None else self._state(order, session)

    def void(self, order: Order) -> PaymentState:
        return self._state(order, self._sessions.close(order.order_id, self.name, SessionState.VOIDED))

    def confirm(self, order: Order) -> PaymentState:
        """The money came: Done, or Voided when the order was given up before."""
        return self._state(order, self._sessions.close(order.order_id, self.name, SessionState.PAID))

    def refund(self, order: Order, amount: int, refund_id: str) -> None:
        """People pay it back: the return tells admins to, and its mail and the order's page tell the buyer so."""

    def event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        raise HookRefused("Of these payments nobody tells by message.")

    def _state(self, order: Order, session: PaymentSession) -> PaymentState:
        match session.state:
            case SessionState.PAID:
                return Done(order.total, f"{self.name}-{order.number}", self._method)
            case SessionState.VOIDED:
                return Voided()
            case SessionState.OPEN:
                return Later(session.until)
