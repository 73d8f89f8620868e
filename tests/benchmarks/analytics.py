"""What the analytics pages ask for, on MariaDB, as the shop grows: ratios of the larger shops to the smallest.

Usage: make bench-analytics, or python -m tests.benchmarks.analytics 100000 1000000 [10000000]
"""

from __future__ import annotations

import gc
import logging
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from app.domain import Actor, Period, first_day_of
from app.services import Services, install
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.breakdown import Part
from app.services.analytics.customer_ports import CustomerGroup
from app.services.orders.ports import SoldIn
from app.settings.environment import load_settings
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from app.stores.sql.rollups.folding import SqlRollups
from app.tools.demo import fill_demo
from app.wiring import composition
from app.wiring.stores import open_database
from tests.benchmarks.buyer import ADDRESS, CARD
from tests.benchmarks.callbacks import Visit, callback_times
from tests.support.mariadb import mariadb_or_skip

SIZES = (20_000, 100_000)
TIMES = 30
GROWTH, SLOWEST_MS = 1.5, 300
FOLDED = 200  # orders whose events are folded at once
# Of a small database machine: neither the 64 MB of the tests nor the default of 128 MB hold a million orders.
MEMORY = ("--innodb-buffer-pool-size=2G",)


@contextmanager
def shop(orders: int) -> Iterator[tuple[Services, Database]]:
    with mariadb_or_skip(options=MEMORY) as server, tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            data_dir=Path(folder), database_url=server.url, secret_key="k" * 48, allow_demo_payments=True
        )
        database = open_database(settings, patient=True)
        migrate(database)
        started = time.perf_counter()
        report = fill_demo(database, settings, orders=orders, products=120, seed=7)
        taken = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"\n{report.orders:,} orders: filled at {orders / taken:,.0f} a second, {peak:,.0f} MB at the peak so far"
        )
        built = composition.build(settings, database)
        built.catalog.refresh()
        built.customers.keep_segments()
        yield built, database
        built.live.close()
        database.dispose()


def reads(built: Services) -> dict[str, Callable[[], object]]:
    """What each page asks for, at its opening and at its widest."""
    today = built.formats.today()
    month = Period(today - timedelta(days=27), today + timedelta(days=1))
    year = Period(today - timedelta(days=364), today + timedelta(days=1))
    part = Part(category="Kitchen", country="IN")
    customer = built.customers.top(1)[0].user_id
    product = built.catalog.all()[0].product_id
    starts, ends = built.formats.day_start(year.start), built.formats.day_start(year.end)
    sold = SoldIn(starts, ends, part.country, built.breakdowns.product_ids(part))
    largest = max(built.customers.cohorts(), key=lambda cohort: cohort.size).month

    def overview(period: Period, part: Part) -> Callable[[], object]:
        def work() -> None:
            built.breakdowns.by_day(period, part)
            built.breakdowns.categories(period, part)
            built.breakdowns.countries(period, part)
            built.breakdowns.best(period, part)
            built.breakdowns.hours_of_week(period)

        return work

    def stock() -> None:
        built.stock.overview()
        built.products.abc(year)
        built.holdings.sell_through(month)
        built.lost_sales.of(month)
        built.holdings.value_over_time(Period(today - timedelta(days=89), month.end))
        built.holdings.dead()
        built.forecasts.plans()

    def customers() -> None:
        built.customers.summary()
        built.customers.cohorts()
        built.sales.buckets(Period(first_day_of(today, "week") - timedelta(weeks=25), month.end), "week")

    return {
        "overview, 28 days": overview(month, Part()),
        "overview, a year": overview(year, Part()),
        "overview, a year of a part": overview(year, part),
        "stock": stock,
        "customers, charts": customers,
        "customers, totals": built.customers.totals,
        "customers, first page": built.customers.page,
        "customers, by units": lambda: built.customers.page(sort="units"),
        "one customer": lambda: built.customers.profile(customer),
        "customers of a month": lambda: built.customers.page(group=CustomerGroup(cohort=largest)),
        "orders behind a part": lambda: built.orders.search(sold=sold),
        "returns behind a part": lambda: built.orders.returned(sold),
        "time machine": lambda: built.stock.until(product, built.formats.day_start(today)),
        "live snapshot": built.live.snapshot,
    }


def taken_ms(work: Callable[[], object], kept: Sequence[AnswerCache[Any]] = ()) -> tuple[float, float]:
    """Median and 95th percentile, without what is `kept`."""
    work()
    taken = []
    for _ in range(TIMES):
        for answers in kept:
            answers.clear()
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), sorted(taken)[int(TIMES * 0.95)]


def folding(built: Services, database: Database) -> float:
    """Seconds to fold the events of a batch of orders that were just paid: how far rollups lag behind at that load."""
    from app.services.checkout.checkout import CheckoutRequest

    SqlRollups(database, built.settings.zone).fold()
    products = sorted(built.catalog.all(), key=lambda p: -p.stock)[:5]
    for product in products:
        built.inventory.receive(product.product_id, FOLDED, Actor("bench"))
    for number in range(FOLDED):
        owner = f"guest#bench{number}{time.time_ns()}"
        built.cart.add(owner, products[number % 5].product_id, 1)
        built.checkout.place(CheckoutRequest(owner, None, "b@shop.example", ADDRESS, CARD, None))
    rollups, started = SqlRollups(database, built.settings.zone), time.perf_counter()
    while rollups.fold():
        pass
    return time.perf_counter() - started


def browsed(built: Services) -> None:
    """Every callback of the analytics pages, as a browser asks for it."""
    product, customer = built.catalog.all()[0].product_id, built.customers.top(1)[0].user_id
    month = built.customers.cohorts()[-1].month
    search, onward = {"a search": _type("Priya")}, {"next page": _click("button:has-text('Next')")}
    a_year, a_country = _click(".segment:has-text('12 months')"), _click("[id*='country:IN']")
    asked = callback_times(
        built.settings,
        {
            "overview": Visit("/admin", {"a year": a_year, "of a country": a_country}),
            "overview, a year": Visit("/admin?period=12m"),
            "overview, a year of a part": Visit("/admin?period=12m&category=Kitchen&country=IN"),
            "stock": Visit("/admin/stock", {"90 days": _click(".segment:has-text('90 days')")}),
            "stock, one product": Visit(f"/admin/stock?product={product}"),
            "customers": Visit("/admin/customers", onward | search),
            "customers, by units": Visit("/admin/customers?sort=units"),
            "one customer": Visit(f"/admin/customers/{customer}"),
            "time machine": Visit(
                f"/admin/time-machine?product={product}", {"90 days": _click(".segment:has-text('90 days')")}
            ),
            "customers of a month": Visit(f"/admin/customers?cohort={month}", onward),
            "orders": Visit("/admin/orders", onward | search),
            "orders behind a part": Visit("/admin/orders?category=Kitchen&country=IN", onward),
            "returns": Visit("/admin/returns", onward),
            "returns behind a part": Visit("/admin/returns?category=Kitchen&country=IN", onward),
            "inventory": Visit("/admin/inventory"),
        },
    )
    slow = sum(one.late > SLOWEST_MS for one in asked)
    print(f"  {len(asked)} callbacks as a browser asks them, {slow} with a 95th percentile over {SLOWEST_MS} ms")
    for one in asked:
        print(f"    {one.name:<90}{one.median:>8.0f} / {one.late:.0f} ms")


def _click(selector: str) -> Callable[[Page], object]:
    return lambda page: page.locator(selector).first.click()


def _type(words: str) -> Callable[[Page], object]:
    return lambda page: page.locator("input[type=search]").first.fill(words)


def main(sizes: tuple[int, ...]) -> None:
    logging.disable(logging.WARNING)
    found: dict[str, dict[int, tuple[float, float]]] = {}
    for orders in sorted(sizes, reverse=True):
        with shop(orders) as (built, database):
            install(built)
            kept = [one for one in gc.get_objects() if isinstance(one, AnswerCache)]
            for name, work in reads(built).items():
                found.setdefault(name, {})[orders] = taken_ms(work, kept)
            lag = folding(built, database)
            if orders == max(sizes):
                browsed(built)
            print(f"  {FOLDED} orders' events folded in {lag * 1000:,.0f} ms, {FOLDED / lag:,.0f} orders a second")
    heads = "".join(f"{f'{orders:,}':>24}" for orders in sorted(sizes))
    print(f"\n{'median / 95th, ms':<28}{heads}{'growth':>9}")
    for name, by_size in found.items():
        measures = [by_size[orders] for orders in sorted(sizes)]
        cells = "".join(f"{f'{median:.1f} / {slow:.1f}':>24}" for median, slow in measures)
        growth = measures[-1][0] / measures[0][0]
        marks = (" grows" if growth > GROWTH else "") + (" slow" if measures[-1][1] > SLOWEST_MS else "")
        print(f"{name:<28}{cells}{growth:>8.2f}x{marks}")


if __name__ == "__main__":
    main(tuple(int(text.replace("_", "")) for text in sys.argv[1:]) or SIZES)
