"""Tables as files: what a spreadsheet program makes of them, and that no cell becomes a formula."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest

from app.errors import InvalidInput
from app.money import Formats
from app.web.exports import writing
from app.web.exports.writing import Column, Sheet, csv_lines, harmless, xlsx_file

INR = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "=cmd|' /C calc'!A0", "＝1", "＋1", "－1", "＠SUM(A1)"]
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
HEAD = [Column("Name"), Column("Units", "number"), Column("Gross", "money"), Column("Share", "share"),
        Column("Day", "day"), Column("At", "moment")]  # fmt: skip
ROW = ("Mug, large", 7, -123_456, 0.25, date(2026, 11, 2), datetime(2026, 11, 2, 20, tzinfo=UTC))


def csv_of(sheet: Sheet, formats: Formats = INR) -> list[list[str]]:
    text = b"".join(csv_lines(sheet, formats)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def xlsx_of(sheet: Sheet) -> tuple[str, str]:
    """The sheet's XML and the workbook's shared or inline strings."""
    with xlsx_file(sheet, INR) as file, zipfile.ZipFile(io.BytesIO(file.read())) as book:
        return book.read("xl/worksheets/sheet1.xml").decode(), "".join(book.namelist())


def test_cells_are_amounts_days_and_times_of_the_store() -> None:
    head, row = csv_of(Sheet("x", HEAD, [ROW]))
    assert head == ["Name", "Units", "Gross", "Share", "Day", "At"]
    assert row == ["Mug, large", "7", "-1234.56", "0.25", "2026-11-02", "2026-11-03 01:30:00"]


def test_what_is_not_known_is_an_empty_cell() -> None:
    assert csv_of(Sheet("x", HEAD, [(None,) * 6]))[1] == [""] * 6
    sheet, _ = xlsx_of(Sheet("x", HEAD, [(None,) * 6]))
    assert sheet.count("<row ") == 1


def test_a_currency_without_decimals_has_none() -> None:
    yen = Formats("JPY", 0, "ja_JP", ZoneInfo("Asia/Tokyo"))
    assert csv_of(Sheet("x", [Column("Gross", "money")], [(1234,)]), yen)[1] == ["1234"]


def seconds_for(text: str) -> float:
    started = time.process_time()
    harmless(text)
    return time.process_time() - started


def test_a_long_row_of_separators_takes_no_more_than_some_times_a_plain_text() -> None:
    plain, worst = "mug; cup " * 3_600 + "=", ';"' * 16_000 + "x="
    assert seconds_for(worst) <= 20 * seconds_for(plain) + 0.05


@pytest.mark.parametrize("text", EVIL)
def test_text_that_looks_like_a_formula_is_text(text: str) -> None:
    assert harmless(text) == f"'{text}"
    sheet = Sheet("x", [Column("Name")], [(text,)])
    assert csv_of(sheet)[1][0].startswith("'")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("before", ["", "a;", "a\t", "a; ", "a\n", "a\r\n", '";', 'a"";', "a,", ";;"])
@pytest.mark.parametrize("text", EVIL)
def test_no_reader_finds_a_formula_in_a_text(text: str, before: str, delimiter: str) -> None:
    """Programs of other countries split by semicolons or tabs, and lose the quotes of all cells but the first."""
    head = [Column("Name"), Column("Units", "number"), Column("Note"), Column("By")]
    sheet = Sheet("x", head, [("Mug", 7, before + text, "me"), (before + text, 7, "x", before + text)])
    raw = b"".join(csv_lines(sheet, INR)).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter) for cell in row]
    assert [cell for cell in cells if cell.lstrip(' "').startswith(FORMULA)] == []


def test_texts_are_quoted_and_numbers_are_not() -> None:
    raw = b"".join(csv_lines(Sheet("x", HEAD, [ROW]), INR)).decode("utf-8-sig").splitlines()
    assert raw[0] == '"Name","Units","Gross","Share","Day","At"'
    assert raw[1] == '"Mug, large",7,-1234.56,0.25,"2026-11-02","2026-11-03 01:30:00"'


@pytest.mark.parametrize("text", [text for text in [*EVIL, "a;=1"] if text.isprintable()])
def test_a_spreadsheet_holds_texts_as_they_are(text: str) -> None:
    xml, _ = xlsx_of(Sheet("x", [Column("Name")], [(text,)]))
    assert f">{escape(text)}</t>" in xml
    assert "<f>" not in xml


@pytest.mark.parametrize("text", ["Mug", "3 mugs", "a=b", "₹5", "", "naïve – café", "https://x.example"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_no_cell_of_a_spreadsheet_becomes_a_link_or_a_formula() -> None:
    rows = [("https://x.example/",), ("=HYPERLINK(1)",)]
    xml, names = xlsx_of(Sheet("x", [Column("Name")], rows))
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert "externalLink" not in names


def test_a_spreadsheet_that_would_be_cut_off_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_ROWS", 2)
    assert "two" in xlsx_of(Sheet("x", [Column("Name")], [("one",), ("two",)]))[0]
    with pytest.raises(InvalidInput, match="Take it as CSV"):
        xlsx_of(Sheet("x", [Column("Name")], [("one",), ("two",), ("three",)]))


def test_rows_are_taken_as_they_are_written() -> None:
    """A table of any length takes no more memory: nothing asks for the last row before the first is out."""
    taken: list[int] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(1_000):
            taken.append(number)
            yield (f"row {number}",)

    lines = csv_lines(Sheet("x", [Column("Name")], rows()), INR)
    next(lines)
    assert len(taken) < 300
    assert sum(part.count(b"\r\n") for part in lines) + 201 == 1_001
