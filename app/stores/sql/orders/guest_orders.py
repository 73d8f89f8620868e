"""Guests' orders that become an account's: of the browser that signs in, and of a mailbox that the account confirmed.

An order keeps the first account that it came to. What of it was folded as a guest's is folded for the account by an
event of its own, written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from app.domain import OrderStatus, OutboxState, User, effects
from app.domain.effects import FoldedRow
from app.stores.sql.accounts.users import read_user
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.orders.returns import is_complete_return
from app.stores.sql.tables import orders, outbox, returns, users

BATCH = 200


def ask_to_join(connection: Connection, user: User) -> None:
    """Queue the search for guests' orders of the address that the user confirmed, once per confirmation."""
    if _is_confirmed(user) and user.email_verified_at is not None:
        enqueue(connection, effects.join_orders(user.user_id, user.email_verified_at), database_now(connection))


def adopt(connection: Connection, guest_owner: str, owner: str, user_id: int) -> int:
    """Make the orders of a guest's browser a user's, but what is another account's already; how many."""
    free_or_theirs = or_(orders.c.user_id.is_(None), orders.c.user_id == user_id)
    placed_here = and_(orders.c.owner == guest_owner, free_or_theirs)
    ids = _locked(connection, placed_here)
    _give(connection, _locked(connection, and_(placed_here, orders.c.user_id.is_(None))), user_id)
    # The key was unique for the guest; the user may have used the same one.
    _change(connection, ids, owner=owner, idempotency_key=None)
    return len(ids)


def join_order(connection: Connection, order_id: int) -> bool:
    """Give a guest's paid order to the account that confirmed its address, if there is one."""
    this_order = orders.c.order_id == order_id
    email = connection.execute(select(orders.c.email).where(this_order, _is_free())).scalar_one_or_none()
    user = None if email is None else read_user(connection, users.c.email == email, for_update=True)
    if user is None or not _is_confirmed(user):
        return False
    ids = _locked(connection, and_(this_order, orders.c.email == email, _is_free()))
    _give(connection, ids, user.user_id)
    return bool(ids)


def of_accounts(connection: Connection, order_ids: Collection[int]) -> frozenset[int]:
    """Those of these orders that `join_order` would give to an account.

    Without a lock: an account that confirms its address a moment later asks for its orders in that transaction.
    """
    found: set[int] = set()
    for ids in chunks(sorted(order_ids)):
        query = select(orders.c.order_id).join(users, users.c.email == orders.c.email).where(
            orders.c.order_id.in_(ids),
            _is_free(),
            users.c.email_verified_at.is_not(None),
            users.c.deactivated_at.is_(None),
        )  # fmt: skip
        found |= set(connection.execute(query).scalars())
    return frozenset(found)


def join_batch(connection: Connection, user_id: int, after: int) -> int | None:
    """Give a user the guests' paid orders of the address they confirmed, among the next ones after an order id.

    Where to go on, or None at the end.
    """
    user = read_user(connection, users.c.user_id == user_id, for_update=True)
    if user is None or not _is_confirmed(user):
        return None
    of_address = and_(orders.c.email == user.email, orders.c.order_id > after)
    some = select(orders.c.order_id).where(of_address).order_by(orders.c.order_id).limit(BATCH)
    looked_at = connection.execute(some).scalars().all()
    _give(connection, _locked(connection, and_(orders.c.order_id.in_(looked_at), _is_free())), user_id)
    return looked_at[-1] if len(looked_at) == BATCH else None


def _is_confirmed(user: User) -> bool:
    return user.email is not None and user.email_verified_at is not None and user.deactivated_at is None


def _is_free() -> ColumnElement[bool]:
    """Paid, and nobody's: what is still under way is joined when it is paid, what failed left nothing to keep."""
    return and_(orders.c.user_id.is_(None), orders.c.status == OrderStatus.PAID.value)


def _locked(connection: Connection, which: ColumnElement[bool]) -> list[int]:
    found = select(orders.c.order_id).where(which).order_by(orders.c.order_id).with_for_update()
    return list(connection.execute(found).scalars())


def _give(connection: Connection, order_ids: Sequence[int], user_id: int) -> None:
    """Write the user into orders that are locked and nobody's, and tell the rollups.

    Their browser goes on seeing them: `owner` stays.
    """
    if not order_ids:
        return
    now = database_now(connection)
    events = _folded_without_buyer(connection, order_ids)
    _change(connection, order_ids, user_id=user_id)
    connection.execute(update(returns).where(returns.c.order_id.in_(order_ids)).values(user_id=user_id))
    for name, row_id in events:
        enqueue(connection, effects.rollup_of_adopted(name, row_id), now)


def _change(connection: Connection, order_ids: Sequence[int], **values: Any) -> None:
    if order_ids:
        connection.execute(update(orders).where(orders.c.order_id.in_(order_ids)).values(values))


def _folded_without_buyer(connection: Connection, order_ids: Sequence[int]) -> list[tuple[FoldedRow, int]]:
    """What is folded already, as a guest's: ("order_id" or "return_id", the id).

    Locks the events of what is not: nobody folds it before it has its buyer. What has no event was folded when the
    rollups were made anew, as the history of a shop that moved here is.
    """
    paid = select(orders.c.order_id).where(orders.c.order_id.in_(order_ids), orders.c.status == OrderStatus.PAID.value)
    complete = select(returns.c.return_id).where(returns.c.order_id.in_(order_ids), is_complete_return())
    keys: dict[str, tuple[FoldedRow, int]] = {}
    for row_id in connection.execute(paid).scalars():
        keys[effects.rollup_of_order(row_id).key] = ("order_id", row_id)
    for row_id in connection.execute(complete).scalars():
        keys[effects.rollup_of_return(row_id).key] = ("return_id", row_id)
    query = select(outbox.c.key, outbox.c.state).where(outbox.c.key.in_(keys)).order_by(outbox.c.entry_id)
    states = {row.key: row.state for row in connection.execute(query.with_for_update())}
    done = OutboxState.DONE.value
    return [fact for key, fact in keys.items() if states.get(key, done) == done]
