"""What the shop notes by itself: prices changed, sales begun, products sold out; and the calendar that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain import NoteKind, Period, Product
from app.money import Formats
from app.services.analytics.breakdown_ports import StockOut
from app.services.calendar.ports import PriceChange
from app.services.calendar.reading import CalendarReader
from app.services.calendar.shop_notes import ShopNotes
from tests.unit.calendar.test_known_days import known

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
NOON = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
DAY = date(2026, 11, 27)


def change(product_id: str, before: int, after: int, hours: int = 0) -> PriceChange:
    return PriceChange(NOON + timedelta(hours=hours), product_id, before, after)


class Prices:
    def __init__(self, changes: Sequence[PriceChange]) -> None:
        self.made = list(changes)

    def changes(self, start: datetime, end: datetime, limit: int) -> list[PriceChange]:
        return [one for one in self.made if start <= one.at < end]


class Stock:
    def __init__(self, outs: Sequence[StockOut]) -> None:
        self.outs = list(outs)

    def stock_outs(self, start: datetime, end: datetime, product_ids: object = None) -> list[StockOut]:
        return [one for one in self.outs if one.began_at < end]


def notes(changes: Sequence[PriceChange] = (), outs: Sequence[StockOut] = ()) -> ShopNotes:
    products = tuple(Product(name, name.capitalize(), 100, 5, 2) for name in ("lamp", "mug", "jug", "pot"))
    return ShopNotes(Prices(changes), Stock(outs), lambda: products, FORMATS)  # type: ignore[arg-type]


def words(made: ShopNotes, day: date = DAY) -> list[tuple[NoteKind, str]]:
    return [(note.kind, note.words) for note in made.of(Period.of_day(day))]


def out(product_id: str, sold: int, days: int = 0) -> StockOut:
    return StockOut(product_id, NOON + timedelta(days=days), None, sold, None)


def test_a_price_changed_twice_on_a_day_is_told_from_the_first_to_the_last() -> None:
    assert words(notes([change("lamp", 10_000, 12_000), change("lamp", 12_000, 11_000, 2)])) == [
        (NoteKind.PRICE, "Lamp: ₹100.00 → ₹110.00")
    ]


def test_a_price_that_was_put_back_on_the_same_day_is_no_news() -> None:
    assert words(notes([change("lamp", 10_000, 12_000), change("lamp", 12_000, 10_000, 2)])) == []


def test_three_prices_cut_on_a_day_are_a_sale_that_started() -> None:
    cuts = [change("lamp", 10_000, 8_000), change("mug", 1_000, 500), change("jug", 1_000, 900)]
    found = words(notes([*cuts, change("pot", 100, 200)]))
    assert found == [(NoteKind.SALE, "3 prices cut, the middle one by 20%"), (NoteKind.PRICE, "Pot: ₹1.00 → ₹2.00")]


def test_what_sold_most_is_named_first_and_what_nobody_bought_is_not() -> None:
    outs = [out("mug", 3), out("lamp", 40), out("jug", 5), out("pot", 0), out("lamp", 9, days=-1)]
    assert words(notes(outs=outs)) == [(NoteKind.SOLD_OUT, "Lamp, Jug and 1 more")]


class TestCalendarReader:
    def reader(self) -> CalendarReader:
        return CalendarReader(known(), notes([change("lamp", 10_000, 12_000)]), FORMATS, lambda: NOON)

    def test_a_month_is_shown_by_whole_weeks(self) -> None:
        month = self.reader().month("2026-12")
        assert [len(week) for week in month.weeks] == [7] * 5
        assert (month.before, month.after) == (date(2026, 11, 1), date(2027, 1, 1))
        assert [day.day for day in month.days] == [date(2026, 12, 25)]
        assert month.weeks[0][0].is_outside

    def test_clock_changes_move_no_day(self) -> None:
        days = [day.day for week in self.reader().month("2026-10").weeks for day in week]
        assert days == [date(2026, 9, 28) + timedelta(days=number) for number in range(35)]

    def test_an_address_without_a_month_is_of_today(self) -> None:
        for asked in ("", "2026-13", "nonsense", "9999-01"):
            month = self.reader().month(asked)
            assert month.first == date(2026, 11, 1)
            assert [(day.day, len(day.notes)) for day in month.days] == [(DAY, 1)]

    def test_the_list_has_what_there_is_within_a_year(self) -> None:
        assert [day.day for day in self.reader().listed("2026-11")] == [DAY, date(2026, 12, 25)]
