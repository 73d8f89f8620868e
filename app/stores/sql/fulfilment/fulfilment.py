"""Shipments, holds, notes, tags and edited addresses in SQL. An order's row is the lock of all that is done to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app import numbers
from app.domain import Address, OrderStatus, effects
from app.domain.fulfilment import (
    UNSENT,
    Backlog,
    FulfilmentState,
    Parcel,
    Shipment,
    StepKind,
    ToPack,
    Waiting,
    Work,
)
from app.domain.webhooks import EventType
from app.errors import Conflict, InvalidInput, NotFound
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.fulfilment import reads
from app.stores.sql.fulfilment.following import follow, unfollowed, units_of, write_unsent
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.orders.reads import read_order
from app.stores.sql.tables import order_lines, order_steps, order_tags, orders, shipment_lines, shipments, shop_facts
from app.stores.sql.tables.base import plain_or_none
from app.stores.sql.webhooks.telling import note

SINCE = "fulfilment.since"  # the fact that the migration leaves
_ROLLOUT = timedelta(days=3)  # so long after a return it is looked whether an earlier release recorded it
_NO_ORDER = "There is no such order."


class SqlFulfilment:
    """`Fulfilments` on SQLite and MySQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- reads

    def work(self, order_id: int) -> Work | None:
        return self._database.read(lambda c: reads.work(c, order_id))

    def shipments(self, order_id: int) -> tuple[Shipment, ...]:
        return self._database.read(lambda c: reads.shipments_of(c, shipments.c.order_id == order_id))

    def shipment(self, shipment_id: int) -> Shipment | None:
        return self._database.read(lambda c: reads.shipment(c, shipment_id))

    def to_pack(self, order_ids: Collection[int]) -> tuple[ToPack, ...]:
        return self._database.read(lambda c: reads.to_pack(c, order_ids))

    def backlog(self, late_before: datetime, most: int) -> Backlog:
        return self._database.read(lambda c: reads.backlog(c, late_before, most))

    def queue(self, limit: int) -> tuple[Waiting, ...]:
        return self._database.read(lambda c: reads.queue(c, limit))

    def counts(self, most: int) -> Mapping[FulfilmentState, int]:
        return self._database.read(lambda c: reads.counts(c, most))

    def tags(self, limit: int) -> tuple[str, ...]:
        return self._database.read(lambda c: reads.tags(c, limit))

    # --- what is sent

    def ship(self, order_id: int, parcel: Parcel, actor: str, request_key: str) -> Shipment:
        def work(connection: Connection) -> Shipment:
            state = _locked(connection, order_id)
            known = reads.shipments_of(connection, shipments.c.request_key == request_key)
            if known:
                if known[0].order_id != order_id:
                    raise InvalidInput("This request key was used for another order's shipment.", "request_key")
                return known[0]
            _refuse_unsendable(state)
            _check(connection, order_id, parcel)
            now = database_now(connection)
            shipment_id = _insert(connection, order_id, parcel, actor, request_key, now)
            follow(connection, order_id)
            enqueue(connection, effects.shipped_mail(order_id, shipment_id), now)
            about = {"order_id": order_id, "shipment_id": shipment_id}
            note(connection, [effects.event(EventType.ORDER_SHIPPED, str(shipment_id), about)], now)
            found = reads.shipment(connection, shipment_id)
            assert found is not None
            return found

        return self._database.write(work)

    def deliver(self, shipment_id: int) -> bool:
        def work(connection: Connection) -> bool:
            query = select(shipments.c.order_id).where(shipments.c.shipment_id == shipment_id)
            order_id = connection.execute(query).scalar()
            if order_id is None:
                raise NotFound("There is no such shipment.")
            _locked(connection, order_id)
            now = database_now(connection)
            arrived = connection.execute(
                update(shipments)
                .where(shipments.c.shipment_id == shipment_id, shipments.c.delivered_at.is_(None))
                .values(delivered_at=now)
            )
            if arrived.rowcount != 1:
                return False
            follow(connection, order_id)
            enqueue(connection, effects.delivered_mail(order_id, shipment_id), now)
            return True

        return self._database.write(work)

    # --- what staff do besides

    def hold(self, order_id: int, reason: str, actor: str) -> bool:
        def work(connection: Connection) -> bool:
            state = _locked(connection, order_id)
            if state is FulfilmentState.HELD:
                return False
            if state not in UNSENT:
                raise Conflict("Nothing of this order is left to be sent.")
            return self._set_hold(connection, order_id, reason, StepKind.HOLD, actor)

        return self._database.write(work)

    def release(self, order_id: int, actor: str) -> bool:
        def work(connection: Connection) -> bool:
            if _locked(connection, order_id) is not FulfilmentState.HELD:
                return False
            return self._set_hold(connection, order_id, None, StepKind.RELEASE, actor)

        return self._database.write(work)

    def _set_hold(self, connection: Connection, order_id: int, reason: str | None, kind: StepKind, actor: str) -> bool:
        connection.execute(update(orders).where(orders.c.order_id == order_id).values(hold=reason))
        follow(connection, order_id)
        _step(connection, order_id, kind, actor, reason or "")
        return True

    def note(self, order_id: int, words: str, actor: str, request_key: str, *, on_slip: bool) -> bool:
        def work(connection: Connection) -> bool:
            _locked(connection, order_id)
            known = select(order_steps.c.step_id).where(order_steps.c.request_key == request_key)
            if connection.execute(known).first() is not None:
                return False
            kind = StepKind.SLIP if on_slip else StepKind.NOTE
            _step(connection, order_id, kind, actor, words, request_key=request_key)
            return True

        return self._database.write(work)

    def set_tags(self, order_id: int, tags: Sequence[str], actor: str) -> None:
        def work(connection: Connection) -> None:
            _locked(connection, order_id)
            known = select(order_tags.c.tag).where(order_tags.c.order_id == order_id)
            if sorted(connection.execute(known).scalars()) == sorted(tags):
                return
            connection.execute(delete(order_tags).where(order_tags.c.order_id == order_id))
            if tags:
                connection.execute(insert(order_tags), [{"order_id": order_id, "tag": tag} for tag in tags])
            _step(connection, order_id, StepKind.TAGS, actor, ", ".join(tags))

        self._database.write(work)

    def edit_address(self, order_id: int, seen: Address, address: Address, actor: str) -> bool:
        def work(connection: Connection) -> bool:
            state = _locked(connection, order_id)
            order = read_order(connection, order_id)
            assert order is not None
            if order.address == address:
                return False
            if state not in UNSENT:
                raise Conflict("Everything of this order was sent, so its address can no longer be edited.")
            if order.address != seen:
                raise Conflict("Somebody else edited this address meanwhile. Load the page again to see theirs.")
            values = {f"ship_{field}": text for field, text in asdict(address).items()}
            # Found by the new name and city as soon as the worker has written their words.
            connection.execute(
                update(orders)
                .where(orders.c.order_id == order_id)
                .values(**values, plain_name=plain_or_none(address.name), search_words=None)
            )
            before = {field: text for field, text in asdict(order.address).items() if text}
            _step(connection, order_id, StepKind.ADDRESS, actor, "", before=before)
            return True

        return self._database.write(work)

    # --- orders of an earlier release

    def take_up(self, limit: int) -> int:
        fact = select(shop_facts.c.value).where(shop_facts.c.name == SINCE)
        since = self._database.read(lambda c: c.execute(fact).scalar())
        if since is None:
            return 0
        return self._take_up_paid(since, limit) + self._take_up_returned(limit)

    def _take_up_returned(self, limit: int) -> int:
        def looked(connection: Connection) -> list[int]:
            since = database_now(connection).date() - _ROLLOUT
            return sorted(set(connection.execute(unfollowed(since, limit)).scalars()))

        ids = self._database.read(looked)

        def work(connection: Connection) -> None:
            for order_id in ids:
                _locked(connection, order_id)
                follow(connection, order_id)

        if ids:
            self._database.write(work)
        return len(ids)

    def _take_up_paid(self, since: str, limit: int) -> int:
        left = select(orders.c.order_id).where(
            orders.c.fulfilment.is_(None),
            orders.c.paid_at >= numbers.moment(since),
            orders.c.status == OrderStatus.PAID.value,
            orders.c.source == "shop",
        )
        if self._database.read(lambda c: c.execute(left.limit(1)).first()) is None:
            return 0

        def work(connection: Connection) -> int:
            ids = connection.execute(left.limit(limit).with_for_update(skip_locked=True)).scalars().all()
            if ids:
                taken = update(orders).where(orders.c.order_id.in_(ids))
                connection.execute(taken.values(fulfilment=FulfilmentState.TO_SHIP.value, open_since=orders.c.paid_at))
            for order_id in ids:  # some of it may have been given back already
                follow(connection, order_id)
            return len(ids)

        return self._database.write(work)


def _locked(connection: Connection, order_id: int) -> FulfilmentState | None:
    """The state of the order, which nobody else changes until the transaction ends. Raises NotFound."""
    lock = select(orders.c.fulfilment).where(orders.c.order_id == order_id).with_for_update()
    row = connection.execute(lock).first()
    if row is None:
        raise NotFound(_NO_ORDER)
    return None if row.fulfilment is None else FulfilmentState(row.fulfilment)


def _refuse_unsendable(state: FulfilmentState | None) -> None:
    if state is None:
        raise Conflict("Shipments of this order are not followed here: it was paid before, or came from elsewhere.")
    if state is FulfilmentState.HELD:
        raise Conflict("This order is on hold. Release it first.")
    if state is FulfilmentState.CANCELLED:
        raise Conflict("This order was cancelled.")


def _check(connection: Connection, order_id: int, parcel: Parcel) -> None:
    of_order = select(order_lines.c.line_no, order_lines.c.name).where(order_lines.c.order_id == order_id)
    names = {row.line_no: row.name for row in connection.execute(of_order)}
    known = units_of(connection, order_id)
    write_unsent(connection, order_id, known)
    for line_no, units in parcel.units.items():
        if line_no not in known:
            raise InvalidInput(f"The order has no line {line_no}.", "lines")
        if units > known[line_no].open:
            raise InvalidInput(f"Only {known[line_no].open} of {names[line_no]} can still be sent.", "quantity")


def _insert(connection: Connection, order_id: int, parcel: Parcel, actor: str, request_key: str, now: datetime) -> int:
    result = connection.execute(
        insert(shipments).values(
            order_id=order_id,
            request_key=request_key,
            carrier=parcel.carrier,
            tracking=parcel.tracking,
            units=sum(parcel.units.values()),
            actor=actor,
            shipped_at=now,
        )
    )
    key = result.inserted_primary_key
    assert key is not None
    shipment_id = int(key[0])
    connection.execute(
        insert(shipment_lines),
        [
            {"shipment_id": shipment_id, "line_no": line_no, "quantity": units}
            for line_no, units in sorted(parcel.units.items())
        ],
    )
    return shipment_id


def _step(
    connection: Connection,
    order_id: int,
    kind: StepKind,
    actor: str,
    words: str,
    *,
    request_key: str | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    connection.execute(
        insert(order_steps).values(
            order_id=order_id,
            request_key=request_key,
            kind=kind.value,
            at=database_now(connection),
            actor=actor,
            words=words,
            before=before,
        )
    )


def forget(connection: Connection, order_ids: Sequence[int]) -> None:
    """What was written about orders of a closed account, where they went before, and what leads to their parcels."""
    steps, held = order_steps.c.order_id.in_(order_ids), orders.c.order_id.in_(order_ids)
    connection.execute(update(order_steps).where(steps).values(words="", before=None))
    connection.execute(update(orders).where(held, orders.c.hold.is_not(None)).values(hold=""))  # held all the same
    connection.execute(delete(order_tags).where(order_tags.c.order_id.in_(order_ids)))
    connection.execute(update(shipments).where(shipments.c.order_id.in_(order_ids)).values(tracking=""))
