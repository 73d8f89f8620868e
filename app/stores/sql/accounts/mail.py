"""Links and notices on their way to people: rows that are written in the transaction which causes them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from app.domain import LINK_LIFETIMES, LinkPurpose, Notice, OutboxState, effects
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.jobs.outbox import enqueue, make_due
from app.stores.sql.tables import account_links, orders, outbox

RELEASED_OF = timedelta(days=7)  # orders of the last week: who signs up for an old order finds it in the account
MOST_RELEASED = 50
TAKEOVER = (LinkPurpose.RESET, LinkPurpose.CHANGE_EMAIL)  # with which whoever has one could take the account


def issue(
    connection: Connection,
    user_id: int,
    email: str,
    purpose: LinkPurpose,
    now: datetime,
    request_key: str | None = None,
) -> None:
    """Make a link and queue its mail, in the caller's transaction; a key that was used before changes nothing."""
    key = request_key or f"{purpose.value}:{secrets.token_hex(16)}"
    row = {
        "request_key": key,
        "purpose": purpose.value,
        "user_id": user_id,
        "email": email,
        "created_at": now,
        "expires_at": now + LINK_LIFETIMES[purpose],
    }
    if not insert_new(connection, account_links, row):
        return
    made = select(account_links.c.link_id).where(account_links.c.request_key == key)
    link_id = connection.execute(made).scalar_one()
    enqueue(connection, effects.link_mail(link_id, purpose.value), now)


def enqueue_notice(
    connection: Connection,
    user_id: int,
    notice: Notice,
    now: datetime,
    to: str | None = None,
    about: str = "",
    *,
    confirmed: bool = True,
) -> None:
    """Queue a notice in the caller's transaction.

    `to`: an address that the account no longer has, and `confirmed` whether it was proved to be its own. `about`:
    the name of what it is about.
    """
    payload: dict[str, Any] = {"user_id": user_id, "at": now.isoformat()}
    if to is not None:
        payload |= {"to": to, "confirmed": confirmed}
    if about:
        payload["about"] = about
    enqueue(connection, effects.notice_mail(notice, secrets.token_hex(8), payload), now)


def void_links(connection: Connection, user_id: int, purposes: Collection[LinkPurpose], now: datetime) -> None:
    """Make the account's open links for these purposes unusable. The caller has locked the account's row."""
    connection.execute(
        update(account_links)
        .where(
            account_links.c.user_id == user_id,
            account_links.c.purpose.in_([purpose.value for purpose in purposes]),
            account_links.c.used_at.is_(None),
        )
        .values(used_at=now)
    )


def release_receipts(connection: Connection, email: str, now: datetime) -> None:
    """Send the receipts that waited for somebody to confirm this address, in the caller's transaction."""
    bought = select(orders.c.order_id).where(orders.c.email == email, orders.c.paid_at >= now - RELEASED_OF)
    order_ids = connection.execute(bought.order_by(orders.c.order_id.desc()).limit(MOST_RELEASED)).scalars()
    keys = [effects.receipt(order_id).key for order_id in order_ids]
    unsent = select(outbox).where(outbox.c.key.in_(keys), outbox.c.state == OutboxState.NOT_SENT.value)
    for row in connection.execute(unsent).all() if keys else ():
        if row.payload.get(effects.UNTIL_CONFIRMED):
            make_due(connection, row.entry_id, {**row.payload, effects.ANYWAY: True})
