"""Reconciling: every book is read on its own, and where two disagree, that is said, and mended on request."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from app.domain import Actor, AuditAction, Difference, Mend, Mended, Reconciliation, Verdict
from app.domain.effects import DELIVERIES, EffectKind
from app.errors import Conflict, NotFound, ShopError
from app.money import grouped
from app.services.audit.log import AuditService, entry_of
from app.services.books.invoices import invoice_differences
from app.services.books.mending import Mender
from app.services.books.orders import OrderCheck
from app.services.books.ports import AllBooks
from app.services.books.stock import Gap, StockCheck

log = logging.getLogger(__name__)

KEPT_PER_KIND = 100
ROLLUP_ROWS = 100  # named per rollup
OVERDUE = timedelta(hours=2)
MOST_EFFECTS = 200

Side = Literal["catalogue", "ledger"]
Progress = Callable[[str], None]


@dataclass
class _Found:
    differences: list[Difference] = field(default_factory=list)
    per_kind: Counter[str] = field(default_factory=Counter)
    looked_at: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, difference: Difference) -> None:
        self.per_kind[difference.kind] += 1
        if self.per_kind[difference.kind] <= KEPT_PER_KIND:
            self.differences.append(difference)


class ReconcileService:
    """Compares all books and names what differs.

    `follow` looks at the low stock of products; `money` writes an amount for people.
    """

    def __init__(
        self,
        books: AllBooks,
        audit: AuditService,
        follow: Callable[[Sequence[str]], None],
        money: Callable[[int], str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._books = books
        self._audit = audit
        self._follow = follow
        self._money = money
        self._sleep = sleep

    def latest(self) -> Reconciliation | None:
        return self._books.log.latest()

    def run(
        self,
        by: str,
        since: datetime | None = None,
        repair_as: Actor | None = None,
        progress: Progress = lambda stage: None,
        rest_seconds: float = 0.0,
    ) -> Reconciliation:
        """Look at all books, and keep the outcome. `since`: only orders placed, and returns made, from then on.

        `rest_seconds`: pause so long between two chunks, for a process that has other things to do.
        `repair_as`: mend on its behalf what has one right answer, and look again. Never raises for a store that
        cannot be read: the verdict says it.
        """
        started = time.monotonic()

        def rest() -> None:
            if rest_seconds:
                self._sleep(rest_seconds)

        mended: tuple[Mended, ...] = ()
        try:
            found = self._look(since, progress, rest, is_beside=bool(rest_seconds))
            if repair_as is not None and found.differences:
                mender = Mender(self._books, self._audit, self._follow, repair_as)
                self._look(since, progress, rest, mender)
                mended = tuple(mender.mended)
                found = self._look(since, progress, rest) if mended else found
        except ShopError as error:
            outcome = self._failed(by, error.message)
        except Exception as error:  # a book that cannot be read must not pass for one that agrees, or differs
            log.exception("the books could not be read")
            outcome = self._failed(by, f"The books could not be read: {type(error).__name__}.")
        else:
            outcome = Reconciliation(
                verdict=Verdict.DIFFERS if found.differences else Verdict.AGREES,
                at=datetime.now(UTC),
                seconds=0.0,
                by=by,
                looked_at=found.looked_at,
                differences=tuple(found.differences),
                count=found.per_kind.total(),
                notes=tuple(found.notes),
            )
        outcome = replace(outcome, seconds=round(time.monotonic() - started, 2), mended=mended)
        with suppress(ShopError):  # the store that could not be read cannot be written either
            self._books.log.save(outcome)
        return outcome

    def trust(self, product_id: str, side: Side, actor: Actor) -> str:
        """Make the other side of a product's stock follow `side`; what was done, in words.

        Safe to run twice and at once: the change is known by the state that it starts from. Raises NotFound,
        Conflict while the product moves.
        """
        check = StockCheck(self._books.sql, self._books.reservations, self._books.catalog, self._sleep)
        if self._books.catalog.get(product_id) is None:
            raise NotFound(f"There is no product {product_id} in the catalogue.")
        gaps = check.proven([product_id])
        if check.unsure:
            raise Conflict(f"Product {product_id} moves too fast right now. Take it out of the store, and try again.")
        if not gaps:
            return f"Product {product_id}: catalogue and ledger agree; nothing was changed."
        return self._follow_side(gaps[0], side, actor)

    def _follow_side(self, gap: Gap, side: Side, actor: Actor) -> str:
        key = "reconcile:" + hashlib.sha256(f"{gap.product_id}:{side}:{gap.stamp}".encode()).hexdigest()[:32]
        name = gap.name or gap.product_id
        total = gap.available + gap.held
        audited = ("product", gap.product_id, name, {"stock": gap.available}, {"stock": gap.available - gap.units})
        if side == "ledger":
            with self._audit.around(actor, AuditAction.BOOKS_MEND, *audited, note="as the ledger has it", key=key):
                self._books.catalog.adjust_stock(key, gap.product_id, delta=-gap.units)
            return (
                f"Product {gap.product_id}: the catalogue went from {grouped(total)} to {grouped(gap.on_hand)} units."
            )
        entry = entry_of(
            actor, AuditAction.BOOKS_MEND, "product", gap.product_id, name,
            {"on_hand": gap.on_hand}, {"on_hand": total}, note="as the catalogue has it",
        )  # fmt: skip
        self._books.mender.correct_ledger(key, gap.product_id, gap.units, actor.name, entry)
        return (
            f"Product {gap.product_id}: the ledger went from {grouped(gap.on_hand)} to {grouped(total)} units on hand."
        )

    def _look(
        self,
        since: datetime | None,
        progress: Progress,
        rest: Callable[[], None],
        mender: Mender | None = None,
        *,
        is_beside: bool = False,
    ) -> _Found:
        found = _Found()
        books = self._books
        order_check = OrderCheck(books.sql, books.reservations, books.provider, self._money, since, rest)
        stock_check = StockCheck(books.sql, books.reservations, books.catalog, self._sleep)
        stages: tuple[tuple[str, Iterator[Difference]], ...] = (
            ("orders and payments", order_check.differences()),
            (
                "invoices",
                invoice_differences(books.sql, self._money, since, rest, found.looked_at, is_beside=is_beside),
            ),
            ("stock", stock_check.differences()),
            ("rollups", self._rollups(found)),
            ("effects", self._effects(found)),
        )
        for stage, differences in stages:
            progress(stage)
            for difference in differences:
                found.add(difference)
                if mender is not None:
                    mender.mend(difference)
        found.looked_at = {"products": len(stock_check.products), **order_check.looked_at, **found.looked_at}
        for product_id in stock_check.unsure:
            found.notes.append(f"product {product_id} moved too fast to be compared; look again at a quiet hour")
        found.notes += [
            f"{grouped(count - KEPT_PER_KIND)} more differences of kind {kind} are not listed"
            for kind, count in found.per_kind.items()
            if count > KEPT_PER_KIND
        ]
        return found

    def _rollups(self, found: _Found) -> Iterator[Difference]:
        for row in self._books.sql.rollup_rows(ROLLUP_ROWS):
            yield Difference(
                "rollup",
                f"{row.rollup} ({row.key})",
                f"it holds {row.stored}, but the rows make {row.recomputed}",
                "--repair builds all rollups anew from the rows.",
                Mend.REBUILD_ROLLUPS,
            )

    def _effects(self, found: _Found) -> Iterator[Difference]:
        waiting, late = self._books.sql.waiting_effects(OVERDUE, MOST_EFFECTS)
        if waiting:
            found.notes.append(f"{grouped(waiting)} effects wait for the worker")
        for effect in late:
            if effect.is_failed:
                by_hand = effect.kind in DELIVERIES
                yield Difference(
                    "effect",
                    effect.key,
                    f"it was given up: {effect.last_error}" if effect.last_error else "it was given up",
                    "Send it again at /admin/notifications." if by_hand else "--repair tries it again.",
                    None if by_hand or effect.kind == EffectKind.ROLLUP else Mend.TRY_AGAIN,
                    effect.key,
                )
            else:
                since = f"it waits since {effect.created_at:%Y-%m-%d %H:%M} UTC"
                yield Difference("effect", effect.key, since, "Is a worker running? python -m app worker.")

    def _failed(self, by: str, words: str) -> Reconciliation:
        return Reconciliation(Verdict.FAILED, datetime.now(UTC), 0.0, by, notes=(words,))
