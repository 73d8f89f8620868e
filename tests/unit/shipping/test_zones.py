"""Zones and methods as admins change them, and what a process knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Actor, AuditEntry, CalendarEntry, EntryKind, Holiday
from app.domain.shipping import Goods, Method, ShippingPlan, Zone
from app.errors import EditClash, InvalidInput, NotFound, StaleEdit, StoreUnavailable
from app.money import Formats
from app.services.shipping.drafts import method_fields, zone_fields
from app.services.shipping.ports import Audited, StoredPlan, Turn
from app.services.shipping.shipping import ShippingService
from app.services.shipping.working_days import WorkingDays
from app.services.shipping.zones import ShippingZones

ASHA = Actor("asha@shop.example", 3)
INDIA = {"name": "India", "places": ["IN"]}
POST: Mapping[str, Any] = {
    "name": "Post", "by": "weight", "steps": [[500, 4_900], [None, 9_900]], "free_from": 99_900, "days_least": 2,
    "days_most": 4, "cutoff": 840, "weekdays": [0, 1, 2, 3, 4], "unknown_weight": 500, "pick_up": "",
}  # fmt: skip
BOOK = [Goods(1, 50_000, 400)]


class FakeShipping:
    """The `ShippingStore` port in memory. `meanwhile` runs once, before the next write."""

    def __init__(self) -> None:
        self.zones: dict[int, Zone] = {}
        self.entries: list[AuditEntry] = []
        self.revision, self.last_id, self.reads = "", 0, 0
        self.meanwhile: Any = None

    def read(self) -> StoredPlan:
        self.reads += 1
        return StoredPlan(ShippingPlan(self.revision, tuple(self.zones.values())), self.revision)

    def write_zone(self, zone: Zone, turn: Turn, audited: Audited) -> int:
        self._take(turn)
        zone_id = zone.zone_id or self._next()
        methods = self.zones[zone_id].methods if zone_id in self.zones else ()
        self.zones[zone_id] = replace(zone, zone_id=zone_id, methods=methods)
        self.entries.append(audited(zone_id))
        return zone_id

    def remove_zone(self, zone_id: int, turn: Turn, audited: Audited) -> None:
        self._take(turn)
        del self.zones[zone_id]
        self.entries.append(audited(zone_id))

    def write_method(self, zone_id: int, method: Method, turn: Turn, audited: Audited) -> int:
        self._take(turn)
        method = replace(method, method_id=method.method_id or self._next())
        kept = {one.method_id: one for one in self.zones[zone_id].methods} | {method.method_id: method}
        self.zones[zone_id] = replace(self.zones[zone_id], methods=tuple(kept.values()))
        self.entries.append(audited(method.method_id))
        return method.method_id

    def remove_method(self, method_id: int, turn: Turn, audited: Audited) -> None:
        self._take(turn)
        for zone in self.zones.values():
            kept = tuple(one for one in zone.methods if one.method_id != method_id)
            self.zones[zone.zone_id] = replace(zone, methods=kept)
        self.entries.append(audited(method_id))

    def _take(self, turn: Turn) -> None:
        if self.meanwhile is not None:
            other, self.meanwhile = self.meanwhile, None
            other()
        if turn.seen != self.revision:
            raise StaleEdit
        self.revision = turn.revision

    def _next(self) -> int:
        self.last_id += 1
        return self.last_id


class FakeCalendar:
    def __init__(self, *entries: CalendarEntry) -> None:
        self.entries, self.asked, self.is_away = list(entries), 0, False

    def between(self, start: Any, end: Any, limit: Any = None) -> Any:
        self.asked += 1
        if self.is_away:
            raise StoreUnavailable("away")
        return self.entries


class FakeBook:
    def between(self, countries: Any, start: Any, end: Any) -> list[Holiday]:
        return [Holiday(date(2026, 12, 25), country, "Christmas") for country in countries]


@pytest.fixture
def store() -> FakeShipping:
    return FakeShipping()


@pytest.fixture
def zones(store: FakeShipping) -> ShippingZones:
    return ShippingZones(store, Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"), "IN"))


def serving(store: FakeShipping, now: datetime = datetime(2026, 11, 30, 6, tzinfo=UTC)) -> ShippingService:
    days = WorkingDays(FakeCalendar(), FakeBook(), lambda: "IN")  # type: ignore[arg-type]
    kolkata = ZoneInfo("Asia/Kolkata")
    return ShippingService(store, lambda: store.revision, days, kolkata, lambda: "IN", now=lambda: now)


class TestZones:
    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": " "}, "name"), ({"name": "x" * 61}, "name"), ({"name": 7}, "name"), ({"name": "asia"}, "name"),
            ({"places": []}, "places"), ({"places": ["ZZ"]}, "places"), ({"places": "IN"}, "places"),
            ({"places": ["IN/Atlantis"]}, "places"), ({"places": ["IN", "IN/Kerala"]}, "places"),
            ({"places": ["NP"]}, "places"), ({"places": [7]}, "places"), ({"places": None}, "places"),
        ],
    )  # fmt: skip
    def test_what_is_none_is_refused_and_writes_nothing(self, zones, store, wrong, field):
        zones.add_zone({"name": "Asia", "places": ["NP", "LK"]}, ASHA)
        before = store.revision
        with pytest.raises(InvalidInput) as raised:
            zones.add_zone({**INDIA, **wrong}, ASHA)
        assert (raised.value.field, store.revision) == (field, before)

    def test_two_admins_change_what_does_not_meet(self, zones, store):
        zone = zones.add_zone(INDIA, ASHA)
        seen = zone_fields(zone)
        store.meanwhile = lambda: zones.change_zone(zone.zone_id, {**INDIA, "places": ["IN", "NP"]}, seen, ASHA)
        zones.change_zone(zone.zone_id, {**INDIA, "name": "Home"}, seen, ASHA)
        assert zone_fields(store.zones[zone.zone_id]) == {"name": "Home", "places": ["IN", "NP"]}
        assert [one.action for one in store.entries] == ["zone.add", "zone.change", "zone.change"]
        assert (store.entries[2].before, store.entries[2].after) == ({"name": "India"}, {"name": "Home"})

    def test_of_what_meets_somebody_chooses(self, zones, store):
        zone = zones.add_zone(INDIA, ASHA)
        zones.change_zone(zone.zone_id, {**INDIA, "name": "Home"}, zone_fields(zone), ASHA)
        with pytest.raises(EditClash) as raised:
            zones.change_zone(zone.zone_id, {**INDIA, "name": "Bharat"}, zone_fields(zone), ASHA)
        assert [(one.field, one.theirs, one.mine) for one in raised.value.clashes] == [("name", "Home", "Bharat")]

    def test_a_country_that_another_zone_took_at_the_same_moment_is_refused(self, zones, store):
        store.meanwhile = lambda: zones.add_zone({"name": "Asia", "places": ["IN"]}, ASHA)
        with pytest.raises(InvalidInput, match="India is in the zone Asia already"):
            zones.add_zone(INDIA, ASHA)
        assert [zone.name for zone in store.zones.values()] == ["Asia"]

    def test_one_that_changed_since_it_was_shown_is_not_removed(self, zones, store):
        zone = zones.add_zone(INDIA, ASHA)
        zones.add_method(zone.zone_id, POST, ASHA)
        with pytest.raises(StaleEdit, match="Look at it again"):
            zones.remove_zone(zone.zone_id, zone_fields(zone), 0, ASHA)
        zones.remove_zone(zone.zone_id, zone_fields(zone), 1, ASHA)
        assert store.entries[-1].before == {"name": "India", "places": "India", "methods": "Post"}
        with pytest.raises(NotFound):
            zones.remove_zone(zone.zone_id, zone_fields(zone), 1, ASHA)


class TestMethods:
    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": ""}, "name"), ({"by": "colour"}, "by"), ({"by": []}, "by"), ({"steps": []}, "steps"),
            ({"steps": [[None, 1], [2, 1]]}, "steps"), ({"steps": [[5, 1], [5, 2]]}, "steps"),
            ({"steps": [[5, -1]]}, "steps"), ({"steps": [[5, 1.5]]}, "steps"), ({"steps": [[0, 1]]}, "steps"),
            ({"steps": "free"}, "steps"), ({"steps": [7]}, "steps"), ({"steps": [[1, 2, 3]]}, "steps"),
            ({"steps": [[n, 1] for n in range(1, 40)]}, "steps"), ({"free_from": 0}, "free_from"),
            ({"days_least": 5}, "days_most"), ({"days_least": -1}, "days_least"), ({"days_most": 91}, "days_most"),
            ({"cutoff": 1441}, "cutoff"), ({"cutoff": True}, "cutoff"), ({"weekdays": []}, "weekdays"),
            ({"weekdays": [7]}, "weekdays"), ({"weekdays": "all"}, "weekdays"), ({"unknown_weight": -1},
            "unknown_weight"), ({"pick_up": "a\n" * 9}, "pick_up"), ({"pick_up": 5}, "pick_up"),
        ],
    )  # fmt: skip
    def test_what_is_none_is_refused_and_writes_nothing(self, zones, store, wrong, field):
        zone = zones.add_zone(INDIA, ASHA)
        before = store.revision
        with pytest.raises(InvalidInput) as raised:
            zones.add_method(zone.zone_id, {**POST, **wrong}, ASHA)
        assert (raised.value.field, store.revision) == (field, before)

    def test_it_is_written_down_in_words(self, zones, store):
        zone = zones.add_zone(INDIA, ASHA)
        method = zones.add_method(zone.zone_id, POST, ASHA)
        assert store.entries[-1].after == {
            "name": "Post", "prices": "By weight: up to 500 g ₹49.00, above that ₹99.00", "free_from": 99_900,
            "delivery": "2 to 4 working days (Mon to Fri); until 14:00 it leaves the same day",
            "unknown_weight": 500, "pick_up": "",
        }  # fmt: skip
        zones.change_method(method.method_id, {**POST, "free_from": None}, method_fields(method), ASHA)
        assert (store.entries[-1].before, store.entries[-1].after) == ({"free_from": 99_900}, {"free_from": None})

    def test_prices_that_two_changed_are_a_clash_and_others_stay(self, zones, store):
        zone = zones.add_zone(INDIA, ASHA)
        method = zones.add_method(zone.zone_id, POST, ASHA)
        seen = method_fields(method)
        zones.change_method(method.method_id, {**POST, "steps": [[None, 7_900]]}, seen, ASHA)
        with pytest.raises(EditClash) as raised:
            zones.change_method(method.method_id, {**POST, "steps": [[None, 5_900]]}, seen, ASHA)
        assert [one.field for one in raised.value.clashes] == ["steps"]
        changed = zones.change_method(method.method_id, {**POST, "name": "Letter"}, seen, ASHA)
        assert (changed.name, changed.steps) == ("Letter", ((None, 7_900),))

    def test_one_that_changed_or_went_since_it_was_shown_is_not_removed(self, zones, store):
        zone = zones.add_zone(INDIA, ASHA)
        method = zones.add_method(zone.zone_id, POST, ASHA)
        with pytest.raises(StaleEdit, match="Look at it again"):
            zones.remove_method(method.method_id, {**method_fields(method), "free_from": 1}, ASHA)
        zones.remove_method(method.method_id, method_fields(method), ASHA)
        with pytest.raises(NotFound):
            zones.change_method(method.method_id, POST, method_fields(method), ASHA)


class TestService:
    def test_the_store_is_asked_when_the_settings_say_that_it_is_another_plan(self, zones, store):
        service = serving(store)
        assert service.offer(BOOK, "IN").is_free_for_all
        zone = zones.add_zone(INDIA, ASHA)
        assert service.offer(BOOK, "IN").is_free_for_all, "a zone without a method is none yet"
        zones.add_method(zone.zone_id, POST, ASHA)
        reads = store.reads
        found = [service.offer(BOOK, "IN").quotes for _ in range(3)]
        assert [(one.price, one.arrives, one.arrives_latest) for one in found[2]] == [
            (4_900, date(2026, 12, 2), date(2026, 12, 4))
        ]
        assert store.reads == reads + 1

    def test_what_is_not_offered_is_refused_at_its_field(self, zones, store):
        zone = zones.add_zone({"name": "South", "places": ["IN/Kerala"]}, ASHA)
        method = zones.add_method(zone.zone_id, {**POST, "steps": [[500, 4_900]], "free_from": None}, ASHA)
        service = serving(store)
        assert service.offer(BOOK, "IN", "Kerala").chosen(None).method == method
        for goods, country, region, chosen, field in [
            (BOOK, "FR", "", None, "country"), (BOOK, "IN", "Goa", None, "region"), (BOOK, "", "", None, "region"),
            ([Goods(1, 1, 501)], "IN", "Kerala", None, "delivery"), (BOOK, "IN", "Kerala", 99, "delivery"),
        ]:  # fmt: skip
            with pytest.raises(InvalidInput) as raised:
                service.offer(goods, country, region).chosen(chosen)
            assert raised.value.field == field

    def test_an_order_without_a_country_goes_to_the_shops_own(self, zones, store):
        zone = zones.add_zone(INDIA, ASHA)
        zones.add_method(zone.zone_id, POST, ASHA)
        assert len(serving(store).offer(BOOK, "").quotes) == 1


class TestWorkingDays:
    def test_it_is_asked_once_a_minute_and_goes_on_while_its_store_is_away(self):
        clock = [0.0]
        closed = CalendarEntry(1, EntryKind.CLOSED, date(2026, 12, 1), date(2026, 12, 2), "Closed", "asha")
        promotion = replace(closed, kind=EntryKind.PROMOTION, first=date(2026, 12, 5), last=date(2026, 12, 9))
        calendar = FakeCalendar(closed, promotion)
        days = WorkingDays(calendar, FakeBook(), lambda: "IN", lambda: clock[0])  # type: ignore[arg-type]
        today = date(2026, 11, 30)
        expected = {date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 25)}
        assert [days.off(today), days.off(today)] == [expected] * 2
        assert calendar.asked == 1
        calendar.entries = []
        clock[0] = 61
        assert days.off(today) == {date(2026, 12, 25)}
        calendar.is_away, clock[0] = True, 130
        assert days.off(today) == {date(2026, 12, 25)}
        with pytest.raises(StoreUnavailable):
            WorkingDays(calendar, FakeBook(), lambda: "IN").off(today)  # type: ignore[arg-type]
