"""Mends the differences that have one right answer, one at a time, each with its entry in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from app.domain import Actor, AuditAction, AuditEntry, Difference, Mend, Mended, effects
from app.domain.effects import Effect
from app.errors import Conflict
from app.services.audit.log import AuditService, entry_of
from app.services.books.orders import LIVING
from app.services.books.ports import AllBooks

_SAID = {
    Mend.REBUILD_ROLLUPS: "all rollups were built anew from the rows",
    Mend.COUNT_LEVEL: "its level is the sum of its movements again",
    Mend.BOOK_SALE: "its missing stock movements were booked",
    Mend.BOOK_RETURN: "its missing stock movements were booked",
    Mend.WRITE_PAYMENT: "its payment was written as the provider has it",
    Mend.ADD_UP_COSTS: "its cost is the sum of its lines' again",
    Mend.COST_RETURN: "its lines cost what was sold, and its cost is their sum again",
    Mend.RELEASE: "its held units were given back",
    Mend.SETTLE: "the settling of its units was queued",
    Mend.RECEIPT: "its receipt was queued",
    Mend.RESTOCK: "the restocking of its units was queued",
    Mend.FOLLOW_STOCK: "its low-stock episode follows what is on hand",
    Mend.TRY_AGAIN: "it is tried again now",
}


class Mender:
    """Mends differences that have one right answer. One use per run. `mended` says what was changed, in order."""

    def __init__(
        self, books: AllBooks, audit: AuditService, follow: Callable[[Sequence[str]], None], actor: Actor
    ) -> None:
        self._books = books
        self._audit = audit
        self._follow = follow
        self._actor = actor
        self._tried: set[tuple[Mend, str]] = set()
        self.mended: list[Mended] = []

    def mend(self, difference: Difference) -> None:
        mend, target = difference.mend, difference.target
        if mend is None or (mend, target) in self._tried:
            return
        self._tried.add((mend, target))
        if self._do(mend, target, self._entry(difference, mend)):
            subject = "the rollups" if mend is Mend.REBUILD_ROLLUPS else difference.subject
            self.mended.append(Mended(subject, _SAID[mend]))

    def _entry(self, difference: Difference, mend: Mend) -> AuditEntry:
        kind = "product" if mend in (Mend.COUNT_LEVEL, Mend.FOLLOW_STOCK) else "books"
        subject = "the rollups" if mend is Mend.REBUILD_ROLLUPS else difference.subject
        return entry_of(
            self._actor, AuditAction.BOOKS_MEND, kind, difference.target or "rollups", subject,
            None, {"mend": mend.value}, note=difference.words,
        )  # fmt: skip

    def _do(self, mend: Mend, target: str, audited: AuditEntry) -> bool:
        mender = self._books.mender
        match mend:
            case Mend.REBUILD_ROLLUPS:
                return mender.rebuild_rollups(audited)
            case Mend.COUNT_LEVEL:
                return mender.count_level(target, audited)
            case Mend.BOOK_SALE:
                return mender.book_sale(int(target), audited)
            case Mend.BOOK_RETURN:
                return mender.book_return(int(target), audited)
            case Mend.WRITE_PAYMENT:
                return self._write_payment(int(target), audited)
            case Mend.ADD_UP_COSTS:
                return mender.add_up_costs(int(target), audited)
            case Mend.COST_RETURN:
                return mender.cost_return(int(target), audited)
            case Mend.RELEASE:
                return self._release(int(target), audited)
            case Mend.SETTLE:
                return mender.queue(effects.settle(int(target)), audited)
            case Mend.RECEIPT:
                return mender.queue(effects.receipt(int(target)), audited)
            case Mend.RESTOCK:
                return mender.queue(effects.restock(int(target)), audited)
            case Mend.FOLLOW_STOCK:
                return self._follow_stock(target, audited)
            case Mend.TRY_AGAIN:
                return mender.queue(Effect(target.partition(":")[0], target, {}), audited)

    def _write_payment(self, order_id: int, audited: AuditEntry) -> bool:
        taken = self._books.provider.taken([order_id]).get(order_id)
        if taken is None:
            return False
        return self._books.mender.write_payment(order_id, self._books.provider.name, taken, audited)

    def _release(self, order_id: int, audited: AuditEntry) -> bool:
        if self._books.sql.statuses([order_id]).get(order_id) in LIVING:
            return False
        with self._around(audited):
            try:
                self._books.catalog.release(order_id)
            except Conflict:  # settled meanwhile, so sold after all: the next look says what is left
                return False
        return True

    def _follow_stock(self, product_id: str, audited: AuditEntry) -> bool:
        with self._around(audited):
            self._follow([product_id])
        return True

    def _around(self, audited: AuditEntry) -> AbstractContextManager[None]:
        return self._audit.around(
            audited.actor, audited.action, audited.target_kind, audited.target_id, audited.target_name,
            audited.before, audited.after, note=audited.note,
        )  # fmt: skip
