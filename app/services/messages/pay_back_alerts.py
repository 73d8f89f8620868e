"""Alerts of refunds that no provider pays: of orders that were paid by transfer, or on delivery."""

from __future__ import annotations

from collections.abc import Callable

from app.domain import OrderReturn, effects
from app.errors import NotFound
from app.mail.pay_back import pay_back_alert
from app.services.jobs.worker import Payload
from app.services.messages.notifications import Letterhead
from app.services.messages.ports import Sender
from app.services.orders.ports import OrderReader


class PayBackAlerts:
    """`returned` reads a return."""

    def __init__(
        self,
        letterhead: Letterhead,
        alerts: Sender,
        orders: OrderReader,
        returned: Callable[[int], OrderReturn | None],
    ) -> None:
        self._letterhead = letterhead
        self._alerts = alerts
        self._orders = orders
        self._returned = returned

    def send(self, payload: Payload) -> None:
        """Tell the admins what they have to pay back by hand, once per refund and copy."""
        order_id, return_id = int(payload["order_id"]), int(payload["return_id"])
        order, booked = self._orders.get(order_id), self._returned(return_id)
        if order is None or booked is None:
            raise NotFound(f"There is no return {return_id}.")
        head, key = self._letterhead, effects.pay_back(order_id, return_id).key
        self._alerts.send(
            pay_back_alert(
                order,
                booked,
                key=effects.copy_key(key, payload.get(effects.COPY, 0)),
                to=head.alert_email,
                store_name=head.store_name,
                base_url=head.base_url,
                formats=head.formats,
                frame=head.frame,
            )
        )
