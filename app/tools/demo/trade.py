"""A year of trade, order by order in time order, handed to a sink row by row."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from app.domain import MovementKind, OrderLine, OrderStatus, ReturnLine
from app.domain.amounts import half_up, tax_on
from app.settings.environment import Settings
from app.tools.demo.baskets import UNITS_PER_ORDER, Career, Picker, plan_careers, popularity_on
from app.tools.demo.catalog import DemoProduct
from app.tools.demo.costs import PastCosts
from app.tools.demo.people import People, Person
from app.tools.demo.seasons import Calendar, clock_times, counts_per_day
from app.tools.demo.stockroom import STAFF, Stockroom, plan_shelves

RETURN_RATE = 0.04
DECLINE_RATE = 0.012
_RESTOCKED = 0.78
_REASONS = (
    "Arrived damaged",
    "Not as expected",
    "Wrong colour",
    "Changed my mind",
    "Gift received twice",
    "Too large for the shelf",
    "Ordered by mistake",
)


@dataclass(frozen=True)
class PlacedOrder:
    order_id: int
    person: Person
    status: OrderStatus
    lines: tuple[OrderLine, ...]
    subtotal: int
    tax: int
    refunded: int
    created_at: datetime
    paid_at: datetime  # for a declined order: when it was declined
    day: date


@dataclass(frozen=True)
class BookedReturn:
    return_id: int
    order: PlacedOrder
    actor: str
    reason: str
    lines: tuple[ReturnLine, ...]
    amount: int
    refund: int
    at: datetime


class Sink(Protocol):
    """Takes the rows of the year as they come, in time order."""

    def order(self, order: PlacedOrder) -> None: ...

    def book_return(self, booked: BookedReturn) -> None: ...

    def movement(
        self,
        uid: str,
        product_id: str,
        at: datetime,
        kind: str,
        units: int,
        on_hand: int,
        cause: str,
        actor: str,
        note: str,
    ) -> None: ...


@dataclass
class Year:
    """Plays the year that ends at `calendar.now`. The same seed and `now` give the same year."""

    settings: Settings
    calendar: Calendar
    products: Sequence[DemoProduct]
    orders: int
    rng: random.Random
    people: People
    sink: Sink
    first_order_id: int = 1
    first_return_id: int = 1

    def __post_init__(self) -> None:
        self._next_order = self.first_order_id
        self._next_return = self.first_return_id
        self._placed = 0
        self.costs = PastCosts(self.products, self.calendar.now)
        self._days = self.calendar.days
        self._careers: list[Career] = plan_careers(self.products, self._days, self.rng)
        per_day = self.orders * UNITS_PER_ORDER / len(self._days)
        shelves = plan_shelves(
            self.products, self._careers, per_day, self.settings.default_threshold, self.calendar.at, self.rng
        )
        self.stockroom = Stockroom(shelves, self.rng, self.sink.movement)

    def play(self, progress: Callable[[int], None]) -> None:
        self._open_the_shop()
        for day, count in zip(self._days, counts_per_day(self.calendar, self.orders, self.rng), strict=True):
            if count:
                self._trade(day, count)
            progress(self._placed)
        self.stockroom.advance(self.calendar.now)
        self.stockroom.close_books()
        self.people.never_bought(
            len(self.people.customers) // 12, self.calendar.at(self._days[0], 0), self.calendar.now
        )

    def _open_the_shop(self) -> None:
        rng, room = self.rng, self.stockroom
        for index, (shelf, career) in enumerate(zip(room.shelves, self._careers, strict=True)):
            morning = self.calendar.at(career.launched - timedelta(days=1), 9 * 3600 + rng.randrange(8 * 3600))
            shelf.awaiting = True
            room.schedule(morning, room.receive, index, -(-shelf.target // 6) * 6)
        for act, count in ((room.write_off, len(room.shelves) // 2), (room.correct, len(room.shelves) // 3)):
            for _ in range(count):
                day = rng.choice(self._days[10:])
                at = self.calendar.at(day, 9 * 3600 + rng.randrange(9 * 3600))
                room.schedule(at, act, rng.randrange(len(room.shelves)))

    def _trade(self, day: date, count: int) -> None:
        chances = popularity_on(day, self.products, self._careers, self._days[0])
        picker = Picker(chances, self._careers, self.rng)
        latest = self.calendar.seconds_today if day == self.calendar.today else 24 * 3600
        clock = sorted(self.calendar.at(day, second) for second in clock_times(count, latest, self.rng))
        for at in clock:
            self._one_order(min(at, self.calendar.now), day, picker)

    def _one_order(self, at: datetime, day: date, picker: Picker) -> None:
        room, rng = self.stockroom, self.rng
        room.advance(at)
        basket = picker.basket(room.on_hand) or self._whatever_is_left(at)
        person = self.people.next_shopper(at, self._placed / self.orders)
        if rng.random() < DECLINE_RATE:
            self._declined(person, basket, at, day)
        order_id = self._take_id()
        lines = self._lines(basket, at)
        subtotal = sum(line.total for line in lines)
        tax = tax_on(subtotal, self.settings.tax_rate)
        planned = self._plan_return(lines, subtotal, tax, at) if rng.random() < RETURN_RATE else None
        order = PlacedOrder(
            order_id=order_id,
            person=person,
            status=OrderStatus.PAID,
            lines=planned.order_lines if planned else lines,
            subtotal=subtotal,
            tax=tax,
            refunded=planned.refund if planned else 0,
            created_at=max(at - timedelta(seconds=rng.randint(1, 6)), person.joined_at),
            paid_at=at,
            day=day,
        )
        self._placed += 1
        self.sink.order(order)
        for line, (index, units) in zip(lines, basket.items(), strict=True):
            room.sell(index, units, at, f"order:{order_id}", line.line_no, person.actor)
        if planned:
            room.schedule(planned.at, self._book_return, order, planned, tuple(basket))

    def _declined(self, person: Person, basket: dict[int, int], at: datetime, day: date) -> None:
        """The first card failed; the same person pays with another a little later."""
        lines = self._lines(basket, at)
        subtotal = sum(line.total for line in lines)
        tax = tax_on(subtotal, self.settings.tax_rate)
        earlier = at - timedelta(seconds=self.rng.randint(40, 100))
        order_id = self._take_id()
        self.sink.order(
            PlacedOrder(
                order_id,
                person,
                OrderStatus.PAYMENT_FAILED,
                lines,
                subtotal,
                tax,
                0,
                earlier,
                earlier + timedelta(seconds=3),
                day,
            )
        )

    def _whatever_is_left(self, at: datetime) -> dict[int, int]:
        room = self.stockroom
        index = room.fullest()
        if room.on_hand(index) == 0:
            room.receive(at, index, room.shelves[index].target)  # the whole shop is bare: a courier brings some
        return {index: 1}

    def _take_id(self) -> int:
        self._next_order += 1
        return self._next_order - 1

    def _lines(self, basket: dict[int, int], at: datetime) -> tuple[OrderLine, ...]:
        return tuple(
            OrderLine(
                number,
                self.products[i].product_id,
                self.products[i].name,
                self.products[i].price,
                units,
                unit_cost=self.costs.at(i, at),
            )
            for number, (i, units) in enumerate(basket.items(), 1)
        )

    def _plan_return(self, lines: tuple[OrderLine, ...], subtotal: int, tax: int, at: datetime) -> _Planned | None:
        """Decide at the sale what will come back, so that the order's row is final when it is written."""
        rng = self.rng
        when = (at + timedelta(days=rng.triangular(2, 24, 7))).replace(microsecond=0)
        if when >= self.calendar.now:
            return None
        chosen = {line.line_no for line in lines if rng.random() < 0.3} or {rng.choice(lines).line_no}
        counts = {line.line_no: rng.randint(1, line.quantity) for line in lines if line.line_no in chosen}
        items = tuple(
            ReturnLine(
                line.line_no,
                line.product_id,
                line.name,
                counts[line.line_no],
                line.unit_price * counts[line.line_no],
                rng.random() < _RESTOCKED,
                line.unit_cost,
            )
            for line in lines
            if line.line_no in counts
        )
        amount = sum(item.amount for item in items)
        refund = half_up(Decimal(subtotal + tax) * amount / subtotal)
        marked = tuple(replace(line, returned=counts.get(line.line_no, 0)) for line in lines)
        return _Planned(when, items, amount, refund, marked)

    def _book_return(self, at: datetime, order: PlacedOrder, planned: _Planned, indexes: tuple[int, ...]) -> None:
        return_id = self._next_return
        self._next_return += 1
        actor, reason = self.rng.choice(STAFF), self.rng.choice(_REASONS)
        self.sink.book_return(
            BookedReturn(return_id, order, actor, reason, planned.items, planned.amount, planned.refund, at)
        )
        cause = f"return:{return_id}"
        for item in planned.items:
            if item.restock:
                uid = f"{cause}:{item.line_no}"
                index = indexes[item.line_no - 1]
                self.stockroom.book(index, at, MovementKind.RETURN, item.quantity, uid, cause, actor, reason)


@dataclass(frozen=True)
class _Planned:
    at: datetime
    items: tuple[ReturnLine, ...]
    amount: int
    refund: int
    order_lines: tuple[OrderLine, ...]
