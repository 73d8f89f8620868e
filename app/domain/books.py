"""What a look at the books found: where two of them disagree, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

OLD = timedelta(days=3)


class Mend(StrEnum):
    """What `--repair` may do by itself: each has one right answer, and doing it twice is doing it once."""

    REBUILD_ROLLUPS = "rebuild the rollups"
    COUNT_LEVEL = "count the level anew"
    BOOK_SALE = "book the sale's movements"
    BOOK_RETURN = "book the return's movements"
    WRITE_PAYMENT = "write the payment"
    ADD_UP_COSTS = "add up the costs"
    COST_RETURN = "take the return's costs from what was sold"
    RELEASE = "release the units"
    SETTLE = "queue the settling"
    RECEIPT = "queue the receipt"
    RESTOCK = "queue the restocking"
    FOLLOW_STOCK = "look at low stock again"
    TRY_AGAIN = "try the effect again"


@dataclass(frozen=True)
class Difference:
    """Two books that disagree about `subject` ("order #10012"). `todo` says who or what mends it."""

    kind: str  # "stock", "ledger", "rollup", "order", "payment", "return", "reservation", "low stock", "effect"
    subject: str
    words: str
    todo: str
    mend: Mend | None = None
    target: str = ""  # what the mend is done to: an order, return or product id


@dataclass(frozen=True)
class Mended:
    """A difference that is no more, and what was changed."""

    subject: str
    words: str


class Verdict(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    FAILED = "failed"  # could not look


@dataclass(frozen=True)
class Reconciliation:
    """The outcome of one look at all books."""

    verdict: Verdict
    at: datetime
    seconds: float
    by: str
    looked_at: dict[str, int] = field(default_factory=dict)  # how many products, orders...
    differences: tuple[Difference, ...] = ()  # the first ones of each kind
    count: int = 0  # of all differences
    notes: tuple[str, ...] = ()  # what is no difference but worth knowing
    mended: tuple[Mended, ...] = ()

    def is_old(self, now: datetime) -> bool:
        """The worker looks every day: it has not for a while."""
        return now - self.at > OLD
