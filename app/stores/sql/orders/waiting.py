"""Orders whose shopper still has to pay, at a provider's page or later."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, union, update

from app.domain import OrderStatus, effects
from app.domain.payments import LATER
from app.services.orders.ports import Attempt
from app.stores.sql.engine.clock import NowBeside, database_now
from app.stores.sql.jobs.outbox import NO_DELAY, enqueue_all
from app.stores.sql.orders import reads
from app.stores.sql.tables import orders

# After the last moment of a provider's page: it closes by the provider's own clock.
GRACE = timedelta(minutes=1)
AT_ONCE = timedelta(seconds=3)  # the checkout does it itself: workers leave it alone for so long
_NOW = NowBeside()


def wait(connection: Connection, order_id: int, until: datetime, *, is_accepted: bool) -> bool:
    now = database_now(connection)
    if until <= now:
        return False
    charging = update(orders).where(orders.c.order_id == order_id, orders.c.status == OrderStatus.CHARGING.value)
    values = {"payment_due": until, "leased_until": until + GRACE, "changed_at": _NOW}
    if connection.execute(charging.values(values)).rowcount != 1:
        return False
    if is_accepted:
        delayed = [(effects.take_cart(order_id), AT_ONCE), (effects.placed_mail(order_id), NO_DELAY)]
        enqueue_all(connection, delayed, now)
    return True


def waiting_of(connection: Connection, owner: str) -> tuple[Attempt, ...]:
    theirs = select(orders.c.order_id).where(
        orders.c.owner == owner,
        orders.c.status == OrderStatus.CHARGING.value,
        orders.c.payment_due.is_not(None),
    )
    return reads.attempts(connection, connection.execute(theirs.order_by(orders.c.order_id)).scalars().all())


def unpaid_of(connection: Connection, owner: str, email: str | None) -> tuple[int, ...]:
    """Each half of the union by its own index, and only once what is found by both."""
    unpaid = select(orders.c.order_id, orders.c.units).where(
        orders.c.status.in_([OrderStatus.PENDING.value, OrderStatus.CHARGING.value]),
        orders.c.pay_by.in_([way.value for way in LATER]),
    )
    theirs = [unpaid.where(orders.c.owner == owner)] + ([unpaid.where(orders.c.email == email)] if email else [])
    return tuple(row.units for row in connection.execute(union(*theirs)))
