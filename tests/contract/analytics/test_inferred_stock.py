"""Whose stock an import inferred, and when it was counted since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain import IMPORTED, MovementKind, Product
from app.services.stock.ports import StockEdit
from app.stores.sql.analytics.breakdowns import SqlBreakdowns
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.database import Database
from app.stores.sql.stock.ledger import NewMovement, SqlLedger, book

OPENED = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)


def test_is_that_whose_first_stock_an_import_booked_until_somebody_counts_it(database: Database) -> None:
    catalog, ledger, reads = SqlCatalog(database), SqlLedger(database), SqlBreakdowns(database)

    def move(product_id: str, days: int, kind: MovementKind, units: int, actor: str) -> None:
        movement = NewMovement(f"{product_id}:{days}", product_id, kind, units, "test", actor)
        database.write(lambda c: book(c, [movement], OPENED + timedelta(days=days)))

    for product_id in ("opened", "returned", "counted", "own"):
        catalog.add(Product(product_id, product_id.title(), 100, stock=5, threshold=10))
    move("opened", 0, MovementKind.RECEIPT, 5, IMPORTED)
    move("returned", 3, MovementKind.RETURN, 5, IMPORTED)  # nothing had to be there before it
    move("counted", 0, MovementKind.RECEIPT, 5, IMPORTED)
    move("own", 0, MovementKind.RECEIPT, 5, "asha@shop.example")
    move("own", 1, MovementKind.RETURN, 1, IMPORTED)
    assert reads.inferred_stock() == {"opened": None, "returned": None, "counted": None}

    for number, (product_id, kind, set_to) in enumerate(
        [("counted", MovementKind.CORRECTION, 7), ("opened", MovementKind.RECEIPT, None)]
    ):
        edit = StockEdit(f"edit-{number}", product_id, kind, None if set_to else 4, set_to, "asha@shop.example", "")
        ledger.intend(edit)
        assert reads.inferred_stock()["counted"] is None or number, "not before it is done"
        ledger.complete(edit.edit_id, catalog.adjust_stock(edit.edit_id, product_id, delta=edit.delta, set_to=set_to))
    found = reads.inferred_stock()
    assert found["opened"] is None, "a receipt adds to what was inferred"
    assert found["counted"] is not None
