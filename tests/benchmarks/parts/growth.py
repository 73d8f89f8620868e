"""What must not grow with the shop: what pages read, with 50 times the orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.domain import Period
from app.services import Services
from app.services.analytics.breakdown import Part as Slice
from app.settings.environment import load_settings
from app.stores.sql.engine.migrate import migrate
from app.tools.demo import fill_demo
from app.wiring import composition, stores
from tests.benchmarks.measuring import Figure, Part, Row, Step, median_ms

FEW, MANY, PRODUCTS = 2_000, 100_000, 120


def _year(built: Services) -> Period:
    today = built.formats.today()
    return Period(today.replace(year=today.year - 1), today)


READS: dict[str, Callable[[Services], object]] = {
    "sales by day, a year": lambda built: built.sales.by_day(_year(built)),
    "best sellers, a year": lambda built: built.breakdowns.best(_year(built), Slice()),
    "today against last week": lambda built: built.sales.today_against_last_week(),
    "stock overview": lambda built: built.stock.overview(),
    "customers, first page": lambda built: built.customers.page(),
    "orders, first page": lambda built: built.orders.search(),
}
ROWS = {
    name: Row(f"growth.read{number}", name.capitalize(), "ms", f"{MANY:,} orders against {FEW:,}", better="lower")
    for number, name in enumerate(READS, 1)
}


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    small, large = _shop(folder / "small", FEW), _shop(folder / "large", MANY)

    def compare() -> Mapping[str, Figure]:
        found = {}
        for name, read in READS.items():
            found[f"{ROWS[name].key}:floor"] = Figure(median_ms(lambda r=read: r(small)))
            found[f"{ROWS[name].key}:ours"] = Figure(median_ms(lambda r=read: r(large)))
        return found

    yield [compare]


def _shop(folder: Path, orders: int) -> Services:
    settings = load_settings(data_dir=folder, database_url="")
    database = stores.open_database(settings)
    migrate(database)
    fill_demo(database, settings, orders=orders, products=PRODUCTS, seed=7)
    built = composition.build(settings, database)
    built.catalog.refresh()
    return built


PART = Part("growth", "growth", tuple(ROWS.values()), opened)
