"""Live shoppers against a running shop, through its public API only."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import math
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx

from app import numbers
from app.errors import StartupError

_FIRST = (
    "Aarav Ananya Rohan Priya Vikram Neha Kavya Arjun Meera Karthik Divya Sneha Omkar Riddhi Ishaan Aditi "
    "Zoya Imran Simran Harpreet Ritwika Arnab Lekshmi Basil Tanvi Farhan Gauri Nikhil Sahana Raghav"
)
_LAST = (
    "Sharma Iyer Reddy Patel Nair Banerjee Kulkarni Khan Singh Menon Rao Desai Das Gupta Hegde Fernandes "
    "Joshi Thomas Gill Bose"
)

_GOOD = "4242424242424242"
_DECLINED = "4000000000000002"
_SLOW = "4000000000000119"  # no answer in time; the shop finds out later that it was approved

# All shoppers come from one address, which the shop lets have so many declined cards at once, and so many later.
_DECLINES_AT_ONCE = 20
_DECLINE_SECONDS = 300.0
_MOST_SHOPPERS = 100  # as many sign-ups at once

_CATALOG_SECONDS = 15.0  # how long shoppers look at the same list
_TRIES = 4
_LONGEST_WAIT = 20.0

Say = Callable[[str], None]


@dataclass
class Tally:
    """What happened. `units` counts sold units only."""

    sales: int = 0
    units: int = 0
    other: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        rest = "".join(f", {count} {what}" for what, count in sorted(self.other.items()))
        return f"{self.sales} sales ({self.units} units){rest}"


def simulate(
    base_url: str,
    *,
    rate: float,
    seconds: float | None = None,
    seed: int | None = None,
    shoppers: int | None = None,
    say: Say | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Tally:
    """Send about `rate` orders a minute at random moments, until `seconds` have passed or Ctrl-C.

    Says one line per sale. The same `seed` brings the same shoppers (their accounts are signed in again).
    Raises StartupError when no shop answers at `base_url`.
    """
    tally = Tally()
    crowd = _Crowd(base_url.rstrip("/"), rate, seed, shoppers or _pool_size(rate), say or _say, transport, tally)
    try:
        asyncio.run(crowd.run(seconds))
    except KeyboardInterrupt:
        crowd.say("")  # the terminal shows ^C on the line
    crowd.say(f"Stopped: {tally}.")
    return tally


def _pool_size(rate: float) -> int:
    """Enough people that none of them orders more than once a minute, which is what the shop lets a customer do."""
    return max(8, min(_MOST_SHOPPERS, math.ceil(rate * 1.2)))


class _Refused(Exception):
    """An answer of the shop that ends a visit, in its own words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class _Shopper:
    name: str
    email: str
    password: str
    client: httpx.AsyncClient
    signed_in: bool = False


class _Crowd:
    def __init__(
        self,
        base_url: str,
        rate: float,
        seed: int | None,
        size: int,
        say: Say,
        transport: httpx.AsyncBaseTransport | None,
        tally: Tally,
    ) -> None:
        self.say = say
        self._base_url = base_url
        self._gap = 60 / rate
        self._rng = random.Random(seed)
        self._seed = seed
        self._size = size
        self._transport = transport
        self._tally = tally
        self._products: list[dict[str, Any]] = []
        self._products_until = 0.0
        self._declines_over_at = -math.inf

    async def run(self, seconds: float | None) -> None:
        idle: asyncio.Queue[_Shopper] = asyncio.Queue()
        everyone = [self._invent(number) for number in range(self._size)]
        for shopper in everyone:
            idle.put_nowait(shopper)
        visits: set[asyncio.Task[None]] = set()
        try:
            await self._arrive(everyone[0])
            self.say(f"Shoppers are on their way to {self._base_url}; Ctrl-C stops them.")
            ends = None if seconds is None else time.monotonic() + seconds
            while ends is None or time.monotonic() < ends:
                shopper = await idle.get()
                visit = asyncio.create_task(self._visit(shopper, idle))
                visits.add(visit)
                visit.add_done_callback(visits.discard)
                left = float("inf") if ends is None else max(0.0, ends - time.monotonic())
                await asyncio.sleep(min(self._rng.expovariate(1 / self._gap), left))
            if visits:
                await asyncio.wait(visits, timeout=_LONGEST_WAIT)
        finally:
            for visit in list(visits):
                visit.cancel()
            await asyncio.gather(*visits, return_exceptions=True)
            await asyncio.gather(*(shopper.client.aclose() for shopper in everyone))

    async def _arrive(self, shopper: _Shopper) -> None:
        try:
            await self._look_around(shopper)
        except httpx.TransportError as error:
            raise StartupError(f"No shop answers at {self._base_url}. Start it first: make run") from error
        except _Refused as refusal:
            raise StartupError(f"The shop at {self._base_url} cannot serve its products: {refusal}") from refusal

    def _invent(self, number: int) -> _Shopper:
        first, last = self._rng.choice(_FIRST.split()), self._rng.choice(_LAST.split())
        if self._seed is None:
            mark, password = secrets.token_hex(3), secrets.token_urlsafe(18)
        else:
            # Whoever repeats the seed signs in again. Such an account holds nothing worth a better password.
            mark = f"s{self._seed}.{number}"
            password = hashlib.sha256(f"shopper {self._seed} {number}".encode()).hexdigest()[:24]
        client = httpx.AsyncClient(base_url=self._base_url, timeout=30, transport=self._transport)
        return _Shopper(f"{first} {last}", f"{first}.{last}.{mark}@mail.example".lower(), password, client)

    async def _visit(self, shopper: _Shopper, idle: asyncio.Queue[_Shopper]) -> None:
        try:
            await self._shop(shopper)
        except _Refused as refusal:
            self._tally.other[refusal.code.replace("_", " ")] += 1
            self._line(shopper, str(refusal))
        except httpx.HTTPError as error:
            self._tally.other["unreachable"] += 1
            self._line(shopper, f"could not reach the shop ({type(error).__name__})")
            await asyncio.sleep(2)
        finally:
            idle.put_nowait(shopper)

    async def _shop(self, shopper: _Shopper) -> None:
        if not shopper.signed_in:
            await self._sign_in(shopper)
        basket = self._choose(await self._look_around(shopper))
        if not basket:
            raise _Refused("nothing_left", "found nothing on the shelves")
        for product_id, units in basket.items():
            await self._call(shopper, "POST", "/api/cart", {"id": product_id})
            if units > 1:
                await self._call(shopper, "POST", "/api/cart/update_qty", {"id": product_id, "qty": units})
        lines = await self._call(shopper, "GET", "/api/cart")
        answer = await self._pay(shopper)
        units = sum(int(line["qty"]) for line in lines)
        self._tally.sales += 1
        self._tally.units += units
        names = "; ".join(str(line["name"]) for line in lines)
        self._line(shopper, f"bought {units} for {Decimal(str(answer['total'])):,.2f}: {names}")

    async def _sign_in(self, shopper: _Shopper) -> None:
        account = {"email": shopper.email, "password": shopper.password}
        try:
            await self._call(shopper, "POST", "/api/signup", {"fullname": shopper.name, **account})
        except _Refused as refusal:
            if refusal.code != "email_taken":
                raise
        who = await self._call(shopper, "GET", "/api/current_user")
        if not who.get("is_logged_in"):
            await self._call(shopper, "POST", "/api/login", account)
        # What an interrupted run left in the cart is not today's shopping.
        await self._call(shopper, "DELETE", "/api/cart/clear")
        shopper.signed_in = True

    async def _look_around(self, shopper: _Shopper) -> list[dict[str, Any]]:
        """The catalogue, most popular first; asked for now and then only, by whoever comes by."""
        if time.monotonic() >= self._products_until:
            self._products_until = time.monotonic() + _CATALOG_SECONDS
            self._products = await self._call(shopper, "GET", "/api/products?sort=popular&limit=200")
        return self._products

    def _choose(self, products: Sequence[dict[str, Any]]) -> dict[str, int]:
        """A basket of one to four products: what is popular is taken most, what is nearly gone is left."""
        stocked = [p for p in products if int(p["stock"]) > max(3, _threshold(p) // 4)]
        if not stocked:
            return {}
        weights = [(rank + 3) ** -0.8 * _plenty(product) for rank, product in enumerate(stocked)]
        wanted = self._rng.choices((1, 2, 3, 4), (45, 30, 17, 8))[0]
        chosen = self._rng.choices(stocked, weights, k=wanted)
        return {str(p["product_id"]): self._rng.choices((1, 2, 3), (80, 16, 4))[0] for p in chosen}

    async def _pay(self, shopper: _Shopper) -> dict[str, Any]:
        number = self._rng.choices((_GOOD, _DECLINED, _SLOW), (93, 6, 1))[0]
        if number == _DECLINED and not self._may_be_declined():
            number = _GOOD
        try:
            return await self._pay_with(shopper, number)
        except _Refused as refusal:
            if refusal.code == "price_changed":
                await self._call(shopper, "GET", "/api/cart")  # looking at the cart accepts its prices
                return await self._pay_with(shopper, _GOOD)
            if refusal.code == "payment_declined" and self._rng.random() < 0.8:
                self._tally.other["declined cards"] += 1
                self._line(shopper, "has a card declined and tries another")
                return await self._pay_with(shopper, _GOOD)
            if refusal.code != "payment_unclear":  # that order keeps its cart until the shop knows
                await self._call(shopper, "DELETE", "/api/cart/clear")
            raise

    def _may_be_declined(self) -> bool:
        """Counts one more, while the shop would not begin to refuse orders for it."""
        now = time.monotonic()
        over_at = max(self._declines_over_at, now) + _DECLINE_SECONDS
        if over_at - now > _DECLINES_AT_ONCE * _DECLINE_SECONDS:
            return False
        self._declines_over_at = over_at
        return True

    async def _pay_with(self, shopper: _Shopper, number: str) -> dict[str, Any]:
        card = {"number": number, "expiry": f"12/{datetime.now().astimezone().year % 100 + 3:02}", "cvc": "123"}
        body = {"payment": {**card, "name": shopper.name}}
        answer: dict[str, Any] = await self._call(
            shopper, "POST", "/api/record_payment", body, {"Idempotency-Key": secrets.token_hex(16)}
        )
        return answer

    async def _call(
        self, shopper: _Shopper, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """The shop's JSON answer; waits as told when it is busy, a bounded number of times."""
        for attempt in range(1, _TRIES + 1):
            response = await shopper.client.request(method, path, json=body, headers=headers)
            if response.is_success:
                return response.json()
            refusal = _refusal(response)
            if response.status_code == 401:
                shopper.signed_in = False
            if response.status_code not in (429, 503) or refusal.code == "payment_unclear" or attempt == _TRIES:
                raise refusal
            await asyncio.sleep(min(_retry_after(response, attempt), _LONGEST_WAIT))
        raise AssertionError("unreachable")

    def _line(self, shopper: _Shopper, words: str) -> None:
        self.say(f"{datetime.now().astimezone():%H:%M:%S}  {shopper.name} {words}")


def _threshold(product: dict[str, Any]) -> int:
    return int(product.get("threshold") or 0)


def _plenty(product: dict[str, Any]) -> float:
    """1 for what is well stocked, less the further it is below its threshold."""
    return min(1.0, int(product["stock"]) / max(1, _threshold(product)))


def _refusal(response: httpx.Response) -> _Refused:
    with contextlib.suppress(ValueError):
        body = response.json()
        if isinstance(body, dict):
            code = str(body.get("code") or f"http_{response.status_code}")
            return _Refused(code, str(body.get("message") or f"was answered {response.status_code}"))
    return _Refused(f"http_{response.status_code}", f"was answered {response.status_code}")


def _retry_after(response: httpx.Response, attempt: int) -> float:
    try:
        return float(numbers.amount(response.headers.get("Retry-After")))
    except ValueError:
        return float(2 ** (attempt - 1))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
