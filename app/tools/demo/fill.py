"""Fills an empty shop with a year of trade, in one transaction: all of it is there, or nothing."""

from __future__ import annotations

import json
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select

from app.domain import Product, Role, effects
from app.errors import Conflict
from app.money import Formats
from app.services.catalog.ports import ProductLoader
from app.settings.environment import Settings
from app.stores.sql.catalog.loading import insert_products
from app.stores.sql.engine.bulk import insert_rows
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.rollups.rebuild import rebuild
from app.stores.sql.tables import (
    low_stock_episodes,
    orders,
    price_history,
    products,
    returns,
    shop_facts,
    stock_levels,
    users,
)
from app.tools.demo.audit import write_audit
from app.tools.demo.catalog import demo_products
from app.tools.demo.parcels import write_parcels
from app.tools.demo.people import People
from app.tools.demo.seasons import Calendar
from app.tools.demo.sink import TableSink
from app.tools.demo.trade import PlacedOrder, Year

FACT = "demo"
RECEIPTS = 12  # the latest orders get their receipt, so that a new shop's mailbox is not empty

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class DemoReport:
    """What was filled in. `str` of it is for the person who ran the command."""

    orders: int
    declined: int
    lines: int
    units: int
    gross: str
    products: int
    customers: int
    returns: int
    movements: int
    low_now: int
    sold_out_now: int
    seconds: float

    def __str__(self) -> str:
        low = f"{self.low_now:,} {'product is' if self.low_now == 1 else 'products are'} low"
        gone = f"{self.sold_out_now:,} {'is' if self.sold_out_now == 1 else 'are'} sold out"
        return (
            f"A year of trade: {self.orders:,} orders ({self.units:,} units, {self.gross}) of {self.products:,} "
            f"products by {self.customers:,} customers and guests, {self.returns:,} returns, "
            f"{self.movements:,} stock movements.\n"
            f"Right now {low} and {gone}. "
            f"Took {self.seconds:.1f} s ({self.orders / max(self.seconds, 0.001):,.0f} orders/s)."
        )


def is_empty(database: Database, loader: ProductLoader | None = None) -> bool:
    """True for a shop without products and orders; it may have users."""
    if database.read(_is_empty):
        return loader is None or loader.is_empty()
    if loader is not None:
        loader.finish()  # a process may have been killed right after its transaction
    return False


def fill_demo(
    database: Database,
    settings: Settings,
    *,
    orders: int,
    products: int,
    seed: int,
    loader: ProductLoader | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> DemoReport:
    """Write a year of trade that ends at `now`: the same seed and `now` give the same rows.

    `orders` counts paid orders; about one in eighty comes with a declined first attempt. `loader` takes the
    products where they are not in `database`. `progress` is called with (stage, done, total). Raises Conflict
    unless the shop is empty, InvalidInput for too many products.
    """
    started = time.monotonic()
    report = progress or _silent
    moment = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)

    def work(connection: Connection) -> DemoReport:
        if not _is_empty(connection) or (loader is not None and not loader.is_empty()):
            raise Conflict(
                "This shop already has products or orders; the demo fills only an empty one. "
                "Point DATA_DIR at another folder for a second shop."
            )
        return _fill(connection, settings, orders, products, seed, loader, moment, started, report)

    filled = database.write(work)
    if loader is not None:
        loader.finish()
    return filled


def _fill(
    connection: Connection,
    settings: Settings,
    order_count: int,
    product_count: int,
    seed: int,
    loader: ProductLoader | None,
    now: datetime,
    started: float,
    progress: Progress,
) -> DemoReport:
    rng = random.Random(f"retail-sync demo {seed}")
    sink = TableSink(connection, settings, RECEIPTS)
    year = Year(
        settings=settings,
        calendar=Calendar(now, settings.zone),
        products=demo_products(settings, product_count, rng),
        orders=order_count,
        rng=rng,
        people=People(rng, _next_id(connection, users.c.user_id)),
        sink=sink,
        first_order_id=_next_id(connection, orders.c.order_id),
        first_return_id=_next_id(connection, returns.c.return_id),
    )
    year.play(lambda done: progress("Trading", done, order_count))
    sink.flush()
    progress("Customers and stock", 0, 3)
    _write_people(connection, year.people)
    stocked = _products(year, now)
    if loader is None:
        insert_products(connection, stocked, now)
    _write_levels(connection, year)
    _write_prices(connection, year, now)
    low = _write_episodes(connection, settings, year, now)
    write_audit(connection, {product.product_id: product.name for product in stocked})
    write_parcels(connection, now, random.Random(f"retail-sync parcels {seed}"))
    progress("Customers and stock", 1, 3)
    _write_messages(connection, settings, sink.latest, now)
    connection.execute(
        insert(shop_facts).values(
            name=FACT,
            value=json.dumps({"seed": seed, "orders": order_count, "products": product_count, "at": str(now)}),
        )
    )
    progress("Totals", 2, 3)
    rebuild(connection, settings.zone)
    progress("Totals", 3, 3)
    if loader is not None:
        loader.load(stocked)  # last, so that little can still go wrong after it
    return DemoReport(
        orders=order_count,
        declined=sink.declined,
        lines=sink.lines,
        units=sink.units,
        gross=_shown(sink.gross, settings),
        products=product_count,
        customers=len(year.people.customers),
        returns=sink.returns,
        movements=sink.movements,
        low_now=low,
        sold_out_now=sum(shelf.on_hand == 0 for shelf in year.stockroom.shelves),
        seconds=time.monotonic() - started,
    )


def _write_people(connection: Connection, people: People) -> None:
    columns = ("user_id", "full_name", "email", "role", "password_hash", "session_version", "created_at", "country")
    rows = (
        (p.user_id, p.address.name, p.email, Role.CUSTOMER.value, None, 1, p.joined_at, p.address.country)
        for p in people.customers
    )
    insert_rows(connection, users, columns, rows)


def _products(year: Year, now: datetime) -> list[Product]:
    return [
        Product(
            product_id=s.product.product_id,
            name=s.product.name,
            price=s.product.price,
            stock=s.on_hand,
            threshold=s.threshold,
            category=s.product.category,
            description=s.product.description,
            cost=s.product.cost,
            threshold_manual=s.threshold_manual,
            created_at=s.first_stocked_at or now,
            brand=s.product.labels.brand,
            barcode=s.product.labels.barcode,
            tags=s.product.labels.tags,
            weight=s.product.labels.weight,
            supplier=s.product.labels.supplier,
            family_id=s.product.family_id,
            options=s.product.options,
        )
        for s in year.stockroom.shelves
    ]


def _write_levels(connection: Connection, year: Year) -> None:
    shelves = year.stockroom.shelves
    levels = ((s.product.product_id, s.on_hand, s.first_stocked_at, s.last_sold_at) for s in shelves)
    insert_rows(connection, stock_levels, ("product_id", "on_hand", "first_stocked_at", "last_sold_at"), levels)


def _write_prices(connection: Connection, year: Year, now: datetime) -> None:
    rows = (
        row
        for index, shelf in enumerate(year.stockroom.shelves)
        for row in year.costs.rows(index, shelf.first_stocked_at or now)
    )
    insert_rows(connection, price_history, ("product_id", "version", "at", "price", "cost", "actor"), rows)


def _write_episodes(connection: Connection, settings: Settings, year: Year, now: datetime) -> int:
    """All episodes of the year, and an alert for each that is open. Returns how many are."""
    columns = ("episode_id", "product_id", "open_key", "on_hand", "threshold", "opened_at", "closed_at")
    first = _next_id(connection, low_stock_episodes.c.episode_id)
    numbered = list(enumerate(year.stockroom.episodes, first))
    rows = (
        (number, e.product_id, None if e.closed_at else e.product_id, e.on_hand, e.threshold, e.opened_at, e.closed_at)
        for number, e in numbered
    )
    insert_rows(connection, low_stock_episodes, columns, rows)
    still_open = [number for number, episode in numbered if episode.closed_at is None]
    if _stays(settings):
        for number in still_open:
            enqueue(connection, effects.alert(number), now)
    return len(still_open)


def _stays(settings: Settings) -> bool:
    """Whether mail stays in the shop's own mailbox: of invented trade nothing leaves the house."""
    return settings.notifier == "local"


def _write_messages(connection: Connection, settings: Settings, latest: deque[PlacedOrder], now: datetime) -> None:
    for order in latest if _stays(settings) else ():
        enqueue(connection, effects.receipt(order.order_id), now)


def _is_empty(connection: Connection) -> bool:
    return not any(connection.execute(select(table.c[0]).limit(1)).first() for table in (products, orders))


def _next_id(connection: Connection, column: ColumnElement[int]) -> int:
    highest: int | None = connection.execute(select(func.max(column))).scalar()
    return (highest or 0) + 1


def _shown(minor: int, settings: Settings) -> str:
    formats = Formats(settings.currency, settings.currency_digits, settings.store_locale, settings.zone)
    return formats.money_short(minor)


def _silent(stage: str, done: int, total: int) -> None:
    """For callers who do not watch."""
