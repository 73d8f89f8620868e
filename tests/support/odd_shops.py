"""Shops that no ordinary trade makes: empty, quiet, dead, huge, all in one minute. Each in an SQLite file of its own.

They are written in bulk into a copy of one migrated database, in which every shop has the same admin: one session
is good in all of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from app.domain import Forecast, MovementKind, Product, ProductStatus, Role, User
from app.services import Services
from app.stores.sql.catalog.loading import insert_products
from app.stores.sql.engine.bulk import insert_rows
from app.stores.sql.engine.database import Database
from app.stores.sql.forecasts.forecasts import SqlForecasts
from app.stores.sql.rollups.rebuild import rebuild
from app.stores.sql.tables import (
    order_lines,
    orders,
    payments,
    return_lines,
    returns,
    stock_levels,
    stock_movements,
    users,
)
from app.wiring import composition
from tests.support.shop import build, settings_for
from tests.support.world import hire

NOW = datetime.now(UTC).replace(microsecond=0)
YESTERDAY = NOW - timedelta(days=1)
TAX = 20  # one twentieth
SHOPPERS = 3  # whose ids begin after the staff's


@dataclass(frozen=True)
class Sold:
    """One order of one line. `shopper` from 0 to 2; None: a guest."""

    at: datetime
    product: str
    units: int = 1
    price: int = 24_950
    shopper: int | None = None
    country: str = "IN"
    given_back_at: datetime | None = None
    is_known: bool = True  # False: sold before the books begin, so that there is only the return


@dataclass
class OddShop:
    """What there is before anything is written: products, what was sold, and since when there is stock."""

    products: Sequence[Product] = ()
    sold: Sequence[Sold] = ()
    stocked_at: datetime = NOW - timedelta(days=300)
    forecasts: dict[str, Forecast] = field(default_factory=dict)


def mug(number: int = 0, stock: int = 12, **more: object) -> Product:
    more = {"cost": 9_000 if number % 2 else None, "created_at": NOW - timedelta(days=300)} | more
    return Product(f"mug-{number}", f"Mug {number}", 24_950, stock, 15, category=f"Shelf {number % 7}", **more)  # type: ignore[arg-type]


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def ordinary() -> OddShop:
    """Ten weeks of trade up to this minute, with returns of what did not sell lately and of what left the store."""
    sold = [
        Sold(days_ago(day / 2), f"mug-{day % 5}", 1 + day % 3, 19_900 + day, day % 4 if day % 4 < 3 else None,
             ("IN", "GB", "DE")[day % 3])
        for day in range(140)
    ]  # fmt: skip
    sold += [
        Sold(days_ago(60), "mug-7", 2, 44_900, 1, "GB", given_back_at=days_ago(3)),
        Sold(days_ago(50), "gone", 1, 12_300, None, "DE", given_back_at=days_ago(2)),
        Sold(days_ago(1), "POST", 1, 500, 0, "DE"),
        Sold(days_ago(40), "POST", 1, 700, 2, "IN", given_back_at=days_ago(1)),
        Sold(days_ago(55), "nobody-knows-it", 1, 3_100, 2, "FR", given_back_at=days_ago(4)),
    ]
    sold += [Sold(days_ago(day), "mug-8", 4) for day in (30, 20, 12)]  # the last ones
    removed = Product("gone", "Gone", 12_300, 2, 15, category="Attic", status=ProductStatus.REMOVED, cost=None)
    return OddShop([*(mug(number, stock=12 * (number != 8)) for number in range(9)), removed], sold)


SHOPS: dict[str, Callable[[], OddShop]] = {}


def odd(make: Callable[[], OddShop]) -> Callable[[], OddShop]:
    SHOPS[make.__name__] = make
    return make


@odd
def empty() -> OddShop:
    return OddShop()


@odd
def one_product() -> OddShop:
    return OddShop([mug()], stocked_at=NOW)


@odd
def one_order() -> OddShop:
    return OddShop([mug(), mug(1)], [Sold(YESTERDAY, "mug-0", shopper=0)])


@odd
def never_sold() -> OddShop:
    return OddShop([mug(number) for number in range(4)])


@odd
def sold_once_beside_never_sold() -> OddShop:
    """Both are dead by now; trade goes on with another."""
    return OddShop([mug(number) for number in range(3)], [Sold(days_ago(200), "mug-0"), Sold(YESTERDAY, "mug-2")])


@odd
def all_dead() -> OddShop:
    """All merchandise: only a charge was paid lately."""
    sold = [Sold(days_ago(200), f"mug-{n}", shopper=n % 3) for n in range(5)]
    return OddShop([mug(number) for number in range(5)], [*sold, Sold(YESTERDAY, "POST")])


@odd
def eight_thousand_products() -> OddShop:
    return OddShop(
        [mug(number, stock=number % 40) for number in range(8_000)],
        [Sold(days_ago(number % 60), f"mug-{number}", shopper=number % 3) for number in range(0, 8_000, 40)],
    )


@odd
def quiet_for_500_days() -> OddShop:
    """Ten weeks of trade 500 days ago, a sale every few hours, then nothing but one return."""
    sold = [
        Sold(days_ago(500 + n / 3), f"mug-{n % 6}", 1 + n % 4, 20_000 + n, n % 4 if n % 4 < 3 else None)
        for n in range(200)
    ]
    sold += [Sold(days_ago(day), "mug-7", 4) for day in (530, 520, 512)]  # the last ones
    late = Sold(days_ago(520), "mug-1", 3, given_back_at=days_ago(480))
    return OddShop(
        [mug(number, stock=12 * (number != 7)) for number in range(8)], [*sold, late], stocked_at=days_ago(800)
    )


@odd
def returns_only() -> OddShop:
    """What came back was sold before the books begin, as in a file that starts in the middle of a trade."""
    back = [Sold(days_ago(90), f"mug-{n % 3}", 2, given_back_at=days_ago(n), is_known=False) for n in range(20)]
    return OddShop([mug(number) for number in range(4)], back)


@odd
def one_of_a_million_among_a_thousand_of_ten() -> OddShop:
    """Given back the same day."""
    sold = [Sold(days_ago(1 + n / 40), f"mug-{n % 3}", 1, 1_000, n % 3) for n in range(1_000)]
    large = Sold(days_ago(2), "mug-0", 1_000, 100_000, 0, given_back_at=days_ago(1.9))
    return OddShop([mug(number) for number in range(3)], [*sold, large])


@odd
def all_in_one_minute() -> OddShop:
    return OddShop([mug(number) for number in range(3)], [Sold(YESTERDAY, f"mug-{n % 3}") for n in range(60)])


class OddShops:
    """Builds each shop once, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template"
        self._template.mkdir()
        built, database = build(settings_for(self._template))
        self.admin: User = hire(database, "admin-of-all", Role.ADMIN)
        built.live.close()
        database.dispose()

    def build(self, name: str, shop: OddShop) -> tuple[Services, Database]:
        """The wired services of a shop; the caller closes them."""
        folder = self._folder / name
        shutil.copytree(self._template, folder)
        settings = settings_for(folder)
        database = Database(settings.resolved_database_url)
        database.write(lambda connection: _fill(connection, shop, settings.zone))
        SqlForecasts(database).keep(shop.forecasts)
        return composition.build(settings, database), database


def _fill(connection: Connection, shop: OddShop, zone: object) -> None:
    insert_products(connection, shop.products, NOW)
    names = ("user_id", "full_name", "email", "role", "password_hash", "session_version", "created_at", "country")
    insert_rows(
        connection,
        users,
        names,
        (
            (100 + n, f"Shopper {n}", f"s{n}@shop.example", "customer", None, 1, days_ago(900), "IN")
            for n in range(SHOPPERS)
        ),
    )
    _sell(connection, shop.sold, zone)
    _give_back(connection, shop.sold, zone)
    _stock(connection, shop)
    rebuild(connection, zone)  # type: ignore[arg-type]


def _sell(connection: Connection, sold: Sequence[Sold], zone: object) -> None:
    names = (
        "order_id", "owner", "user_id", "status", "source", "email", "ship_name", "ship_line1", "ship_line2",
        "ship_city", "ship_region", "ship_postcode", "ship_country", "currency", "tax_rate", "units", "subtotal", "tax",
        "total", "created_at", "changed_at", "paid_at", "paid_day",
    )  # fmt: skip
    rows, known = [], [(number, one) for number, one in enumerate(sold, start=1) if one.is_known]
    for number, one in known:
        who = f"guest#{number}" if one.shopper is None else f"user#{100 + one.shopper}"
        gross = one.units * one.price
        rows.append(
            (
                number, who, None if one.shopper is None else 100 + one.shopper, "paid", "demo", None, "Asha Rao", "1",
                "", "Pune", "", "411001", one.country, "INR", "0.05", one.units, gross, gross // TAX,
                gross + gross // TAX, one.at, one.at, one.at, one.at.astimezone(zone).date(),  # type: ignore[arg-type]
            )
        )  # fmt: skip
    insert_rows(connection, orders, names, rows)
    line = ("order_id", "line_no", "product_id", "name", "unit_price", "quantity", "returned")
    insert_rows(
        connection,
        order_lines,
        line,
        (
            (n, 1, one.product, one.product, one.price, one.units, one.units if one.given_back_at else 0)
            for n, one in known
        ),
    )
    paid = ("order_id", "provider", "reference", "method", "amount", "at")
    insert_rows(
        connection,
        payments,
        paid,
        ((n, "demo", f"demo-{n}", "Card ending 4242", one.units * one.price, one.at) for n, one in known),
    )


def _give_back(connection: Connection, sold: Sequence[Sold], zone: object) -> None:
    back = [(number, one, one.given_back_at) for number, one in enumerate(sold, start=1) if one.given_back_at]
    names = (
        "return_id", "order_id", "user_id", "country", "actor", "reason", "amount", "refund", "units", "at", "day",
        "refunded_at",
    )  # fmt: skip
    insert_rows(
        connection,
        returns,
        names,
        (
            (
                number, number if one.is_known else None, None if one.shopper is None else 100 + one.shopper,
                one.country, "a", "broken",
                one.units * one.price, one.units * one.price, one.units, at, at.astimezone(zone).date(), at,  # type: ignore[arg-type]
            )
            for number, one, at in back
        ),
    )  # fmt: skip
    lines = ("return_id", "item_no", "line_no", "product_id", "name", "quantity", "amount", "restock")
    insert_rows(
        connection,
        return_lines,
        lines,
        (
            (n, 1, 1 if one.is_known else None, one.product, one.product, one.units, one.units * one.price, False)
            for n, one, _ in back
        ),
    )


def _stock(connection: Connection, shop: OddShop) -> None:
    """One receipt of what is there now and what was sold, then the sales."""
    sold: dict[str, list[tuple[int, Sold]]] = {product.product_id: [] for product in shop.products}
    for number, one in enumerate(shop.sold, start=1):
        if not one.is_known:
            continue
        sold.setdefault(one.product, []).append((number, one))
    levels, moved = [], []
    for product in shop.products:
        own = sorted(sold[product.product_id], key=lambda pair: pair[1].at)
        on_hand = product.stock + sum(one.units for _, one in own)
        first = min([shop.stocked_at, *(one.at - timedelta(days=1) for _, one in own)])
        levels.append((product.product_id, product.stock, first if on_hand else None, own[-1][1].at if own else None))
        if on_hand:
            moved.append((product.product_id, first, MovementKind.RECEIPT, on_hand, on_hand, f"receipt:{product.name}"))
        for number, one in own:
            on_hand -= one.units
            moved.append((product.product_id, one.at, MovementKind.SALE, -one.units, on_hand, f"order:{number}"))
    insert_rows(connection, stock_levels, ("product_id", "on_hand", "first_stocked_at", "last_sold_at"), levels)
    insert_rows(
        connection,
        stock_movements,
        ("uid", "product_id", "at", "kind", "quantity", "on_hand", "cause", "actor", "note"),
        ((f"{cause}:{pid}", pid, at, kind.value, n, left, cause, "t", "") for pid, at, kind, n, left, cause in moved),
    )
