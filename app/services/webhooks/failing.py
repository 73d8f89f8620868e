"""Word to admins that an endpoint fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain import effects
from app.domain.webhooks import Endpoint
from app.mail import endpoint_failing
from app.services.jobs.worker import Payload
from app.services.messages.notifications import Letterhead
from app.services.messages.ports import Sender
from app.services.webhooks.addresses import place_of


class FailingMail:
    def __init__(self, endpoints: Callable[[], Sequence[Endpoint]], alerts: Sender, letterhead: Letterhead) -> None:
        self._endpoints = endpoints
        self._alerts = alerts
        self._letterhead = letterhead

    def send(self, payload: Payload) -> None:
        """Once per time that it begins to fail, and copy; nothing of an endpoint that was removed since."""
        endpoint = next((one for one in self._endpoints() if one.endpoint_id == payload["endpoint_id"]), None)
        if endpoint is None:
            return
        head = self._letterhead
        key = effects.endpoint_failing(endpoint.endpoint_id, payload["turn"]).key
        self._alerts.send(
            endpoint_failing(
                endpoint.name,
                place_of(endpoint.address)[0],
                endpoint.last_answer or "It does not answer",
                is_on=endpoint.is_on,
                key=effects.copy_key(key, payload.get(effects.COPY, 0)),
                to=head.alert_email,
                store_name=head.store_name,
                base_url=head.base_url,
                frame=head.frame,
            )
        )
