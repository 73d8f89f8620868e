"""Times without stock, as events are folded and as they are worked out anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain import MovementKind
from app.stores.sql.analytics.breakdowns import SqlBreakdowns
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.stock.ledger import NewMovement, book
from app.stores.sql.tables import stock_movements
from tests.support.trade import ZONE, Trade, contents

NOON = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)  # in the store, Asia/Kolkata


def test_a_stock_out_knows_when_it_began_and_ended_what_sold_before_and_at_what_price(
    database: Database,
) -> None:
    trade, rollups, reads = Trade(database), SqlRollups(database, ZONE), SqlBreakdowns(database)
    line = {"line_no": 1, "product_id": "p1", "name": "x", "unit_price": 4_900, "quantity": 2}
    order_id = database.write(lambda c: trade.order(c, at=NOON, lines=[line], status="paid"))

    def move(days: float, kind: MovementKind, quantity: int, cause: str = "test:1") -> datetime:
        at = NOON + timedelta(days=days)
        movement = NewMovement(f"{cause}:{days}", "p1", kind, quantity, cause, "test")
        database.write(lambda c: book(c, [movement], at))
        rollups.fold()
        return at

    move(0, MovementKind.RECEIPT, 12)
    move(1, MovementKind.SALE, -10)
    began = move(20, MovementKind.SALE, -2, f"order:{order_id}")
    lasting = reads.stock_outs(NOON, NOON + timedelta(days=90))
    assert [tuple(out) for out in lasting] == [("p1", began, None, 12, 4_900)]
    ended = move(25, MovementKind.RECEIPT, 5)
    gone = move(60, MovementKind.WRITE_OFF, -5)
    outs = reads.stock_outs(NOON, NOON + timedelta(days=90))
    assert [tuple(out) for out in outs] == [("p1", began, ended, 12, 4_900), ("p1", gone, None, 0, None)]
    assert reads.stock_outs(ended, gone) == []
    assert reads.stock_outs(NOON, NOON + timedelta(days=90), {"p1"}) == outs
    assert reads.stock_outs(NOON, NOON + timedelta(days=90), {"p2"}) == []
    before = contents(database, stock_movements)
    rollups.rebuild()
    assert reads.stock_outs(NOON, NOON + timedelta(days=90)) == outs
    assert contents(database, stock_movements) == before
