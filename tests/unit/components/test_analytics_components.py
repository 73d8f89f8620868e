"""What the parts of the analytics pages make of numbers: what is said, what is chosen, what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from app.domain import COMBINED, MEAN_28, SMOOTHED, EventKind, Forecast, Product, ShopEvent
from app.money import Formats
from app.services.analytics.attention import NeedsAttention, RunningOut
from app.services.analytics.breakdown import BusiestHours, Largest, Slice, busiest_hours
from app.services.analytics.holdings import StockValue
from app.services.analytics.segments import Slipping
from app.services.analytics.stock_table import Matrix, MatrixCell
from app.services.forecasts.forecasts import stock_ahead
from components.admin import attention, lost_sales, overview, parts_of_sales, periods, sales_cards, stock, stock_cards
from components.admin.chart_foot import MOST_ROWS, chart_foot, export_href
from components.admin.outliers import outlier_list
from components.kit import figures
from components.kit.chart_marks import MOST_MARKED, mark_events, stock_forecast
from tests.unit.components.test_admin_components import hrefs, walk, words

INR = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
TODAY = date(2026, 11, 25)


def item(part: str, key: Any) -> dict[str, Any]:
    return {"type": part, "key": key}


MUG, GONE = Product("mug", "Mug", 1_000, 9, 15), Product("pot", "Pot", 1_000, 0, 15)


DEAD = StockValue(units=9, value=160_000, products=12, dead_value=40_000, dead_products=2, inferred=0)


def things(
    running_out: RunningOut | None = None, dead: StockValue | None = None, slipping: Slipping | None = None
) -> list[attention.Thing]:
    return attention.things(NeedsAttention(running_out, dead, slipping), INR)


class TestAttention:
    def test_what_runs_out_says_when_what_to_order_and_how_much_else_does(self) -> None:
        (found,) = things(RunningOut(MUG, 2, 5.0, 5_000, 40, sold_out=0, others=1))
        assert (found.title, found.action) == ("Mug runs out in 2 days", "Order 40 units")
        assert found.words == "9 left at 5.0 a day, the first to run out. 1 more runs out within 14 days."
        assert found.href == "/admin/stock?product=mug"

    def test_what_is_gone_says_what_it_sold(self) -> None:
        (found,) = things(RunningOut(GONE, 0, 2.0, 2_000, 0, sold_out=0, others=0))
        assert (found.title, found.action) == ("Pot is sold out", "Receive stock")
        assert found.words == "2.0 a day would sell, worth ₹20."

    def test_of_several_that_are_gone_it_says_why_this_one_comes_first(self) -> None:
        (found,) = things(RunningOut(GONE, 0, 2.0, 2_000, 0, sold_out=3, others=2))
        assert found.words == (
            "2.0 a day would sell, worth ₹20, the most of what is sold out. "
            "3 more are sold out, 2 run out within 14 days."
        )

    def test_cash_and_customers(self) -> None:
        dead, slipping = things(dead=DEAD, slipping=Slipping(5, 80_000, "Can't lose", 2))
        assert "25%" in dead.words
        assert "5 good customers are slipping away" in slipping.title
        assert slipping.action == "See 2 in “Can't lose”", "the link leads to no others"
        assert slipping.href == "/admin/customers?segment=Can%27t+lose"

    def test_nothing_to_do_is_said_and_who_may_not_open_gets_no_links(self) -> None:
        assert "Nothing needs attention" in words(attention.attention_row([], True))
        found = things(dead=DEAD)
        assert hrefs(attention.attention_row(found, False)) == []
        assert hrefs(attention.attention_row(found, True)) == ["/admin/stock?show=dead#dead"]

    def test_what_rests_on_inferred_stock_says_so(self) -> None:
        running, dead = things(RunningOut(MUG, 2, 5.0, 5_000, 40, 0, 0, inferred=True), replace(DEAD, inferred=3))
        assert running.words.endswith("Based on stock that the import inferred.")
        assert dead.words.endswith("Based on stock that the import inferred.")


class TestLostSales:
    ROW = {"product_id": "mug", "name": "Mug", "hours": 50.0, "units": 8.2, "units_low": 4.1, "units_high": 12.2}

    def shown(self, **error: Any) -> str:
        of = SimpleNamespace(**{"weeks": 640, "bias": 0.042, "held": 0.79} | error)
        frame = pd.DataFrame([{**self.ROW, "value": 720_000}])
        lost = SimpleNamespace(products=frame, value=720_000, low=400_000, high=1_100_000, error=of)
        return words(lost_sales.lost_card(lost, 0, INR, "/x"))

    def test_the_range_stands_beside_the_estimate_with_how_far_off_it_usually_is(self) -> None:
        shown = self.shown()
        assert "4 to 12" in shown
        assert "₹4,000 to ₹11,000, four times in five." in shown
        assert (
            "Checked on 640 weeks of products in stock: 4% too high on the whole, and the range of a product held 79%"
            in shown
        )

    def test_what_could_not_be_checked_says_so(self) -> None:
        assert "Too few products were in stock all the time" in self.shown(weeks=0, bias=None, held=None)

    def test_refused_checkouts_are_listed_only_if_there_were_some(self) -> None:
        assert lost_sales.short_card(SimpleNamespace(products=(), units=0), INR, "/x") is None
        of_mugs = SimpleNamespace(product_id="mug", name="Mug", shoppers=2, units=5)
        shown = words(lost_sales.short_card(SimpleNamespace(products=(of_mugs,), units=5), INR, "/x"))
        assert "Checkouts asked for 5 units more than there were" in shown


class TestInferred:
    def test_losses_are_not_known_instead_of_none(self) -> None:
        none = SimpleNamespace(products=pd.DataFrame({"product_id": []}))
        shown = words(lost_sales.lost_card(none, 3, INR, "/x"))
        assert "Not known while stock is inferred" in shown
        assert "When 3 products" in shown
        assert "Nothing was lost" in words(lost_sales.lost_card(none, 0, INR, "/x"))

    def test_the_notice_says_of_how_many_and_how_to_end_it(self) -> None:
        assert stock.inferred_notice(0, INR) is None
        shown = words(stock.inferred_notice(3_817, INR))
        assert "3,817 products" in shown
        assert "count" in shown


class TestParts:
    def test_what_is_not_listed_is_said_together(self) -> None:
        some = Largest([Slice("k1", 5, 9_000, 0.6), Slice("k2", 3, 3_000, 0.2)], 2, 0.2)
        shown = parts_of_sales.part_list("category", some, "Part {}".format, "k2", item, INR)
        assert "Part k1" in words(shown)
        assert "60%" in words(shown)
        assert "2 more, 20% together" in words(shown)
        assert "No sales in this period" in words(
            parts_of_sales.part_list("category", Largest([], 0, 0.0), str, "", item, INR)
        )

    def test_filters_can_be_taken_off_one_by_one_and_all_at_once(self) -> None:
        one = parts_of_sales.chips([("country", "Country", "India")], item)
        both = parts_of_sales.chips([("country", "Country", "India"), ("category", "Category", "Kitchen")], item)
        keys = [
            [part.id["key"] for part in walk(chips) if isinstance(getattr(part, "id", None), dict)]
            for chips in (one, both)
        ]
        assert keys == [["country:"], ["country:", "category:", "all:"]]
        assert parts_of_sales.chips([], item) is None

    def test_the_busiest_hour_is_named(self) -> None:
        frame = pd.DataFrame(
            [
                (day, hour, int((day, hour) == (5, 20)), 900 * ((day, hour) == (5, 20)))
                for day in range(7)
                for hour in range(24)
            ],
            columns=["weekday", "hour", "orders", "gross"],
        )
        assert busiest_hours(frame) == BusiestHours((5, 20), (5, 20))
        assert parts_of_sales.hour_words(5, 20) == "Saturdays from 20:00"
        assert "Saturday, 20:00 to 21:00" in str(parts_of_sales.hours_map(frame, INR))
        nothing = frame.assign(orders=0, gross=0)
        assert busiest_hours(nothing) is None
        assert "No sales in this period" in words(parts_of_sales.hours_map(nothing, INR))

    def test_one_large_order_does_not_make_the_busiest_hour(self) -> None:
        sold = {(0, 12): (30, 300), (4, 9): (1, 168_470)}
        frame = pd.DataFrame(
            [(day, hour, *sold.get((day, hour), (0, 0))) for day in range(7) for hour in range(24)],
            columns=["weekday", "hour", "orders", "gross"],
        )
        says = words(sales_cards.hours_body(frame, busiest_hours(frame), INR, False, ""))
        assert "Most orders on Mondays from 12:00; highest sales on Fridays from 09:00." in says
        cells = str(parts_of_sales.hours_map(frame, INR))
        assert "--by-orders:100%;--by-gross:0%" in cells
        assert "--by-orders:3%;--by-gross:100%" in cells


class TestFoot:
    def test_of_very_many_rows_the_last_are_shown_and_the_rest_is_in_the_files(self) -> None:
        rows = [[f"row {n}"] for n in range(MOST_ROWS + 5)]
        shown = words(chart_foot("So it is.", [("Row", False)], rows, INR, "/admin/export/sales"))
        assert "row 4 " not in shown
        assert f"row {MOST_ROWS + 4}" in shown
        assert "The 5 earlier rows are in the files" in shown

    def test_who_may_not_take_numbers_away_gets_no_links(self) -> None:
        assert hrefs(chart_foot("So it is.", [("Row", False)], [["x"]], INR)) == []
        assert hrefs(chart_foot("So it is.", [("Row", False)], [["x"]], INR, "/admin/export/sales?a=1")) == [
            "/admin/export/sales.csv?a=1", "/admin/export/sales.xlsx?a=1",
        ]  # fmt: skip

    def test_addresses_leave_out_what_is_empty(self) -> None:
        assert export_href("sales", {"from": "2026-11-01", "category": "", "country": "A&B"}) == (
            "/admin/export/sales?from=2026-11-01&country=A%26B"
        )


class TestForecastWords:
    def said(self, model: str, errors: dict[str, float]) -> str:
        return sales_cards.forecast_sentence(Forecast(TODAY, model, ((0, 1, 2),), errors, 84), lambda e: f"{e:.0f}")

    def test_what_it_was_off_by_stands_beside_both_baselines(self) -> None:
        said = self.said(COMBINED, {COMBINED: 15, MEAN_28: 20, SMOOTHED: 18})
        assert (
            "off by 15 a day over 84 days of back-test, better than the mean of 28 days (20) and smoothing (18)."
            in said
        )

    def test_that_it_is_not_better_is_said(self) -> None:
        assert "not better than" in self.said(COMBINED, {COMBINED: 19, MEAN_28: 20, SMOOTHED: 18})

    def test_a_history_that_is_too_short_is_said(self) -> None:
        assert "too short to say" in self.said(COMBINED, {})
        assert "too short to say" in self.said("Theta", {"Theta": 1, "Seasonal naive": 2})


class TestStock:
    def test_a_matrix_says_what_earns_and_offers_only_cells_with_products(self) -> None:
        cells = {("A", "fast"): MatrixCell(2, 170), ("A", "slow"): MatrixCell(1, 40), ("C", "still"): MatrixCell(1, 90)}
        shown = stock_cards.matrix_card(Matrix(cells, 4, 3), INR, item)
        assert "3 of 4 products earn four fifths of the sales" in words(shown)
        disabled = [part for part in walk(shown) if getattr(part, "disabled", False)]
        assert len(disabled) == 6

    def test_a_level_goes_on_until_nothing_is_left(self) -> None:
        points = pd.DataFrame({"at": [pd.Timestamp("2026-11-20")], "on_hand": [5]})
        figure = figures.stock_steps(points, INR, threshold=3, end=pd.Timestamp("2026-11-25"))
        ahead = stock_ahead(Forecast(TODAY, "Theta", ((1.0, 2.0, 3.0),) * 28, {}), 5)
        stock_forecast(figure, ahead, 9, INR)
        expected = figure.data[-1]
        assert list(expected.y) == [5.0, 3.0, 1.0, 0.0]
        assert figure.layout.meta["until"] == (TODAY + timedelta(days=3)).isoformat()


class TestEvents:
    def test_those_of_a_day_share_a_flag_and_of_very_many_the_latest_have_one(self) -> None:
        figure = figures.base_figure()
        events = [
            ShopEvent(n, TODAY + timedelta(days=n // 2), EventKind.PROMOTION, f"<b>{n}</b>", "a") for n in range(100)
        ]
        mark_events(figure, events, INR)
        assert len(figure.layout.annotations) == len(figure.layout.shapes) == MOST_MARKED
        last = figure.layout.annotations[-1].hovertext
        assert "&lt;b&gt;98" in last
        assert "&lt;b&gt;99" in last


@pytest.mark.parametrize(
    ("now", "before", "orders", "said"),
    [
        (150, 100, 10, "50% more than the week before"),
        (100, 100, 10, "as much as the week before"),
        (50, 0, 0, "₹0.50."),
        (1500, 100, 9, "₹15, up from ₹1 the week before"),
    ],
)
def test_the_sentence_of_sales_says_how_much_more(now: int, before: int, orders: int, said: str) -> None:
    from app.services.analytics.sales import SalesTotals

    words_of = sales_cards.sales_sentence(
        SalesTotals(gross=now), SalesTotals(orders, gross=before), "the week before", None, "day", INR
    )
    assert said in words_of or (before == 0 and "than" not in words_of)


def test_amounts_of_a_part_of_the_products_are_of_its_units() -> None:
    """No orders are counted of it: so many units are not few things."""
    from app.services.analytics.sales import SalesTotals

    now, before = SalesTotals(0, 341, 300_00, 0, 300_00), SalesTotals(0, 426, 400_00, 10_00, 390_00)
    assert "25% less than before; net ₹300, 23% less than then" in sales_cards.sales_sentence(
        now, before, "before", None, "day", INR
    )
    shown = words(overview.sales_totals(now, before, "before", INR, with_orders=False))
    assert "25%" in shown
    assert "down" not in shown


class TestOutliers:
    def test_orders_are_named_and_linked_for_those_who_may_open_them(self) -> None:
        shown = outlier_list([("581483", "/admin/orders/7", "£168K"), ("541431", "", "£77K")], "£100K without it")
        assert "#581483 : £168K" in " ".join(words(shown).split())
        assert hrefs(shown) == ["/admin/orders/7"]
        assert "Gross sales: £100K without it." in words(shown)

    def test_where_none_stands_out_nothing_is_said(self) -> None:
        assert outlier_list([], "") is None


def test_the_sentence_names_the_days_of_a_week_that_is_there_in_part() -> None:
    from app.services.analytics.sales import SalesTotals
    from app.services.analytics.sales_over_time import Best

    def said(best: Best | None, cut: periods.Cut = "week", uneven: str = "") -> str:
        return sales_cards.sales_sentence(SalesTotals(gross=5_00), None, "", best, cut, INR, uneven)

    first, last = date(2011, 12, 5), date(2011, 12, 9)
    assert said(Best(first, last, False, 3_00)) == ("Gross sales of ₹5; most from 5 Dec 2011 to 9 Dec 2011 (₹3).")
    assert "most in the week of 28 Nov 2011" in said(Best(date(2011, 11, 28), date(2011, 12, 4), True, 3_00))
    assert "most in Nov 2011" in said(Best(date(2011, 11, 1), date(2011, 11, 30), True, 3_00), "month")
    assert said(None, uneven="12 Mondays with sales against 13").endswith(
        "The days differ: 12 Mondays with sales against 13."
    )
