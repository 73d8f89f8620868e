"""A person's data as a whole: reading it, and making it anonymous without touching what was sold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select, update

from app.domain import Order, OrderReturn, OrderStatus, effects
from app.domain.fulfilment import UNSENT, Shipment
from app.domain.refund_words import BUYER, BUYER_CANCELLED
from app.errors import Conflict
from app.services.accounts.ports import Written
from app.stores.sql.accounts.ending_sessions import ends_every_session
from app.stores.sql.accounts.mail import enqueue_notice
from app.stores.sql.accounts.users import read_user
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.fulfilment import fulfilment
from app.stores.sql.fulfilment import reads as fulfilment_reads
from app.stores.sql.invoices.invoices import invoice_of
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.orders import reads, words
from app.stores.sql.orders.returns import returns_of
from app.stores.sql.tables import (
    account_links,
    address_blocks,
    api_tokens,
    invoices,
    mailbox,
    order_steps,
    order_tags,
    orders,
    recovery_codes,
    report_readers,
    returns,
    sessions,
    shipments,
    users,
)
from app.words import mark

CLOSED_NAME = "Closed account"
# A checkout or a mail that was under way when the account closed is over by then.
ERASE_AGAIN = timedelta(minutes=5)
# What the mailbox keeps for a person; alerts are the shop's own, whoever reads them.
_PERSONAL_KINDS = ("receipt", "refund", "shipped", "delivered", "account", "report")
_IDS_PER_STATEMENT = 500
_WAITS = mark(
    "An order of yours is still to be paid or sent, which takes your address. "
    "Delete your account once it was sent, or write to us to have it cancelled."
)


class SqlAccountRecords:
    """Implements `app.services.accounts.ports.AccountRecords`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self, user_id: int, password_hash: str) -> bool:
        def work(connection: Connection) -> bool:
            user = read_user(connection, users.c.user_id == user_id, for_update=True)
            if user is None or user.deactivated_at is not None or user.password_hash != password_hash:
                return False
            if user.is_staff:
                raise Conflict("A staff account is closed by an admin, under Staff.")
            if connection.execute(_under_way(user_id)).first() is not None:
                raise Conflict(_WAITS)
            now = database_now(connection)
            for table in (account_links, recovery_codes, api_tokens, sessions, report_readers):
                connection.execute(delete(table).where(table.c.user_id == user_id))
            connection.execute(
                update(users)
                .where(users.c.user_id == user_id)
                .values(
                    full_name=CLOSED_NAME,
                    plain_name=None,
                    email=None,
                    password_hash=None,
                    email_verified_at=None,
                    totp_secret=None,
                    totp_enabled_at=None,
                    totp_last_step=None,
                    tax_exempt="",
                    deactivated_at=now,
                    **ends_every_session(),
                )
            )
            if user.email is not None:
                is_confirmed = user.email_verified_at is not None
                enqueue_notice(connection, user_id, "closed", now, to=user.email, confirmed=is_confirmed)
            enqueue(connection, effects.erase(user_id, user.email, "at_once"), now)
            enqueue(connection, effects.erase(user_id, user.email, "later"), now, delay=ERASE_AGAIN)
            return True

        return self._database.write(work)

    def erase(self, user_id: int, email: str) -> None:
        order_ids = self._database.read(
            lambda c: c.execute(select(orders.c.order_id).where(orders.c.user_id == user_id)).scalars().all()
        )
        self._database.write(lambda c: _make_anonymous(c, user_id))
        unblock = delete(address_blocks).where(address_blocks.c.email == email)
        self._database.write(lambda c: c.execute(unblock))
        # Found without a lock, and deleted by number in small steps: other mail goes on being delivered.
        message_ids = self._database.read(lambda c: _messages(c, user_id, email, order_ids))
        for start in range(0, len(message_ids), _IDS_PER_STATEMENT):
            chunk = message_ids[start : start + _IDS_PER_STATEMENT]
            removal = delete(mailbox).where(mailbox.c.message_id.in_(chunk))
            self._database.write(lambda c, removal=removal: c.execute(removal))  # type: ignore[misc]

    def orders(self, user_id: int) -> tuple[Order, ...]:
        return self._database.read(lambda c: reads.orders_of(c, user_id))

    def returns(self, user_id: int) -> tuple[OrderReturn, ...]:
        return self._database.read(lambda c: returns_of(c, user_id))

    def shipments(self, user_id: int) -> tuple[Shipment, ...]:
        theirs = shipments.c.order_id.in_(select(orders.c.order_id).where(orders.c.user_id == user_id))
        return self._database.read(lambda c: fulfilment_reads.shipments_of(c, theirs))

    def written(self, user_id: int) -> Mapping[int, Written]:
        return self._database.read(lambda c: _written(c, orders.c.user_id == user_id))

    def recovery_codes_left(self, user_id: int) -> int:
        unused = (recovery_codes.c.user_id == user_id) & recovery_codes.c.used_at.is_(None)
        query = select(func.count()).select_from(recovery_codes).where(unused)
        return int(self._database.read(lambda c: c.execute(query).scalar_one()))


def _written(connection: Connection, theirs: ColumnElement[bool]) -> dict[int, Written]:
    """By four statements, however many orders."""
    ids = select(orders.c.order_id).where(theirs)
    found: defaultdict[int, Written] = defaultdict(Written)
    held = select(orders.c.order_id, orders.c.hold).where(theirs, orders.c.hold.is_not(None))
    for row in connection.execute(held):
        found[row.order_id] = Written(hold=row.hold)
    tagged = select(order_tags).where(order_tags.c.order_id.in_(ids)).order_by(order_tags.c.tag)
    for row in connection.execute(tagged):
        known = found[row.order_id]
        found[row.order_id] = replace(known, tags=(*known.tags, row.tag))
    steps = select(order_steps).where(order_steps.c.order_id.in_(ids)).order_by(order_steps.c.step_id)
    for row in connection.execute(steps):
        known = found[row.order_id]
        found[row.order_id] = replace(known, steps=(*known.steps, fulfilment_reads.step_of(row)))
    issued = select(invoices).where(invoices.c.order_id.in_(ids)).order_by(invoices.c.invoice_id)
    for row in connection.execute(issued):
        known = found[row.order_id]
        found[row.order_id] = replace(known, invoices=(*known.invoices, invoice_of(row)))
    return dict(found)


def _under_way(user_id: int) -> Select[Any]:
    """Orders that nobody could send any more if their address was erased."""
    is_paid_or_waits = orders.c.fulfilment.in_([state.value for state in UNSENT]) | (
        orders.c.status == OrderStatus.CHARGING.value
    )
    return select(orders.c.order_id).where(orders.c.user_id == user_id, is_paid_or_waits).limit(1)


def _make_anonymous(connection: Connection, user_id: int) -> None:
    """The country stays, for the books; so does everything that was sold."""
    words.forget(connection, user_id)
    order_ids = connection.execute(select(orders.c.order_id).where(orders.c.user_id == user_id)).scalars().all()
    for ids in chunks(order_ids):
        fulfilment.forget(connection, ids)
        cancelled = (returns.c.order_id.in_(ids)) & (returns.c.reason == BUYER_CANCELLED)
        connection.execute(update(returns).where(cancelled).values(actor=BUYER))
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))  # one may have begun meanwhile
    connection.execute(
        update(orders)
        .where(orders.c.user_id == user_id)
        .values(
            email=None,
            fingerprint=None,  # made of the address, among others
            ship_name=CLOSED_NAME,
            plain_name=None,
            ship_line1="",
            ship_line2="",
            ship_city="",
            ship_region="",
            ship_postcode="",
            ship_district=None,
            ship_phone=None,
            vat_number="",
        )
    )


def _messages(connection: Connection, user_id: int, email: str, order_ids: Sequence[int]) -> list[int]:
    """What was mailed to the address, about the account to an earlier one, and about its orders to any."""
    wanted = select(mailbox.c.message_id).where(mailbox.c.kind.in_(_PERSONAL_KINDS))
    root = f"account:{user_id}"  # as the keys of mails about accounts begin; ";" comes right after ":"
    about = wanted.where(mailbox.c.key > f"{root}:", mailbox.c.key < f"{root};")
    found = set(connection.execute(about).scalars())
    if email:
        found.update(connection.execute(wanted.where(mailbox.c.to == email)).scalars())
    for start in range(0, len(order_ids), _IDS_PER_STATEMENT):
        chunk = order_ids[start : start + _IDS_PER_STATEMENT]
        found.update(connection.execute(wanted.where(mailbox.c.order_id.in_(chunk))).scalars())
    return sorted(found)
