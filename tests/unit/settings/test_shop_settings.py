"""What admins set: what may be set, who wins, and how a process comes to know what another one changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain import Actor, AuditEntry
from app.domain.shop import READABLE, TEXTS, contrast, for_dark, mixed, shades, worst_contrast
from app.errors import Busy, Conflict, EditClash, InvalidInput, StaleEdit, StoreUnavailable
from app.services.settings.ports import Stored
from app.services.settings.settings import SettingsService
from app.settings.environment import Settings
from app.settings.in_force import InForce, StoreClock

ASHA = Actor("asha@shop.example", 3)


class FakeSettings:
    """The `SettingsStore` port in memory; what two services share."""

    def __init__(self) -> None:
        self.stored = Stored()
        self.entries: list[AuditEntry] = []
        self.order_count = self.asked = 0
        self.is_away = False

    def revision(self) -> str:
        self.asked += 1
        if self.is_away:
            raise StoreUnavailable("away")
        return self.stored.revision

    def read(self) -> Stored:
        self.asked += 1
        if self.is_away:
            raise StoreUnavailable("away")
        return self.stored

    def write(
        self, changes: Mapping[str, str], seen: str, revision: str, audited: AuditEntry, *, without_orders: bool
    ) -> None:
        if seen != self.stored.revision:
            raise StaleEdit()
        self.stored = Stored(revision, {**self.stored.values, **changes})
        self.entries.append(audited)

    def orders(self) -> int:
        return self.order_count


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


class Processes:
    """Two processes of one shop."""

    def __init__(self, **environment: object) -> None:
        self.store, self.clock = FakeSettings(), Clock()
        known = Settings(_env_file=None, **environment)
        self.one, self.other = (SettingsService(self.store, known, self.clock) for _ in range(2))
        for process in (self.one, self.other):
            process.follow()

    def save(self, **values: str) -> bool:
        return self.one.save("Shop", values, {name: self.one.values()[name] for name in values}, ASHA)


@pytest.fixture
def shop() -> Processes:
    return Processes()


class TestBeingInForce:
    def test_a_change_holds_at_once_where_it_was_made_and_a_second_later_elsewhere(self, shop: Processes):
        shop.save(name="Cotton House", currency="GBP", timezone="Europe/London", page_about="# We")
        assert (shop.one.shop().name, shop.one.formats().currency) == ("Cotton House", "GBP")
        assert shop.other.shop().name == "Retail Sync"
        shop.clock.at += 1.0
        shop.other.follow()
        assert (shop.other.shop().name, shop.other.settings().store_name) == ("Cotton House", "Cotton House")
        assert shop.other.formats().money(150) == "£1.50"
        assert shop.other.settings().zone == ZoneInfo("Europe/London")
        assert shop.other.shop().pages == (("about", "# We"),)

    def test_it_costs_one_small_read_a_second_however_often_it_is_asked_for(self, shop: Processes):
        asked = shop.store.asked
        for _ in range(50):
            shop.one.follow()
            shop.one.shop()
        assert shop.store.asked == asked
        shop.clock.at += 1.0
        shop.one.follow()
        assert shop.store.asked == asked + 1

    def test_what_was_known_holds_while_the_store_is_away_and_whoever_asks_hears_that_it_is(self, shop: Processes):
        shop.save(name="Cotton House")
        shop.store.is_away = True
        shop.clock.at += 1.0
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                shop.one.follow()
        assert shop.one.shop().name == "Cotton House"

    def test_while_the_store_is_away_nobody_hears_that_it_is_there(self, shop: Processes):
        heard: list[type[Exception] | None] = []

        def ask_beside() -> str:
            try:
                shop.one.follow()
                heard.append(None)
            except StoreUnavailable as error:
                heard.append(type(error))
            raise StoreUnavailable("away")

        shop.store.revision = ask_beside
        for _ in range(2):
            shop.clock.at += 1.0
            with pytest.raises(StoreUnavailable):
                shop.one.follow()
        assert heard == [None, StoreUnavailable]

    def test_nothing_is_known_before_the_first_read_and_that_is_waited_for(self, shop: Processes):
        shop.save(currency="GBP")
        shop.store.is_away = True
        late = SettingsService(shop.store, Settings(_env_file=None), shop.clock)
        with pytest.raises(Busy):
            late.known()
        shop.store.is_away = False
        with pytest.raises(Busy):
            late.known()
        shop.clock.at += 1.0
        assert late.known().values == {"currency": "GBP"}

    def test_whoever_keeps_formats_or_a_clock_for_long_sees_the_present_ones(self, shop: Processes):
        formats, clock = InForce(shop.one.formats), StoreClock(lambda: shop.one.settings().zone)
        at = datetime(2026, 7, 1, 20, tzinfo=UTC)
        assert (formats.currency, at.astimezone(clock).day, str(clock)) == ("INR", 2, "Asia/Kolkata")
        shop.save(currency="JPY", timezone="Europe/London")
        assert (formats.digits, at.astimezone(clock).hour, str(clock)) == (0, 21, "Europe/London")
        assert (formats, hash(formats)) == (shop.one.formats(), hash(shop.one.formats()))

    def test_a_variable_that_is_set_wins_and_is_locked(self):
        shop = Processes(store_name="From outside")
        shop.store.stored = Stored("r", {"name": "From the table", "phone": "1"})
        shop.clock.at += 1.0
        shop.one.follow()
        assert (shop.one.shop().name, shop.one.shop().phone) == ("From outside", "1")
        assert "STORE_NAME" in shop.one.locks()["name"]
        with pytest.raises(Conflict, match="STORE_NAME"):
            shop.save(name="Another")


class TestSaving:
    def test_a_change_is_written_once_with_what_it_was_before(self, shop: Processes):
        seen = {"phone": "", "name": "Retail Sync"}
        assert shop.one.save("Shop", {"phone": " 020  7946 ", "name": "Retail Sync"}, seen, ASHA)
        assert not shop.one.save("Shop", {"phone": "020 7946", "name": "Retail Sync"}, seen, ASHA)
        (entry,) = shop.store.entries
        assert (entry.before, entry.after, entry.actor) == ({"phone": ""}, {"phone": "020 7946"}, ASHA)

    def test_what_others_changed_stays_and_the_same_field_is_a_clash(self, shop: Processes):
        seen = {name: shop.other.values()[name] for name in ("name", "phone")}
        shop.save(name="Cotton House")
        shop.other.save("Shop", {"name": "Retail Sync", "phone": "1"}, seen, ASHA)
        assert (shop.other.shop().name, shop.other.shop().phone) == ("Cotton House", "1")
        with pytest.raises(EditClash) as clash:
            shop.other.save("Shop", {"name": "Linen House", "phone": "1"}, seen, ASHA)
        assert [(one.field, one.theirs, one.mine) for one in clash.value.clashes] == [
            ("name", "Cotton House", "Linen House")
        ]

    def test_orders_lock_currency_and_time_zone_and_the_reason_says_how_many(self, shop: Processes):
        shop.save(timezone="Europe/London")
        shop.store.order_count = 3
        assert shop.one.locks()["currency"].startswith("There are 3 orders")
        for values in ({"currency": "GBP"}, {"timezone": "UTC"}):
            with pytest.raises(Conflict, match="3 orders"):
                shop.save(**values)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("name", " "), ("name", "x" * 61), ("name", "a\x07b"), ("name", 7), ("address", "\n".join("123456789")),
            ("email", "nobody"), ("reply_to", "a@b"), ("timezone", "Asia/Nowhere"), ("timezone", ["UTC"]),
            ("timezone", "../etc/passwd"), ("currency", "inr"), ("low_stock_rule", "10-5:3, else:1"),
            ("low_stock_rule", "else:" + "9" * 400), ("low_stock_rule", "0-5:3"), ("logo", "../x.webp"),
            ("accent", "teal"), ("accent", "#5eead4"), ("accent_dark", "#0f766e"), ("page_about", "x" * 15_001),
            ("page_terms", "\u202e"), ("sender_name", "=?utf-8?q?a=0d=0aBcc:_x@y?="),
            ("page_terms", "*a **b " * 120 + "b** a* " * 120), ("secret_key", "x"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_by_its_name_and_changes_nothing(self, shop: Processes, name: str, value: object):
        with pytest.raises(InvalidInput) as refused:
            shop.one.save("Shop", {name: value}, shop.one.values(), ASHA)
        assert refused.value.field == name
        assert (shop.store.stored, shop.store.entries) == (Stored(), [])


class TestAccents:
    @pytest.mark.parametrize("accent", ["#0f766e", "#b3361b", "#1d4ed8", "#000000", "#7a1f5c", "#6b5b00"])
    def test_every_accent_that_may_be_can_be_read_in_both_themes_with_what_is_made_of_it(self, accent: str):
        assert worst_contrast(accent, "light") >= READABLE
        for theme, colour in (("light", accent), ("dark", for_dark(accent))):
            made = shades(colour, theme)
            assert worst_contrast(colour, theme) >= READABLE
            for words, ground in ((made.ink, made.accent), (made.ink, made.strong), (made.strong, made.soft)):
                assert contrast(words, ground) >= READABLE, (theme, words, ground)
            card = {"light": "#fffefc", "dark": "#18202a"}[theme]
            deepest = mixed(card, colour, made.heat)
            assert contrast(TEXTS[theme], deepest) >= READABLE, (theme, deepest)

    def test_contrast_is_the_published_one(self):
        assert contrast("#000000", "#ffffff") == pytest.approx(21)
        assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
