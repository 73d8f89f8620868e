"""Proof that a target holds what the source does: counts, sums, and a checksum of all content, per kind of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from app.stores.sql import tables as t
from app.stores.sql.engine.database import Database
from app.stores.sql.transfer import moving
from app.tools.transfer.catalog import source_checksum, target_checksum
from app.tools.transfer.pictures import Pictures
from app.tools.transfer.ports import KINDS, CatalogTarget
from app.tools.transfer.rows import Change, Checksum, as_it_is, checksum

# What belongs to running processes, and what is looked at anew.
_STAYS = (t.leases, t.reconciliations, t.pairings, t.visitor_sketches)
_CATALOG = (
    t.products, t.reservations, t.reservation_lines, t.stock_marks, t.carts, t.cart_lines, t.cart_takes,
)  # fmt: skip
# Money in minor units, and units: what people compare first.
_SUMS: dict[Table, tuple[str, ...]] = {
    t.products: ("stock",),
    t.stock_levels: ("on_hand",),
    t.stock_movements: ("quantity",),
    t.orders: ("total", "refunded"),
    t.order_lines: ("quantity",),
    t.payments: ("amount",),
    t.returns: ("refund",),
    t.demo_charges: ("amount",),
    t.demo_refunds: ("amount",),
    t.rollup_days: ("gross", "returns"),
    t.rollup_customers: ("lifetime",),
}


@dataclass(frozen=True)
class Proof:
    """One kind of rows on both sides: how many, their sums, and the checksum of all of their content."""

    name: str
    rows: tuple[int, int]
    sums: dict[str, tuple[int, int]]
    checksums: tuple[str, str]

    @property
    def agrees(self) -> bool:
        return len(set(self.rows)) == len(set(self.checksums)) == 1 and all(a == b for a, b in self.sums.values())


@dataclass(frozen=True)
class _Side:
    """Numbers of one table."""

    content: Checksum
    rows: int
    sums: dict[str, int]


def carried_tables(catalog: CatalogTarget | None) -> list[Table]:
    """What goes into the target's database, parents before children."""
    elsewhere = _CATALOG if catalog is not None else ()
    return [table for table in t.metadata.sorted_tables if table not in _STAYS and table not in elsewhere]


def change_of(table: Table, pictures: Pictures) -> Change:
    return {t.products: pictures.rename, t.shop_settings: pictures.rename_logo}.get(table, as_it_is)


def change_of_kind(kind: str, pictures: Pictures) -> Change:
    return pictures.rename if kind == "products" else as_it_is


def proofs(
    source: Connection,
    target: Database,
    catalog: CatalogTarget | None,
    pictures: Pictures,
    now: datetime,
    progress: Callable[[str], None],
) -> Iterator[Proof]:
    for table in carried_tables(catalog):
        progress(f"comparing {table.name}")
        here = _side(source, table, change_of(table, pictures))
        there = target.read(_reader(table))
        sums = {name: (value, there.sums[name]) for name, value in here.sums.items()}
        yield Proof(table.name, (here.rows, there.rows), sums, (str(here.content), str(there.content)))
    if catalog is not None:
        for kind in KINDS:
            progress(f"comparing {kind} (catalogue)")
            yield _kind_proof(source, catalog, kind, now, change_of_kind(kind, pictures))


def _kind_proof(source: Connection, catalog: CatalogTarget, kind: str, now: datetime, change: Change) -> Proof:
    here, there = source_checksum(source, kind, now, change), target_checksum(catalog, kind)
    sums = {}
    if kind == "products":
        stock = sum(int(record["stock"]) for record in catalog.everything(kind))
        sums = {"stock": (_sum(source, t.products, "stock"), stock)}
    return Proof(f"{kind} (catalogue)", (here.rows, there.rows), sums, (str(here), str(there)))


def _reader(table: Table) -> Callable[[Connection], _Side]:
    return lambda connection: _side(connection, table, as_it_is)


def _side(connection: Connection, table: Table, change: Change) -> _Side:
    sums = {name: _sum(connection, table, name) for name in _SUMS.get(table, ())}
    return _Side(checksum(connection, table, change), _count(connection, table), sums)


def _count(connection: Connection, table: Table) -> int:
    query: Any = select(func.count()).select_from(table)
    if table is t.shop_facts:
        query = query.where(t.shop_facts.c.name.not_in(moving.FACTS))
    return int(connection.execute(query).scalar_one())


def _sum(connection: Connection, table: Table, name: str) -> int:
    return int(connection.execute(select(func.coalesce(func.sum(table.c[name]), 0))).scalar_one())
