"""What explains a day that was not as expected: the parts of the trade whose changes add up to most of the difference.

Each category, country and product is expected to have its usual part, that of the four weeks before, of what the whole
day was expected to sell. A part is told when it holds much of the difference, and clearly more than its usual part of
the trade: when everything sells half, no part explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.domain import Product, Reason
from app.money import Formats
from app.services.analytics.breakdown import NO_CATEGORY
from app.services.analytics.breakdown_ports import BreakdownReader
from app.services.calendar.ports import PriceLog

USUAL_DAYS = 28
PRICE_DAYS = 7
MOST_CHANGES = 500
LEAST_SHARE = 0.4  # of the difference, of a category or a country
LEAST_OF_PRODUCT = 0.2
LEAST_KNOWN = 0.05  # of a product of which the shop knows why
MORE_THAN_USUAL = 1.4
LISTED = 2  # products


class Part(NamedTuple):
    """`share` of the difference; `usual` part of the trade."""

    name: str
    share: float
    usual: float


def parts(now: Mapping[str, int], usual: Mapping[str, int], expected: float, difference: float) -> list[Part]:
    """Those that moved the same way as the whole, the largest first. Amounts in minor units, `difference` not 0."""
    total = sum(usual.values())
    if not total:
        return []
    found = [
        Part(name, (now.get(name, 0) - expected * usual.get(name, 0) / total) / difference, usual.get(name, 0) / total)
        for name in {*now, *usual}
    ]
    return sorted((one for one in found if one.share > 0), key=lambda one: (-one.share, one.name))


class Explainer:
    """`products` gives the catalogue's snapshot, those that left the store too."""

    def __init__(
        self, reader: BreakdownReader, prices: PriceLog, products: Callable[[], tuple[Product, ...]], formats: Formats
    ) -> None:
        self._reader = reader
        self._prices = prices
        self._products = products
        self._formats = formats

    def reasons(self, day: date, expected: float, difference: float, largest_order: int) -> tuple[Reason, ...]:
        """`expected` gross sales of the day (or of its part so far) and their `difference`, minor units."""
        if not difference:
            return ()
        if difference > 0 and largest_order >= LEAST_SHARE * difference:
            words = self._formats.money(largest_order)
            return (Reason("order", words, min(1.0, largest_order / difference)),)
        after, start = day + timedelta(days=1), day - timedelta(days=USUAL_DAYS)
        now = {row.product_id: row.gross for row in self._reader.products(day, after)}
        usual = {row.product_id: row.gross for row in self._reader.products(start, day)}
        catalogue = {one.product_id: one for one in self._products()}

        def by_category(sums: Mapping[str, int]) -> dict[str, int]:
            found: dict[str, int] = {}
            for product_id, gross in sums.items():
                product = catalogue.get(product_id)
                name = (product.category if product else "") or NO_CATEGORY
                found[name] = found.get(name, 0) + gross
            return found

        categories = parts(by_category(now), by_category(usual), expected, difference)
        countries = parts(
            {row.country: row.gross for row in self._reader.countries(day, after)},
            {row.country: row.gross for row in self._reader.countries(start, day)},
            expected,
            difference,
        )
        products = parts(now, usual, expected, difference)
        return (
            *_told("category", categories, str),
            *_told("country", countries, self._formats.country),
            *self._of_products(day, products, catalogue),
        )

    def _of_products(self, day: date, found: list[Part], catalogue: Mapping[str, Product]) -> Iterable[Reason]:
        weighty = [one for one in found if one.share >= LEAST_KNOWN and one.name in catalogue]
        known = self._known_of(day, [one.name for one in weighty])
        told = [
            one
            for one in weighty
            if one.name in known or (one.share >= LEAST_OF_PRODUCT and one.share >= MORE_THAN_USUAL * one.usual)
        ]
        for one in told[:LISTED]:
            yield Reason("product", catalogue[one.name].name, min(1.0, one.share), known.get(one.name, ""))

    def _known_of(self, day: date, product_ids: list[str]) -> dict[str, str]:
        """Per product what the shop knows of it: that it was sold out, else that its price was changed."""
        if not product_ids:
            return {}
        start, end = self._formats.day_start(day), self._formats.day_start(day + timedelta(days=1))
        known = {
            change.product_id: f"price {self._formats.money(change.before)} → {self._formats.money(change.after)}"
            for change in self._prices.changes(start - timedelta(days=PRICE_DAYS), end, MOST_CHANGES)
            if change.product_id in product_ids
        }
        for out in self._reader.stock_outs(start, end, product_ids):
            known[out.product_id] = f"sold out since {self._since(out.began_at, day)}"
        return known

    def _since(self, began: datetime, day: date) -> str:
        began_on = self._formats.store_day(began)
        return self._formats.clock(began) if began_on == day else self._formats.day_short(began_on)


def _told(kind: str, found: list[Part], name: Callable[[str], str]) -> list[Reason]:
    """The first that holds much of the difference, and more than its usual part."""
    if found and found[0].share >= LEAST_SHARE and found[0].share >= MORE_THAN_USUAL * found[0].usual:
        return [Reason(kind, name(found[0].name), min(1.0, found[0].share))]
    return []
