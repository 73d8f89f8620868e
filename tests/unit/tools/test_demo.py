from __future__ import annotations

import random
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain import MovementKind
from app.domain.gtin import is_gtin
from app.errors import InvalidInput
from app.services.checkout.request import CheckoutRequest, cleaned
from app.settings.environment import Settings
from app.tools.demo.catalog import DemoProduct, demo_products, shelf_price
from app.tools.demo.people import People
from app.tools.demo.seasons import Calendar, clock_times, counts_per_day, day_weight
from app.tools.demo.stockroom import Shelf, Stockroom
from app.tools.demo.variety import MOST_VARIANTS

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
KOLKATA = ZoneInfo("Asia/Kolkata")


def settings(**changes: str) -> Settings:
    return Settings(_env_file=None, **changes)  # type: ignore[arg-type]


class TestProducts:
    def test_names_and_ids_are_unique_far_beyond_the_hand_written_range(self) -> None:
        products = demo_products(settings(), 20_000, random.Random(1))
        assert len({p.name for p in products}) == len({p.product_id for p in products}) == 20_000
        assert max(len(p.name) for p in products) <= 80

    def test_no_name_is_a_number(self) -> None:
        assert not [p.name for p in demo_products(settings(), 500, random.Random(1)) if p.name.startswith("Product")]

    def test_a_small_range_has_every_category(self) -> None:
        assert len({p.category for p in demo_products(settings(), 10, random.Random(1))}) == 10

    def test_every_product_earns_something_and_is_described(self) -> None:
        products = demo_products(settings(), 400, random.Random(1))
        assert all(0 < p.cost < p.price and p.description for p in products)

    def test_more_than_there_are_names_for_is_refused(self) -> None:
        with pytest.raises(InvalidInput, match="at most"):
            demo_products(settings(), MOST_VARIANTS + 1_000, random.Random(1))

    @pytest.mark.parametrize(
        ("currency", "digits", "price"),
        [("INR", 2, 34_900), ("GBP", 2, 625), ("USD", 2, 775), ("JPY", 0, 1_050), ("XAU", 2, 775)],
    )
    def test_prices_look_right_in_the_shops_currency(self, currency: str, digits: int, price: int) -> None:
        assert shelf_price(349, currency, digits) == price

    def test_larger_amounts_end_below_the_round_number(self) -> None:
        assert shelf_price(1_299, "GBP", 2) == 2_295


class TestSeasons:
    def test_the_weeks_before_diwali_are_the_busiest_of_the_year(self) -> None:
        start = date(2026, 1, 1)
        diwali, monsoon = date(2026, 11, 3), date(2026, 7, 14)
        assert diwali.weekday() == monsoon.weekday()
        assert day_weight(diwali, start) > 2.5 * day_weight(monsoon, start)

    def test_counts_add_up_and_end_today(self) -> None:
        calendar = Calendar(NOW, KOLKATA)
        counts = counts_per_day(calendar, 5_000, random.Random(3))
        assert sum(counts) == 5_000
        assert len(counts) == 365
        assert calendar.days[-1] == date(2026, 11, 22)
        assert counts[-1] > 0

    def test_an_early_hour_still_has_a_few_sales(self) -> None:
        calendar = Calendar(datetime(2026, 11, 21, 19, 30, tzinfo=UTC), KOLKATA)  # one in the morning of the 22nd
        assert counts_per_day(calendar, 5_000, random.Random(3))[-1] >= 4

    def test_nothing_is_sold_later_than_now(self) -> None:
        for latest in (60, 5 * 3600, 13 * 3600):
            times = clock_times(50, latest, random.Random(1))
            assert times == sorted(times)
            assert max(times) < latest


class TestPeople:
    def test_addresses_are_whole_and_mail_goes_nowhere_real(self) -> None:
        people = People(random.Random(2), 1)
        shoppers = [people.next_shopper(NOW, 0.5) for _ in range(2_000)]
        assert all(s.email.endswith("@mail.example") for s in shoppers)
        # As the checkout would have taken them, unchanged.
        assert all(cleaned(CheckoutRequest("x", 1, None, s.address, None, None)).address == s.address for s in shoppers)
        emails = [c.email for c in people.customers]
        assert len(set(emails)) == len(emails)

    def test_guests_are_a_fifth_and_many_customers_come_back(self) -> None:
        people = People(random.Random(2), 1)
        shoppers = [people.next_shopper(NOW, 0.5) for _ in range(2_000)]
        guests = sum(s.user_id is None for s in shoppers)
        assert 340 < guests < 500
        assert len(people.customers) < 0.6 * (2_000 - guests)

    def test_a_guests_key_stays_out_of_the_ledger(self) -> None:
        people = People(random.Random(2), 1)
        actors = {s.actor for s in (people.next_shopper(NOW, 0.5) for _ in range(200)) if s.user_id is None}
        assert actors == {"guest"}


class TestStockroom:
    def room(self, **changes: int) -> Stockroom:
        product = demo_products(settings(), 1, random.Random(1))[0]
        values = {"threshold": 10, "reorder_at": 8, "target": 40} | changes
        return Stockroom(
            [Shelf(product, threshold_manual=False, fades_at=None, **values)], random.Random(1), print_nothing
        )

    def test_what_runs_low_opens_an_episode_and_a_delivery_closes_it(self) -> None:
        room = self.room()
        room.receive(NOW, 0, 12)
        room.sell(0, 5, NOW, "order:1", 1, "guest")
        room.advance(NOW.replace(year=2027))
        room.close_books()
        assert [(e.on_hand, e.opened_at, e.closed_at is None) for e in room.episodes] == [(7, NOW, False)]
        assert room.on_hand(0) >= 40

    def test_nothing_falls_below_zero(self) -> None:
        room = self.room()
        room.receive(NOW, 0, 12)
        with pytest.raises(AssertionError):
            room.book(0, NOW, MovementKind.SALE, -13, "u", "c", "a")

    def test_a_correction_takes_no_more_than_there_is(self) -> None:
        room = self.room()
        room.receive(NOW, 0, 1)
        for _ in range(30):
            room.correct(NOW, 0)
        assert room.on_hand(0) >= 0


def print_nothing(*_: object) -> None:
    """A ledger that nobody reads."""


def test_products_are_known_by_what_a_real_shop_knows_them_by() -> None:
    products = demo_products(settings(), 400, random.Random(1))
    labels = [one.labels for one in products]
    assert all(is_gtin(one.barcode) and one.brand and one.tags and 0 < one.weight < 5_000 for one in labels)
    assert len({one.barcode for one in labels}) == 400
    families: dict[str, list[DemoProduct]] = {}
    for one in demo_products(settings(), 126, random.Random(1)):
        families.setdefault(one.family_id, []).append(one)
    assert {name: len(some) for name, some in families.items() if name} == {"CUSHION-BLOCK-PRINT": 5, "CHAI-MASALA": 3}
    for name, some in families.items():
        assert not name or len({one.options for one in some}) == len(some)
        assert not name or len({tuple(option for option, _ in one.options) for one in some}) == 1
