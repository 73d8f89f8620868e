"""Who buys: invented people with names, places and a liking for the shop."""

from __future__ import annotations

import csv
import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

from app.domain import Address

_DATA = Path(__file__).parent / "data"

GUEST_SHARE = 0.21
_LOYALTY = ((1, 46), (2, 26), (4, 16), (8, 9), (16, 3))  # how eagerly someone comes back, and how many are so


@dataclass(frozen=True)
class Person:
    """Who places an order. `user_id` None: a guest. `owner` keys the orders."""

    owner: str
    email: str
    address: Address
    user_id: int | None
    joined_at: datetime

    @property
    def actor(self) -> str:
        """Who stands in the stock ledger: a guest's owner key opens the guest's orders, so it does not."""
        return self.owner if self.user_id is not None else "guest"


@dataclass(frozen=True)
class _Place:
    city: str
    region: str
    country: str
    postcode: str
    style: str


class People:
    """Invents shoppers and picks who places the next order: a guest, a new customer, or one who comes back."""

    def __init__(self, rng: random.Random, first_user_id: int) -> None:
        self._rng = rng
        self._next_id = first_user_id
        self._places, self._place_weights = _read_places()
        self._names = _read_names()
        self._emails: dict[str, int] = {}
        self._tickets: list[int] = []  # indexes of `customers`, once per unit of loyalty
        self._leaves_at: list[datetime] = []
        self.customers: list[Person] = []

    def next_shopper(self, at: datetime, done: float) -> Person:
        """Who orders at `at`; `done` is the share of the year's orders that lie behind."""
        if self._rng.random() < GUEST_SHARE:
            return self._guest(at)
        # New customers are most of a young shop's and a steady share of an older one's.
        if not self.customers or self._rng.random() < 0.24 + 0.56 * (1 - done) ** 3:
            return self._join(at)
        return self._returning(at) or self._join(at)

    def never_bought(self, count: int, start: datetime, end: datetime) -> None:
        """People who signed up and only looked around."""
        for _ in range(count):
            self._join(start + (end - start) * self._rng.random(), loyal=False)

    def _returning(self, at: datetime) -> Person | None:
        for _ in range(50):
            if not self._tickets:
                return None
            ticket = self._rng.randrange(len(self._tickets))
            customer = self._tickets[ticket]
            if self._leaves_at[customer] > at:
                return self.customers[customer]
            self._tickets[ticket] = self._tickets[-1]
            self._tickets.pop()
        return None

    def _join(self, at: datetime, loyal: bool = True) -> Person:
        person = self._invent(at)
        joined = at - timedelta(minutes=self._rng.uniform(2, 40))
        person = replace(
            person, owner=f"user#{self._next_id}", user_id=self._next_id, joined_at=joined.replace(microsecond=0)
        )
        self._next_id += 1
        self.customers.append(person)
        eager = self._rng.choices([e for e, _ in _LOYALTY], [w for _, w in _LOYALTY])[0]
        self._leaves_at.append(at + timedelta(days=self._rng.expovariate(1 / (60 + 45 * eager))))
        if loyal:
            self._tickets.extend([len(self.customers) - 1] * eager)
        return person

    def _guest(self, at: datetime) -> Person:
        return replace(self._invent(at), owner=f"guest#{self._rng.getrandbits(96):024x}")

    def _invent(self, at: datetime) -> Person:
        rng = self._rng
        place = rng.choices(self._places, cum_weights=self._place_weights)[0]
        # People move: one in seven has a name from elsewhere in the country.
        style = rng.choice(("north", "west", "south", "east")) if rng.random() < 0.14 else place.style
        firsts, lasts = self._names[style]
        first, last = rng.choice(firsts), rng.choice(lasts)
        line1, line2 = _street(place.country, rng)
        address = Address(
            name=f"{first} {last}",
            line1=line1,
            line2=line2,
            city=place.city,
            region=place.region,
            postcode="".join(str(rng.randrange(10)) if c == "#" else c for c in place.postcode),
            country=place.country,
        )
        return Person(owner="", email=self._email(first, last), address=address, user_id=None, joined_at=at)

    def _email(self, first: str, last: str) -> str:
        """Unique, and under a reserved domain: a demo must never write to somebody real."""
        local = _ascii(f"{first}.{last}")
        number = self._emails.get(local, 0) + 1
        self._emails[local] = number
        return f"{local}{number if number > 1 else ''}@mail.example"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain.lower().replace("'", "").replace(" ", "")


def _read_places() -> tuple[list[_Place], list[int]]:
    with (_DATA / "places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="|"))
    places = [_Place(r["city"], r["region"], r["country"], r["postcode"], r["style"]) for r in rows]
    return places, list(accumulate(int(r["weight"]) for r in rows))


def _read_names() -> dict[str, tuple[Sequence[str], Sequence[str]]]:
    with (_DATA / "names.csv").open(encoding="utf-8", newline="") as file:
        return {r["style"]: (r["first"].split(), r["last"].split()) for r in csv.DictReader(file, delimiter="|")}


_HOUSES = [
    "Lotus Residency",
    "Palm Grove",
    "Shanti Apartments",
    "Green Park",
    "Sai Krupa",
    "Lake View Towers",
    "Ashirwad",
    "Silver Oaks",
    "Prestige Meadows",
    "Nirmal Kunj",
    "Gulmohar Enclave",
    "Sunrise Heights",
    "Anand Vihar",
    "Orchid Gardens",
    "Chandan Villa",
]
_ROADS = [
    "MG Road",
    "Station Road",
    "Temple Street",
    "Park Street",
    "Gandhi Nagar",
    "Nehru Road",
    "Lake Road",
    "Sector 14",
    "Model Town",
    "Civil Lines",
    "2nd Cross",
    "Church Road",
    "Ring Road",
    "Market Road",
    "Patel Colony",
    "Rajaji Street",
    "Hill Road",
    "Tilak Road",
]
_STREETS = [
    "Mill Lane",
    "Station Road",
    "Park Avenue",
    "King Street",
    "Oak Street",
    "High Street",
    "Garden Road",
    "Lake Drive",
]
_STRASSEN = ["Lindenstraße", "Gartenweg", "Bahnhofstraße", "Schillerstraße"]


def _street(country: str, rng: random.Random) -> tuple[str, str]:
    number = rng.randint(1, 180)
    if country == "IN":
        flat = f"Flat {rng.randint(1, 14)}0{rng.randint(1, 8)}" if rng.random() < 0.6 else f"No. {number}"
        return f"{flat}, {rng.choice(_HOUSES)}", rng.choice(_ROADS)
    if country == "DE":
        return f"{rng.choice(_STRASSEN)} {number}", ""
    if country == "FR":
        return f"{number} rue des {rng.choice(('Lilas', 'Tilleuls', 'Martyrs', 'Rosiers'))}", ""
    return f"{number} {rng.choice(_STREETS)}", ""
