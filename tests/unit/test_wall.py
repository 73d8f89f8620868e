"""The wall's first paint."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest

from app.money import Formats
from components import wall
from tests.unit.test_live_snapshot import snapshot

INDIA = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))


class TestComparison:
    @pytest.mark.parametrize(
        ("now", "before", "expected"),
        [
            (112, 100, ("up", "12 % more than last Sunday")),
            (88, 100, ("down", "12 % less than last Sunday")),
            (1000, 1001, ("flat", "as much as last Sunday")),
            (350, 100, ("up", "3.5 times last Sunday")),
            (5, 0, ("flat", "no sales last Sunday")),
            (0, 100, ("down", "100 % less than last Sunday")),
        ],
    )
    def test_says_how_much_more_or_less(self, now: int, before: int, expected: tuple[str, str]) -> None:
        assert wall.comparison(now, before, "last Sunday") == expected

    def test_short_form_under_a_number(self) -> None:
        assert [wall.comparison(n, 100)[1] for n in (150, 100, 400)] == ["50 % more", "the same", "4.0 times as much"]


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
        assert wall.whole_money(minor, Formats(currency, digits, locale, ZoneInfo("UTC"))) == expected


class TestFirstPaint:
    def test_holds_the_numbers_before_any_script_ran(self) -> None:
        page = json.dumps(
            wall.wall(snapshot(), INDIA, "Corner Shop", "wall-{}".format).to_plotly_json(), default=_plain
        )
        for words in ("Corner Shop", "₹5", "100 % more than last Sunday by now", "Asha"):
            assert json.dumps(words)[1:-1] in page

    def test_every_part_that_the_script_fills_is_there(self) -> None:
        built = wall.wall(snapshot(), INDIA, "Corner Shop", "wall-{}".format)
        ids = {getattr(component, "id", None) for component in built._traverse()} | {built.id}
        assert {f"wall-{part}" for part in wall.PARTS} <= ids


def _plain(component: object) -> object:
    return component.to_plotly_json()  # type: ignore[attr-defined]
