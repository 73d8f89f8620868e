"""Cohorts and segments: what the service makes of the rollups, and what the page says of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from app.domain import Period, Trade
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.cohorts import CameBack, Cohort, next_month, retention, trade_months
from app.services.analytics.customer_ports import (
    EVERYBODY,
    CohortMonth,
    CountrySum,
    CustomerGroup,
    CustomerRow,
    CustomerSummary,
    CustomerTotals,
    SegmentSum,
    Standing,
    ValueBand,
)
from app.services.analytics.customers import CustomerAnalytics, Profile, bands, by_country
from app.services.analytics.rfm import SEGMENTS
from app.services.analytics.sales import NewAndReturning, SalesBucket, SalesTotals
from app.services.analytics.segments import Segments, Slipping
from components.admin.cohorts import cohorts_card
from components.admin.customer_cards import countries_card, new_returning_card, values_card
from components.admin.customers import totals_row
from components.admin.segments import ADVICE, segments_card
from tests.unit.components.test_admin_components import hrefs, walk, words

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
OF_COHORT = "?cohort={}".format
LAST_SALES = (date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 27), date(2026, 3, 8))
TRADE = Trade(date(2025, 12, 1), date(2026, 3, 8), date(2026, 4, 2))
INDIA = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))


def customer(user_id: int, days: int, segment: str | None = None) -> Standing:
    return Standing(user_id, 1, 100, NOW - timedelta(days=days), segment)


class Reader(SimpleNamespace):
    asked = 0
    sums = None

    def standings(self) -> list[Standing]:
        self.asked += 1
        return list(self.people)

    def keep(self, segments: dict[int, str], summary: CustomerSummary) -> None:
        self.kept, self.sums = segments, summary

    def summary(self) -> CustomerSummary | None:
        return self.sums

    def country_sums(self) -> list[CountrySum]:
        return []

    def last_account(self) -> int:
        return max(self.accounts, default=0)

    def customer_count(self, group: CustomerGroup = EVERYBODY, after: int = 0) -> int:
        self.counted_after = after
        return sum(user_id > after for user_id in self.accounts)

    def buyer_totals(self) -> tuple[int, int, int]:
        return len(self.people), 0, 0


def service(accounts: tuple[int, ...] = (), **rows: object) -> tuple[CustomerAnalytics, Reader]:
    reader = Reader(accounts=list(accounts), **rows)
    return analytics(reader), reader


def analytics(reader: Reader, trade: Trade = TRADE, last_sales: Sequence[date] = LAST_SALES) -> CustomerAnalytics:
    return CustomerAnalytics(reader, INDIA, lambda: trade, lambda: last_sales, now=lambda: NOW)  # type: ignore[arg-type]


class TestCounting:
    def test_who_came_since_the_worker_counted_is_counted_and_nobody_else_is_read(self) -> None:
        found, reader = service(accounts=(1, 2, 3), people=[customer(1, 0)])
        assert found.totals().customers == 3
        found.keep_segments()
        reader.accounts.append(4)
        counting = analytics(reader)
        assert (counting.totals().customers, reader.counted_after) == (4, 3)


def cohort(month: str, *retained: int, complete: int | None = None) -> Cohort:
    """Of which the first `complete` months are, by default all."""
    whole = len(retained) if complete is None else complete
    return Cohort(month, retained, tuple(n < whole for n in range(len(retained))), (True,) * len(retained))


class TestCohorts:
    def test_months_without_an_order_are_zeros_through_the_last_month_with_trade(self) -> None:
        """In March only a guest has bought yet; April has begun."""
        rows = [CohortMonth("2025-12", "2025-12", 4), CohortMonth("2025-12", "2026-02", 1)]
        found, _ = service(cohorts=lambda: rows)
        assert found.cohorts() == [cohort("2025-12", 4, 0, 1, 0)]
        assert found.cohorts()[0].size == 4

    def test_the_rate_leaves_out_cohorts_whose_next_month_is_not_over(self) -> None:
        assert next_month([cohort("2026-01", 10, 4, 1), cohort("2026-02", 90, 0, complete=1)]).rate == 0.4
        assert next_month([cohort("2026-01", 10, 4, 1), cohort("2026-02", 90, 0)]) == CameBack(4, 100)
        assert next_month([cohort("2011-12", 50)]).rate is None, "trade ended with that month"

    @pytest.mark.parametrize(
        ("last_sales", "end", "complete"),
        [
            ([date(2026, 1, 31), date(2026, 2, 3)], date(2026, 2, 4), ["2026-01"]),
            ([date(2026, 1, 20), date(2026, 2, 3)], date(2026, 3, 1), ["2026-01", "2026-02"]),
            ([date(2026, 1, 25)], date(2026, 3, 1), ["2026-01"]),
            ([date(2026, 1, 24)], date(2026, 3, 1), []),
            ([date(2026, 1, 24)], date(2026, 2, 28), ["2026-01"]),
        ],
        ids=["February goes on", "is over", "January but for a week", "stopped in January", "sales may yet come"],
    )
    def test_a_month_is_complete_once_it_is_over_and_sales_did_not_stop_in_it(
        self, last_sales: list[date], end: date, complete: list[str]
    ) -> None:
        assert sorted(trade_months(last_sales, end).complete) == complete

    def test_an_old_history_with_one_new_order_counts_its_whole_months_alone(self) -> None:
        """December ended with the ninth, and nothing was sold for years: neither is a month to come back in."""
        rows = [("2011-10", "2011-10", 100), ("2011-10", "2011-11", 30), ("2011-11", "2011-11", 80),
                ("2011-11", "2011-12", 2), ("2011-12", "2011-12", 40), ("2026-03", "2026-03", 1)]  # fmt: skip
        last_sales = [date(2011, 10, 31), date(2011, 11, 30), date(2011, 12, 9), date(2026, 3, 8)]
        reader = Reader(cohorts=lambda: [CohortMonth(*row) for row in rows])
        found = analytics(reader, Trade(date(2011, 10, 1), date(2026, 3, 8), NOW.date()), last_sales).retention()
        assert found.next_month == CameBack(30, 100)
        december = found.cohorts[2]
        assert (december.complete[:2], december.states[:2]) == ((False, False), ("in part", "no sales"))
        assert (december.retained[1], december.rates[1]) == (0, None)
        assert found.cohorts[0].rates[-1] == 0.0, "the shop sells again, and nobody of then came"
        card = cohorts_card(found, INDIA, OF_COHORT)
        assert "30.0% of new customers order again the month after" in words(card)
        assert "counted in part" in str(card)
        assert str(card).count('title="Nothing was sold in Jan 2012"') == 3, "empty, and not 0%"

    def test_counts_stand_beside_their_months_and_shares_across_a_year(self) -> None:
        found = cohort("2025-11", 4, 1, 2)
        assert found.months == ("2025-11", "2025-12", "2026-01")
        assert found.rates == (1.0, 0.25, 0.5)

    @pytest.mark.parametrize("month", ["2026", "2026-13", "2026-1", "march", "२०२६-०१", "2026-01' OR 1=1"])
    def test_what_is_no_month_is_refused(self, month: str) -> None:
        with pytest.raises(InvalidInput, match="as 2026-11"):
            service()[0].page(group=CustomerGroup(cohort=month))
        with pytest.raises(InvalidInput, match="as 2026-11"):
            service()[0].everybody(CustomerGroup(cohort=month))

    def test_an_empty_shop_has_none(self) -> None:
        assert service(cohorts=list)[0].cohorts() == []


class TestSegments:
    def test_all_ten_are_there_with_their_counts_and_values(self) -> None:
        found, _ = service(people=[customer(1, 0), customer(2, 40)])
        totals = found.segments().sums
        assert tuple(t.segment for t in totals) == SEGMENTS
        assert (sum(t.customers for t in totals), sum(t.monetary for t in totals)) == (2, 200)

    def test_once_the_worker_kept_them_nobody_is_read_for_a_page(self) -> None:
        found, reader = service(people=[customer(1, 0)])
        before = found.segments()
        found.keep_segments()
        asked = reader.asked
        assert found.segments() == before
        assert reader.asked == asked

    def test_a_time_that_has_not_come_is_refused(self) -> None:
        with pytest.raises(InvalidInput, match="not come yet"):
            service(people=[])[0].segments(NOW + timedelta(seconds=1))

    def test_only_what_changed_is_written(self) -> None:
        found, reader = service(people=[customer(1, 40, "Hibernating"), customer(2, 0, "New"), customer(3, 0)])
        found.keep_segments()
        assert set(reader.kept) == {2, 3}
        assert found.keep_segments() == 2

    def test_who_slips_away_is_good_and_has_not_ordered_for_long(self) -> None:
        sums = (SegmentSum("Can't lose", 2, 500), SegmentSum("At risk", 3, 300), SegmentSum("Hibernating", 9, 9))
        assert Segments(NOW, sums).slipping == Slipping(5, 800, "Can't lose", 2)
        assert Segments(NOW, sums[1:]).slipping == Slipping(3, 300, "At risk", 3)
        assert Segments(NOW, sums[2:]).slipping is None

    def test_shares_are_of_all_customers_and_leave_out_segments_of_nobody(self) -> None:
        sums = (SegmentSum("New", 1, 10), SegmentSum("Loyal", 0, 0), SegmentSum("At risk", 3, 30))
        assert [(one.segment, one.share) for one in Segments(NOW, sums).shares] == [("New", 0.25), ("At risk", 0.75)]


class TestTotals:
    def test_the_mean_is_of_those_with_an_order_and_none_without_any(self) -> None:
        totals = CustomerTotals(9, 4, 1, 1_003)
        assert totals.lifetime_each == 251
        assert [CustomerTotals(9, 2, 0, worth).lifetime_each for worth in (1, 3, -1, -3)] == [1, 2, -1, -2], "half up"
        assert CustomerTotals(9, 0, 0, 0).lifetime_each is None

    def test_countries_with_the_most_customers_come_first_and_debts_are_worth_nothing(self) -> None:
        found = by_country([CountrySum("FR", 1, 300), CountrySum("IN", 3, 100), CountrySum("", 1, -50)])
        assert [(one.country, one.customers, one.worth) for one in found] == [
            ("IN", 3, 100),
            ("FR", 1, 300),
            ("", 1, 0),
        ]
        assert {(one.customers_of_all, one.worth_of_all) for one in found} == {(5, 400)}
        assert by_country([]) == []


class TestProfile:
    def profile(self, orders: int = 2) -> Profile:
        row = CustomerRow(1, "Asha", None, None, orders, 3, 1_001, 0, 1_001, None, None, None)
        found, _ = service(
            customer=lambda _: row,
            months_of=lambda _: [],
            orders_of=lambda *_: [],
            products_of=lambda *_: [],
        )
        return found.profile(1)

    def test_of_many_orders_there_are_pages(self) -> None:
        asked: list[int] = []
        row = CustomerRow(1, "Asha", None, None, 41, 41, 1, 0, 1, None, None, None)
        found, _ = service(
            customer=lambda _: row,
            months_of=lambda _: [],
            orders_of=lambda _user, _limit, offset: asked.append(offset) or [],
            products_of=lambda *_: [],
        )
        seen = [(found.profile(1, page).page, found.profile(1, page).pages) for page in (-1, 1, 2, 3, 9)]
        assert seen == [(1, 3), (1, 3), (2, 3), (3, 3), (3, 3)]
        assert asked[::2] == [0, 0, 20, 40, 40]

    def test_the_average_order_is_rounded_half_up(self) -> None:
        assert self.profile().aov == 501
        assert self.profile(orders=0).aov is None

    def test_of_very_many_orders_only_the_latest_tell_what_somebody_likes(self) -> None:
        assert self.profile(orders=199).latest is None
        assert self.profile(orders=200).latest == 200


class TestValues:
    def test_bands_begin_at_one_two_and_five_and_end_with_the_highest(self) -> None:
        values = pd.Series([-5, 0, 99, 100, 250, 1_200], dtype="int64")
        assert bands(values, 100) == [
            ValueBand(None, 0, 1), ValueBand(0, 100, 2), ValueBand(100, 200, 1), ValueBand(200, 500, 1),
            ValueBand(500, 1_000, 0), ValueBand(1_000, 2_000, 1),
        ]  # fmt: skip

    def test_everybody_is_in_one_band(self) -> None:
        values = pd.Series([3, 7, 10_000_000, 49, 50, 51], dtype="int64")
        found = bands(values, 1)
        assert sum(band.customers for band in found) == 6
        assert found[0].customers > 0 < found[-1].customers

    def test_without_customers_there_are_none(self) -> None:
        summary = service(people=[])[0].summary()
        assert (summary.bands, summary.median, summary.top_share) == ([], 0, 0.0)

    def test_the_best_tenth_is_rounded_up_to_a_whole_customer(self) -> None:
        people = [customer(n, n)._replace(lifetime=100 * n) for n in range(1, 12)]
        summary = service(people=people)[0].summary()
        assert summary.top_share == (1_100 + 1_000) / 6_600
        assert summary.median == 600
        assert (summary.buyers, summary.lifetime, summary.top_value) == (11, 6_600, 2_100)

    def test_a_middle_between_two_is_rounded_half_up(self) -> None:
        people = [customer(n, n)._replace(lifetime=worth) for n, worth in ((1, 100), (2, 101))]
        assert service(people=people)[0].summary().median == 101


class TestCards:
    def test_each_segment_says_what_to_do_and_leads_to_its_customers(self) -> None:
        sums = (SegmentSum("Champions", 3, 90_000), SegmentSum("At risk", 1, 50_000), SegmentSum("New", 0, 0))
        card = segments_card(Segments(NOW, sums), INDIA, lambda name: f"?segment={name}", chosen="Champions")
        assert "1 good customer stays away, worth" in words(card)
        assert "3 of 4" in words(card)
        assert "%" not in words(card)
        many = (SegmentSum("Champions", 9, 90_000), SegmentSum("New", 3, 50_000))
        assert "75%" in words(segments_card(Segments(NOW, many), INDIA, "?segment={}".format))
        assert "Ask for reviews" in words(card)
        assert hrefs(card) == ["?segment=Champions", "?segment=At risk"]

    def test_of_few_customers_every_card_says_two_counts(self) -> None:
        summary = service(people=[customer(n, n)._replace(lifetime=100_00 * n) for n in range(1, 5)])[0].summary()
        assert "The best customer brings ₹400 of ₹1,000" in words(values_card(summary, "values", INDIA))
        here = by_country([CountrySum("IN", 3, 100_00), CountrySum("FR", 1, 300_00)])
        assert "3 of 4 customers are in India" in words(countries_card(here, INDIA))
        assert "₹100 of ₹400" in words(countries_card(here, INDIA))
        week = SalesBucket(Period(date(2011, 11, 28), date(2011, 12, 5)), SalesTotals(), 8, 3, True)
        weeks = NewAndReturning(week.period, (week,))
        assert "3 of 8 customers had bought before" in words(new_returning_card(weeks, [], "weeks", INDIA, ""))
        assert "3 of 8 bought again" in words(totals_row(CustomerTotals(9, 8, 3, 100)._replace(), INDIA)).replace(
            "  ", " "
        )
        assert "none" in words(totals_row(CustomerTotals(9, 0, 0, 0), INDIA))
        shown = [
            values_card(summary, "v", INDIA),
            countries_card(here, INDIA),
            totals_row(CustomerTotals(9, 8, 3, 1), INDIA),
        ]
        assert "%" not in "".join(map(words, shown))

    def test_a_chart_of_another_year_names_it_on_its_axis(self) -> None:
        def format_of(first: date) -> str:
            week = SalesBucket(Period(first, first + timedelta(days=7)), SalesTotals(), 80, 30, True)
            card = new_returning_card(NewAndReturning(week.period, (week,)), [], "weeks", INDIA, "")
            return str(next(part.figure for part in walk(card) if hasattr(part, "figure")).layout.xaxis.tickformat)

        assert "%Y" in format_of(date(2011, 11, 28))
        assert "%Y" not in format_of(date(INDIA.today().year, 6, 1))

    def test_every_segment_has_advice(self) -> None:
        assert set(ADVICE) == set(SEGMENTS)

    def test_retention_is_shown_with_its_finding_and_the_month_that_is_not_over(self) -> None:
        cohorts = [cohort("2026-01", 10, 4, 1, complete=2), cohort("2026-02", 90, 0, complete=1)]
        card = cohorts_card(retention(cohorts), INDIA, OF_COHORT)
        assert "40.0% of new customers order again the month after" in words(card)
        assert "10%" in words(card)
        assert str(card).count(", counted in part</span>") == 2
        assert "Counted in part: the month is not over" in words(card)

    def test_of_few_customers_retention_is_two_counts(self) -> None:
        card = cohorts_card(retention([cohort("2026-01", 8, 3)]), INDIA, OF_COHORT)
        assert "3 of 8 new customers ordered again the month after" in words(card)
        assert "%" not in words(card)
        assert "once the month after a first order is over" in words(
            cohorts_card(retention([cohort("2026-01", 8)]), INDIA, OF_COHORT)
        )

    def test_of_many_months_the_largest_is_still_there(self) -> None:
        cohorts = [cohort("2011-12", 900, *[9] * 30), *(cohort(f"2012-{n:02}", 20, 2) for n in range(1, 13))]
        assert "900" in words(cohorts_card(retention(cohorts), INDIA, OF_COHORT))
        many = [cohort(f"{2000 + n // 12}-{n % 12 + 1:02}", 900 if n == 0 else 20, 2) for n in range(40)]
        card = words(cohorts_card(retention(many), INDIA, OF_COHORT))
        assert "16 earlier months" in card
        assert "Jan 2000" in card

    def test_an_empty_shop_says_what_will_be_here(self) -> None:
        assert "No cohorts yet" in words(cohorts_card(retention([]), INDIA, str))
        assert "No segments yet" in words(segments_card(Segments(NOW, ()), INDIA, str))
