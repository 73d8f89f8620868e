"""Getting paid orders to their buyers: shipments in parts, holds, notes, tags, addresses that were wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from app.domain import Actor, Address, AuditAction, Order, OutboxState
from app.domain.effects import EffectKind
from app.domain.fulfilment import (
    CARRIER_LENGTH,
    HOLD_LENGTH,
    LATE_AFTER,
    MOST_AT_ONCE,
    MOST_TAGS,
    NOTE_LENGTH,
    TAG_LENGTH,
    TRACKING_LENGTH,
    Backlog,
    FulfilmentState,
    PackingNow,
    Parcel,
    Shipment,
    ToPack,
    Work,
)
from app.errors import Conflict, InvalidInput, NotFound
from app.services.audit.log import AuditService, differing
from app.services.checkout.request import clean_address
from app.services.checks import line, paragraphs, whole
from app.services.fulfilment.ports import Fulfilments
from app.services.jobs.ports import Outbox
from app.services.orders.ports import OrderReader

MOST_COUNTED = 1_000  # orders; beyond it lists and tiles say "1,000+"
TAKEN_UP_AT_ONCE = 200
QUEUE = 12  # orders, on the wall
_TO_BUYERS = (
    EffectKind.RECEIPT,
    EffectKind.PLACED_MAIL,
    EffectKind.REFUND_MAIL,
    EffectKind.SHIPPED_MAIL,
    EffectKind.DELIVERED_MAIL,
)
_KEY_LENGTH = 128
_ACTOR_LENGTH = 120
_UNITS_LIMIT = 10**6
_NO_ORDER = "There is no such order."


# What a country's region decides of an order: whatever tells two of them apart.
PlaceOf = Callable[[str, str], object]


class FulfilmentService:
    """`places`: what zones and rates of tax make of a country and region, each as something to be compared."""

    def __init__(
        self,
        store: Fulfilments,
        orders: OrderReader,
        audit: AuditService,
        outbox: Outbox,
        places: Sequence[PlaceOf] = (),
    ) -> None:
        self._places = places
        self._store = store
        self._orders = orders
        self._audit = audit
        self._outbox = outbox

    # --- reads

    def work(self, order_id: int) -> Work:
        """What staff see of an order's way. Raises NotFound."""
        found = self._store.work(order_id)
        if found is None:
            raise NotFound(_NO_ORDER)
        return found

    def shipments(self, order_id: int) -> tuple[Shipment, ...]:
        """Oldest first; for whoever may see the order."""
        return self._store.shipments(order_id)

    def counts(self) -> Mapping[FulfilmentState, int]:
        """Orders by state, each counted up to `MOST_COUNTED`."""
        return self._store.counts(MOST_COUNTED)

    def backlog(self) -> Backlog:
        """What waits to be packed, and how long the oldest does; late is what was paid `LATE_AFTER` ago."""
        return self._store.backlog(self.late_before(), MOST_COUNTED)

    def packing(self) -> PackingNow:
        """For the wall: a few indexed reads, whatever waits."""
        failed = self._outbox.count(_TO_BUYERS, OutboxState.FAILED, MOST_COUNTED)
        waiting = self._outbox.count(_TO_BUYERS, OutboxState.PENDING, MOST_COUNTED)
        return PackingNow(self.backlog(), self._store.queue(QUEUE), failed, waiting)

    def late_before(self) -> datetime:
        """What was paid before this, and waits, is late."""
        return datetime.now(UTC) - LATE_AFTER

    def tags(self) -> tuple[str, ...]:
        """In use, by name; the first hundred."""
        return self._store.tags(100)

    def to_pack(self, order_ids: Collection[int]) -> tuple[ToPack, ...]:
        """What of these orders waits, the oldest first. Raises InvalidInput for none or too many, Conflict for nothing
        that waits."""
        wanted = set(order_ids)
        if not wanted:
            raise InvalidInput("Choose at least one order.", "orders")
        if len(wanted) > MOST_AT_ONCE:
            raise InvalidInput(f"Choose at most {MOST_AT_ONCE} orders at once.", "orders")
        found = self._store.to_pack(wanted)
        if not found:
            raise Conflict("Nothing of these orders waits to be packed.")
        return found

    # --- what is sent

    def ship(self, order_id: int, parcel: Parcel, actor: Actor, request_key: str) -> Shipment:
        """Record that some units left, and tell the buyer by e-mail. Safe to run twice with one `request_key`.

        Raises NotFound, InvalidInput for units that are not open, Conflict for an order that is on hold, was
        cancelled, or that nobody follows.
        """
        request_key = _key(request_key)
        parcel = _checked(parcel)
        order = self._order(order_id)
        names = {one.line_no: one.name for one in order.lines}
        facts: dict[str, object] = {
            "lines": [
                {"name": names.get(no, str(no)), "quantity": units} for no, units in sorted(parcel.units.items())
            ],
            "carrier": parcel.carrier,  # without its number, which leads to the addressee, as the log is kept for good
        }
        with self._audit.around(
            actor, AuditAction.ORDER_SHIP, "order", order_id, f"#{order.number}", None, facts, key=f"ship:{request_key}"
        ):
            return self._store.ship(order_id, parcel, _name(actor), request_key)

    def deliver(self, shipment_id: int, actor: Actor) -> bool:
        """It arrived; the buyer is told by e-mail. False when that was known. Raises NotFound."""
        shipment = self._store.shipment(shipment_id)
        if shipment is None:
            raise NotFound("There is no such shipment.")
        order = self._order(shipment.order_id)
        with self._audit.around(
            actor,
            AuditAction.ORDER_DELIVER,
            "order",
            order.order_id,
            f"#{order.number}",
            None,
            {"carrier": shipment.carrier},
            key=f"deliver:{shipment_id}",
        ):
            return self._store.deliver(shipment_id)

    # --- what is done besides

    def hold(self, order_id: int, reason: str, actor: Actor) -> bool:
        """Keep an order from being sent. False when it was held. Raises InvalidInput, Conflict, NotFound.

        The reason stays out of the audit log, as the words of notes do.
        """
        reason = line(reason, "reason", HOLD_LENGTH, required="Say why the order must wait.")
        order = self._order(order_id)
        if self.work(order_id).hold is not None:
            return False
        with self._audit.around(actor, AuditAction.ORDER_HOLD, "order", order_id, f"#{order.number}"):
            return self._store.hold(order_id, reason, _name(actor))

    def release(self, order_id: int, actor: Actor) -> bool:
        """False when it was not held. Raises NotFound."""
        work = self.work(order_id)
        number = f"#{self._order(order_id).number}"
        if work.hold is None:
            return False
        with self._audit.around(actor, AuditAction.ORDER_RELEASE, "order", order_id, number):
            return self._store.release(order_id, _name(actor))

    def note(self, order_id: int, words: str, actor: Actor, request_key: str, *, on_slip: bool = False) -> bool:
        """For staff alone, or printed on the packing slip, for the buyer. Safe to run twice with one `request_key`.

        Its words stay out of the audit log, which is kept for good.
        """
        words = paragraphs(words, "note", NOTE_LENGTH, required="Write a note first.")
        request_key = _key(request_key)
        order = self._order(order_id)
        with self._audit.around(
            actor, AuditAction.ORDER_NOTE, "order", order_id, f"#{order.number}", key=f"note:{request_key}"
        ):
            return self._store.note(order_id, words, _name(actor), request_key, on_slip=on_slip)

    def set_tags(self, order_id: int, tags: Sequence[str], actor: Actor) -> tuple[str, ...]:
        """The tags that it has then: trimmed, in lower case, each once. Raises InvalidInput, NotFound.

        They stay out of the audit log, as the words of notes do.
        """
        wanted = _tags(tags)
        before = self.work(order_id).tags
        number = f"#{self._order(order_id).number}"
        if before == wanted:
            return wanted
        with self._audit.around(actor, AuditAction.ORDER_TAGS, "order", order_id, number):
            self._store.set_tags(order_id, wanted, _name(actor))
        return wanted

    def edit_address(self, order_id: int, seen: Address, address: Address, actor: Actor) -> bool:
        """Where an order of which something is to be sent goes, within its country, and there within what is
        delivered and taxed alike: what was paid depends on that.

        `seen`: what was shown to whoever edits it. False where nothing differs. Raises InvalidInput naming every
        field that is wrong, Conflict, NotFound.
        """
        order = self._order(order_id)
        if address.country != order.address.country:
            raise InvalidInput("The country cannot be changed: cancel the order, and have it placed anew.", "country")
        address = clean_address(address)
        if address == order.address:
            return False
        self._refuse_elsewhere(order.address, address)
        # What the fields held is personal, and the log is kept for good: it says which ones were edited.
        _, after = differing(asdict(order.address), asdict(address))
        with self._audit.around(
            actor,
            AuditAction.ORDER_ADDRESS,
            "order",
            order_id,
            f"#{order.number}",
            None,
            {"fields": sorted(after)},
        ):
            return self._store.edit_address(order_id, seen, address, _name(actor))

    def _refuse_elsewhere(self, before: Address, after: Address) -> None:
        if any(of(before.country, before.region) != of(after.country, after.region) for of in self._places):
            words = "Delivery or tax is another one in this region: cancel the order, and have it placed anew."
            raise InvalidInput(words, "region")

    def take_up(self) -> int:
        """Follow what an earlier release, beside this one, made paid or took back; how many orders."""
        return self._store.take_up(TAKEN_UP_AT_ONCE)

    def _order(self, order_id: int) -> Order:
        order = self._orders.get(order_id)
        if order is None:
            raise NotFound(_NO_ORDER)
        return order


def _checked(parcel: Parcel) -> Parcel:
    carrier = line(parcel.carrier, "carrier", CARRIER_LENGTH)
    tracking = line(parcel.tracking, "tracking", TRACKING_LENGTH, label="The tracking number")
    if not parcel.units:
        raise InvalidInput("Choose at least one unit to send.", "lines")
    for line_no, units in parcel.units.items():
        whole(line_no, "line_no", 0, _UNITS_LIMIT)
        whole(units, "quantity", 1, _UNITS_LIMIT)
    return Parcel(dict(parcel.units), carrier, tracking)


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    found = {line(tag, "tags", TAG_LENGTH, label="A tag").lower() for tag in tags[: 10 * MOST_TAGS]} - {""}
    if any("," in tag for tag in found):
        raise InvalidInput("A tag cannot hold a comma.", "tags")
    if len(found) > MOST_TAGS:
        raise InvalidInput(f"An order can have at most {MOST_TAGS} tags.", "tags")
    return tuple(sorted(found))


def _key(request_key: str) -> str:
    return line(request_key, "request_key", _KEY_LENGTH, required="A request key is missing.")


def _name(actor: Actor) -> str:
    return actor.name[:_ACTOR_LENGTH]
