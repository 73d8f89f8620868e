"""Moving a shop: passes that copy what differs, the last one with the source frozen, and the proof that all arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Table, text

from app.errors import StartupError
from app.services.catalog.ports import Images
from app.stores.local.single_worker import acquire
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import metadata, shop_facts
from app.stores.sql.transfer import moving
from app.tools.transfer.catalog import copy_kind
from app.tools.transfer.copying import OTHER_SHOP, Copied, copy_table
from app.tools.transfer.pictures import Pictures
from app.tools.transfer.ports import KINDS, CatalogTarget
from app.tools.transfer.proof import Proof, carried_tables, change_of, change_of_kind, proofs
from app.tools.transfer.rows import read

_LOCK = "retail-sync-transfer"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Source:
    database: Database
    images: Images
    data_dir: Path


@dataclass(frozen=True)
class Target:
    """Where a shop is moved to. `catalog`: where products, stock and carts go when not into the database."""

    database: Database
    images: Images
    catalog: CatalogTarget | None = None

    @property
    def name(self) -> str:
        return self.database.url.render_as_string(hide_password=True)


@dataclass
class Outcome:
    is_final: bool  # the source was frozen, so the target holds all of it
    was_complete: bool = False  # by an earlier run; this one only compared
    copied: dict[str, Copied] = field(default_factory=dict)
    proofs: list[Proof] = field(default_factory=list)
    pictures: int = 0
    missing_pictures: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return all(proof.agrees for proof in self.proofs)


def transfer(source: Source, target: Target, progress: Progress = lambda words: None) -> Outcome:
    """Copy what the target lacks and, when the source is not serving, prove it and hand the shop over.

    While the source serves, everything is copied as it is now, and the target stays closed: stop the shop and run
    this again for what changed meanwhile. Safe to run twice and to kill anywhere. Raises StartupError for a target
    that holds anything else.
    """
    with ExitStack() as stack:
        stack.enter_context(_alone(target.database))
        lock = acquire(source.data_dir / "worker.lock")
        if lock is not None:
            stack.enter_context(lock)
        shop = source.database.write(moving.shop_of)
        connection = stack.enter_context(_one_instant(source.database, freeze=lock is not None))
        move = _Move(source, target, connection, progress)
        coming = target.database.read(moving.arrival)
        _refuse_other_shop(target, coming, shop)
        if coming is not None and coming.is_complete:
            outcome = move.compared()
        else:
            target.database.write(lambda c: moving.note_arrival(c, shop, is_complete=False))
            outcome = move.copied(is_final=lock is not None)
        if lock is not None and outcome.agrees:
            target.database.write(lambda c: moving.note_arrival(c, shop, is_complete=True))
            moving.note_moved(connection, target.name)
            connection.commit()
        return outcome


class _Move:
    """One pass over everything that is carried, as it is at one instant of the source."""

    def __init__(self, source: Source, target: Target, connection: Connection, progress: Progress) -> None:
        self._target = target
        self._connection = connection
        self._progress = progress
        self._pictures = Pictures(source.images, target.images)
        self._now = database_now(connection)

    def copied(self, *, is_final: bool) -> Outcome:
        outcome = self._outcome(is_final, was_complete=False)
        catalog = self._target.catalog
        for table in carried_tables(catalog):
            self._progress(table.name)
            change = change_of(table, self._pictures)
            outcome.copied[table.name] = copy_table(self._connection, self._target.database, table, change)
        if catalog is not None:
            for kind in KINDS:
                self._progress(f"{kind} (catalogue)")
                change = change_of_kind(kind, self._pictures)
                outcome.copied[f"{kind} (catalogue)"] = copy_kind(self._connection, catalog, kind, self._now, change)
        _continue_ids(self._connection, self._target.database)
        if is_final:
            outcome.proofs = self._proven()
        return outcome

    def compared(self) -> Outcome:
        """A target that is complete may have been serving since: it is looked at, and never written."""
        outcome = self._outcome(is_final=True, was_complete=True)
        outcome.proofs = self._proven()
        return outcome

    def _outcome(self, is_final: bool, was_complete: bool) -> Outcome:
        self._progress("pictures")
        count = self._pictures.carry(self._connection)
        return Outcome(is_final, was_complete, pictures=count, missing_pictures=self._pictures.missing)

    def _proven(self) -> list[Proof]:
        target = self._target
        return list(
            proofs(self._connection, target.database, target.catalog, self._pictures, self._now, self._progress)
        )


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """One transfer into a database at a time; the server gives the lock up with the connection."""
    with database.engine.connect() as connection:
        if connection.execute(text("SELECT GET_LOCK(:name, 0)"), {"name": _LOCK}).scalar() != 1:
            raise StartupError("Another transfer into this database is running. Wait for it, or stop it.")
        try:
            yield
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": _LOCK})


@contextmanager
def _one_instant(database: Database, freeze: bool) -> Iterator[Connection]:
    """One transaction that sees one instant of the source; frozen, nobody else writes to it meanwhile."""
    with database.engine.connect().execution_options(retail_write=freeze) as connection:
        yield connection


def _refuse_other_shop(target: Target, coming: moving.Arrival | None, shop: str) -> None:
    if coming is not None:
        if coming.shop != shop:
            raise StartupError(OTHER_SHOP.format("another transfer's"))
        return
    for table in carried_tables(None):
        if target.database.read(_any_row_of(table)):
            raise StartupError(OTHER_SHOP.format(table.name))
    if target.catalog is not None:
        for kind in KINDS:
            if next(iter(target.catalog.everything(kind)), None) is not None:
                raise StartupError(OTHER_SHOP.format(kind))


def _any_row_of(table: Table) -> Callable[[Connection], bool]:
    """But for what a new database is born with."""

    def found(connection: Connection) -> bool:
        rows = read(connection, table, None, None, 1 + len(moving.BORN_WITH))
        return any(table is not shop_facts or row["name"] not in moving.BORN_WITH for row in rows)

    return found


def _continue_ids(source: Connection, target: Database) -> None:
    """Where the source never gives an id twice, neither does the target: its next one is beyond all that ever were."""
    for table in metadata.sorted_tables:
        if not table.dialect_options["sqlite"].get("autoincrement"):
            continue
        used = source.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}).scalar()
        if used:
            _alter(target, f"ALTER TABLE {table.name} AUTO_INCREMENT = {int(used) + 1}")


def _alter(target: Database, statement: str) -> None:
    target.write(lambda connection: connection.exec_driver_sql(statement))
