"""Imports a file into an empty shop: all of it, or nothing."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select

from app.errors import Conflict, InvalidInput
from app.money import Formats
from app.services.catalog.ports import ProductLoader
from app.settings.environment import Settings
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.rebuild import rebuild
from app.stores.sql.tables import orders, products, shop_facts, users
from app.tools.importer.plan import Plan, plan
from app.tools.importer.reader import TransactionFile
from app.tools.importer.rules import Kind, LeftOut, RowRules
from app.tools.importer.staging import Staging
from app.tools.importer.writer import ImportWriter, Written, next_id

FACT = "import"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ImportReport:
    """Where every row went; `str` of it is for the person who ran the command. Amounts in minor units."""

    file: str
    rows: int
    sale_lines: int
    return_lines: int
    left_out: Mapping[LeftOut, int]
    orders: int
    returns: int
    customers: int
    products: int
    gross: int
    returned: int
    period: str
    seconds: float
    peak_mb: int
    formats: Formats
    already_imported: bool = False

    def __str__(self) -> str:
        if self.already_imported:
            return f"{self.file} is imported already; nothing was changed."
        out = sum(self.left_out.values())
        reasons = "".join(f"    {count:>12,}  {reason}\n" for reason, count in sorted(self.left_out.items()) if count)
        return (
            f"{self.file}: {self.orders:,} orders, {self.returns:,} cancellations, {self.customers:,} customers and "
            f"{self.products:,} products, {self.period}.\n"
            f"  gross {self.formats.money(self.gross)}, returns {self.formats.money(self.returned)}\n"
            f"  {self.rows:>12,}  rows in the file\n"
            f"  {self.sale_lines:>12,}  sale lines imported\n"
            f"  {self.return_lines:>12,}  return lines imported\n"
            f"  {out:>12,}  left out{':' if out else ''}\n"
            f"{reasons}"
            f"  Took {self.seconds:.1f} s; peak memory {self.peak_mb:,} MB."
        )


def import_file(
    database: Database,
    settings: Settings,
    path: str | Path,
    *,
    loader: ProductLoader | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import `path` (CSV or gzip of one) by the rules of docs/metrics.md, in one transaction.

    A file that was imported before changes nothing. `loader` takes the products where they are not in
    `database`. `progress` is called with (stage, done, total).
    Raises InvalidInput for a file that is no such CSV, Conflict for a shop that holds anything else.
    """
    started = time.monotonic()
    report = progress or _silent
    file = TransactionFile(Path(path))
    if database.read(_imported_before) is not None:
        _finish(loader)  # a process may have been killed right after its transaction
        return _again(database, file, settings, started, report)
    database.read(lambda connection: _require_empty(connection, loader))
    with Staging() as staging:
        rules = RowRules(settings.zone, settings.currency_digits)
        staging.fill(file.rows(lambda done, total: report("Reading", done, total)), rules)
        if not staging.account.imported.total():
            raise InvalidInput(f"{file.path.name} has no row that can be imported.", "file")
        done = database.write(lambda c: _write(c, settings, file, staging, loader, started, report))
        _finish(loader)
        return done


def _finish(loader: ProductLoader | None) -> None:
    if loader is not None:
        loader.finish()


def _write(
    connection: Connection,
    settings: Settings,
    file: TransactionFile,
    staging: Staging,
    loader: ProductLoader | None,
    started: float,
    progress: Progress,
) -> ImportReport:
    _require_empty(connection, loader)
    planned = plan(staging.invoices(), next_id(connection, users.c.user_id))
    now = datetime.now(UTC)
    writer = ImportWriter(connection, settings, staging, planned, now, with_products=loader is None)
    written = writer.write(lambda done, total: progress("Writing", done, total))
    progress("Totals", 0, 1)
    rebuild(connection, settings.zone)
    progress("Totals", 1, 1)
    fact = {"file": file.path.name, "sha256": file.fingerprint, "rows": staging.account.rows}
    connection.execute(insert(shop_facts).values(name=FACT, value=json.dumps(fact)))
    if loader is not None:
        loader.load(writer.products)  # last, so that little can still go wrong after it
    return _report(settings, file, staging, planned, written, started)


def _report(
    settings: Settings, file: TransactionFile, staging: Staging, planned: Plan, written: Written, started: float
) -> ImportReport:
    account = staging.account
    formats = _formats(settings)
    ends = [formats.day(formats.store_day(at)) for at in (planned.opened_at, planned.closed_at) if at is not None]
    return ImportReport(
        file=file.path.name,
        rows=account.rows,
        sale_lines=account.imported[Kind.SALE],
        return_lines=account.imported[Kind.RETURN],
        left_out=dict(account.left_out),
        orders=written.orders,
        returns=written.returns,
        customers=len(planned.customers),
        products=len(planned.shelves),
        gross=written.gross,
        returned=written.returned,
        period=" to ".join(ends),
        seconds=time.monotonic() - started,
        peak_mb=_peak_mb(),
        formats=formats,
    )


def _again(
    database: Database, file: TransactionFile, settings: Settings, started: float, progress: Progress
) -> ImportReport:
    """The answer to a file that was imported already; any other file is refused."""
    rows = sum(1 for _ in file.rows(lambda done, total: progress("Reading", done, total)))
    fact = database.read(_imported_before)
    if fact is None or fact["sha256"] != file.fingerprint:
        name = fact["file"] if fact else "another file"
        raise Conflict(f"This shop holds the history of {name} already. {_ONLY_EMPTY}")
    return ImportReport(
        file=file.path.name,
        rows=rows,
        sale_lines=0,
        return_lines=0,
        left_out={},
        orders=0,
        returns=0,
        customers=0,
        products=0,
        gross=0,
        returned=0,
        period="",
        seconds=time.monotonic() - started,
        peak_mb=_peak_mb(),
        formats=_formats(settings),
        already_imported=True,
    )


_ONLY_EMPTY = "A history is imported into an empty shop: point DATA_DIR or DATABASE_URL at a new one."


def _imported_before(connection: Connection) -> dict[str, str] | None:
    value = connection.execute(select(shop_facts.c.value).where(shop_facts.c.name == FACT)).scalar()
    return None if value is None else dict(json.loads(value))


def _require_empty(connection: Connection, loader: ProductLoader | None) -> None:
    # Opening stock and the ledger's running counts are computed from the file alone: they cannot be mixed in.
    used = any(connection.execute(select(table.c[0]).limit(1)).first() for table in (products, orders))
    if used or (loader is not None and not loader.is_empty()):
        raise Conflict(f"This shop has products or orders of its own. {_ONLY_EMPTY}")


def _formats(settings: Settings) -> Formats:
    return Formats(settings.currency, settings.currency_digits, settings.store_locale, settings.zone)


def _peak_mb() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024) if sys.platform == "darwin" else peak // 1024


def _silent(stage: str, done: int, total: int) -> None:
    """For callers who do not watch."""
