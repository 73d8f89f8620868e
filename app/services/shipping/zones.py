"""Zones and methods as admins change them: audited, and safe against two at once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from app.domain import Actor, AuditAction
from app.domain.shipping import Method, ShippingPlan, Zone
from app.errors import Busy, InvalidInput, NotFound, StaleEdit
from app.money import Formats
from app.services.audit.log import differing, entry_of
from app.services.edit_clashes import changed_fields
from app.services.shipping.drafts import (
    METHOD_FIELDS,
    MOST_METHODS,
    MOST_ZONES,
    ZONE_FIELDS,
    Fields,
    checked_method,
    checked_zone,
    method_fields,
    zone_fields,
)
from app.services.shipping.ports import Audited, ShippingStore, StoredPlan, Turn
from app.services.shipping.words import method_facts, zone_facts

T = TypeVar("T")

_MOST_TRIES = 10  # each one that is lost was won by somebody else


class ShippingZones:
    """`changed` is called after each change, so that this process knows of it at once."""

    def __init__(self, store: ShippingStore, formats: Formats, changed: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._formats = formats
        self._changed = changed

    def plan(self) -> ShippingPlan:
        """As it is kept at this instant."""
        return self._store.read().plan

    def add_zone(self, fields: Fields, actor: Actor) -> Zone:
        """Raises InvalidInput naming all fields that are wrong."""

        def work(known: StoredPlan) -> Zone:
            if len(known.plan.zones) >= MOST_ZONES:
                raise InvalidInput(f"There may be at most {MOST_ZONES} zones.")
            zone = checked_zone(fields, 0, known.plan.zones)
            audited = _audited(actor, AuditAction.ZONE_ADD, "zone", zone.name, None, zone_facts(zone))
            return replace(zone, zone_id=self._store.write_zone(zone, _turn(known, actor), audited))

        return self._in_turn(work)

    def change_zone(self, zone_id: int, fields: Fields, seen: Fields, actor: Actor) -> Zone:
        """Write what differs from `seen`, the ZONE_FIELDS as the form was filled with them.

        Raises EditClash for fields that somebody else changed meanwhile, NotFound, InvalidInput.
        """

        def work(known: StoredPlan) -> Zone:
            present = _zone(known.plan, zone_id)
            before = zone_fields(present)
            # What was typed is checked before it is compared, as that makes it tidy.
            others = [one for one in known.plan.zones if one.zone_id != zone_id]
            wanted = zone_fields(checked_zone(fields, zone_id, others))
            mine = changed_fields(seen, wanted, before)
            zone = checked_zone(before | mine, zone_id, others)
            if zone_fields(zone) == before:
                return present
            old, new = differing(zone_facts(present), zone_facts(zone))
            audited = _audited(actor, AuditAction.ZONE_CHANGE, "zone", present.name, old, new)
            self._store.write_zone(zone, _turn(known, actor), audited)
            return replace(zone, methods=present.methods)

        return self._in_turn(work)

    def remove_zone(self, zone_id: int, seen: Fields, methods: int, actor: Actor) -> None:
        """With its methods. `seen`, `methods`: its fields and how many it had, as they were shown to whoever wants it
        gone. Raises StaleEdit for one that is another meanwhile, NotFound for one that is gone."""

        def work(known: StoredPlan) -> None:
            zone = _zone(known.plan, zone_id)
            if zone_fields(zone) != {name: seen.get(name) for name in ZONE_FIELDS} or len(zone.methods) != methods:
                raise _other("zone")
            before = zone_facts(zone) | {"methods": ", ".join(one.name for one in zone.methods)}
            audited = _audited(actor, AuditAction.ZONE_REMOVE, "zone", zone.name, before, None)
            self._store.remove_zone(zone_id, _turn(known, actor), audited)

        self._in_turn(work)

    def add_method(self, zone_id: int, fields: Fields, actor: Actor) -> Method:
        """Raises InvalidInput naming all fields that are wrong, NotFound for a zone that is gone."""

        def work(known: StoredPlan) -> Method:
            zone = _zone(known.plan, zone_id)
            if len(zone.methods) >= MOST_METHODS:
                raise InvalidInput(f"A zone may have at most {MOST_METHODS} methods.")
            method = checked_method(fields, 0, zone.methods)
            name = _method_words(zone, method)
            audited = _audited(actor, AuditAction.METHOD_ADD, "method", name, None, self._facts(method))
            return replace(method, method_id=self._store.write_method(zone_id, method, _turn(known, actor), audited))

        return self._in_turn(work)

    def change_method(self, method_id: int, fields: Fields, seen: Fields, actor: Actor) -> Method:
        """As `change_zone`, of the METHOD_FIELDS."""

        def work(known: StoredPlan) -> Method:
            zone, present = _method(known.plan, method_id)
            before = method_fields(present)
            others = [one for one in zone.methods if one.method_id != method_id]
            wanted = method_fields(checked_method(fields, method_id, others))
            mine = changed_fields(seen, wanted, before)
            method = checked_method(before | mine, method_id, others)
            if method_fields(method) == before:
                return present
            old, new = differing(self._facts(present), self._facts(method))
            audited = _audited(actor, AuditAction.METHOD_CHANGE, "method", _method_words(zone, present), old, new)
            self._store.write_method(zone.zone_id, method, _turn(known, actor), audited)
            return method

        return self._in_turn(work)

    def remove_method(self, method_id: int, seen: Fields, actor: Actor) -> None:
        """As `remove_zone`."""

        def work(known: StoredPlan) -> None:
            zone, method = _method(known.plan, method_id)
            if method_fields(method) != {name: seen.get(name) for name in METHOD_FIELDS}:
                raise _other("method")
            name = _method_words(zone, method)
            audited = _audited(actor, AuditAction.METHOD_REMOVE, "method", name, self._facts(method), None)
            self._store.remove_method(method_id, _turn(known, actor), audited)

        self._in_turn(work)

    def _facts(self, method: Method) -> dict[str, Any]:
        return method_facts(method, self._formats)

    def _in_turn(self, work: Callable[[StoredPlan], T]) -> T:
        """Again, on what the others wrote, while they are quicker."""
        for _ in range(_MOST_TRIES):
            try:
                done = work(self._store.read())
            except _Other:
                raise
            except StaleEdit:
                continue
            self._changed()
            return done
        raise Busy()


class _Other(StaleEdit):
    """What was shown is another one by now: to be looked at, not to be tried again."""


def _other(thing: str) -> _Other:
    return _Other(f"Somebody else changed this {thing} meanwhile. Look at it again before you remove it.")


def _turn(known: StoredPlan, actor: Actor) -> Turn:
    return Turn(known.seen, secrets.token_hex(8), actor.name)


def _audited(
    actor: Actor, action: AuditAction, kind: str, name: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Audited:
    return lambda target_id: entry_of(actor, action, kind, target_id, name, before, after)


def _method_words(zone: Zone, method: Method) -> str:
    return f"{method.name}, {zone.name}"


def _zone(plan: ShippingPlan, zone_id: int) -> Zone:
    found = next((zone for zone in plan.zones if zone.zone_id == zone_id), None)
    if found is None:
        raise NotFound("This zone was removed already.")
    return found


def _method(plan: ShippingPlan, method_id: int) -> tuple[Zone, Method]:
    for zone in plan.zones:
        for method in zone.methods:
            if method.method_id == method_id:
                return zone, method
    raise NotFound("This method was removed already.")
