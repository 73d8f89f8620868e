"""Alerts of payments that the holders of cards had taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain import effects
from app.domain.payments import Dispute
from app.errors import NotFound
from app.mail.dispute import dispute_alert
from app.services.jobs.worker import Payload
from app.services.messages.notifications import Letterhead
from app.services.messages.ports import Sender
from app.services.orders.ports import OrderReader


class DisputeAlerts:
    """`disputes` gives those of an order."""

    def __init__(
        self,
        letterhead: Letterhead,
        alerts: Sender,
        orders: OrderReader,
        disputes: Callable[[int], Sequence[Dispute]],
    ) -> None:
        self._letterhead = letterhead
        self._alerts = alerts
        self._orders = orders
        self._disputes = disputes

    def send(self, payload: Payload) -> None:
        """Tell the admins how a dispute stands, once per state and copy."""
        order_id, dispute_id, status = int(payload["order_id"]), str(payload["dispute_id"]), str(payload["status"])
        order = self._orders.get(order_id)
        dispute = next((one for one in self._disputes(order_id) if one.dispute_id == dispute_id), None)
        if order is None or dispute is None:
            raise NotFound(f"There is no dispute {dispute_id}.")
        head, key = self._letterhead, effects.dispute_alert(dispute_id, status, order_id).key
        self._alerts.send(
            dispute_alert(
                order,
                dispute,
                key=effects.copy_key(key, payload.get(effects.COPY, 0)),
                to=head.alert_email,
                store_name=head.store_name,
                base_url=head.base_url,
                formats=head.formats,
                frame=head.frame,
            )
        )
