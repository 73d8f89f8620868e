"""What must not grow with the shop: reads with 50 times the orders, the catalogue with 160 times the products."""

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

FEW_ORDERS, MANY_ORDERS, OF_PRODUCTS = 2_000, 100_000, 120
FEW_PRODUCTS, MANY_PRODUCTS, OF_ORDERS = 120, 20_000, 500

Work = Callable[[Services], object]


def _year(built: Services) -> Period:
    today = built.formats.today()
    return Period(today.replace(year=today.year - 1), today)


READS: dict[str, Work] = {
    "sales by day, a year": lambda built: built.sales.by_day(_year(built)),
    "best sellers, a year": lambda built: built.breakdowns.best(_year(built), Slice()),
    "today against last week": lambda built: built.sales.today_against_last_week(),
    "live snapshot": lambda built: built.live.snapshot(),
    "stock overview": lambda built: built.stock.overview(),
    "customers, first page": lambda built: built.customers.page(),
    "orders, first page": lambda built: built.orders.search(),
}
LOOKS: dict[str, Work] = {
    "first page of the catalogue": lambda built: built.catalog.search(),
    "search, exact word": lambda built: built.catalog.search(q="cushion"),
    "search, with a typo": lambda built: built.catalog.search(q="cusion"),
}


def _rows(works: Mapping[str, Work], group: str, floor: str) -> dict[str, Row]:
    return {
        name: Row(f"growth.{group}{number}", name.capitalize(), "ms", floor, better="lower")
        for number, name in enumerate(works, 1)
    }


ROWS = {
    **_rows(READS, "read", f"{MANY_ORDERS:,} orders against {FEW_ORDERS:,}"),
    **_rows(LOOKS, "look", f"{MANY_PRODUCTS:,} products against {FEW_PRODUCTS:,}"),
}


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    shops = {
        name: _shop(folder / name, orders, products)
        for name, orders, products in (
            ("few orders", FEW_ORDERS, OF_PRODUCTS),
            ("many orders", MANY_ORDERS, OF_PRODUCTS),
            ("few products", OF_ORDERS, FEW_PRODUCTS),
            ("many products", OF_ORDERS, MANY_PRODUCTS),
        )
    }
    pairs = [(READS, shops["few orders"], shops["many orders"]), (LOOKS, shops["few products"], shops["many products"])]

    def compare() -> Mapping[str, Figure]:
        found = {}
        for works, small, large in pairs:
            for name, work in works.items():
                found[f"{ROWS[name].key}:floor"] = Figure(median_ms(lambda w=work, s=small: w(s)))
                found[f"{ROWS[name].key}:ours"] = Figure(median_ms(lambda w=work, s=large: w(s)))
        return found

    try:
        yield [compare]
    finally:
        for built in shops.values():
            built.live.close()


def _shop(folder: Path, orders: int, products: int) -> Services:
    settings = load_settings(data_dir=folder, database_url="")
    database = stores.open_database(settings)
    migrate(database)
    fill_demo(database, settings, orders=orders, products=products, seed=7)
    built = composition.build(settings, database)
    built.catalog.refresh()
    return built


PART = Part("growth", "growth", tuple(ROWS.values()), opened)
