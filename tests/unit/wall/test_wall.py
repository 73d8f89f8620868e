"""What the wall says: its words, its parts with money and without, and its first paint."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import WallView
from app.money import Formats
from app.services.wall.live_snapshot import shown_name
from app.services.wall.screen_view import for_screen
from app.web.streams.live_event import live_event
from components.wall import parts, today, words
from tests.unit.wall.test_wall_facts import snapshot

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
        assert words.comparison(now, before, INDIA, "last Sunday") == expected

    def test_short_form_under_a_number(self) -> None:
        said = [words.comparison(n, 100, INDIA)[1] for n in (150, 100, 400)]
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
        assert words.when(at, date(2026, 11, 22), INDIA) == expected

    def test_a_day_without_sales_says_when_the_last_one_was(self) -> None:
        quiet = snapshot()
        quiet["today"] = dict.fromkeys(quiet["today"], 0)
        quiet["latest"][0]["at"] = "2011-12-09T12:50:00+00:00"
        assert words.under_sales(quiet, INDIA) == ("flat", "Last sale 9 Dec 2011")
        quiet["latest"] = []
        assert words.under_sales(quiet, INDIA)[1].endswith("by now")


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


class TestParts:
    def test_an_amount_comes_in_every_length_that_may_fit(self) -> None:
        shown, _ = parts.shown(snapshot() | {"today": {**snapshot()["today"], "gross": 1_234_567_890}}, INDIA)
        assert shown["gross"] == {"fits": ["₹1,23,45,679", "₹1.23Cr", "₹1.2Cr", "₹1Cr"]}

    def test_while_amounts_are_hidden_by_hand_counts_stand_in_their_place(self) -> None:
        shown, plain = parts.shown(snapshot(), INDIA)
        assert (shown["gross-label"], plain["gross-label"]) == ("Sales today", "Orders today")
        assert (plain["gross"], plain["aov"], plain["aov-label"]) == ("2", "1.5", "Units an order")
        assert plain["goal-words"] == "50% of the day's goal"
        assert "₹" not in json.dumps(plain, ensure_ascii=False)

    def test_an_average_order_keeps_its_digits_where_it_does_not_fit(self) -> None:
        shown, _ = parts.shown(snapshot() | {"today": {**snapshot()["today"], "aov": 204_400}}, INDIA)
        assert shown["aov"] == {"fits": ["₹2,044", "₹2.04K"]}

    def test_without_orders_there_is_no_average(self) -> None:
        none = dict.fromkeys(snapshot()["today"], 0) | {"aov": None, "units_an_order": None}
        shown, plain = parts.shown(snapshot() | {"today": none}, INDIA)
        assert shown["aov"] == plain.get("aov", "–") == "–"

    def test_a_quiet_shop_is_not_called_live_and_says_since_when_it_is_quiet(self) -> None:
        quiet = snapshot() | {
            "today": dict.fromkeys(snapshot()["today"], 0), "quiet_since": "9 Dec 2011", "quiet_days": 5_469, "top": [],
        }  # fmt: skip
        shown, _ = parts.shown(quiet, INDIA)
        assert (shown["live"], shown["gross-label"], shown["gross"]) == (
            "Last sale 9 Dec 2011", "No sale since", {"fits": ["9 Dec 2011"]},
        )  # fmt: skip
        assert (shown["gross-change"], shown["orders-change"]) == (
            {"text": "5,469 days ago", "is": "flat"}, {"text": "none since 9 Dec 2011", "is": "flat"},
        )  # fmt: skip
        assert (shown["live-box"], shown["quiet-box"]) == ({"hidden": True}, {"hidden": False})
        assert shown["days-title"] == "Sales, 14 days up to 9 Dec 2011"
        assert "Nothing sold since 9 Dec 2011." in str(shown["top"])

    def test_a_shop_that_never_sold_anything_is_not_called_live_either(self) -> None:
        empty = snapshot() | {"today": dict.fromkeys(snapshot()["today"], 0), "latest": [], "has_sold": False}
        empty["wall"] = empty["wall"] | {"health": dict.fromkeys(empty["wall"]["health"], 0)}
        shown, _ = parts.shown(empty | {"low": []}, INDIA)
        assert (shown["live"], shown["low-words"]) == ("No sale yet", "No products yet")
        assert "No products yet." in str(shown["low"])
        assert shown["orders-change"] == {"text": "none yet", "is": "flat"}
        assert shown["gross-change"] == {"text": "The first sale will appear here", "is": "flat"}

    def test_a_screen_without_money_gets_no_amount_in_any_part(self) -> None:
        shown, plain = parts.shown(for_screen(snapshot(), WallView(hides_money=True)), INDIA)
        assert plain == {}
        assert "₹" not in json.dumps(shown, ensure_ascii=False)

    def test_a_goal_is_said_to_be_reached_when_it_is_and_not_before(self) -> None:
        almost, _ = parts.shown(snapshot(goal=501), INDIA)
        reached, _ = parts.shown(snapshot(goal=500), INDIA)
        assert (almost["goal-share"], almost["goal"], almost["goal-reached"]) == ("99%", {"share": 0.998}, "")
        assert (almost["goal-of"], reached["goal-of"]) == ("of ₹5", "of ₹5, reached")
        assert (reached["goal-words"], reached["goal"]) == ("Goal reached: ₹5", {"share": 1})
        assert reached["goal-reached"] == "The day's goal is reached: ₹5"

    def test_bar_and_words_of_a_goal_say_the_same(self) -> None:
        for gross in range(1, 100):
            shown, _ = parts.shown(snapshot(goal=100) | {"today": {**snapshot()["today"], "gross": gross}}, INDIA)
            assert (shown["goal-share"], shown["goal"]) == (f"{gross}%", {"share": gross / 100})

    def test_a_day_without_a_goal_hides_its_bar(self) -> None:
        shown, _ = parts.shown(snapshot(goal=None), INDIA)
        assert (shown["goal-box"], shown["goal-tile"], shown["goal"]) == (
            {"hidden": True}, {"hidden": True}, {"share": None},
        )  # fmt: skip

    def test_facts_that_cannot_be_read_are_no_zeros(self) -> None:
        broken = snapshot()
        broken["wall"] |= {"visitors": None, "carts": {"count": None, "units": None, "wanted": []}}
        shown, _ = parts.shown(broken, INDIA)
        assert (shown["visitors"], shown["carts"], shown["carts-words"]) == ("–", "–", "cannot be read now")


class TestRows:
    def rows(self, name: str, of: dict[str, Any] | None = None) -> str:
        content = parts.shown(of or snapshot(), INDIA)[0][name]
        assert isinstance(content, dict)
        return str(content["rows"])

    def test_an_order_says_when_who_from_where_how_many_and_for_how_much(self) -> None:
        of = snapshot()
        assert self.rows("latest", of).startswith(
            f'<li class="wall-row" data-key="{of["latest"][0]["key"]}"><span class="wall-side">15:30</span>'
            '<span class="wall-main">Asha, Pune</span><span class="wall-side of-units">2 units</span>'
            '<span class="wall-value if-money">₹5</span></li>'
        )

    def test_an_order_of_nobody_and_nowhere_is_somebodys_and_a_numbered_customer_leaves_no_room_for_a_place(
        self,
    ) -> None:
        read = snapshot()
        read["latest"] = [
            read["latest"][0] | {"name": "", "place": ""},
            read["latest"][0] | {"name": "Customer 12680"},
        ]
        assert re.findall('wall-main">([^<]*)', self.rows("latest", read)) == ["Somebody", "Customer 12680"]

    def test_names_are_text_and_never_markup(self) -> None:
        read = snapshot()
        read["latest"][0]["name"] = read["top"][0]["name"] = read["low"][0]["name"] = "<img src=x onerror=1>"
        for name in ("latest", "top", "low"):
            assert "<img" not in self.rows(name, read)
            assert "&lt;img" in self.rows(name, read)

    def test_low_stock_says_what_is_left_and_for_how_long(self) -> None:
        read = snapshot()
        lamp = read["low"][0]
        read["low"] = [lamp | {"available": 0}, lamp, lamp | {"cover": 0.4}, lamp | {"cover": None}]
        texts = [re.sub("<[^>]+>", " ", row).split() for row in self.rows("low", read).split("</li>")[:-1]]
        assert [" ".join(words) for words in texts] == [
            "Lamp sold out",
            "Lamp 3 left 2 days",
            "Lamp 3 left today",
            "Lamp 3 left",
        ]

    def test_best_sellers_show_what_they_are_ranked_by(self) -> None:
        words = [re.sub("<[^>]+>", " ", row).split() for row in self.rows("top").split("</li>")[:-1]]
        assert [" ".join(row) for row in words] == ["Bowl 2 sold, 50 left ₹2", "removed 1 sold ₹1"]
        hidden = parts.shown(for_screen(snapshot(), WallView(hides_money=True)), INDIA)[0]
        by_hand = parts.shown(snapshot(), INDIA)[1]
        for shown in (hidden, by_hand):
            words = [re.sub("<[^>]+>", " ", row).split() for row in str(shown["top"]["rows"]).split("</li>")[:-1]]
            assert [" ".join(row) for row in words] == ["removed 3 sold", "Bowl 50 left 2 sold"]
            assert shown["top-by"] == "by units"

    def test_a_list_without_rows_says_so(self) -> None:
        empty = snapshot() | {"latest": [], "top": [], "low": []}
        assert "The first order will appear here." in self.rows("latest", empty)
        assert "Nothing sold yet today." in self.rows("top", empty)
        assert "Every product is well stocked." in self.rows("low", empty)


class TestFirstPaint:
    def test_holds_the_numbers_before_any_script_ran(self) -> None:
        page = json.dumps(painted().to_plotly_json(), default=_plain)
        for said in ("Corner Shop", "₹5", "as much as last Sunday by now", "Asha"):
            assert json.dumps(said)[1:-1] in page

    def test_shows_what_the_next_event_of_the_stream_shows(self) -> None:
        event = live_event(snapshot(), WallView(), INDIA)
        first = painted()["wall-gross-change"]
        assert (first.children, first.className) == (
            event["parts"]["gross-change"]["text"],
            f"wall-change is-{event['parts']['gross-change']['is']}",
        )
        assert getattr(painted()["wall-latest"], "data-html") == event["parts"]["latest"]["rows"]

    def test_staff_pages_hear_when_the_sales_of_a_quiet_shop_end(self) -> None:
        quiet = snapshot() | {"seq": 1, "quiet_since": "9 Dec 2011", "stock": []}
        assert live_event(quiet, None, INDIA)["quiet_since"] == "9 Dec 2011"

    def test_every_part_that_an_element_shows_is_one_that_the_stream_brings(self) -> None:
        shown = live_event(snapshot(), WallView(), INDIA)["parts"]
        asked = {getattr(component, "data-part", None) for component in painted()._traverse()} - {None}
        assert asked == set(shown) - {
            "goal-reached",
            "live",
        }  # which a banner says once, and the head while the numbers are fresh

    def test_every_element_that_the_script_finds_by_name_is_there(self) -> None:
        ids = {getattr(component, "id", None) for component in painted()._traverse()} | {painted().id}
        assert {f"wall-{name}" for name in today.NAMES} <= ids


def painted() -> Any:
    return today.wall(live_event(snapshot(), WallView(), INDIA), "Corner Shop", "wall-{}".format)


def _plain(component: object) -> object:
    return component.to_plotly_json()  # type: ignore[attr-defined]
