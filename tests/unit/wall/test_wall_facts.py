"""What the wall shows beside the live numbers: the day's close, visitors, stock, carts, and what is hidden."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import WEEKDAYS, Actor, AuditEntry, CartDemand, Demand, Goals, ScreenSettings, Trade, WallView
from app.domain.fulfilment import Backlog, PackingNow, Waiting
from app.errors import Clash, EditClash, InvalidInput, StoreUnavailable
from app.money import Formats
from app.services.analytics.ports import DaySales, MinuteSales
from app.services.analytics.sales import SalesAnalytics
from app.services.forecasts.day_close import QUARTERS, forecast_day
from app.services.wall.facts import LastKnown, WallFacts, alpha3
from app.services.wall.goals import GoalService
from app.services.wall.history import History
from app.services.wall.live_snapshot import LiveSnapshots
from app.services.wall.ports import CountryOrders, LiveRows
from app.services.wall.screen_view import for_screen
from app.services.wall.screens import checked
from app.services.wall.visitors import BITS, VisitorCount, Visitors, estimate
from tests.unit.analytics.test_sales_analytics import FakeSales
from tests.unit.wall.test_live_snapshot import FORMATS, NOW, PRODUCTS, FakeLive

EVEN = [100] * QUARTERS
ASHA = Actor("asha@shop.example", 1)


class TestCloseOfTheDay:
    def test_a_day_like_the_others_closes_like_them(self) -> None:
        found = forecast_day(4_800, 48, [EVEN] * 8)
        assert found is not None
        assert (found.close, found.low, found.high, found.days) == (9_600, 9_600, 9_600, 8)
        assert (found.curve[47], found.curve[71], found.curve[95]) == (4_800, 7_200, 9_600)

    def test_in_the_morning_the_usual_day_counts_and_in_the_evening_todays_pace(self) -> None:
        early = forecast_day(0, 0, [EVEN] * 4)
        late = forecast_day(2 * 9_500, 95, [EVEN] * 4)
        assert early is not None
        assert late is not None
        assert early.close == 9_600
        assert late.close == pytest.approx(2 * 9_600, rel=0.01)

    def test_nothing_is_to_come_once_the_day_is_over(self) -> None:
        found = forecast_day(7_000, QUARTERS, [EVEN] * 4)
        assert found is not None
        assert (found.close, found.low, found.high) == (7_000, 7_000, 7_000)

    def test_days_that_differ_widen_the_range_around_the_close(self) -> None:
        found = forecast_day(4_800, 48, [EVEN, [50] * QUARTERS, [150] * QUARTERS])
        assert found is not None
        assert found.low < found.close < found.high
        assert found.low >= 4_800

    def test_a_shop_that_sells_only_in_the_morning_expects_nothing_at_night(self) -> None:
        morning = [100] * 48 + [0] * 48
        found = forecast_day(5_000, 90, [morning] * 4)
        assert found is not None
        assert found.close == 5_000

    @pytest.mark.parametrize("days", [[], [EVEN, EVEN], [EVEN, EVEN, [0] * QUARTERS]])
    def test_fewer_than_three_days_with_sales_tell_nothing(self, days: list[list[int]]) -> None:
        assert forecast_day(100, 10, days) is None


class FakeSketches:
    def __init__(self) -> None:
        self.kept: dict[tuple[int, str], bytes] = {}
        self.away = False

    def add(self, minute: int, process: str, bits: bytes) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self.kept[minute, process] = bits

    def since(self, minute: int) -> list[tuple[int, bytes]]:
        return [(at, bits) for (at, _), bits in self.kept.items() if at >= minute]

    def forget(self, before: int) -> int:
        return 0


class TestVisitors:
    def process(self, store: FakeSketches, clock: list[float]) -> Visitors:
        return Visitors(store, "k" * 32, lambda: clock[0], later=lambda _, work: work())

    @pytest.mark.parametrize("people", [0, 1, 7, 300, 5_000])
    def test_are_counted_once_each_over_all_processes_and_minutes(self, people: int) -> None:
        store, clock = FakeSketches(), [1_000_000.0]
        first, second = self.process(store, clock), self.process(store, clock)
        for minute in range(3):
            clock[0] = 1_000_000.0 + 60 * minute
            for number in range(people):
                (first if number % 2 else second).seen(f"guest#{number}")
                first.seen(f"guest#{number}")
        count = first.count()
        assert count.together == pytest.approx(people, rel=0.05, abs=1)
        assert list(count.by_minute[-3:]) == pytest.approx([people] * 3, rel=0.05, abs=1)
        assert set(count.by_minute[:-3]) == {0}

    def test_are_forgotten_after_five_minutes(self) -> None:
        store, clock = FakeSketches(), [1_000_000.0]
        visitors = self.process(store, clock)
        visitors.seen("guest#1")
        clock[0] += 5 * 60
        assert visitors.count() == (0, (0, 0, 0, 0, 1, 0, 0, 0, 0, 0))
        clock[0] += 5 * 60
        assert visitors.count() == (0, (0,) * 10)

    def test_one_who_comes_again_costs_no_write(self) -> None:
        store, clock, written = FakeSketches(), [1_000_000.0], []
        visitors = Visitors(store, "k" * 32, lambda: clock[0], later=lambda _, work: written.append(work))
        for _ in range(50):
            visitors.seen("guest#1")
        assert len(written) == 1

    def test_what_is_kept_names_nobody_and_is_another_the_next_day(self) -> None:
        store, clock = FakeSketches(), [1_000_000.0]
        visitors = self.process(store, clock)
        visitors.seen("guest#1")
        clock[0] += 24 * 3600
        visitors.seen("guest#1")
        first, second = store.kept.values()
        assert first != second
        assert {len(first), len(second)} == {BITS // 8}

    def test_a_store_that_is_away_stops_no_shopper(self) -> None:
        store = FakeSketches()
        store.away = True
        self.process(store, [1_000_000.0]).seen("guest#1")

    def test_a_full_map_still_gives_a_number(self) -> None:
        assert estimate([b"\xff" * (BITS // 8)]) > 10_000


class TestAged:
    def test_a_fact_that_cannot_be_read_is_kept_and_grows_old(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock, answers = [100.0], [7, StoreUnavailable("away")]
        monkeypatch.setattr("app.services.wall.facts.time.monotonic", lambda: clock[0])

        def read() -> int:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        aged = LastKnown(read, 4)
        assert aged.get() == (7, 0)
        clock[0] += 9
        assert aged.get() == (7, 9)

    def test_what_takes_long_is_read_beside_and_once_at_a_time(self) -> None:
        begun, goes_on, reads = threading.Event(), threading.Event(), []

        def read() -> int:
            reads.append(1)
            begun.set()
            goes_on.wait(10)
            return 7

        fact = LastKnown(read, 0, beside=True)
        assert fact.get() == (None, 0)
        assert begun.wait(10)
        assert fact.get() == (None, 0)
        assert reads == [1]
        goes_on.set()
        next(one for one in threading.enumerate() if one.name == "fact").join(10)
        assert fact.get()[0] == 7


class FakeCarts:
    def demand(self, since: datetime) -> CartDemand:
        assert since == NOW - timedelta(minutes=30)
        return CartDemand(2, {"a": 4, "b": 1, "removed": 3})


class LiveWithCountries(FakeLive):
    def live(self, start: datetime, day: date, **counts: int) -> LiveRows:
        rows = super().live(start, day, **counts)
        return LiveRows(
            rows.today, rows.orders, rows.top, rows.movements, (CountryOrders("IN", 2, 400),), rows.top_units
        )


PACKING = PackingNow(Backlog(2, 1, 1, NOW), (Waiting(7, "10007", NOW, "", "IN", 3),), 4, 5)


def snapshot(goal: int | None = 1_000, secret_key: str = "one") -> dict[str, Any]:
    past = [MinuteSales(NOW - timedelta(weeks=n, minutes=1), 1, 1, 500 * n, 0, 0) for n in range(1, 5)]
    reader = FakeSales(minutes=past)
    facts = WallFacts(
        reader, FakeCarts(), FORMATS, lambda day: goal, lambda: VisitorCount(12, (3, 9)), lambda: NOW,  # type: ignore[arg-type]
        packing=lambda: PACKING,
    )  # fmt: skip
    sales = SalesAnalytics(reader, FORMATS, now=lambda: NOW)
    demands = {"a": Demand.by_velocity(1.5, NOW.date())}
    return LiveSnapshots(
        LiveWithCountries(),
        sales,
        FORMATS,
        lambda: PRODUCTS,
        lambda: demands,
        facts,
        now=lambda: NOW,
        secret_key=secret_key,
    ).read()


class TestFacts:
    def test_stand_in_the_snapshot_ready_for_json(self) -> None:
        wall = json.loads(json.dumps(snapshot()))["wall"]
        assert (wall["goal"], wall["visitors"], wall["visitors_by_minute"]) == (1_000, 12, [3, 9])
        assert wall["countries"] == [{"code": "IND", "name": "India", "orders": 2, "gross": 400}]
        assert wall["health"] == {"well": 1, "low": 1, "out": 0, "units": 53}  # postage is no merchandise

    def test_carts_are_set_against_what_is_left_and_the_tightest_comes_first(self) -> None:
        carts = snapshot()["wall"]["carts"]
        assert (carts["count"], carts["units"]) == (2, 8)
        assert [(one["name"], one["units"], one["available"]) for one in carts["wanted"]] == [
            ("Lamp", 4, 3),
            ("Bowl", 1, 50),
        ]

    def test_what_waits_to_be_packed_and_its_numbers_only_where_names_are_shown(self) -> None:
        packing = snapshot()["wall"]["packing"]
        assert {name: packing[name] for name in ("to_pack", "late", "held", "mails_failed", "mails_waiting")} == {
            "to_pack": 2, "late": 1, "held": 1, "mails_failed": 4, "mails_waiting": 5,
        }  # fmt: skip
        assert [(one["number"], one["place"], one["units"]) for one in packing["queue"]] == [("10007", "India", 3)]
        hidden = for_screen(snapshot(), WallView(hides_names=True))["wall"]["packing"]["queue"]
        assert [(one["number"], one["place"]) for one in hidden] == [("", "India")]

    def test_the_curve_runs_to_this_minute_and_is_compared_with_last_week(self) -> None:
        curve = snapshot()["wall"]["curve"]
        assert curve["elapsed"] == 62  # 15:30 in India
        assert (curve["today"][-1], curve["before"][-1]) == (500, 500)
        assert curve["forecast"]["days"] == 4

    @pytest.mark.parametrize(
        ("country", "code"), [("IN", "IND"), ("DE", "DEU"), ("FR", "FRA"), ("GB", "GBR"), ("Atlantis", "")]
    )
    def test_countries_carry_the_code_by_which_maps_know_them(self, country: str, code: str) -> None:
        assert alpha3(country) == code


class TestHistory:
    TODAY = date(2026, 11, 22)

    def read(self, days: list[DaySales], last: date | None, today: list[MinuteSales] | None = None) -> dict[str, Any]:
        return History(FakeSales(days=days)).read(Trade(None, last, self.TODAY), today or [])  # type: ignore[arg-type]

    def test_ends_with_today_as_it_is_now(self) -> None:
        stale = DaySales(self.TODAY, 1, 1, 100, 5, 0)  # what was folded of today so far
        yesterday = DaySales(self.TODAY - timedelta(days=1), 2, 5, 901, 5, 0)
        now = [MinuteSales(NOW, 2, 3, 500, 25, 0), MinuteSales(NOW, 1, 1, 200, 25, 0)]
        found = self.read([yesterday, stale], self.TODAY, now)
        assert (found["days"][0], found["days"][-1], len(found["days"])) == ("2026-11-09", "2026-11-22", 14)
        assert found["has_today"]
        assert found["gross"] == [0] * 12 + [901, 700]
        assert (found["orders"][-2:], found["units"][-2:]) == ([2, 3], [5, 4])
        assert (found["aov"][-2:], found["units_an_order"][-2:]) == ([451, 233], [2.5, 1.3])

    def test_of_a_quiet_shop_ends_with_its_last_sale(self) -> None:
        last = date(2011, 12, 9)
        found = self.read([DaySales(last, 2, 2, 300, 0, 0)], last)
        assert (found["days"][0], found["days"][-1], found["has_today"]) == ("2011-11-26", "2011-12-09", False)
        assert found["gross"] == [0] * 13 + [300]

    def test_of_a_shop_that_never_sold_anything_is_there_and_empty(self) -> None:
        found = self.read([], None)
        assert (set(found["gross"]), set(found["aov"]), found["has_today"]) == ({0}, {0}, True)


class TestView:
    def test_a_screen_gets_nothing_that_is_not_the_walls(self) -> None:
        assert "stock" not in for_screen(snapshot(), WallView())

    def test_without_names_nobody_is_named(self) -> None:
        shown = for_screen(snapshot(), WallView(hides_names=True))
        assert "Asha" not in json.dumps(shown)
        waiting = shown["wall"]["packing"]["queue"][0]
        assert waiting["number"] == ""
        # The number follows from the id: neither leaves the server.
        assert not {"order_id", "number"} & {*shown["latest"][0]}
        assert "order_id" not in waiting
        keys = [one["key"] for one in shown["latest"]]
        assert len(set(keys)) == len(keys)
        assert not set(keys) & {one["key"] for one in snapshot(secret_key="other")["latest"]}  # nor can be worked out
        assert shown["latest"][0]["place"] == "Pune"
        assert shown["latest"][0]["total"] == 525

    def test_without_money_no_amount_leaves_the_server_and_shares_stay_right(self) -> None:
        whole, shown = snapshot(), for_screen(snapshot(), WallView(hides_money=True))
        assert shown["money"] is False
        assert [order["total"] for order in shown["latest"]] == [None, None]
        assert shown["top"] == []  # an order by sales tells what sold for more
        assert {row["net"] for row in shown["top_units"]} == {None}
        assert {row["gross"] for row in shown["wall"]["countries"]} == {None}
        assert (shown["today"]["aov"], shown["today"]["returns"], shown["last_week"]["aov"]) == (None, 0, None)
        assert (shown["today"]["net"], shown["last_week"]["net"]) == (0, 0)
        share = shown["today"]["gross"] / shown["wall"]["goal"]
        assert share == pytest.approx(whole["today"]["gross"] / whole["wall"]["goal"], abs=0.01)
        amounts = [*shown["hours"], *shown["wall"]["curve"]["before"], *shown["wall"]["curve"]["forecast"]["curve"]]
        assert max([*amounts, *shown["wall"]["history"]["gross"], *shown["wall"]["curve"]["closes"]]) <= 1_000
        assert shown["wall"]["history"]["aov"] == []

    def test_without_money_on_a_day_without_anything_is_no_failure(self) -> None:
        empty = snapshot(goal=None)
        empty["wall"]["curve"] = {
            "elapsed": 0, "today": [0], "before": [0] * QUARTERS, "forecast": None, "closes": [0] * 8,
        }  # fmt: skip
        empty["wall"]["history"]["gross"] = [0] * 14
        empty["today"] = dict.fromkeys(empty["today"], 0)
        empty["hours_last_week"] = [0] * 24
        assert for_screen(empty, WallView(hides_money=True))["today"]["gross"] == 0


NO_GOALS: dict[str, int | None] = dict.fromkeys(WEEKDAYS)


class FakeGoals:
    def __init__(self, goals: Goals) -> None:
        self.kept = goals
        self.set_to: list[Mapping[str, int | None]] = []

    def goals(self, since: date) -> Goals:
        days = {day: amount for day, amount in self.kept.days.items() if day >= since.isoformat()}
        return Goals(self.kept.weekdays, days)

    def set(
        self, amounts: Mapping[str, int | None], by: str, audited: AuditEntry, present: Mapping[str, int | None]
    ) -> None:
        self.set_to.append(amounts)


class TestGoals:
    FRIDAY = date(2026, 11, 27)

    def service(self, store: FakeGoals) -> GoalService:
        return GoalService(store, Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata")), lambda: self.FRIDAY)

    def test_a_days_own_goal_comes_before_its_weekdays(self) -> None:
        store = FakeGoals(Goals((1, 2, 3, 4, 5, 6, 7), {"2026-12-04": 99}))
        found = [self.service(store).of(day) for day in (self.FRIDAY, self.FRIDAY + timedelta(weeks=1))]
        assert found == [5, 99]

    def test_nothing_is_expected_of_a_closed_day_unless_it_has_a_goal_of_its_own(self) -> None:
        store = FakeGoals(Goals((1, 2, 3, 4, 5, 6, 7), {"2026-12-04": 99}))
        closed = {self.FRIDAY, self.FRIDAY + timedelta(weeks=1)}
        formats = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
        goals = GoalService(store, formats, lambda: self.FRIDAY, is_closed=closed.__contains__)
        days = [self.FRIDAY + timedelta(days=number) for number in (0, 7, 14)]
        assert [goals.of(day) for day in days] == [None, 99, 5]

    def test_days_that_are_over_are_not_listed(self) -> None:
        store = FakeGoals(Goals(days={"2026-11-26": 1, "2026-11-27": 2}))
        assert self.service(store).goals().days == {"2026-11-27": 2}

    @pytest.mark.parametrize("day", [date(2026, 11, 26), date(2028, 1, 1)])
    def test_days_that_are_over_or_far_away_get_none(self, day: date) -> None:
        store = FakeGoals(Goals())
        with pytest.raises(InvalidInput, match="from today on"):
            self.service(store).set_day(day, 100, ASHA, None)
        assert store.set_to == []

    @pytest.mark.parametrize("amount", [0, -5, 10**14])
    def test_a_goal_is_more_than_nothing_and_a_number_that_can_be(self, amount: int) -> None:
        store = FakeGoals(Goals())
        with pytest.raises(InvalidInput):
            self.service(store).set_weekdays({"monday": amount}, ASHA, NO_GOALS)
        assert store.set_to == []

    def test_only_what_changes_is_written(self) -> None:
        store = FakeGoals(Goals((1, None, None, None, None, None, None)))
        self.service(store).set_weekdays({"monday": 1, "tuesday": 2}, ASHA, NO_GOALS)
        self.service(store).set_weekdays({"monday": 1}, ASHA, NO_GOALS)
        assert store.set_to == [{"tuesday": 2}]

    def test_a_day_that_somebody_else_has_set_meanwhile_stays_unless_both_changed_it(self) -> None:
        store = FakeGoals(Goals((1, 5, None, None, None, None, None)))
        seen = {**NO_GOALS, "monday": 1, "tuesday": 2}
        self.service(store).set_weekdays({"monday": 3, "tuesday": 2}, ASHA, seen)
        assert store.set_to == [{"monday": 3}]
        with pytest.raises(EditClash) as raised:
            self.service(store).set_weekdays({"monday": 1, "tuesday": 9}, ASHA, seen)
        assert raised.value.clashes == (Clash("tuesday", 5, 9),)

    def test_a_single_day_that_somebody_else_has_set_meanwhile_is_shown(self) -> None:
        store = FakeGoals(Goals(days={self.FRIDAY.isoformat(): 5}))
        with pytest.raises(EditClash) as raised:
            self.service(store).set_day(self.FRIDAY, 9, ASHA, None)
        assert raised.value.clashes == (Clash(self.FRIDAY.isoformat(), 5, 9),)
        self.service(store).set_day(self.FRIDAY, 9, ASHA, 5)
        assert store.set_to == [{self.FRIDAY.isoformat(): 9}]


class TestScreenSettings:
    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"name": "  "}, "Name must not be empty"),
            ({"name": "x" * 61}, "at most 60"),
            ({"scenes": ()}, "at least one scene"),
            ({"scenes": ("spaceship",)}, "at least one scene"),
            ({"turn_seconds": 4}, "5 or more"),
            ({"turn_seconds": 601}, "at most 600"),
            ({"night_from": "22:00"}, "both times"),
            ({"night_from": "25:00", "night_until": "06:00"}, "both times"),
        ],
    )
    def test_wrong_ones_are_named(self, wrong: dict[str, Any], words: str) -> None:
        with pytest.raises(InvalidInput, match=words):
            checked(ScreenSettings(**{"name": "Door", **wrong}))


def test_ages_alone_are_no_news() -> None:
    from app.services.wall.live_hub import _news

    first = snapshot()
    second = {**first, "ages": {"carts": 9, "visitors": 9, "sums": 9}, "as_of": datetime.now(UTC).isoformat()}
    assert _news(first) == _news(second)
