"""What is read as a number, a day or a time, and what is not; and that nothing else reads them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app import numbers
from app.errors import InvalidInput
from app.money import parse_money
from tests.support.numbers_sent import VALUES

ROOT = Path(__file__).parents[3]
# Values of the list that are numbers after all, and which.
WHOLE = {"\u00a0+7 ": 7, -0.0: 0, 1e15: 10**15, -(10**18): -(10**18), 2**63 - 1: 2**63 - 1, -(2**63): -(2**63)}
WHOLE["-" + "9" * 19] = -(10**19 - 1)
AMOUNTS = {"\u00a0+7 ": 7, "-" + "9" * 19: -(10**19 - 1), -0.0: 0, 2.5: Decimal("2.5")}
EXACT = AMOUNTS | {"2.5": Decimal("2.5")}
DAYS: dict[Any, date] = {}


@pytest.mark.parametrize(
    ("read", "known"),
    [(numbers.whole, WHOLE), (numbers.amount, AMOUNTS), (numbers.day, DAYS), (numbers.moment, DAYS)],
)
def test_hostile_numbers_are_value_errors(read: Callable[[Any], Any], known: dict[Any, Any]):
    for value in (*VALUES, None, True, [], {}, "", " ", float("nan"), float("inf")):
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value in known:
            assert read(value) == known[value]
        else:
            with pytest.raises(ValueError, match=r"."):
                read(value)


def test_a_row_id_is_digits_only():
    found = {value: numbers.natural(value) for value in VALUES if isinstance(value, str)}
    assert {value for value, number in found.items() if number is not None} == set()
    assert numbers.natural("0042") == 42
    assert numbers.natural(42) is None
    assert [numbers.row_id(one) for one in (42, "42", 2**63 - 1)] == [42, 42, 2**63 - 1]
    assert [numbers.row_id(one) for one in (0, -1, 2**63, 10**30, 1.0, True, None, "x", [1])] == [None] * 9


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), (" 5.00\t", 5), ("-12", -12), ("+3.0", 3), (7, 7), (7.0, 7), ("007", 7)]
)
def test_whole_numbers(text: object, value: int):
    assert numbers.whole(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("199", "199"), ("199.", "199"), (".5", "0.5"), ("1.25", "1.25"), (1.25, "1.25"), (-3, "-3")]
)
def test_amounts(text: object, value: str):
    assert numbers.amount(text) == Decimal(value)


def test_files_may_write_exponents():
    assert numbers.exact("1E-05") == Decimal("0.00001")
    assert numbers.exact("1.5e3") == 1_500
    with pytest.raises(ValueError, match="not written"):
        numbers.exact("1e999999")


def test_days_and_times():
    assert numbers.day("2026-11-30") == date(2026, 11, 30)
    assert numbers.moment("2026-11-30 18:05") == datetime(2026, 11, 30, 18, 5)
    assert numbers.moment("2026-11-30T18:05:09Z") == datetime(2026, 11, 30, 18, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize("value", [value for value in VALUES if value not in AMOUNTS and value != 1e15])
def test_no_price_comes_of_them(value: object):
    with pytest.raises(InvalidInput):
        parse_money(value, 2, "Price")


def test_prices_beyond_all_bounds_are_refused():
    for value in ("9" * 30, Decimal("1e999999"), 10**14):
        with pytest.raises(InvalidInput):
            parse_money(value, 2, "Price")


# --- nothing reads them on its own ----------------------------------------------------------------

READERS = {"fromisoformat", "isdigit", "isdecimal", "isnumeric", "strptime"}
# Where a text is the shop's own, or a digit is looked for rather than a number read.
OWN_TEXTS = {
    "app/numbers.py": "reads them",
    "app/money.py": "counts the digits of what it wrote itself",
    "app/web/identity/sessions.py": "the signed session",
    "app/services/accounts/mails.py": "the outbox's own times",
    "app/services/wall/live_snapshot.py": "tells numbered customers from named ones",
    "app/services/messages/weekly_report.py": "the outbox's own days",
    "app/services/catalog/fuzzy_search.py": "words with digits have no typing errors",
    "app/stores/dynamo/items.py": "the table's own times",
    "app/stores/sql/engine/clock.py": "the database's clock",
    "app/stores/sql/webhooks/deliveries.py": "the log's own times",
    "app/stores/sql/analytics/customers.py": "a kept answer's own time",
    "components/admin/cohorts.py": "months of our own",
    "components/admin/goals.py": "the stored days",
    "components/wall/rows.py": "tells numbered customers from named ones",
}


def test_nothing_but_the_reader_takes_texts_of_others_for_numbers_and_days():
    strangers, used = set(), set()
    for top in ("app", "pages", "components"):
        for path in (ROOT / top).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
            found = {f"{name}:{call.lineno} {call.attr}" for call in calls if call.attr in READERS}
            used |= {name} if found else set()
            strangers |= set() if name in OWN_TEXTS else found
    assert strangers == set(), "read them with app.numbers"
    assert set(OWN_TEXTS) <= used
