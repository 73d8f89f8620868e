"""What must hold once the storm is over and everything came to its end."""

from __future__ import annotations

import time
from collections import Counter

from sqlalchemy import Connection, func, select

from app.domain import OutboxState
from app.domain.books import Verdict
from app.stores.sql.tables import (
    demo_charges,
    low_stock_episodes,
    orders,
    outbox,
    payments,
    stock_edits,
    stock_levels,
    stock_movements,
)
from tests.support.storm.stage import Stage

QUIET_SECONDS = 90


def wait_until_quiet(stage: Stage, seconds: float) -> None:
    """Until no order, edit, effect or held unit is under way; what is left then hangs, and is told."""
    deadline = time.monotonic() + seconds
    while True:
        open_ends = _open_ends(stage)
        if not any(open_ends.values()):
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"still under way after {seconds:.0f} s: {open_ends}\n{stage.server.log()}")
        time.sleep(0.25)


def _open_ends(stage: Stage) -> dict[str, object]:
    def work(connection: Connection) -> dict[str, object]:
        unfinished = select(orders.c.order_id, orders.c.status).where(orders.c.status.in_(("pending", "charging")))
        edits = select(stock_edits.c.edit_id).where(stock_edits.c.state == "pending")
        waiting = select(outbox.c.key, outbox.c.last_error).where(outbox.c.state != OutboxState.DONE.value)
        return {
            "orders": connection.execute(unfinished.limit(5)).all(),
            "stock edits": connection.execute(edits.limit(5)).all(),
            "effects": connection.execute(waiting.limit(5)).all(),
        }

    return {**stage.database.read(work), "held": stage.services.inventory.held()}


def faults(stage: Stage, quiet_seconds: float = QUIET_SECONDS) -> list[str]:
    """Everything that is not as it must be, in words; nothing for a shop whose books balance."""
    wait_until_quiet(stage, quiet_seconds)
    found = [f"told: {words}" for words in stage.journal.surprises]
    found += stage.database.read(lambda c: [*_orders(c, stage), *_ledger(c), *_messages(c, stage)])
    return [*found, *_stock(stage), *_reconciled(stage)]


def _orders(connection: Connection, stage: Stage) -> list[str]:
    """Every paid order was told once and every one told is paid; each has one payment and one charge of its total."""
    rows = connection.execute(
        select(orders.c.order_id, orders.c.idempotency_key, orders.c.total, orders.c.status)
    ).all()
    paid = {row.order_id: row for row in rows if row.status == "paid"}
    told = stage.journal.paid
    found = [f"order {id} was told as paid and is not" for id in sorted(set(told.values()) - set(paid))]
    found += [f"order {id} is paid and nobody was told" for id in sorted(set(paid) - set(told.values()))]
    found += [f"order {id} answered {n} clicks" for id, n in Counter(told.values()).items() if n > 1]
    by_click = Counter(row.idempotency_key for row in paid.values())
    found += [f"click {key} paid {n} orders" for key, n in by_click.items() if n > 1]
    taken = connection.execute(select(payments.c.order_id, payments.c.amount)).all()
    charged = connection.execute(
        select(demo_charges.c.order_id, demo_charges.c.amount).where(demo_charges.c.state == "approved")
    ).all()
    wanted = Counter((row.order_id, row.total) for row in paid.values())
    found += [f"payment of order, amount {pair}: {n:+d}" for pair, n in _difference(taken, wanted).items()]
    found += [f"charge of order, amount {pair}: {n:+d}" for pair, n in _difference(charged, wanted).items()]
    return found


def _difference(rows: object, wanted: Counter[tuple[int, int]]) -> dict[tuple[int, int], int]:
    counted = Counter(tuple(row) for row in rows)  # type: ignore[attr-defined]
    counted.subtract(wanted)
    return {pair: n for pair, n in counted.items() if n}


def _ledger(connection: Connection) -> list[str]:
    """On hand is the sum of the movements, and each paid line has moved once."""
    sums = select(stock_movements.c.product_id, func.sum(stock_movements.c.quantity)).group_by(
        stock_movements.c.product_id
    )
    moved = {row[0]: int(row[1]) for row in connection.execute(sums)}
    levels = {row.product_id: row.on_hand for row in connection.execute(select(stock_levels))}
    found = [f"{id}: level {levels.get(id)}, movements {n}" for id, n in moved.items() if levels.get(id) != n]
    sold = select(func.sum(stock_movements.c.quantity)).where(stock_movements.c.kind == "sale")
    bought = select(func.sum(orders.c.units)).where(orders.c.status == "paid")
    units, paid = -int(connection.execute(sold).scalar() or 0), int(connection.execute(bought).scalar() or 0)
    return found + ([f"{units} units moved by sales, {paid} bought"] if units != paid else [])


def _stock(stage: Stage) -> list[str]:
    """What can be sold is what the ledger has; nothing is below zero."""
    found = []
    for product in stage.products:
        available = stage.services.catalog.get(product.product_id).stock
        on_hand = stage.services.inventory.on_hand(product.product_id)
        if available != on_hand or available < 0:
            found.append(f"{product.product_id}: {available} can be sold, {on_hand} on hand")
    return found


def _messages(connection: Connection, stage: Stage) -> list[str]:
    """Each paid order has its receipt and each episode its alert; at most one more of them per death."""
    orders_paid = connection.execute(select(orders.c.order_id).where(orders.c.status == "paid")).scalars()
    episodes = connection.execute(select(low_stock_episodes.c.episode_id)).scalars()
    receipts, alerts = {f"receipt:{id}" for id in orders_paid}, {f"alert:{id}" for id in episodes}
    mails, told = stage.office.mails, stage.office.alerts
    found = [f"{key} was never sent" for key in sorted((receipts - set(mails)) | (alerts - set(told)))]
    found += [f"{key} was sent for nothing" for key in sorted((set(mails) - receipts) | (set(told) - alerts))]
    extra = mails.total() + told.total() - len(mails) - len(told)
    return found + ([f"{extra} messages too many after {stage.deaths} deaths"] if extra > stage.deaths else [])


def _reconciled(stage: Stage) -> list[str]:
    """The shop's own look at its books comes to the same end, rollups included."""
    outcome = stage.services.reconcile.run("storm")
    if outcome.verdict is Verdict.AGREES:
        return []
    return [f"reconcile: {outcome.verdict} {outcome.notes}", *(f"reconcile: {one}" for one in outcome.differences)]
