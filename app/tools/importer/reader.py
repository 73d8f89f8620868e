"""Streams the rows of a transaction CSV, plain or gzip-compressed."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.errors import InvalidInput

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)

RawRow = list[str] | None  # the eight columns in the order of COLUMNS; None: a row with other than the header's fields

_GZIP_MAGIC = b"\x1f\x8b"
_LONGEST_FIELD = 10_000
_BLOCK = 1 << 20


class TransactionFile:
    """One pass over a file: `rows()` yields every row and feeds `fingerprint` with the text read.

    A gzip file and the plain file inside it have the same fingerprint.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.size = path.stat().st_size
            with path.open("rb") as file:
                self._is_gzip = file.read(2) == _GZIP_MAGIC
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "file") from error
        self._digest = hashlib.sha256()

    @property
    def fingerprint(self) -> str:
        return self._digest.hexdigest()

    def rows(self, progress: Callable[[int, int], None]) -> Iterator[RawRow]:
        """Every row after the header. `progress` gets bytes of the file read, and its size.

        Raises InvalidInput when it is no CSV with COLUMNS, or breaks off.
        """
        try:
            with self.path.open("rb") as file:
                stream = _Hashing(gzip.GzipFile(fileobj=file) if self._is_gzip else file, self._digest)
                text = io.TextIOWrapper(io.BufferedReader(stream, _BLOCK), encoding="utf-8-sig", newline="")
                for number, row in enumerate(_parse(text, self.path)):
                    if number % 20_000 == 0:
                        progress(file.tell(), self.size)
                    yield row
                progress(self.size, self.size)
        except UnicodeDecodeError as error:
            raise InvalidInput(f"{self.path.name} is not a CSV file: it is not UTF-8 text.", "file") from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InvalidInput(f"{self.path.name} is a damaged gzip file.", "file") from error
        except csv.Error as error:
            raise InvalidInput(f"{self.path.name} is not a CSV file: {error}.", "file") from error
        except OSError as error:
            raise InvalidInput(f"{self.path} cannot be read: {error.strerror}.", "file") from error


class _Hashing(io.RawIOBase):
    """Reads through to `source` and hashes what passes."""

    def __init__(self, source: Any, digest: Any) -> None:
        self._source = source
        self._digest = digest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._source.read(len(buffer))
        self._digest.update(block)
        buffer[: len(block)] = block
        return len(block)


def _parse(text: io.TextIOWrapper, path: Path) -> Iterator[RawRow]:
    csv.field_size_limit(_LONGEST_FIELD)
    lines = csv.reader(text)
    header = next(lines, None)
    if header is None:
        raise InvalidInput(f"{path.name} is empty.", "file")
    names = [name.strip() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise InvalidInput(
            f"{path.name} lacks the columns {', '.join(missing)}. It needs a header with: {', '.join(COLUMNS)}.", "file"
        )
    pick = [names.index(name) for name in COLUMNS]
    width = len(names)
    for fields in lines:
        if fields:
            yield [fields[i] for i in pick] if len(fields) == width else None
