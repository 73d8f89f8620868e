"""What the shop knows of its days by itself, from what it keeps: prices changed, sales begun, products sold out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from statistics import median

from app.domain import NoteKind, Period, Product, ShopNote
from app.money import Formats
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.breakdown_ports import BreakdownReader, StockOut
from app.services.analytics.stock import is_merchandise
from app.services.calendar.ports import PriceChange, PriceLog

MOST_CHANGES = 2000  # of prices, the latest of a period
A_SALE = 3  # so many prices cut on one day are a sale that started
NAMED = 2  # products of a day by name


class ShopNotes:
    """`products` gives the catalogue's snapshot, those that left the store too."""

    def __init__(
        self,
        prices: PriceLog,
        stock: BreakdownReader,
        products: Callable[[], tuple[Product, ...]],
        formats: Formats,
    ) -> None:
        self._prices = prices
        self._stock = stock
        self._products = products
        self._formats = formats
        self._kept: AnswerCache[list[ShopNote]] = AnswerCache()

    def of(self, period: Period) -> list[ShopNote]:
        """Of the days of a period, ascending."""
        return self._kept.get((period.start, period.end), lambda: self._read(period))

    def _read(self, period: Period) -> list[ShopNote]:
        start, end = (self._formats.day_start(day) for day in (period.start, period.end))
        changes = self._prices.changes(start, end, MOST_CHANGES)
        outs = [out for out in self._stock.stock_outs(start, end) if out.began_at >= start]
        notes = [*self._price_notes(changes), *self._sold_out_notes(outs)]
        return sorted(notes, key=lambda note: (note.day, note.kind))

    def _price_notes(self, changes: Iterable[PriceChange]) -> Iterable[ShopNote]:
        names = {one.product_id: one.name for one in self._products()}
        by_day: defaultdict[date, dict[str, PriceChange]] = defaultdict(dict)
        for change in sorted(changes, key=lambda one: one.at):
            of_day = by_day[self._formats.store_day(change.at)]
            first = of_day.get(change.product_id, change)  # twice on one day is once, from the first to the last
            of_day[change.product_id] = change._replace(before=first.before)
        for day, of_day in by_day.items():
            moved = [one for one in of_day.values() if one.after != one.before]
            cuts = [one for one in moved if one.after < one.before]
            if len(cuts) >= A_SALE:
                off = median(1 - one.after / one.before for one in cuts)
                words = f"{len(cuts)} prices cut, the middle one by {self._formats.percent(off)}"
                yield ShopNote(day, NoteKind.SALE, words, tuple(one.product_id for one in cuts))
                moved = [one for one in moved if one.after > one.before]
            for one in moved[:NAMED]:
                way = f"{self._formats.money(one.before)} → {self._formats.money(one.after)}"
                yield ShopNote(
                    day, NoteKind.PRICE, f"{names.get(one.product_id, one.product_id)}: {way}", (one.product_id,)
                )
            if len(moved) > NAMED:
                rest = moved[NAMED:]
                words = f"{self._formats.number(len(rest))} more prices changed"
                yield ShopNote(day, NoteKind.PRICE, words, tuple(one.product_id for one in rest))

    def _sold_out_notes(self, outs: Iterable[StockOut]) -> Iterable[ShopNote]:
        """Those that sold most come first; what nobody bought lately is no news."""
        names = {one.product_id: one.name for one in self._products() if is_merchandise(one)}
        by_day: defaultdict[date, list[StockOut]] = defaultdict(list)
        for out in outs:
            if out.sold_before > 0 and out.product_id in names:
                by_day[self._formats.store_day(out.began_at)].append(out)
        for day, of_day in by_day.items():
            of_day.sort(key=lambda out: (-out.sold_before, out.product_id))
            named = [names[out.product_id] for out in of_day[:NAMED]]
            rest = len(of_day) - len(named)
            words = ", ".join(named) + (f" and {self._formats.number(rest)} more" if rest else "")
            yield ShopNote(day, NoteKind.SOLD_OUT, words, tuple(out.product_id for out in of_day))
