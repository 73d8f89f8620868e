"""Cohorts and segments: what the service makes of the rollups, and what the page says of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from app.domain import Trade
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.customer_ports import (
    EVERYBODY,
    CohortMonth,
    CountrySum,
    CustomerGroup,
    CustomerSummary,
    SegmentSum,
    Standing,
    ValueBand,
)
from app.services.analytics.customers import Cohort, CustomerAnalytics, bands
from app.services.analytics.rfm import SEGMENTS
from components.admin.cohorts import cohorts_card, next_month_rate
from components.admin.segments import ADVICE, segments_card
from tests.unit.components.test_admin_components import hrefs, words

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
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
    return CustomerAnalytics(reader, INDIA, lambda: TRADE, now=lambda: NOW), reader  # type: ignore[arg-type]


class TestCounting:
    def test_who_came_since_the_worker_counted_is_counted_and_nobody_else_is_read(self) -> None:
        found, reader = service(accounts=(1, 2, 3), people=[customer(1, 0)])
        assert found.totals().customers == 3
        found.keep_segments()
        reader.accounts.append(4)
        counting = CustomerAnalytics(reader, INDIA, lambda: TRADE, now=lambda: NOW)  # type: ignore[arg-type]
        assert (counting.totals().customers, reader.counted_after) == (4, 3)


class TestCohorts:
    def test_months_without_an_order_are_zeros_through_the_last_month_with_trade(self) -> None:
        """In March only a guest has bought yet; April has begun."""
        rows = [CohortMonth("2025-12", "2025-12", 4), CohortMonth("2025-12", "2026-02", 1)]
        found, _ = service(cohorts=lambda: rows)
        assert found.cohorts() == [Cohort("2025-12", (4, 0, 1, 0))]
        assert found.cohorts()[0].size == 4

    @pytest.mark.parametrize("cohort", ["2026", "2026-13", "2026-1", "march", "२०२६-०१", "2026-01' OR 1=1"])
    def test_what_is_no_month_is_refused(self, cohort: str) -> None:
        with pytest.raises(InvalidInput, match="as 2026-11"):
            service()[0].page(group=CustomerGroup(cohort=cohort))
        with pytest.raises(InvalidInput, match="as 2026-11"):
            service()[0].everybody(CustomerGroup(cohort=cohort))

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


class TestCards:
    def test_each_segment_says_what_to_do_and_leads_to_its_customers(self) -> None:
        totals = [SegmentSum("Champions", 3, 90_000), SegmentSum("At risk", 1, 50_000), SegmentSum("New", 0, 0)]
        card = segments_card(totals, INDIA, lambda name: f"?segment={name}", chosen="Champions")
        assert "1 good customers stay away" not in words(card)
        assert "Ask for reviews" in words(card)
        assert hrefs(card) == ["?segment=Champions", "?segment=At risk"]

    def test_every_segment_has_advice(self) -> None:
        assert set(ADVICE) == set(SEGMENTS)

    def test_the_finding_leaves_out_cohorts_whose_next_month_is_not_over(self) -> None:
        cohorts = [Cohort("2026-01", (10, 4, 1)), Cohort("2026-02", (90, 0))]
        assert next_month_rate(cohorts, NOW.date()) == 0.4
        assert next_month_rate(cohorts, date(2026, 4, 1)) == 0.04, "March is over"
        assert next_month_rate([Cohort("2011-12", (50,))], NOW.date()) is None, "trade ended with that month"
        assert "40% of new customers order again the month after" in words(
            cohorts_card(cohorts, INDIA, NOW.date(), "?cohort={}".format)
        )

    def test_an_empty_shop_says_what_will_be_here(self) -> None:
        assert "No cohorts yet" in words(cohorts_card([], INDIA, NOW.date(), str))
        assert "No segments yet" in words(segments_card([], INDIA, str))
