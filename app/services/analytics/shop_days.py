"""The shelves of the whole shop at the end of any day, and what led from one day to another.

Read from sums by day and month: the cost grows with products and days, not with orders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from app.domain import NON_MERCHANDISE, Period, Product, ProductStatus, StockLevel, Trade, stock_level
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.breakdown_ports import BreakdownReader, Level, StockSums
from app.services.analytics.unit_values import Noted, UnitValues, Worth

Kind = Literal["sold", "returned", "received", "corrected", "written_off"]
KINDS: tuple[Kind, ...] = ("received", "sold", "returned", "corrected", "written_off")
_DAY = timedelta(days=1)
USUAL = timedelta(days=28)
Move = tuple[date, StockSums]  # what moved from that day on, while a unit was worth the same
MOST_NAMED = 500  # of more products, the sums of all are read


class Shelf(NamedTuple):
    """One product at the end of a day. Money is minor units. `level` None: it was not yet, or is no longer, sold."""

    product_id: str
    name: str
    category: str
    on_hand: int
    worth: Worth
    level: StockLevel | None

    @property
    def value(self) -> int:
        """At cost price, else at price, as both were on that day."""
        return self.on_hand * self.worth.value


@dataclass(frozen=True)
class ShopDay:
    """The shelves at the end of `day`: all merchandise that was ever there, by value, the most first.

    `low` and `out` count what is in the store today and had been there by then. `at_price`: of `value`, that of
    products without a cost price.
    """

    day: date
    shelves: Sequence[Shelf]
    units: int
    value: int
    at_price: int
    products: int
    low: int
    out: int

    @property
    def share_at_price(self) -> float:
        return self.at_price / self.value if self.value > 0 else 0.0


class Cause(NamedTuple):
    """What movements of one kind did to units and value; values are those of a unit at the end of each one's day."""

    kind: Kind
    units: int
    value: int


@dataclass(frozen=True)
class Difference:
    """What led from the end of one day to the end of a later one: `causes`, and `repriced`, what costs and prices that
    changed made of what lay there. They add up to the difference in value, and the causes' units to that in units.
    """

    before: ShopDay
    after: ShopDay
    causes: tuple[Cause, ...]
    repriced: int
    products: tuple[ProductDifference, ...]


class ProductDifference(NamedTuple):
    """The same of one product; `units` and `values` by kind, signed."""

    product_id: str
    before: Shelf | None
    after: Shelf | None
    units: dict[Kind, int]
    values: dict[Kind, int]
    repriced: int

    @property
    def name(self) -> str:
        shelf = self.after or self.before
        return shelf.name if shelf else self.product_id

    @property
    def rise(self) -> int:
        """In value."""
        return (self.after.value if self.after else 0) - (self.before.value if self.before else 0)


class ShopDays:
    """`products` gives the catalogue's snapshot, those that left the store too; `noted` what is known of their past
    prices and costs, by product, the oldest first; `default_threshold` the threshold of a price.
    """

    def __init__(
        self,
        reader: BreakdownReader,
        formats: Formats,
        products: Callable[[], tuple[Product, ...]],
        noted: Callable[[], Sequence[Noted]],
        default_threshold: Callable[[int], int],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._reader = reader
        self._formats = formats
        self._products = products
        self._noted = noted
        self._default_threshold = default_threshold
        self._now = now
        self._shrinkage: AnswerCache[Cause] = AnswerCache()
        self._differences: AnswerCache[Difference] = AnswerCache()

    def known_since(self) -> date | None:
        """The first day on which a change of a price or cost was noted; before it they are taken as they were then."""
        seen: set[str] = set()
        changes = []
        for one in self._noted():
            if one.product_id in seen:
                changes.append(one.at)
            seen.add(one.product_id)
        return self._formats.store_day(min(changes)) if changes else None

    @staticmethod
    def usual(trade: Trade) -> tuple[date, date]:
        """Two days four weeks apart, up to today; in a quiet shop up to the last day of trade."""
        return trade.anchor - USUAL, trade.anchor

    def on(self, day: date) -> ShopDay:
        """At the end of `day`, or now if it is today. Raises InvalidInput for a day that has not come."""
        look = self._look(day)
        return look.day(day, _nets(self._since(look, day)))

    def between(self, before: date, after: date) -> Difference:
        """What led from the end of `before` to the end of `after`.

        Raises InvalidInput unless it is a later day that has come.
        """
        if after <= before:
            raise InvalidInput("The second day must be later than the first.", "to")
        return self._differences.get((before, after), lambda: self._between(before, after))

    def _between(self, before: date, after: date) -> Difference:
        look = self._look(after)
        stepped = look.values.changed(look.known, before, after)
        later = _nets(self._since(look, after))
        moves = self._moves(before, after, stepped)
        nets = dict(later)
        for _, row in moves:
            nets[row.product_id] = nets.get(row.product_id, 0) + row.net
        # Both ends are of one look: whatever was booked or added up meanwhile, they differ by what is explained.
        then, now = look.day(before, nets), look.day(after, later)
        return explained(then, now, moves, stepped, look.values)

    def written_off(self, period: Period) -> Cause:
        """Shrinkage: what was written off on these days, as minus units and value at the cost of each day."""
        today = self._today()
        last = min(period.last_day, today)
        if last < period.start:
            return Cause("written_off", 0, 0)
        return self._shrinkage.get((period.start, last), lambda: self._written_off(period.start - _DAY, last, today))

    def _written_off(self, before: date, after: date, today: date) -> Cause:
        known, values = self._known(today)
        units = value = 0
        for day, row in self._moves(before, after, values.changed(known, before, after)):
            if row.written_off and row.product_id in known:
                units += row.written_off
                value += row.written_off * values.on(row.product_id, day).value
        return Cause("written_off", units, value)

    def _moves(self, before: date, after: date, stepped: Mapping[str, Sequence[date]]) -> list[Move]:
        """The movements of the days between: of products whose worth stayed in one sum, of the others by day."""
        start, end = before + _DAY, after + _DAY
        moves = [(start, row) for row in self._reader.stock_sums(start, end) if row.product_id not in stepped]
        if stepped:
            named = set(stepped) if len(stepped) <= MOST_NAMED else None
            moves += [one for one in self._reader.stock_days(start, end, named) if one[1].product_id in stepped]
        return moves

    def _since(self, look: _Look, day: date) -> list[StockSums]:
        """The movements after `day`."""
        return self._reader.stock_sums(day + _DAY, look.today + _DAY) if day < look.today else []

    def _look(self, day: date) -> _Look:
        today = self._formats.today(self._now())
        if day > today:
            raise InvalidInput("That day has not come yet.", "day")
        known, values = self._known(today)
        return _Look(
            known=known,
            values=values,
            levels=self._reader.levels(),
            today=today,
            formats=self._formats,
            default_threshold=self._default_threshold,
        )

    def _known(self, today: date) -> tuple[dict[str, Product], UnitValues]:
        """All merchandise, and what it was worth when."""
        known = {p.product_id: p for p in self._products() if p.product_id not in NON_MERCHANDISE}
        return known, UnitValues(known.values(), self._noted(), self._formats.store_day, today)

    def _today(self) -> date:
        return self._formats.today(self._now())


@dataclass(frozen=True)
class _Look:
    """What is on hand now, of what, and what it was worth when."""

    known: Mapping[str, Product]
    values: UnitValues
    levels: Sequence[Level]
    today: date
    formats: Formats
    default_threshold: Callable[[int], int]

    def day(self, day: date, since: Mapping[str, int]) -> ShopDay:
        """The shelves at the end of `day`; `since`: units by product by which they have risen from then on."""
        ended = self.formats.day_start(day + _DAY)
        shelves = []
        for level in self.levels:
            product = self.known.get(level.product_id)
            on_hand = level.on_hand - since.get(level.product_id, 0)
            was_there = level.first_stocked_at is not None and level.first_stocked_at < ended
            if product is not None and (on_hand or was_there):
                shelves.append(self._shelf(product, on_hand, day, was_there))
        shelves.sort(key=lambda shelf: (-shelf.value, shelf.product_id))
        there = [shelf for shelf in shelves if shelf.on_hand > 0]
        return ShopDay(
            day=day,
            shelves=shelves,
            units=sum(shelf.on_hand for shelf in shelves),
            value=sum(shelf.value for shelf in shelves),
            at_price=sum(shelf.value for shelf in there if shelf.worth.cost is None),
            products=len(there),
            low=sum(shelf.level == "low" for shelf in shelves),
            out=sum(shelf.level == "out" for shelf in shelves),
        )

    def _shelf(self, product: Product, on_hand: int, day: date, was_there: bool) -> Shelf:
        worth = self.values.on(product.product_id, day)
        threshold = product.threshold if product.threshold_manual else self.default_threshold(worth.price)
        is_sold = was_there and product.status is ProductStatus.ACTIVE
        level = stock_level(on_hand, threshold) if is_sold else None
        return Shelf(product.product_id, product.name, product.category, on_hand, worth, level)


def explained(
    then: ShopDay, now: ShopDay, moves: Sequence[Move], stepped: Mapping[str, Sequence[date]], values: UnitValues
) -> Difference:
    """`moves`: as `ShopDays._moves` has them; `stepped`: the days on which a unit's worth changed."""
    shelves = [{shelf.product_id: shelf for shelf in end.shelves} for end in (then, now)]
    ids = {*shelves[0], *shelves[1]}
    rows = {pid: ProductDifference(pid, shelves[0].get(pid), shelves[1].get(pid), {}, {}, 0) for pid in ids}
    by_day: dict[str, list[tuple[date, int]]] = {pid: [] for pid in stepped}
    for day, row in moves:
        if row.product_id in rows:
            _add(rows[row.product_id], row, values.on(row.product_id, day).value)
        if row.product_id in by_day:
            by_day[row.product_id].append((day, row.net))
    for pid, steps in stepped.items():
        if pid in rows:
            rows[pid] = rows[pid]._replace(repriced=_repriced(rows[pid].before, steps, by_day[pid], values, pid))
    found = [row for row in rows.values() if row.units or row.repriced]
    found.sort(key=lambda row: (-abs(row.rise), row.product_id))
    causes = (
        Cause(kind, sum(row.units.get(kind, 0) for row in found), sum(row.values.get(kind, 0) for row in found))
        for kind in KINDS
    )
    return Difference(then, now, tuple(causes), sum(row.repriced for row in found), tuple(found))


def _repriced(
    before: Shelf | None, steps: Sequence[date], nets: Sequence[tuple[date, int]], values: UnitValues, product_id: str
) -> int:
    """What `steps` made of the units that lay there before the movements of each; both ascending, `nets` by day."""
    there, place, repriced = before.on_hand if before else 0, 0, 0
    for step in steps:
        while place < len(nets) and nets[place][0] < step:
            there += nets[place][1]
            place += 1
        rise = values.on(product_id, step).value - values.on(product_id, step - _DAY).value
        repriced += there * rise
    return repriced


def _add(to: ProductDifference, row: StockSums, worth: int) -> None:
    counts: dict[Kind, int] = {
        "received": row.received,
        "sold": -row.sold,
        "returned": row.returned,
        "corrected": row.corrected,
        "written_off": row.written_off,
    }
    for kind, count in counts.items():
        if count:
            to.units[kind] = to.units.get(kind, 0) + count
            to.values[kind] = to.values.get(kind, 0) + count * worth


def _nets(rows: Iterable[StockSums]) -> dict[str, int]:
    return {row.product_id: row.net for row in rows}
