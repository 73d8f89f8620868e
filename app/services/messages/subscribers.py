"""Who is told when stock runs low."""

from __future__ import annotations

from app.domain import Actor, AuditAction, Subscription, is_reserved
from app.errors import Conflict, InvalidInput, NotFound
from app.services.accounts.accounts import clean_email
from app.services.audit.log import AuditService
from app.services.messages.ports import AlertTopic


class AlertService:
    """Who gets the alerts that are published to a topic.

    `topic` None: alerts go to the mailbox that admins read. Store errors pass through.
    """

    def __init__(self, topic: AlertTopic | None, audit: AuditService, *, writes_to_reserved: bool = False) -> None:
        self._topic = topic
        self._writes_to_reserved = writes_to_reserved
        self._audit = audit

    @property
    def has_topic(self) -> bool:
        return self._topic is not None

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Waiting ones first, then by name."""
        found = self._topic.subscriptions() if self._topic else ()
        return tuple(sorted(found, key=lambda one: (one.is_confirmed, one.endpoint.lower())))

    def subscribe(self, email: str, actor: Actor) -> str:
        """Send the address a link that confirms it. Safe to run twice. Raises InvalidInput, Conflict."""
        topic, address = self._needed(), clean_email(email)
        if is_reserved(address) and not self._writes_to_reserved:
            raise InvalidInput("Under this name, which is for examples and tests, nobody has a mailbox.", "email")
        with self._audit.around(actor, AuditAction.ALERT_SUBSCRIBE, "alerts", address[:64], address):
            topic.subscribe(address)
        return address

    def unsubscribe(self, subscription_id: str, actor: Actor) -> str:
        """Raises NotFound for one that is gone, waits to be confirmed, or is no e-mail address."""
        topic = self._needed()
        known = {one.subscription_id: one for one in topic.subscriptions() if one.is_confirmed and one.is_email}
        one = known.get(subscription_id)
        if one is None:
            raise NotFound("There is no such subscription any more.")
        with self._audit.around(actor, AuditAction.ALERT_UNSUBSCRIBE, "alerts", one.endpoint[:64], one.endpoint):
            topic.unsubscribe(subscription_id)
        return one.endpoint

    def _needed(self) -> AlertTopic:
        if self._topic is None:
            raise Conflict("Alerts go to the mailbox here. With NOTIFIER=aws they go to the subscribers of a topic.")
        return self._topic
