"""The lines of a file on disk, so that invoices can be put in order however large the file is."""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from app.tools.importer.reader import RawRow
from app.tools.importer.rules import Kind, LeftOut, Line, RowRules

_BATCH = 10_000
_SALE, _RETURN = Kind.SALE.value, Kind.RETURN.value
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Invoice:
    """One order or cancellation at its earliest timestamp, its lines in the order of the file."""

    kind: Kind
    number: str
    at: datetime
    customer: str  # "": a guest
    country: str
    lines: tuple[StagedLine, ...]


class StagedLine(NamedTuple):
    code: str
    description: str
    units: int
    price: int


@dataclass
class Account:
    """Where every row of the file went."""

    rows: int = 0
    imported: Counter[Kind] = field(default_factory=Counter)
    left_out: Counter[LeftOut] = field(default_factory=Counter)

    def check(self) -> None:
        if self.rows != self.imported.total() + self.left_out.total():
            raise AssertionError(f"rows lost: {self}")


@dataclass
class Article:
    """What the rows say of one stock code."""

    descriptions: Counter[str] = field(default_factory=Counter)
    price: int = 0
    _price_is_of: tuple[bool, datetime] = (False, _EPOCH)

    @property
    def name(self) -> str:
        """The most frequent description; of equally frequent ones the alphabetically first."""
        return min(self.descriptions, key=lambda text: (-self.descriptions[text], text), default="")

    def see(self, line: Line, is_sale: bool) -> None:
        """Keep the price of the latest sale, the last in the file among equals; without any sale, of the return."""
        rank = (is_sale, line.at)
        if rank >= self._price_is_of:
            self.price, self._price_is_of = line.price, rank


class Staging:
    """A temporary database of one file's lines. Use as a context manager; nothing stays behind."""

    def __init__(self) -> None:
        self.account = Account()
        self.articles: dict[str, Article] = {}

    def __enter__(self) -> Staging:
        self._folder = tempfile.TemporaryDirectory(prefix="retail-import-")
        self._db = sqlite3.connect(Path(self._folder.name) / "lines.db", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA cache_size = -32000")
        self._db.execute(
            "CREATE TABLE line (seq INTEGER PRIMARY KEY, kind TEXT, invoice TEXT, code TEXT, description TEXT,"
            " units INTEGER, at INTEGER, price INTEGER, customer TEXT, country TEXT)"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._folder.cleanup()

    def fill(self, rows: Iterator[RawRow], rules: RowRules) -> None:
        lines = self._lines(rows, rules)
        self._db.execute("BEGIN")
        while batch := list(islice(lines, _BATCH)):
            self._db.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", batch)
        self._db.execute("COMMIT")
        self.account.check()
        self._db.execute("CREATE INDEX by_invoice ON line (invoice, seq)")
        # Its key puts invoices in time order, and the index each one's lines: reading them back sorts nothing.
        self._db.execute("CREATE TABLE invoice (at, first, invoice, PRIMARY KEY (at, first)) WITHOUT ROWID")
        self._db.execute(
            "INSERT INTO invoice SELECT min(at), min(seq), invoice FROM line GROUP BY invoice ORDER BY 1, 2"
        )

    def invoices(self) -> Iterator[Invoice]:
        """In time order; at the same moment in the order of the file."""
        with closing(self._db.cursor()) as cursor:
            rows = cursor.execute(
                "SELECT i.first, i.at, l.invoice, l.kind, l.customer, l.country,"
                " l.code, l.description, l.units, l.price"
                " FROM invoice i CROSS JOIN line l ON l.invoice = i.invoice ORDER BY i.at, i.first, l.seq"
            )
            for _, group in groupby(rows, key=itemgetter(0)):
                yield _invoice(list(group))

    def _lines(self, rows: Iterator[RawRow], rules: RowRules) -> Iterator[tuple[object, ...]]:
        account, articles = self.account, self.articles
        sales = returns = 0  # counting enum members in a Counter is slow
        for seq, row in enumerate(rows):
            line, code, description = rules.read(row)
            account.rows += 1
            article = articles.get(code)
            if article is None:
                article = articles[code] = Article()
            if description:
                article.descriptions[description] += 1
            if isinstance(line, LeftOut):
                account.left_out[line] += 1
                continue
            is_sale = line.kind is Kind.SALE
            if is_sale:
                sales += 1
            else:
                returns += 1
            article.see(line, is_sale)
            yield (
                seq,
                _SALE if is_sale else _RETURN,
                line.invoice,
                code,
                description,
                line.units,
                _micros(line.at),
                line.price,
                line.customer,
                line.country,
            )
        account.imported.update({Kind.SALE: sales, Kind.RETURN: returns})


def _invoice(rows: list[tuple[int, int, str, str, str, str, str, str, int, int]]) -> Invoice:
    _, at, number, kind, _, country, *_ = rows[0]
    return Invoice(
        kind=Kind(kind),
        number=number,
        at=datetime.fromtimestamp(at // 1_000_000, UTC).replace(microsecond=at % 1_000_000),
        customer=next((row[4] for row in rows if row[4]), ""),
        country=country,
        lines=tuple(StagedLine._make(row[6:]) for row in rows),
    )


@functools.lru_cache(maxsize=1024)
def _micros(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
