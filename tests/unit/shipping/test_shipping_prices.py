"""What an order costs to ship and when it arrives, whatever is in it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.places import countries
from app.domain.shipping import (
    ELSEWHERE,
    Goods,
    Method,
    Place,
    PriceBy,
    ShippingPlan,
    Step,
    Zone,
    days_of,
    method_of,
    price_of,
    quotes,
    terms_of,
)

INDIA = ZoneInfo("Asia/Kolkata")
BY_WEIGHT = Method(1, "Standard", PriceBy.WEIGHT, (Step(500, 4_900), Step(2_000, 9_900)))
FLAT = Method(2, "Express", PriceBy.ITEM, (Step(None, 15_000),))
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=INDIA)

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
amounts = st.integers(0, 10**9)
goods = st.lists(
    st.builds(
        Goods, st.integers(1, 50), st.integers(1, 10**7), st.none() | st.integers(1, 10**5), st.booleans()
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@st.composite
def methods(draw: st.DrawFn) -> Method:
    limits = sorted(draw(st.sets(st.integers(1, 10**7), max_size=5)))
    steps = [Step(limit, draw(amounts)) for limit in limits]
    if not steps or draw(st.booleans()):
        steps.append(Step(None, draw(amounts)))
    free_from = draw(st.none() | st.integers(1, 10**8))
    by = draw(st.sampled_from(list(PriceBy)))
    return Method(1, "Any", by, tuple(steps), free_from, unknown_weight=draw(st.integers(0, 5_000)))


def off(*days: date):
    return set(days).__contains__


class TestPrice:
    @pytest.mark.parametrize(
        ("weight", "price"), [(1, 4_900), (500, 4_900), (501, 9_900), (2_000, 9_900), (2_001, None)]
    )
    def test_a_step_holds_up_to_its_limit_and_nothing_is_taken_above_the_last(self, weight: int, price: int | None):
        assert price_of(BY_WEIGHT, [Goods(1, 100, weight)]) == price

    def test_a_product_without_a_weight_counts_as_the_method_says(self):
        assert price_of(BY_WEIGHT, [Goods(2, 100, None)]) == 9_900  # twice 500 g

    @few
    @given(methods(), goods)
    def test_what_ships_alone_adds_its_own_parcels_to_that_of_the_rest(self, method: Method, some: list[Goods]):
        method = Method(1, "Any", method.by, method.steps, unknown_weight=method.unknown_weight)
        rest = [one for one in some if not one.ships_alone]
        parts = [price_of(method, rest)] if rest else []
        for one in some:
            if one.ships_alone:
                parts += [price_of(method, [one._replace(units=1)])] * one.units
        whole = None if None in parts else sum(part for part in parts if part is not None)
        assert price_of(method, some) == whole

    @few
    @given(methods(), goods)
    def test_it_is_never_negative_and_nothing_from_the_free_amount_on(self, method: Method, some: list[Goods]):
        price = price_of(method, some)
        worth = sum(one.units * one.price for one in some)
        assert price is None or price >= 0
        if price and method.free_from is not None:
            assert worth < method.free_from

    @few
    @given(methods(), goods, st.randoms())
    def test_the_order_of_the_lines_makes_no_difference(self, method: Method, some: list[Goods], random):
        turned = list(some)
        random.shuffle(turned)
        assert price_of(method, turned) == price_of(method, some)

    @few
    @given(methods(), goods)
    def test_a_line_costs_the_same_in_one_piece_and_in_two(self, method: Method, some: list[Goods]):
        first, *others = some
        pieces = [first._replace(units=1), first._replace(units=first.units - 1)]
        assert price_of(method, [*pieces, *others]) == price_of(method, some)

    @few
    @given(methods())
    def test_terms_come_back_as_they_were(self, method: Method):
        assert method_of(method.method_id, method.name, terms_of(method)) == method


class TestChoice:
    def test_what_is_brought_comes_before_what_is_fetched_then_the_cheapest(self):
        fetched = Method(3, "Pick-up", PriceBy.ITEM, (Step(None, 0),), pick_up="1 Lake Road")
        zone = Zone(1, "India", (Place("IN"),), (fetched, FLAT, BY_WEIGHT))
        assert [one.method.method_id for one in quotes(zone, [Goods(1, 100, 10)], MONDAY, off())] == [1, 2, 3]
        assert [one.method.method_id for one in quotes(zone, [Goods(1, 100, 9_999)], MONDAY, off())] == [2, 3]


class TestZones:
    PLAN = ShippingPlan(
        "r", (
            Zone(1, "Mainland", (Place("IN"),), (FLAT,)),
            Zone(2, "Far", (Place("IN", "Lakshadweep"), Place("US", "CA")), (BY_WEIGHT,)),
            Zone(3, "Nowhere", (Place("FR"),)),
        ),
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("country", "region", "zone"),
        [
            ("IN", "Kerala", 1), ("IN", "", 1), ("IN", "लक्षद्वीप", 2), ("US", "California", 2), ("US", "TX", None),
            ("FR", "", 3), ("DE", "", None), ("", "", None),
        ],
    )  # fmt: skip
    def test_a_region_counts_before_its_country(self, country: str, region: str, zone: int | None):
        found = self.PLAN.zone_of(country, region)
        assert (found.zone_id if found else None) == zone

    def test_only_what_has_a_method_is_offered(self):
        assert self.PLAN.countries() == {"IN", "US"}
        everywhere = Zone(4, "World", (Place(ELSEWHERE),), (FLAT,))
        assert ShippingPlan("r", (*self.PLAN.zones, everywhere)).countries() == set(countries()) - {"FR"}

    def test_without_any_method_all_countries_are_offered(self):
        assert ShippingPlan("r", self.PLAN.zones[2:]).countries() == set(countries())


class TestDays:
    @pytest.mark.parametrize(
        ("at", "closed", "leaves", "arrives"),
        [
            (MONDAY, (), 30, (1, 3)),  # Monday before two o'clock
            (MONDAY.replace(hour=14), (), 31, (2, 4)),
            (MONDAY + timedelta(days=4, hours=6), (), 37, (8, 10)),  # Friday afternoon: on Monday
            (MONDAY, (date(2026, 12, 1),), 30, (2, 4)),
            (MONDAY, (date(2026, 11, 30), date(2026, 12, 2)), 31, (3, 7)),
        ],
    )
    def test_working_days_pass_by_the_cut_off_and_the_calendar(self, at, closed, leaves, arrives):
        method = Method(1, "Any", PriceBy.ITEM, (Step(None, 0),), days_least=1, days_most=3)
        found = days_of(method, at, off(*closed))
        first = date(2026, 11, 1)
        assert found == (first + timedelta(days=leaves - 1), *(date(2026, 12, day) for day in arrives))

    @few
    @given(
        st.integers(0, 30), st.integers(0, 30), st.integers(0, 1440),
        st.sets(st.integers(0, 6), min_size=1), st.sets(st.integers(0, 60)), st.integers(0, 400),
    )  # fmt: skip
    def test_nothing_leaves_or_arrives_on_a_day_off(self, least, more, cutoff, weekdays, closed, hours):
        method = Method(
            1, "Any", PriceBy.ITEM, (Step(None, 0),), days_least=least, days_most=least + more, cutoff=cutoff,
            weekdays=tuple(sorted(weekdays)),
        )  # fmt: skip
        at = MONDAY + timedelta(hours=hours)
        days = {at.date() + timedelta(days=number) for number in closed}
        leaves, first, last = days_of(method, at, days.__contains__)
        assert at.date() <= leaves <= first <= last
        assert all(day not in days and day.weekday() in weekdays for day in (leaves, first, last))

    def test_a_calendar_without_end_is_no_loop_without_end(self):
        assert days_of(FLAT, MONDAY, lambda day: True)[0] > MONDAY.date()
