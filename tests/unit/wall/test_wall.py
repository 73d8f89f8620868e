"""The wall's first paint."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.money import Formats
from app.services.wall.live_snapshot import shown_name
from components.wall import today
from tests.unit.wall.test_live_snapshot import snapshot

INDIA = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))


class TestComparison:
    @pytest.mark.parametrize(
        ("now", "before", "expected"),
        [
            (112, 100, ("up", "12% more than last Sunday")),
            (88, 100, ("down", "12% less than last Sunday")),
            (1000, 1001, ("flat", "as much as last Sunday")),
            (350, 100, ("up", "3.5 times last Sunday")),
            (5, 0, ("flat", "no sales last Sunday")),
            (0, 100, ("down", "100% less than last Sunday")),
        ],
    )
    def test_says_how_much_more_or_less(self, now: int, before: int, expected: tuple[str, str]) -> None:
        assert today.comparison(now, before, INDIA, "last Sunday") == expected

    def test_short_form_under_a_number(self) -> None:
        said = [today.comparison(n, 100, INDIA)[1] for n in (150, 100, 400)]
        assert said == [
            "50% more",
            "the same",
            "4.0 times as much",
        ]


class TestWhen:
    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            (datetime(2026, 11, 22, 8, 35, tzinfo=UTC), "14:05"),
            (datetime(2026, 11, 21, 18, 31, tzinfo=UTC), "00:01"),  # today by the store's clock
            (datetime(2026, 11, 21, 18, 1, tzinfo=UTC), "Sat 23:31"),
            (datetime(2026, 11, 15, 18, 1, tzinfo=UTC), "15 Nov 2026"),
            (datetime(2011, 12, 9, 12, 50, tzinfo=UTC), "9 Dec 2011"),
        ],
    )
    def test_an_order_that_is_not_of_today_carries_its_day(self, at: datetime, expected: str) -> None:
        assert today.when(at, date(2026, 11, 22), INDIA) == expected

    def test_a_day_without_sales_says_when_the_last_one_was(self) -> None:
        quiet = snapshot()
        quiet["today"] = dict.fromkeys(quiet["today"], 0)
        quiet["latest"][0]["at"] = "2011-12-09T12:50:00+00:00"
        assert today.under_sales(quiet, INDIA) == ("flat", "Last sale 9 Dec 2011")
        quiet["latest"] = []
        assert today.under_sales(quiet, INDIA)[1].endswith("by now")


class TestNames:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("Asha Rao", "Asha"),
            ("Customer 12680", "Customer 12680"),
            ("Customer Rao", "Customer"),
            ("Guest", "Guest"),
            ("", ""),
        ],
    )
    def test_imported_customers_keep_their_number_and_others_their_first_name(self, name: str, shown: str) -> None:
        assert shown_name(name) == shown


class TestMoney:
    @pytest.mark.parametrize(
        ("minor", "locale", "currency", "digits", "expected"),
        [
            (12_345_678_50, "en_IN", "INR", 2, "₹1,23,45,679"),
            (199_49, "en_GB", "GBP", 2, "£199"),
            (1234, "ja_JP", "JPY", 0, "￥1,234"),
        ],
    )
    def test_is_whole_and_in_the_stores_locale(
        self, minor: int, locale: str, currency: str, digits: int, expected: str
    ) -> None:
        assert Formats(currency, digits, locale, ZoneInfo("UTC")).money_whole(minor) == expected


class TestFirstPaint:
    def test_holds_the_numbers_before_any_script_ran(self) -> None:
        page = json.dumps(
            today.wall(snapshot(), INDIA, "Corner Shop", "wall-{}".format).to_plotly_json(), default=_plain
        )
        for words in ("Corner Shop", "₹5", "100% more than last Sunday by now", "Asha"):
            assert json.dumps(words)[1:-1] in page

    def test_every_part_that_the_script_fills_is_there(self) -> None:
        built = today.wall(snapshot(), INDIA, "Corner Shop", "wall-{}".format)
        ids = {getattr(component, "id", None) for component in built._traverse()} | {built.id}
        assert {f"wall-{part}" for part in today.PARTS} <= ids


def _plain(component: object) -> object:
    return component.to_plotly_json()  # type: ignore[attr-defined]
