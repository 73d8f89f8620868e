"""Tables to take away: each holds what the page shows, and nothing is given to whom it is not for."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain import Period, Role
from app.web.exports.sheets import SHEETS
from tests.conftest import WiredApp
from tests.support.shop import add_product

NEEDS_PRODUCT = {"movements"}


@pytest.fixture
def client(wired_app: WiredApp) -> FlaskClient:
    return wired_app.client(Role.ADMIN)


def rows(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def query(name: str, wired_app: WiredApp) -> dict[str, str]:
    return (
        {"product": add_product(wired_app.services, "Clay mug", 24_900, 5).product_id} if name in NEEDS_PRODUCT else {}
    )


@pytest.mark.parametrize("name", sorted(set(SHEETS) - {"forecast"}))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_table_can_be_taken_away(client: FlaskClient, wired_app: WiredApp, name: str, kind: str) -> None:
    answer = client.get(f"/admin/export/{name}.{kind}", query_string=query(name, wired_app))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "private, no-store"
    if kind == "csv":
        head, *lines = rows(answer)
        assert all(len(line) == len(head) for line in lines)
    else:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            assert "xl/worksheets/sheet1.xml" in book.namelist()


def test_sales_are_those_of_the_service(client: FlaskClient, wired_app: WiredApp) -> None:
    head, *lines = rows(client.get("/admin/export/sales.csv?from=2026-01-01&to=2027-01-31&grain=month"))
    assert head[:3] == ["First day of the month", "Orders", "Units"]
    assert len(lines) == 13
    orders = sum(int(line[1]) for line in lines)
    assert orders == wired_app.services.sales.total(Period(date(2026, 1, 1), date(2027, 2, 1))).orders


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("sales.csv?from=2026-02-02&to=2026-02-01", "ends before it starts"),
        ("sales.csv?from=yesterday&to=today", "first and the last day"),
        ("sales.csv?from=1900-01-01&to=2026-01-01", "longer than fifty years"),
        ("sales.csv?grain=hour", "grain must be one of"),
        ("customers.csv?segment=Nobody", "no such segment"),
        ("customers.csv?cohort=spring", "as 2026-11"),
    ],
)
def test_what_cannot_be_is_said(client: FlaskClient, asked: str, words: str) -> None:
    answer = client.get(f"/admin/export/{asked}")
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("asked", ["shoes.csv", "sales.pdf", "movements.csv?product=none", "forecast.csv?product=none"])
def test_what_there_is_not_is_not_found(client: FlaskClient, asked: str) -> None:
    assert client.get(f"/admin/export/{asked}").status_code == 404


def test_addresses_are_for_admins(wired_app: WiredApp) -> None:
    heads = {
        role: rows(wired_app.client(role).get("/admin/export/customers.csv"))[0] for role in (Role.ADMIN, Role.ANALYST)
    }
    assert "E-mail" in heads[Role.ADMIN]
    assert "E-mail" not in heads[Role.ANALYST]
    assert wired_app.client(Role.OPS).get("/admin/export/customers.csv").status_code == 403
