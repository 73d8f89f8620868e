"""What paid orders and returns add to each rollup: sums per key, before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Table

from app.domain import Grain, first_day_of
from app.domain.amounts import rounded_value
from app.stores.sql.rollups.before_tax import charged_of_line, gross_of, gross_of_line, tax_of
from app.stores.sql.rollups.taxes import Tax
from app.stores.sql.tables import (
    UtcDateTime,
    rollup_countries,
    rollup_customer_days,
    rollup_days,
    rollup_minutes,
    rollup_order_values,
    rollup_product_days,
    rollup_products,
    rollup_quarters,
    rollup_taxes,
)

Cell = dict[str, Any]
Key = tuple[Hashable, ...]
WIDER: tuple[Grain, ...] = ("day", "month")  # the grains of sums by one dimension
QUARTER_SECONDS = 900


def month_of(day: date) -> str:
    """The store month of a store day, as cohorts name it: "2026-11"."""
    return f"{day:%Y-%m}"


def floor_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def floor_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


@dataclass
class CustomerDelta:
    """What a batch adds to one customer; the order times are those of the batch alone."""

    orders: int = 0
    units: int = 0
    gross: int = 0
    returns: int = 0
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0
    first_order_at: datetime | None = None
    last_by_day: dict[date, datetime] = field(default_factory=dict)

    def buy(self, order: Any) -> None:
        """`order`: a row of `orders`."""
        at, day = order.paid_at, order.paid_day
        self.orders += 1
        self.units += order.units
        self.gross += gross_of(order)
        self.cost += order.cost
        self.costed += order.costed
        self.first_order_at = min(at, self.first_order_at or at)
        self.last_by_day[day] = max(at, self.last_by_day.get(day, at))

    def give_back(self, returned: Any) -> None:
        """`returned`: a row of `returns`."""
        self.returns += returned.amount
        self.cost -= returned.cost
        self.costed_returns += returned.costed


class Cube:
    """Sums of one rollup table, by key; columns that are times hold the latest."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.keys = [column.name for column in table.primary_key.columns]
        values = [column for column in table.columns if column.name not in self.keys]
        self.latest = [column.name for column in values if isinstance(column.type, UtcDateTime)]
        self.measures = [column.name for column in values if column.name not in self.latest]
        self._cells: dict[Key, Cell] = defaultdict(self._empty)

    def _empty(self) -> Cell:
        return dict.fromkeys(self.measures, 0) | dict.fromkeys(self.latest)

    def add(self, key: Key, **amounts: int) -> None:
        cell = self._cells[key]
        for measure, amount in amounts.items():
            cell[measure] += amount

    def see(self, key: Key, name: str, at: datetime) -> None:
        cell = self._cells[key]
        cell[name] = max(at, cell[name] or at)

    def rows(self) -> list[Mapping[str, Any]]:
        """In key order, so that statements lock rows in one order."""
        return [dict(zip(self.keys, key, strict=True)) | self._cells[key] for key in sorted(self._cells)]


class Deltas:
    """The sums that a batch of orders and returns adds."""

    def __init__(self) -> None:
        self._minutes = Cube(rollup_minutes)
        self._days = Cube(rollup_days)
        self._quarters = Cube(rollup_quarters)
        self._product_days = Cube(rollup_product_days)
        self._products = Cube(rollup_products)
        self._countries = Cube(rollup_countries)
        self._taxes = Cube(rollup_taxes)
        self._order_values = Cube(rollup_order_values)
        self._customer_days = Cube(rollup_customer_days)
        self.customers: dict[int, CustomerDelta] = defaultdict(CustomerDelta)

    @property
    def cubes(self) -> tuple[Cube, ...]:
        return (
            self._minutes,
            self._days,
            self._quarters,
            self._product_days,
            self._products,
            self._countries,
            self._taxes,
            self._order_values,
            self._customer_days,
        )

    def sale(self, order: Row[Any], lines: Iterable[Row[Any]], taxes: Iterable[Tax]) -> None:
        """Add a paid order (a row of `orders`) with its lines and taxes."""
        for tax in taxes:
            self._taxes.add((order.paid_day, order.ship_country, tax.name, tax.rate), base=tax.base, tax=tax.tax)
        amounts = {"orders": 1, "units": order.units, "gross": gross_of(order)}
        costs = {"cost": order.cost, "costed": order.costed}
        tax = tax_of(order)
        self._minutes.add((floor_minute(order.paid_at),), tax=tax, **amounts, **costs)
        self._days.add((order.paid_day,), tax=tax, **amounts, **costs)
        self._quarters.add((int(order.paid_at.timestamp()) // QUARTER_SECONDS,), **amounts)
        for grain in WIDER:
            first_day = first_day_of(order.paid_day, grain)
            self._countries.add((grain, first_day, order.ship_country), **amounts, **costs)
            self._order_values.add((grain, first_day, rounded_value(gross_of(order))), orders=1)
        for line in lines:
            self._product(
                order.paid_day,
                line.product_id,
                order.ship_country,
                units=line.quantity,
                gross=gross_of_line(line),
                **_costs_of(line),
            )
        self.adopt_sale(order)

    def _product(self, day: date, product_id: str, country: str, **amounts: int) -> None:
        self._product_days.add((day, product_id, country), **amounts)
        for grain in WIDER:
            self._products.add((grain, first_day_of(day, grain), product_id), **amounts)

    def adopt_sale(self, order: Any) -> None:
        """Add only the customer's part: of an order that was a guest's when it was added."""
        if order.user_id is not None:
            amounts = {"orders": 1, "units": order.units, "gross": gross_of(order)}
            costs = {"cost": order.cost, "costed": order.costed}
            self._customer_days.add((order.paid_day, order.user_id), **amounts, **costs)
            self._customer_days.see((order.paid_day, order.user_id), "last_order_at", order.paid_at)
            self.customers[order.user_id].buy(order)

    def add_return(self, returned: Row[Any], lines: Iterable[Row[Any]], taxes: Iterable[Tax]) -> None:
        """Add a return (a row of `returns`) with its lines and taxes, on the day of the return."""
        for tax in taxes:
            key = (returned.day, returned.country, tax.name, tax.rate)
            self._taxes.add(key, returned_base=tax.base, returned_tax=tax.tax)
        costs = {"cost": -returned.cost, "costed_returns": returned.costed}
        self._minutes.add((floor_minute(returned.at),), returns=returned.amount, **costs)
        amounts = {"returned_units": returned.units, "returns": returned.amount, **costs}
        self._days.add((returned.day,), **amounts)
        for grain in WIDER:
            self._countries.add((grain, first_day_of(returned.day, grain), returned.country), **amounts)
        for line in lines:
            back = {"returned_units": line.quantity, "returns": line.amount, **_costs_back(line)}
            self._product(returned.day, line.product_id, returned.country, **back)
        self.adopt_return(returned)

    def adopt_return(self, returned: Any) -> None:
        """Add only the customer's part: of a return that was a guest's when it was added."""
        if returned.user_id is not None:
            costs = {"cost": -returned.cost, "costed_returns": returned.costed}
            self._customer_days.add((returned.day, returned.user_id), returns=returned.amount, **costs)
            self.customers[returned.user_id].give_back(returned)


def _costs_of(line: Any) -> dict[str, int]:
    """Of a row of `order_lines`."""
    if line.unit_cost is None:
        return {}
    return {"cost": line.unit_cost * line.quantity, "costed": charged_of_line(line)}


def _costs_back(line: Any) -> dict[str, int]:
    """Of a row of `return_lines`."""
    if line.unit_cost is None:
        return {}
    return {"cost": -line.unit_cost * line.quantity * line.restock, "costed_returns": line.amount}
