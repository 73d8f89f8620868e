"""Per product: what the catalogue has, available and held, against what the ledger says is on hand.

Both move while they are compared. So a difference counts only when it was seen twice, each time between
two reads of the product that were the same, and when nothing on its way between the two explains it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain import Difference, Mend, OrderStatus, Product, ProductStatus
from app.money import grouped
from app.services.books.ports import Books, LowStock, ReservationBook, StockFlight
from app.services.catalog.ports import Catalog

LOOKS = 24
PROOFS = 2  # quiet looks that must find the same
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.5

BY_HAND = (
    "Count it. If the catalogue is right: python -m app reconcile --trust catalogue --product {0}; "
    "if the ledger is: --trust ledger; then enter the count at /admin/inventory if neither was."
)


@dataclass(frozen=True)
class Gap:
    """A product's two sides, at one quiet instant; `is_explained`: what is on its way can be the difference."""

    product_id: str
    name: str | None  # None: the catalogue does not know the product
    available: int
    held: int
    on_hand: int
    is_explained: bool
    stamp: str  # of this state of the product: new at every change

    @property
    def units(self) -> int:
        """How many more the catalogue has than the ledger."""
        return self.available + self.held - self.on_hand


@dataclass
class StockCheck:
    books: Books
    reservations: ReservationBook
    catalog: Catalog
    sleep: Callable[[float], None] = time.sleep
    products: dict[str, Product] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)  # what moved too fast to be compared

    def differences(self) -> Iterator[Difference]:
        for wrong in self.books.wrong_sums():
            yield Difference(
                "ledger",
                f"product {wrong.product_id}",
                f"its movements add up to {grouped(wrong.total)}, but its level is {grouped(wrong.level)}",
                "--repair makes the level the sum of the movements.",
                Mend.COUNT_LEVEL,
                wrong.product_id,
            )
        read = self.catalog.changes_since(None)
        self.products = {p.product_id: p for p in read.products}
        gaps = self._gaps(self.products, None)
        # What sold meanwhile may just make up for what is missing: a product that moved is looked at again.
        moved = {
            p.product_id
            for p in self.catalog.changes_since(read.cursor).products
            if _mark(p) != _mark(self.products.get(p.product_id))
        }
        suspects = [gap.product_id for gap in gaps if gap.units or gap.product_id in moved]
        for gap in self.proven(suspects):
            yield _difference(gap)
        yield from self._low_stock()

    def proven(self, product_ids: Sequence[str]) -> list[Gap]:
        """Of these, the products that differ; what cannot be said of one that never keeps still is in `unsure`."""
        seen: dict[str, list[Gap]] = {product_id: [] for product_id in product_ids}
        found: list[Gap] = []
        pause = FIRST_PAUSE
        for _ in range(LOOKS):
            if not seen:
                break
            for gap in self.quiet_gaps(sorted(seen)):
                if not gap.units or gap.is_explained:
                    del seen[gap.product_id]
                    continue
                proofs = [earlier for earlier in seen[gap.product_id] if earlier.units == gap.units]
                seen[gap.product_id] = [*proofs, gap]
                if len(seen[gap.product_id]) == PROOFS:
                    found.append(gap)
                    del seen[gap.product_id]
            if seen:
                self.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        self.unsure += sorted(seen)
        return found

    def quiet_gaps(self, product_ids: Sequence[str]) -> list[Gap]:
        """One look: the products that were the same before and after it."""
        before = self.catalog.get_many(product_ids)
        gaps = self._gaps(before, product_ids)
        after = self.catalog.get_many(product_ids)
        return [gap for gap in gaps if _mark(before.get(gap.product_id)) == _mark(after.get(gap.product_id))]

    def _gaps(self, products: Mapping[str, Product], product_ids: Sequence[str] | None) -> list[Gap]:
        """The order of the reads matters: whoever reserves later changes a product, and whoever pays later is paid in
        the ledger too."""
        held_by_order = self.reservations.held(self.books.unfinished())
        statuses, flights = self.books.held_and_levels(list(held_by_order), product_ids)
        held: dict[str, int] = defaultdict(int)
        for order_id, lines in held_by_order.items():
            if statuses.get(order_id) is OrderStatus.PAID:
                continue  # the ledger has booked these units as sold; only their settling waits
            for line in lines:
                held[line.product_id] += line.units
        wanted = sorted({*products, *flights} if product_ids is None else product_ids)
        return [_gap(p, products.get(p), held[p], flights.get(p, StockFlight(0))) for p in wanted]

    def _low_stock(self) -> Iterator[Difference]:
        suspects = {low.product_id for low in self.books.low_stock(_thresholds(self.products)) if not low.is_expected}
        for low, threshold in self._low_now(suspects):
            against = "it is not on sale" if threshold is None else f"its threshold is {grouped(threshold)}"
            is_open = "an episode is open" if low.is_open else "no episode is open"
            yield Difference(
                "low stock",
                f"product {low.product_id}",
                f"{grouped(low.on_hand)} are on hand and {against}, but {is_open}",
                "--repair opens or closes it by what is on hand.",
                Mend.FOLLOW_STOCK,
                low.product_id,
            )

    def _low_now(self, suspects: set[str]) -> Iterator[tuple[LowStock, int | None]]:
        """Of these, the products whose episode is wrong by the threshold of now, which is the second of the pair.

        The catalogue was read a while ago: a product may be new since, or its threshold edited and followed by a sale.
        """
        pause = FIRST_PAUSE
        for _ in range(LOOKS):
            before = _thresholds(self.catalog.get_many(sorted(suspects)))
            wrong = [low for low in self.books.low_stock(before, suspects) if not low.is_expected]
            after = _thresholds(self.catalog.get_many(sorted(suspects)))
            moved = {product_id for product_id in suspects if before.get(product_id) != after.get(product_id)}
            yield from ((low, before.get(low.product_id)) for low in wrong if low.product_id not in moved)
            suspects = moved
            if not suspects:
                return
            self.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        self.unsure += sorted(suspects)


def _thresholds(products: Mapping[str, Product]) -> dict[str, int | None]:
    return {product_id: _threshold(product) for product_id, product in products.items()}


def _threshold(product: Product) -> int | None:
    return product.threshold if product.status is ProductStatus.ACTIVE else None


def _mark(product: Product | None) -> object:
    """Every change of a product's stock stamps it: two equal marks, and nothing moved between them."""
    return None if product is None else (product.stock, product.changed_at)


def _gap(product_id: str, product: Product | None, held: int, flight: StockFlight) -> Gap:
    available = product.stock if product else 0
    units = available + held - flight.on_hand
    # An edit moves the catalogue before the ledger, a return after it.
    moves = [*(edit for edit in flight.edits if edit is not None), *(-units for units in flight.restocks)]
    lowest, highest = sum(min(m, 0) for m in moves), sum(max(m, 0) for m in moves)
    return Gap(
        product_id=product_id,
        name=product.name if product else None,
        available=available,
        held=held,
        on_hand=flight.on_hand,
        is_explained=None in flight.edits or (bool(moves) and lowest <= units <= highest),
        stamp=f"{_mark(product)}:{flight.on_hand}",
    )


def _difference(gap: Gap) -> Difference:
    if gap.name is None:
        words = f"the ledger says {grouped(gap.on_hand)} on hand, but the catalogue does not have the product"
        return Difference("stock", f"product {gap.product_id}", words, "Restore the product in the catalogue.")
    words = (
        f"the catalogue has {grouped(gap.available)} available and {grouped(gap.held)} held, "
        f"{grouped(gap.available + gap.held)} in all, "
        f"but the ledger says {grouped(gap.on_hand)} on hand"
    )
    return Difference("stock", f"product {gap.product_id} ({gap.name})", words, BY_HAND.format(gap.product_id))
