"""What a snapshot tells, and what it must not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import Demand, Product
from app.money import Formats
from app.services.analytics.ports import DaySales, MinuteSales
from app.services.analytics.sales import SalesAnalytics
from app.services.wall.live_snapshot import LiveSnapshots
from app.services.wall.ports import LatestMovement, LatestOrder, LiveRows, NetSales
from tests.unit.analytics.test_sales_analytics import FakeSales

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PRODUCTS = (Product("a", "Lamp", 100, 3, 5), Product("b", "Bowl", 100, 50, 5), Product("POST", "Postage", 1, 0, 9))


class FakeLive:
    def live(self, start: datetime, day: date, **_: int) -> LiveRows:
        return LiveRows(
            today=[MinuteSales(NOW - timedelta(minutes=5), 2, 3, 500, 25, 40)],
            orders=[
                LatestOrder(5, None, "Asha Rao", "Pune", "IN", 2, 525, NOW),
                LatestOrder(4, "536365", "", "", "GB", 1, 100, NOW),
            ],
            top=[NetSales("POST", 9, 900), NetSales("b", 2, 200), NetSales("removed", 1, 100)],
            top_units=[NetSales("removed", 3, 30), NetSales("b", 2, 200)],
            movements=[LatestMovement(8, "b", NOW, "sale", -1, 49), LatestMovement(7, "a", NOW, "receipt", 3, 3)],
        )


def snapshot(days: Sequence[DaySales] = ()) -> dict[str, Any]:
    week_ago = MinuteSales(NOW - timedelta(days=7, minutes=1), 1, 1, 250, 12, 0)
    later = MinuteSales(NOW - timedelta(days=7) + timedelta(hours=2), 1, 1, 70, 3, 0)
    sales = SalesAnalytics(FakeSales(days=days, minutes=[week_ago, later]), FORMATS, now=lambda: NOW)
    demands = {"a": Demand.by_velocity(1.5, NOW.date())}
    return LiveSnapshots(FakeLive(), sales, FORMATS, lambda: PRODUCTS, lambda: demands, now=lambda: NOW).read()


class TestSnapshot:
    def test_is_ready_for_json(self) -> None:
        assert json.loads(json.dumps(snapshot()))["currency"] == {"code": "INR", "digits": 2, "locale": "en-IN"}

    def test_compares_with_last_week_at_this_time_but_shows_its_whole_day_by_hour(self) -> None:
        read = snapshot()
        assert read["today"] == {
            "gross": 500, "net": 460, "median": None, "orders": 2, "units": 3, "aov": 250, "returns": 40,
            "units_an_order": 1.5,
        }  # fmt: skip
        assert read["last_week"]["gross"] == 250
        assert sum(read["hours_last_week"]) == 320
        assert read["hours"][15] == 500  # 15:25 in India

    def test_an_order_shows_first_name_and_place_at_most(self) -> None:
        first, second = snapshot()["latest"]
        assert (first["name"], first["place"], first["number"]) == ("Asha", "Pune", "10005")
        assert (second["name"], second["place"], second["number"]) == ("", "United Kingdom", "536365")
        assert "Rao" not in json.dumps(first)

    def test_charges_are_no_products(self) -> None:
        read = snapshot()
        assert [row["product_id"] for row in read["top"]] == ["b", "removed"]
        assert [row["product_id"] for row in read["top_units"]] == ["removed", "b"]
        assert [row["product_id"] for row in read["low"]] == ["a"]
        assert read["low_count"] == 1

    def test_low_stock_says_for_how_many_days_it_lasts(self) -> None:
        assert [row["cover"] for row in snapshot()["low"]] == [2.0]

    def test_of_a_quiet_shop_it_says_up_to_when_these_days_are_reckoned(self) -> None:
        last = NOW.date() - timedelta(days=60)
        assert snapshot([DaySales(last, 1, 1, 100, 5, 0)])["quiet_since"] == FORMATS.day(last)
        assert snapshot()["quiet_since"] is None

    def test_movements_stand_newest_last(self) -> None:
        assert [row["product_id"] for row in snapshot()["stock"]] == ["a", "b"]
