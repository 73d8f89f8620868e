from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.errors import InvalidInput
from app.tools.importer.categories import category_of
from app.tools.importer.plan import Shelf, plan
from app.tools.importer.reader import COLUMNS, TransactionFile
from app.tools.importer.rules import Kind, LeftOut, Line, RowRules
from app.tools.importer.staging import Invoice, StagedLine, Staging

HEADER = ",".join(COLUMNS)


def rules(zone: str = "Europe/London", digits: int = 2) -> RowRules:
    return RowRules(ZoneInfo(zone), digits)


def row(**changes: str) -> list[str]:
    values = {
        "InvoiceNo": "700001",
        "StockCode": "10A",
        "Description": "ENAMEL TEAPOT",
        "Quantity": "6",
        "InvoiceDate": "2024-03-01 08:26:00",
        "UnitPrice": "4.25",
        "CustomerID": "501",
        "Country": "France",
    }
    return list((values | changes).values())


def read(**changes: str) -> Line | LeftOut:
    return rules().read(row(**changes))[0]


def line(**changes: str) -> Line:
    found = read(**changes)
    assert isinstance(found, Line)
    return found


class TestRowRules:
    def test_a_positive_row_is_a_sale_line(self) -> None:
        found = line()
        assert (found.kind, found.units, found.price, found.customer) == (Kind.SALE, 6, 425, "501")

    def test_a_row_of_a_cancelled_invoice_is_a_return_of_the_units(self) -> None:
        found = line(InvoiceNo="C700003", Quantity="-5")
        assert (found.kind, found.units) == (Kind.RETURN, 5)

    def test_a_return_at_no_price_still_brings_its_units_back(self) -> None:
        assert line(InvoiceNo="C1", Quantity="-5", UnitPrice="0").price == 0

    def test_a_cancellation_that_takes_nothing_back_is_left_out(self) -> None:
        assert read(InvoiceNo="C1", Quantity="5") is LeftOut.QUANTITY

    @pytest.mark.parametrize("quantity", ["1", "-1"])
    def test_bad_debt_adjustments_are_left_out_whatever_their_quantity(self, quantity: str) -> None:
        assert read(InvoiceNo="A700007", Quantity=quantity, UnitPrice="0") is LeftOut.ADJUSTMENT

    def test_the_quantity_is_judged_before_the_price(self) -> None:
        assert read(Quantity="0", UnitPrice="0") is LeftOut.QUANTITY
        assert read(Quantity="1", UnitPrice="0") is LeftOut.PRICE
        assert read(Quantity="1", UnitPrice="-4") is LeftOut.PRICE

    def test_prices_are_rounded_half_up_from_the_text(self) -> None:
        assert [line(UnitPrice=text).price for text in ("0.005", "1.005", "2.674", "2.675")] == [1, 101, 267, 268]
        assert read(UnitPrice="0.0049") is LeftOut.PRICE

    def test_prices_follow_the_decimals_of_the_currency(self) -> None:
        found = rules(digits=0).read(row(UnitPrice="149.5"))[0]
        assert isinstance(found, Line)
        assert found.price == 150

    def test_stock_codes_are_stripped_and_upper_cased(self) -> None:
        assert line(StockCode=" 85123a ").code == "85123A"

    def test_times_are_in_the_stores_zone_unless_they_say_otherwise(self) -> None:
        assert line(InvoiceDate="2024-07-01 08:26:00").at == datetime(2024, 7, 1, 7, 26, tzinfo=UTC)
        assert line(InvoiceDate="2024-07-01T08:26:00+02:00").at == datetime(2024, 7, 1, 6, 26, tzinfo=UTC)

    def test_a_customer_number_that_became_a_decimal_is_the_same_customer(self) -> None:
        assert line(CustomerID="17850.0").customer == "17850"

    @pytest.mark.parametrize(
        "changes",
        [
            {"Quantity": "many"},
            {"Quantity": "1.5"},
            {"Quantity": "NaN"},
            {"Quantity": "Infinity"},
            {"Quantity": ""},
            {"Quantity": "99999999999"},
            {"InvoiceDate": "yesterday"},
            {"InvoiceDate": "2024-02-30 10:00:00"},
            {"InvoiceDate": "2024-02-03"},
            {"UnitPrice": "free"},
            {"UnitPrice": "NaN"},
            {"UnitPrice": "1e40"},
            {"UnitPrice": "1e999999999"},
            {"Quantity": "1e999999"},
            {"InvoiceNo": ""},
            {"StockCode": " "},
            {"StockCode": "X" * 65},
            {"Quantity": "1000000", "UnitPrice": "9999999999"},
        ],
    )
    def test_broken_rows_are_unreadable(self, changes: dict[str, str]) -> None:
        assert read(**changes) is LeftOut.UNREADABLE

    def test_a_row_with_the_wrong_number_of_fields_is_unreadable(self) -> None:
        assert rules().read(None)[0] is LeftOut.UNREADABLE


class TestTransactionFile:
    def rows(self, path: Path) -> list[list[str] | None]:
        return list(TransactionFile(path).rows(lambda done, total: None))

    def test_columns_are_found_by_name_in_any_order(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text(",".join(["extra", *reversed(COLUMNS)]) + "\nx,8,7,6,5,4,3,2,1\n")
        assert self.rows(path) == [["1", "2", "3", "4", "5", "6", "7", "8"]]

    def test_missing_columns_are_named(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text("InvoiceNo,StockCode,Quantity\n1,2,3\n")
        with pytest.raises(InvalidInput, match="lacks the columns Description, InvoiceDate, UnitPrice"):
            self.rows(path)

    @pytest.mark.parametrize(
        "content", [b"", b"\x89PNG\r\n\x1a\n\x00\xff", b"\x1f\x8bnot gzip", b'InvoiceNo,"' + b"x" * 20_000]
    )
    def test_what_is_no_csv_is_refused_in_words(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "t.csv"
        path.write_bytes(content)
        with pytest.raises(InvalidInput):
            self.rows(path)

    def test_a_gzip_that_breaks_off_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv.gz"
        whole = gzip.compress((HEADER + "\n" + "1,2,3,4,5,6,7,8\n" * 5000).encode())
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(InvalidInput, match="damaged"):
            self.rows(path)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match=r"nowhere\.csv cannot be read"):
            TransactionFile(tmp_path / "nowhere.csv")

    def test_plain_and_gzip_have_one_fingerprint_and_the_same_rows(self, tmp_path: Path) -> None:
        content = f"\ufeff{HEADER}\n1,2,3,4,5,6,7,8\n".encode()
        plain, packed = tmp_path / "t.csv", tmp_path / "t.csv.gz"
        plain.write_bytes(content)
        packed.write_bytes(gzip.compress(content))
        files = [TransactionFile(plain), TransactionFile(packed)]
        rows = [list(file.rows(lambda done, total: None)) for file in files]
        assert rows[0] == rows[1] == [["1", "2", "3", "4", "5", "6", "7", "8"]]
        assert files[0].fingerprint == files[1].fingerprint


class TestStaging:
    def staged(self, *rows: list[str]) -> tuple[list[Invoice], Staging]:
        with Staging() as staging:
            staging.fill(iter(rows), rules())
            return list(staging.invoices()), staging

    def test_an_invoice_is_at_its_earliest_time_with_its_lines_in_file_order(self) -> None:
        invoices, _ = self.staged(
            row(InvoiceNo="2", InvoiceDate="2024-03-01 09:05:00", StockCode="b"),
            row(InvoiceNo="1", InvoiceDate="2024-03-01 09:01:00"),
            row(InvoiceNo="2", InvoiceDate="2024-03-01 09:00:00", StockCode="a"),
        )
        assert [(i.number, i.at.minute, [x.code for x in i.lines]) for i in invoices] == [
            ("2", 0, ["B", "A"]),
            ("1", 1, ["10A"]),
        ]

    def test_invoices_of_one_moment_keep_the_order_of_the_file(self) -> None:
        invoices, _ = self.staged(row(InvoiceNo="9"), row(InvoiceNo="C3", Quantity="-1"), row(InvoiceNo="5"))
        assert [invoice.number for invoice in invoices] == ["9", "C3", "5"]

    def test_the_most_frequent_description_is_the_name_also_of_rows_left_out(self) -> None:
        _, staging = self.staged(
            row(Description="TEAPOT B"), row(Description="TEAPOT A", UnitPrice="0"), row(Description=" "),
            row(Description="TEAPOT A ", Quantity="-1"), row(Description="TEAPOT B"),
        )  # fmt: skip
        assert staging.articles["10A"].name == "TEAPOT A"

    def test_the_price_is_that_of_the_latest_sale_and_of_equals_the_last_in_the_file(self) -> None:
        _, staging = self.staged(
            row(InvoiceDate="2024-05-01 10:00:00", UnitPrice="3.00"),
            row(InvoiceDate="2024-05-01 10:00:00", UnitPrice="2.00"),
            row(InvoiceDate="2024-04-01 10:00:00", UnitPrice="9.00"),
            row(InvoiceNo="C9", Quantity="-1", InvoiceDate="2024-06-01 10:00:00", UnitPrice="7.00"),
        )
        assert staging.articles["10A"].price == 200


class TestPlan:
    def invoice(self, kind: Kind, minute: int, units: int, customer: str = "1", country: str = "France") -> Invoice:
        at = datetime(2024, 3, 1, 9, minute, tzinfo=UTC)
        return Invoice(kind, f"{minute}", at, customer, country, (StagedLine("X", "", units, 100),))

    def shelf(self, *moves: tuple[Kind, int]) -> Shelf:
        return plan((self.invoice(kind, i, units) for i, (kind, units) in enumerate(moves)), 1).shelves["X"]

    def test_opening_stock_is_the_smallest_that_never_falls_below_zero(self) -> None:
        shelf = self.shelf((Kind.SALE, 5), (Kind.RETURN, 4), (Kind.SALE, 2), (Kind.SALE, 6))
        assert (shelf.opening, shelf.final) == (9, 0)

    def test_returns_before_the_first_sale_count(self) -> None:
        shelf = self.shelf((Kind.RETURN, 4), (Kind.SALE, 3))
        assert (shelf.opening, shelf.final) == (0, 1)

    def test_a_customers_country_is_that_of_the_latest_sale(self) -> None:
        invoices = [
            self.invoice(Kind.SALE, 1, 1, country="France"),
            self.invoice(Kind.SALE, 2, 1, country="Spain"),
            self.invoice(Kind.RETURN, 3, 1, country="Italy"),
        ]
        assert plan(invoices, 7).customers["1"].country == "Spain"
        assert plan(invoices[2:], 7).customers["1"].country == "Italy"

    def test_postage_never_was_on_a_shelf(self) -> None:
        at = datetime(2024, 3, 1, tzinfo=UTC)
        assert not plan([Invoice(Kind.SALE, "1", at, "", "", (StagedLine("POST", "", 1, 100),))], 1).shelves


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", "Candles & Fragrance"),
        ("SET OF 4 SANTA PLACE SETTINGS", "Christmas"),
        ("JUMBO BAG RED RETROSPOT", "Bags"),
        ("PAPER LANTERN, STAR", "Lighting"),
        ("ENAMEL TEAPOT", "Tea & Coffee"),
        ("SOMETHING ELSE", "Gifts"),
        ("", "Gifts"),
    ],
)
def test_a_category_is_read_off_the_name(name: str, category: str) -> None:
    assert category_of(name) == category
