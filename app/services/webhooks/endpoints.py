"""What admins do with endpoints of webhooks, and with what was delivered to them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.domain import Actor, AuditAction, AuditEntry, effects
from app.domain.webhooks import SUBSCRIBABLE, Delivery, DeliveryState, Endpoint, EndpointFormat, EventType
from app.errors import Conflict, InvalidInput, NotFound
from app.services.audit.log import differing, entry_of
from app.services.checks import line
from app.services.sealing import Seal
from app.services.webhooks.addresses import checked_address, place_of, shown_address
from app.services.webhooks.delivering import MOST_ENDPOINTS
from app.services.webhooks.events import EventWriter
from app.services.webhooks.ports import DeliveryLog, Endpoints, LogPage, NotPosted, Poster
from app.services.webhooks.signing import new_secret

NAME_LENGTH = 80
BOTH_SIGN = timedelta(hours=24)  # after a rotation
PAGE_SIZE = 30
REPLAYED = timedelta(days=7)
KEPT_FOR = timedelta(days=30)
FORGOTTEN_AT_ONCE = 100
GONE = "There is no such endpoint any more."


class WebhookService:
    def __init__(
        self,
        store: Endpoints,
        deliveries: DeliveryLog,
        poster: Poster,
        writer: EventWriter,
        seal: Seal,
        *,
        allows_local: bool = False,
    ) -> None:
        self._store = store
        self._deliveries = deliveries
        self._poster = poster
        self._writer = writer
        self._seal = seal
        self.allows_local = allows_local

    # --- endpoints

    def endpoints(self) -> list[Endpoint]:
        """By name."""
        return self._store.all()

    def endpoint(self, endpoint_id: int) -> Endpoint:
        """Raises NotFound."""
        found = next((one for one in self._store.all() if one.endpoint_id == endpoint_id), None)
        if found is None:
            raise NotFound(GONE)
        return found

    def add(
        self, name: str, address: str, endpoint_format: str, events: Collection[str], actor: Actor
    ) -> tuple[Endpoint, str]:
        """The endpoint and its secret, which nobody can be shown again; "" for one in a chat.

        Raises InvalidInput, also for an address that is not public.
        """
        chosen = _format(endpoint_format)
        fields = self._checked(name, address, events)
        if len(self._store.all()) >= MOST_ENDPOINTS:
            raise InvalidInput(f"There are {MOST_ENDPOINTS} endpoints already. Remove one first.", "name")
        secret = new_secret() if chosen is EndpointFormat.SIGNED else ""
        sealed = self._seal.close(secret) if secret else ""
        wanted = Endpoint(0, fields["name"], fields["address"], chosen, fields["events"], secret=sealed)

        def audited(endpoint_id: int) -> AuditEntry:
            return _entry(actor, AuditAction.WEBHOOK_ADD, endpoint_id, wanted.name, after=_facts(wanted))

        return self.endpoint(self._store.add(wanted, audited)), secret

    def change(self, endpoint_id: int, name: str, address: str, events: Collection[str], actor: Actor) -> Endpoint:
        """Without an address it keeps its own. Raises InvalidInput, NotFound."""
        present = self.endpoint(endpoint_id)
        fields = self._checked(name, address, events, present)
        after = Endpoint(endpoint_id, fields["name"], fields["address"], present.format, fields["events"])
        old, new = differing(_facts(present), _facts(after))
        if fields["address"] != present.address:  # also where only what is not shown of it differs
            old["address"], new["address"] = _facts(present)["address"], _facts(after)["address"]
        if new:
            entry = _entry(actor, AuditAction.WEBHOOK_CHANGE, endpoint_id, present.name, old, new)
            self._changed(endpoint_id, entry, **{key: fields[key] for key in new})
        return self.endpoint(endpoint_id)

    def switch(self, endpoint_id: int, is_on: bool, actor: Actor) -> Endpoint:
        """On, with what waits tried at once; or off: what happens meanwhile it is never told. Raises NotFound."""
        present = self.endpoint(endpoint_id)
        before, after = {"is_on": present.is_on}, {"is_on": is_on}
        entry = _entry(actor, AuditAction.WEBHOOK_SWITCH, endpoint_id, present.name, before, after)
        self._changed(endpoint_id, entry, is_on=is_on)
        return self.endpoint(endpoint_id)

    def rotate(self, endpoint_id: int, actor: Actor) -> str:
        """A new secret; the one before signs too for a day. Raises NotFound, Conflict for one that has none."""
        present = self.endpoint(endpoint_id)
        if present.format is not EndpointFormat.SIGNED:
            raise Conflict("A chat needs no secret: its address is one.")
        secret = new_secret()
        entry = _entry(actor, AuditAction.WEBHOOK_ROTATE, endpoint_id, present.name)
        if not self._store.rotate(endpoint_id, self._seal.close(secret), BOTH_SIGN, entry):
            raise NotFound(GONE)
        return secret

    def remove(self, endpoint_id: int, actor: Actor) -> None:
        """With what waits for it and its log. Raises NotFound."""
        present = self.endpoint(endpoint_id)
        if not self._store.remove(endpoint_id, _entry(actor, AuditAction.WEBHOOK_REMOVE, endpoint_id, present.name)):
            raise NotFound(GONE)

    def test(self, endpoint_id: int, actor: Actor) -> None:
        """Tell it of a test. Raises NotFound, Conflict while it is off."""
        present = self.endpoint(endpoint_id)
        if not present.is_on:
            raise Conflict("Turn the endpoint on first.")
        payload = {"endpoint_id": endpoint_id}
        self._writer.tell(effects.event(EventType.TEST, secrets.token_hex(8), payload).payload)
        if not self._store.try_now(endpoint_id, _entry(actor, AuditAction.WEBHOOK_TEST, endpoint_id, present.name)):
            raise NotFound(GONE)

    # --- deliveries

    def log(
        self, endpoint_id: int | None = None, state: DeliveryState | None = None, before: int | None = None
    ) -> LogPage:
        """The latest deliveries first, those older than the delivery `before`."""
        return self._deliveries.page(endpoint_id, state, before, PAGE_SIZE)

    def delivery(self, delivery_id: int) -> Delivery:
        """Raises NotFound."""
        found = self._deliveries.get(delivery_id)
        if found is None:
            raise NotFound("There is no such delivery any more.")
        return found

    def waiting(self) -> Mapping[int, int]:
        """How many events wait, by endpoint."""
        return self._deliveries.waiting()

    def replay(self, delivery_id: int, actor: Actor) -> None:
        """Deliver it once more, under its own id. Raises NotFound, Conflict while its endpoint is off."""
        delivery = self.delivery(delivery_id)
        endpoint = self._listening(delivery.endpoint_id)
        after: dict[str, object] = {"event": delivery.event.event_id, "type": delivery.event.type}
        entry = _entry(actor, AuditAction.WEBHOOK_REPLAY, endpoint.endpoint_id, endpoint.name, after=after)
        if not self._deliveries.replay(delivery_id, entry):
            raise NotFound("There is no such delivery any more.")

    def replayed_from(self, today: date) -> date:
        """The day from which people replay what failed, unless they choose another one."""
        return today - REPLAYED

    def replay_failed(self, endpoint_id: int, since: datetime, actor: Actor) -> int:
        """As `replay`, of all that were given up since then; how many. Raises NotFound, Conflict."""
        endpoint = self._listening(endpoint_id)

        def audited(count: int) -> AuditEntry:
            after: dict[str, object] = {"events": count, "since": since.isoformat()}
            return _entry(actor, AuditAction.WEBHOOK_REPLAY, endpoint_id, endpoint.name, after=after)

        return self._deliveries.replay_failed(endpoint_id, since, audited)

    def forget_old(self) -> int:
        """Called by the worker."""
        return self._deliveries.forget(KEPT_FOR, FORGOTTEN_AT_ONCE)

    def _listening(self, endpoint_id: int) -> Endpoint:
        endpoint = self.endpoint(endpoint_id)
        if not endpoint.is_on:
            raise Conflict("Turn the endpoint on first.")
        return endpoint

    def _changed(self, endpoint_id: int, entry: AuditEntry, **values: object) -> None:
        if not self._store.change(endpoint_id, entry, **values):
            raise NotFound(GONE)

    def _checked(
        self, name: str, address: str, events: Collection[str], present: Endpoint | None = None
    ) -> dict[str, Any]:
        name = line(name, "name", NAME_LENGTH, required="Give the endpoint a name.")
        wanted = tuple(one.value for one in SUBSCRIBABLE if one in events)
        if len(wanted) != len(set(events)):
            raise InvalidInput("Choose among the events shown.", "events")
        if present is not None and address in ("", present.address):  # it stays
            return {"name": name, "address": present.address, "events": wanted}
        address = checked_address(address, allows_local=self.allows_local)
        try:
            self._poster.check(*place_of(address))
        except NotPosted as error:
            raise InvalidInput(error.words, "address") from None
        return {"name": name, "address": address, "events": wanted}


def _format(value: str) -> EndpointFormat:
    try:
        return EndpointFormat(value)
    except ValueError:
        raise InvalidInput("Choose one of the formats shown.", "format") from None


def _facts(endpoint: Endpoint) -> dict[str, object]:
    """What the audit log says of it. The path of a chat's address is a key."""
    is_secret = endpoint.format is EndpointFormat.CHAT
    return {
        "name": endpoint.name,
        "address": shown_address(endpoint.address, is_secret=is_secret),
        "format": endpoint.format.value,
        "events": ", ".join(endpoint.events),
    }


def _entry(
    actor: Actor,
    action: AuditAction,
    endpoint_id: int,
    name: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> AuditEntry:
    return entry_of(actor, action, "webhook", endpoint_id, name, before, after)
