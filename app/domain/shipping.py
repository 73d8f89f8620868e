"""Where the shop ships to, what that costs, and when it arrives: rules that need nothing but their values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.domain.orders import Delivery
from app.domain.places import address_rules, countries

ELSEWHERE = "*"  # in place of a country: all that no other zone names
_MOST_OFF = 400  # days in a row on which nobody works, after which one is taken all the same


class Place(NamedTuple):
    """A country (ISO 3166 alpha-2, or ELSEWHERE), or one region of it as orders keep it."""

    country: str
    region: str = ""


class PriceBy(StrEnum):
    """What the steps of a price go by."""

    TOTAL = "total"  # minor units of the goods
    WEIGHT = "weight"  # grams
    ITEM = "item"  # units


class Step(NamedTuple):
    """A parcel of at most so much costs so much; None: however much."""

    up_to: int | None
    price: int


@dataclass(frozen=True)
class Method:
    """A way to get an order to somebody.

    `steps` ascend; a parcel above the last one is not taken. `free_from`: goods for so much are brought for nothing.
    `days_least` to `days_most` working days pass after the day on which it leaves, which is the day of the order before
    `cutoff` (minutes after midnight). `weekdays`: 0 is Monday. `unknown_weight`: grams that a unit counts as whose
    product has no weight. `pick_up`: the address where customers fetch it, "" for what is brought.
    """

    method_id: int
    name: str
    by: PriceBy
    steps: tuple[Step, ...]
    free_from: int | None = None
    days_least: int = 1
    days_most: int = 3
    cutoff: int = 14 * 60
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    unknown_weight: int = 500
    pick_up: str = ""


@dataclass(frozen=True)
class Zone:
    """Places that are shipped to in the same ways."""

    zone_id: int
    name: str
    places: tuple[Place, ...]
    methods: tuple[Method, ...] = ()


@dataclass(frozen=True)
class ShippingPlan:
    """All zones. `revision`: another one after every change of them."""

    revision: str = ""
    zones: tuple[Zone, ...] = ()

    @property
    def is_in_force(self) -> bool:
        """Without any method the shop ships everywhere, for nothing."""
        return any(zone.methods for zone in self.zones)

    def zone_of(self, country: str, region: str = "") -> Zone | None:
        """That of the region, else of the whole country, else of everywhere else."""
        named = known_region(country, region)
        wanted = [Place(country, named)] if named else []
        for place in (*wanted, Place(country), Place(ELSEWHERE)):
            for zone in self.zones:
                if place in zone.places:
                    return zone
        return None

    def countries(self) -> frozenset[str]:
        """Those that the shop ships to, or to some region of."""
        if not self.is_in_force:
            return frozenset(countries())
        open_places = {place for zone in self.zones if zone.methods for place in zone.places}
        return frozenset(
            code
            for code in countries()
            if any(place.country == code for place in open_places)
            or ((zone := self.zone_of(code)) is not None and zone.methods)
        )

    def method(self, method_id: int) -> Method | None:
        return next((one for zone in self.zones for one in zone.methods if one.method_id == method_id), None)


class Goods(NamedTuple):
    """Units of a product in an order: the price and the weight (grams, None: unknown) of each."""

    units: int
    price: int
    weight: int | None = None
    ships_alone: bool = False


class Quote(NamedTuple):
    """What a method asks for an order: the price, the day it leaves, and the first and last day of its arrival."""

    method: Method
    price: int
    leaves: date
    arrives: date
    arrives_latest: date

    @property
    def delivery(self) -> Delivery:
        """As an order keeps it."""
        method = self.method
        days = self.leaves, self.arrives, self.arrives_latest
        return Delivery(method.method_id, method.name, *days, method.pick_up)


def known_region(country: str, region: str) -> str:
    """The region as orders keep it, "" for none that the country has in its list."""
    if not region or country not in countries():
        return ""
    area = address_rules(country).area(region)
    return area.value if area is not None else ""


def price_of(method: Method, goods: Iterable[Goods]) -> int | None:
    """Minor units, None when the method does not take these goods.

    Units that ship alone are parcels of their own, each at its own price; all others are one parcel. Goods that are
    worth `free_from` altogether cost nothing, in however many parcels.
    """
    wanted = [one for one in goods if one.units > 0]
    together = [one for one in wanted if not one.ships_alone]
    parcels = [(_parcel(method, [one._replace(units=1)]), one.units) for one in wanted if one.ships_alone]
    if together:
        parcels.append((_parcel(method, together), 1))
    total = 0
    for price, count in parcels:
        if price is None:
            return None
        total += price * count
    is_free = method.free_from is not None and _worth(wanted) >= method.free_from
    return 0 if is_free else total


def _parcel(method: Method, goods: Sequence[Goods]) -> int | None:
    size = _size(method, goods)
    return next((step.price for step in method.steps if step.up_to is None or size <= step.up_to), None)


def _size(method: Method, goods: Sequence[Goods]) -> int:
    if method.by is PriceBy.TOTAL:
        return _worth(goods)
    if method.by is PriceBy.WEIGHT:
        return sum(one.units * (method.unknown_weight if one.weight is None else one.weight) for one in goods)
    return sum(one.units for one in goods)


def _worth(goods: Iterable[Goods]) -> int:
    return sum(one.units * one.price for one in goods)


def quotes(zone: Zone, goods: Sequence[Goods], at: datetime, is_off: Callable[[date], bool]) -> tuple[Quote, ...]:
    """What can be chosen, at `at` on the store's clocks: what is brought before what is fetched, then the cheapest and
    the quickest first. `is_off`: whether nobody works on that day, whichever weekday it is."""
    found = []
    for method in zone.methods:
        price = price_of(method, goods)
        if price is not None:
            found.append(Quote(method, price, *days_of(method, at, is_off)))
    return tuple(sorted(found, key=lambda one: (bool(one.method.pick_up), one.price, one.arrives_latest)))


def days_of(method: Method, at: datetime, is_off: Callable[[date], bool]) -> tuple[date, date, date]:
    """When an order of now leaves, and the first and the last day of its arrival."""

    def working(day: date) -> date:
        for _ in range(_MOST_OFF):
            if day.weekday() in method.weekdays and not is_off(day):
                break
            day += timedelta(days=1)
        return day

    def after(day: date, days: int) -> date:
        for _ in range(days):
            day = working(day + timedelta(days=1))
        return day

    is_late = at.hour * 60 + at.minute >= method.cutoff
    leaves = working(at.date() + timedelta(days=int(is_late)))
    return leaves, after(leaves, method.days_least), after(leaves, method.days_most)


def terms_of(method: Method) -> dict[str, Any]:
    """All but its id and name, as JSON values."""
    return {
        "by": method.by.value,
        "steps": [list(step) for step in method.steps],
        "free_from": method.free_from,
        "days_least": method.days_least,
        "days_most": method.days_most,
        "cutoff": method.cutoff,
        "weekdays": list(method.weekdays),
        "unknown_weight": method.unknown_weight,
        "pick_up": method.pick_up,
    }


def method_of(method_id: int, name: str, terms: dict[str, Any]) -> Method:
    """The method of these `terms_of`."""
    known = dict(terms)
    known["by"] = PriceBy(known["by"])
    known["steps"] = tuple(Step(*step) for step in known["steps"])
    known["weekdays"] = tuple(known["weekdays"])
    return Method(method_id, name, **known)
