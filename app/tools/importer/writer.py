"""Writes a planned import as orders, returns and stock movements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from app.domain import IMPORTED, NON_MERCHANDISE, MovementKind, OrderStatus, Product, Role
from app.settings.environment import Settings
from app.stores.sql.catalog.loading import insert_products
from app.stores.sql.engine.bulk import BulkWriter, insert_rows
from app.stores.sql.tables import (
    low_stock_episodes,
    order_lines,
    orders,
    payments,
    return_lines,
    returns,
    stock_levels,
    stock_movements,
    users,
)
from app.tools.importer.categories import category_of
from app.tools.importer.plan import Plan
from app.tools.importer.rules import Kind
from app.tools.importer.staging import Invoice, Staging

SOURCE = IMPORTED
_SALE, _RETURN, _RECEIPT = (kind.value for kind in (MovementKind.SALE, MovementKind.RETURN, MovementKind.RECEIPT))

_COLUMNS = (
    (orders, [
        "order_id", "owner", "user_id", "status", "source", "external_id", "ship_name", "ship_line1", "ship_line2",
        "ship_city", "ship_region", "ship_postcode", "ship_country", "currency", "tax_rate", "units", "subtotal", "tax",
        "total", "created_at", "changed_at", "paid_at", "paid_day",
    ]),
    (order_lines, ["order_id", "line_no", "product_id", "name", "unit_price", "quantity"]),
    (payments, ["order_id", "provider", "reference", "method", "amount", "at"]),
    (returns, [
        "return_id", "external_id", "user_id", "country", "actor", "reason", "amount", "refund", "units", "at", "day",
        "refunded_at",
    ]),
    (return_lines, ["return_id", "item_no", "product_id", "name", "quantity", "amount", "restock"]),
    (stock_movements, [
        "movement_id", "uid", "product_id", "at", "kind", "quantity", "on_hand", "cause", "actor",
    ]),
)  # fmt: skip


@dataclass
class Written:
    orders: int = 0
    returns: int = 0
    units: int = 0
    gross: int = 0
    returned: int = 0
    movements: int = 0


@dataclass
class _Level:
    on_hand: int
    threshold: int
    low_since: datetime | None = None
    low_on_hand: int = 0


class ImportWriter:
    """Writes an import into the shop's tables.

    One use per transaction: `write` adds everything to it, `products` only where they belong to the database.
    """

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        staging: Staging,
        plan: Plan,
        now: datetime,
        *,
        with_products: bool = True,
    ) -> None:
        self._connection = connection
        self._loads_products = with_products
        self._settings = settings
        self._staging = staging
        self._plan = plan
        self._now = now
        self._rows = BulkWriter(connection, _COLUMNS)
        self._names = {code: article.name or code for code, article in staging.articles.items()}
        self.products = [self._product(code) for code in sorted(plan.shelves)]
        self._levels = {product.product_id: _Level(0, product.threshold) for product in self.products}
        self._next_order = next_id(connection, orders.c.order_id)
        self._next_return = next_id(connection, returns.c.return_id)
        self._next_movement = next_id(connection, stock_movements.c.movement_id)
        self.written = Written()

    def write(self, progress: Callable[[int, int], None]) -> Written:
        self._write_people()
        self._write_stock()
        total = self._staging.account.imported.total()
        done = 0
        for number, invoice in enumerate(self._staging.invoices()):
            if invoice.kind is Kind.SALE:
                self._order(invoice)
            else:
                self._return(invoice)
            done += len(invoice.lines)
            if number % 500 == 0:
                progress(done, total)
        self._rows.flush()
        self._write_open_episodes()
        progress(total, total)
        return self.written

    def _write_people(self) -> None:
        columns = ("user_id", "full_name", "role", "session_version", "created_at", "external_id", "country")
        rows = (
            (c.user_id, f"Customer {c.external_id}", Role.CUSTOMER.value, 1, c.first_seen, c.external_id, c.country)
            for c in self._plan.customers.values()
        )
        insert_rows(self._connection, users, columns, rows)

    def _write_stock(self) -> None:
        if self._loads_products:
            insert_products(self._connection, self.products, self._now)
        opened = self._plan.opened_at
        levels = []
        for code, shelf in sorted(self._plan.shelves.items()):
            levels.append((code, shelf.final, opened if shelf.opening else shelf.first_up, shelf.last_sold))
            if shelf.opening and opened:
                self._move(code, opened, _RECEIPT, shelf.opening, f"import:{code}", "import")
        insert_rows(
            self._connection, stock_levels, ("product_id", "on_hand", "first_stocked_at", "last_sold_at"), levels
        )

    def _product(self, code: str) -> Product:
        price, name = self._staging.articles[code].price, self._names[code]
        return Product(
            product_id=code,
            name=name,
            price=price,
            stock=self._plan.shelves[code].final,
            threshold=self._settings.default_threshold(price),
            category=category_of(name),
            created_at=self._plan.opened_at,
        )

    def _order(self, invoice: Invoice) -> None:
        order_id = self._next_order
        self._next_order += 1
        user_id = self._user_id(invoice)
        units = sum(line.units for line in invoice.lines)
        subtotal = sum(line.units * line.price for line in invoice.lines)
        owner = f"import#{invoice.customer}" if invoice.customer else f"import#guest:{invoice.number}"
        name = f"Customer {invoice.customer}" if invoice.customer else "Guest"
        self._rows.add(
            orders,
            (
                order_id,
                owner,
                user_id,
                OrderStatus.PAID.value,
                SOURCE,
                invoice.number,
                name,
                "",
                "",
                "",
                "",
                "",
                invoice.country,
                self._settings.currency,
                "0",
                units,
                subtotal,
                0,
                subtotal,
                invoice.at,
                invoice.at,
                invoice.at,
                self._day(invoice),
            ),
        )
        self._rows.add(payments, (order_id, SOURCE, invoice.number, "Imported", subtotal, invoice.at))
        cause = f"order:{order_id}"
        for line_no, line in enumerate(invoice.lines, 1):
            name = line.description or self._names.get(line.code, line.code)
            self._rows.add(order_lines, (order_id, line_no, line.code, name, line.price, line.units))
            self._move(line.code, invoice.at, _SALE, -line.units, f"{cause}:{line_no}", cause)
        self.written.orders += 1
        self.written.units += units
        self.written.gross += subtotal

    def _return(self, invoice: Invoice) -> None:
        return_id = self._next_return
        self._next_return += 1
        amount = sum(line.units * line.price for line in invoice.lines)
        units = sum(line.units for line in invoice.lines)
        self._rows.add(
            returns,
            (
                return_id,
                invoice.number,
                self._user_id(invoice),
                invoice.country,
                SOURCE,
                "Cancelled invoice",
                amount,
                amount,
                units,
                invoice.at,
                self._day(invoice),
                invoice.at,
            ),
        )
        cause = f"return:{return_id}"
        for item_no, line in enumerate(invoice.lines, 1):
            name = line.description or self._names.get(line.code, line.code)
            restock = line.code not in NON_MERCHANDISE
            self._rows.add(
                return_lines, (return_id, item_no, line.code, name, line.units, line.units * line.price, restock)
            )
            self._move(line.code, invoice.at, _RETURN, line.units, f"{cause}:{item_no}", cause)
        self.written.returns += 1
        self.written.returned += amount

    def _move(self, code: str, at: datetime, kind: str, units: int, uid: str, cause: str) -> None:
        level = self._levels.get(code)
        if level is None:
            return  # postage, fees, discounts: sold, but never on a shelf
        level.on_hand += units
        if level.low_since is None and units < 0 and level.on_hand < level.threshold:
            level.low_since, level.low_on_hand = at, level.on_hand
        elif level.on_hand >= level.threshold:
            level.low_since = None
        row = (self._next_movement, uid, code, at, kind, units, level.on_hand, cause, SOURCE)
        self._rows.add(stock_movements, row)
        self._next_movement += 1
        self.written.movements += 1

    def _write_open_episodes(self) -> None:
        """Low stock that is known from the start: an import sends no alert, and the next sale must not either."""
        columns = ("product_id", "open_key", "on_hand", "threshold", "opened_at")
        rows = (
            (code, code, level.low_on_hand, level.threshold, level.low_since)
            for code, level in self._levels.items()
            if level.low_since is not None
        )
        insert_rows(self._connection, low_stock_episodes, columns, rows)

    def _user_id(self, invoice: Invoice) -> int | None:
        return self._plan.customers[invoice.customer].user_id if invoice.customer else None

    def _day(self, invoice: Invoice) -> object:
        return invoice.at.astimezone(self._settings.zone).date()


def next_id(connection: Connection, column: ColumnElement[int]) -> int:
    """The id after the highest one in use."""
    highest: int | None = connection.execute(select(func.max(column))).scalar()
    return (highest or 0) + 1
