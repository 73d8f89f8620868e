"""A customer's chart holds all of their trade, however long ago, and says when it ended."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.money import Formats
from app.services.analytics.customer_course import Course, course_of
from app.services.analytics.customer_ports import CustomerMonth, CustomerOrder, CustomerRow
from components.admin.customer_profile import course_card, favourites_card, orders_card, person_tiles
from tests.unit.components.test_admin_components import hrefs, walk, words

LONDON = Formats("GBP", 2, "en_GB", ZoneInfo("Europe/London"))
TODAY = date(2026, 11, 29)


def month(text: str, gross: int = 500, orders: int = 1, returns: int = 0) -> CustomerMonth:
    return CustomerMonth(date.fromisoformat(f"{text}-01"), orders, gross, returns)


def drawn(*months: CustomerMonth, anchor: date = TODAY) -> Course:
    return course_of(months, anchor)


def ends(course: Course) -> tuple[str, str, str, int]:
    return course.step, f"{course.bars[0].first_day:%Y-%m}", f"{course.bars[-1].first_day:%Y-%m}", len(course.bars)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (("2026-10",), ("month", "2026-06", "2026-11", 6)),
        (("2024-12", "2026-11"), ("month", "2024-12", "2026-11", 24)),
        (("2010-12", "2011-12"), ("month", "2010-12", "2011-12", 13)),
        (("2010-12",), ("month", "2010-12", "2011-05", 6)),
        (("2023-05", "2026-04"), ("quarter", "2023-04", "2026-10", 15)),
        (("2005-02", "2009-01"), ("quarter", "2005-01", "2009-01", 17)),
        (("2001-02", "2026-11"), ("year", "2001-01", "2026-01", 26)),
    ],
    ids=["new", "two years", "long ago", "one old month", "by quarter", "quarters long ago", "by year"],
)
def test_all_months_with_trade_are_in_the_chart(months: tuple[str, ...], expected: tuple[str, str, str, int]) -> None:
    course = drawn(*(month(one) for one in months))
    assert ends(course) == expected
    assert sum(bar.gross for bar in course.bars) == 500 * len(months)
    assert sum(bar.orders for bar in course.bars) == len(months)


def test_a_chart_that_ends_before_the_present_says_so_and_names_a_bar_of_its_own() -> None:
    course = drawn(month("2010-12", 48_960))
    assert course.quiet_since == date(2010, 12, 1)
    assert course.best in course.bars
    card = course_card(course, "months", LONDON)
    assert "Most in Dec 2010: £490. Nothing since Dec 2010." in words(card)
    figure = figure_of(card)
    assert list(figure.data[0].x)[:2] == ["Dec 2010", "Jan 2011"]
    assert max(figure.data[0].y) == 489.6
    assert figure.data[0].customdata[0] == "£489.60, 1 order"


def test_a_customer_who_still_buys_is_not_said_to_be_quiet() -> None:
    assert drawn(month("2026-09")).quiet_since is None
    assert drawn(month("2011-12"), anchor=date(2011, 12, 9)).quiet_since is None
    assert "Most in Q4 2026" in words(course_card(drawn(month("2023-05"), month("2026-11", 900)), "m", LONDON))
    assert "Gross sales by year" in words(course_card(drawn(month("2001-05"), month("2026-11", 900)), "m", LONDON))


def test_who_only_gave_back_has_no_bars_and_is_told_from_who_never_came() -> None:
    course = drawn(month("2011-03", 0, 0, 900))
    assert course.best is None
    assert "Only returns so far" in words(course_card(course, "months", LONDON))
    assert "What they buy over time" in words(course_card(drawn(), "months", LONDON))


def test_one_thing_is_one_unit_and_one_order() -> None:
    person = CustomerRow(7, "Asha", None, None, 1, 1, 100, 0, 100, None, None, None)
    assert "1 unit in all" in words(person_tiles(person, 100, 1_234, LONDON))
    assert "1,234 days ago" in words(person_tiles(person, 100, 1_234, LONDON))
    bought = [SimpleNamespace(product_id="mug", units=1, gross=100)]
    assert "1 unit" in words(favourites_card(bought, {}, None, LONDON))
    assert "1 units" not in words(favourites_card(bought, {}, None, LONDON))


def test_twenty_thousand_orders_are_read_page_by_page() -> None:
    person = CustomerRow(7, "Asha", None, None, 20_000, 1, 100, 0, 100, None, None, None)
    order = CustomerOrder(3, None, 1, 100, 0, datetime(2026, 11, 1, tzinfo=UTC))
    page = SimpleNamespace(row=person, orders=[order] * 20, page=2, pages=1_000)
    card = orders_card(page, LONDON, may_open=True)
    assert "Page 2 of 1,000" in words(card)
    assert {"/admin/customers/7?page=1#orders", "/admin/customers/7?page=3#orders"} <= set(hrefs(card))
    page.pages = 1
    assert "Page" not in words(orders_card(page, LONDON, may_open=False))


def figure_of(card: object) -> Any:
    return next(part.figure for part in walk(card) if hasattr(part, "figure"))
