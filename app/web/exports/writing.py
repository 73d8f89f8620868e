"""Sheets as CSV and as XLSX, row by row. No cell of text can become a formula in the program that opens it."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Literal

from app.errors import InvalidInput
from app.money import Formats, grouped

Kind = Literal["text", "number", "money", "share", "day", "moment"]
_LINES_AT_ONCE = 200
# What spreadsheet programs take for the beginning of a formula (OWASP, CSV injection).
_FORMULA = frozenset("=+-@＝＋－＠")
_BEGINS_TEXT = (*_FORMULA, "\t", "\r", "\n")
# A program that splits by semicolons or tabs loses the quotes of all cells but the first, so that it would begin a cell
# behind any of these.
_BEGINS_CELL = re.compile(r"[;\t\r\n]")
_BETWEEN_CELLS = re.compile(r'[;\s"]+')  # taken whole: each of its characters is looked at once
MOST_ROWS = 1_048_575  # of XLSX, below its head
_LONGEST_CELL = 32_767  # XLSX has no longer ones


@dataclass(frozen=True)
class Column:
    """A column of an exported table. Money is minor units, a share is of 1; None is an empty cell of any kind."""

    words: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    file_name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def csv_lines(sheet: Sheet, formats: Formats) -> Iterator[bytes]:
    """UTF-8 with a mark that spreadsheet programs know it by; amounts in major units with a point."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    text.write("\ufeff")
    writer.writerow([harmless(column.words) for column in sheet.columns])
    for number, row in enumerate(sheet.rows, start=1):
        writer.writerow([_csv_cell(c.kind, value, formats) for c, value in zip(sheet.columns, row, strict=True)])
        if number % _LINES_AT_ONCE == 0:
            yield _taken(text)
    yield _taken(text)


def xlsx_file(sheet: Sheet, formats: Formats) -> IO[bytes]:
    """A temporary file, open at its beginning; it goes when it is closed."""
    from xlsxwriter import Workbook

    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads and closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with Workbook(file, options) as book:
        looks = {
            "money": book.add_format({"num_format": "#,##0" + ("." + "0" * formats.digits if formats.digits else "")}),
            "share": book.add_format({"num_format": "0.0%"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        page = book.add_worksheet("Export")
        head = book.add_format({"bold": True})
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, max(10, min(40, len(column.words) + 2)))
            page.write_string(0, place, column.words, head)
        page.freeze_panes(1, 0)
        for number, row in enumerate(sheet.rows, start=1):
            if number > MOST_ROWS:  # the format has no more; the library would leave the rest out without a word
                raise InvalidInput(f"More than {grouped(MOST_ROWS)} rows do not fit into XLSX. Take it as CSV.", "kind")
            for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                _write(page, number, place, column.kind, value, looks, formats)
    file.seek(0)
    return file


def harmless(text: str) -> str:
    """Text in which no spreadsheet program finds a formula: where one would begin stands an apostrophe before it."""
    guarded = text if _FORMULA.isdisjoint(text) else _BETWEEN_CELLS.sub(_guarded, text)
    return f"'{guarded}" if text.startswith(_BEGINS_TEXT) else guarded


def _guarded(between: re.Match[str]) -> str:
    begins = between.string[between.end() : between.end() + 1]
    return f"{between[0]}'" if begins in _FORMULA and _BEGINS_CELL.search(between[0]) else between[0]


def _csv_cell(kind: Kind, value: Any, formats: Formats) -> str | Decimal:
    """Numbers as such, so that they stand without quotes."""
    if value is None:
        return ""
    if kind == "money":
        return formats.major(int(value))
    if kind == "share":
        return Decimal(f"{value:.6f}".rstrip("0").rstrip("."))
    if kind == "number":
        return Decimal(str(value))
    if kind == "moment":
        return _wall(value, formats).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else harmless(str(value))


def _write(page: Any, row: int, place: int, kind: Kind, value: Any, looks: dict[str, Any], formats: Formats) -> None:
    if value is None:
        return
    if kind == "money":
        page.write_number(row, place, formats.major(int(value)), looks["money"])
    elif kind == "share":
        page.write_number(row, place, value, looks["share"])
    elif kind == "number":
        page.write_number(row, place, Decimal(str(value)))
    elif kind == "moment":
        page.write_datetime(row, place, _wall(value, formats), looks["moment"])
    elif kind == "day":
        page.write_datetime(row, place, datetime(value.year, value.month, value.day), looks["day"])  # noqa: DTZ001
    else:
        page.write_string(row, place, str(value)[:_LONGEST_CELL])


def _wall(at: datetime, formats: Formats) -> datetime:
    return at.astimezone(formats.zone).replace(tzinfo=None)


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return data
