"""Checkouts that found too little, on each store: the units that were missing, and a shopper's second try once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from app.services.analytics.short_line_ports import ShortLines
from app.stores.sql.analytics.short_lines import SqlShortLines
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import orders
from tests.support.trade import Trade

NOON = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def refuse(
    database: Database, owner: str, wanted: dict[str, tuple[int, int]], at: datetime = NOON, **more: Any
) -> None:
    """`wanted`: product -> (wanted, available)."""
    short = [
        {"product_id": name, "name": name.title(), "wanted": wanted, "available": left}
        for name, (wanted, left) in wanted.items()
    ]
    order_id = database.write(lambda c: Trade(database).order(c, at=at, status=more.get("status", "rejected")))
    values = {"owner": owner, "shortages": short}
    database.write(lambda c: c.execute(update(orders).where(orders.c.order_id == order_id).values(values)))


def short(database: Database, most: int = 100) -> list[ShortLines]:
    return SqlShortLines(database).short_lines(NOON - DAY, NOON + DAY, most)


def test_units_are_those_beyond_what_was_left(database: Database) -> None:
    refuse(database, "user#1", {"mug": (5, 2), "jug": (1, 0)})
    refuse(database, "user#2", {"mug": (4, 0)})
    assert short(database) == [ShortLines("mug", "Mug", 2, 7), ShortLines("jug", "Jug", 1, 1)]


def test_a_shopper_who_tries_again_counts_once_with_the_most_that_was_missing(database: Database) -> None:
    for units in (5, 9, 3):
        refuse(database, "user#1", {"mug": (units, 2)})
    assert short(database) == [ShortLines("mug", "Mug", 1, 7)]


def test_other_times_and_other_ends_of_a_checkout_are_left_out(database: Database) -> None:
    refuse(database, "user#1", {"mug": (5, 2)}, NOON - 2 * DAY)
    refuse(database, "user#2", {"mug": (5, 2)}, NOON + DAY)
    refuse(database, "user#3", {"mug": (5, 2)}, status="payment_failed")
    assert short(database) == []


def test_only_the_latest_are_looked_at(database: Database) -> None:
    for number in range(4):
        refuse(database, f"user#{number}", {f"p{number}": (1, 0)}, NOON + number * timedelta(minutes=1))
    assert [one.product_id for one in short(database, 2)] == ["p2", "p3"]
