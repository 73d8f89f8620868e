"""Ratios, not times: each measure stands beside a floor or a smaller shop, taken in the same run.

Usage: make bench
"""

from __future__ import annotations

import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event, text

from app.domain import Period
from app.services import Services
from app.services.analytics.breakdown import Part
from app.services.checkout.checkout import CheckoutRequest
from app.settings.environment import Settings, load_settings
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from app.tools.demo import fill_demo
from app.wiring import composition, stores
from tests.benchmarks.buyer import ADDRESS, CARD
from tests.benchmarks.production import compare_production_checkout
from tests.benchmarks.searches import compare_searches


def median_ms(work: Callable[[], object], times: int = 25) -> float:
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def shop(folder: Path, orders: int, products: int) -> tuple[Services, Database]:
    settings: Settings = load_settings(data_dir=folder, database_url="")
    database = stores.open_database(settings)
    migrate(database)
    fill_demo(database, settings, orders=orders, products=products, seed=7)
    return composition.build(settings, database), database


def reads(built: Services) -> dict[str, Callable[[], object]]:
    today = built.formats.today()
    year = Period(today.replace(year=today.year - 1), today)
    return {
        "sales by day, a year": lambda: built.sales.by_day(year),
        "best sellers, a year": lambda: built.breakdowns.best(year, Part()),
        "today against last week": built.sales.today_against_last_week,
        "live snapshot": built.live.snapshot,
        "stock overview": built.stock.overview,
        "customers, first page": built.customers.page,
        "orders, first page": built.orders.search,
    }


def compare_orders(root: Path) -> None:
    small, _ = shop(root / "small", 2_000, 120)
    large, _ = shop(root / "large", 100_000, 120)
    print("\nReads, 100,000 orders against 2,000 (a ratio near 1 does not grow with the orders)")
    for name, work in reads(small).items():
        before, after = median_ms(work), median_ms(reads(large)[name])
        print(f"  {name:<28}{before:8.2f} ms {after:8.2f} ms   x{after / before:.2f}")


def compare_products(root: Path) -> None:
    small, _ = shop(root / "few", 500, 120)
    large, _ = shop(root / "many", 500, 20_000)
    print("\nCatalogue, 20,000 products against 120")
    works: dict[str, Callable[[Services], object]] = {
        "first page": lambda s: s.catalog.search(),
        "search, exact word": lambda s: s.catalog.search(q="cushion"),
        "search, with a typo": lambda s: s.catalog.search(q="cusion"),
    }
    for name, work in works.items():
        before, after = median_ms(lambda w=work: w(small)), median_ms(lambda w=work: w(large))
        print(f"  {name:<28}{before:8.2f} ms {after:8.2f} ms   x{after / before:.2f}")


def compare_checkout(root: Path) -> None:
    built, database = shop(root / "checkout", 500, 120)
    product = max(built.catalog.all(), key=lambda p: p.stock)

    def commit() -> None:
        row = {"name": "bench", "value": str(time.perf_counter())}
        database.write(lambda c: c.execute(text("REPLACE INTO shop_facts (name, value) VALUES (:name, :value)"), row))

    writes = 0

    def count(*_: object) -> None:
        nonlocal writes
        writes += 1

    event.listen(database.engine, "commit", count)
    number = 0

    def buy() -> None:
        nonlocal number
        number += 1
        owner = f"guest#bench-{number}"
        built.cart.add(owner, product.product_id)
        built.checkout.place(
            CheckoutRequest(
                owner=owner, user_id=None, email="b@example.com", address=ADDRESS, details=CARD, idempotency_key=None
            )
        )

    floor = median_ms(commit, 100)
    writes = 0
    taken = median_ms(buy, 40)
    print("\nCheckout against its floor, one durable commit")
    print(
        f"  cart and checkout {taken:.2f} ms, a commit {floor:.2f} ms: x{taken / floor:.1f}, {writes / 41:.1f} commits"
    )


def compare_viewers(root: Path) -> None:
    built, database = shop(root / "viewers", 500, 120)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(database.engine, "before_cursor_execute", count)
    print("\nLive: database statements in 5 s by number of viewers of one process")
    for viewers in (1, 200):
        watching = [built.live.subscribe() for _ in range(viewers)]
        time.sleep(1)
        statements = 0
        time.sleep(5)
        print(f"  {viewers:>4} viewers: {statements} statements")
        for one in watching:
            one.close()
    built.live.close()


def main() -> None:
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in (
            compare_orders,
            compare_products,
            compare_searches,
            compare_checkout,
            compare_production_checkout,
            compare_viewers,
        ):
            part(root)


if __name__ == "__main__":
    main()
