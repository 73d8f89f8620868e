"""What reconciling needs: every book read on its own, in chunks, and the few things that may be mended.

What one method returns was read at one instant of its store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from app.domain import (
    AuditEntry,
    OrderStatus,
    OutboxState,
    Quantity,
    Reconciliation,
    ReservationState,
)
from app.domain.effects import Effect
from app.domain.orders import LineCosts
from app.domain.payments import Done
from app.services.catalog.ports import Catalog


@dataclass(frozen=True)
class LedgerSum:
    """A product whose level is not the sum of its movements."""

    product_id: str
    level: int
    total: int


@dataclass(frozen=True)
class StockFlight:
    """What the ledger says of a product, and what is on its way between it and the catalogue.

    `edits`: differences of stock edits that are pending, None where it is a count; `restocks`: units of booked
    returns that the catalogue may not have yet.
    """

    on_hand: int
    edits: tuple[int | None, ...] = ()
    restocks: tuple[int, ...] = ()


@dataclass(frozen=True)
class RollupRow:
    """A row of a rollup that differs from its recomputation."""

    rollup: str
    key: str
    stored: str
    recomputed: str


@dataclass(frozen=True)
class BookedLine:
    line_no: int
    product_id: str
    quantity: int
    returned: int
    given_back: int  # by its completed returns
    moved: int | None  # units of its stock movement, negative for a sale; None: there is none
    moves: bool  # False: an imported charge that is no merchandise


@dataclass(frozen=True)
class BookedOrder:
    """An order with all that the relational store holds of it."""

    order_id: int
    number: str
    status: OrderStatus
    source: str
    is_stuck: bool  # unfinished, and past every lease
    has_email: bool
    subtotal: int
    total: int
    sum_of_lines: int
    costs: LineCosts
    costs_of_lines: LineCosts
    refunded: int
    given_back: int  # by its completed returns
    lines: tuple[BookedLine, ...]
    provider: str | None
    paid: int | None
    effects: Mapping[str, OutboxState]  # of settling and the receipt, those that exist
    tax: int = 0  # on top of prices or in them
    tax_of_rows: int | None = None  # the sum of its rows of taxes; None: it keeps none
    list_tax: int = 0  # held by its list prices
    list_tax_of_lines: int = 0


class StrangeCost(NamedTuple):
    """A line that came back at another unit cost than its own order line has; None: unknown."""

    line_no: int
    sold_at: int | None
    came_back_at: int | None


@dataclass(frozen=True)
class BookedReturn:
    """A completed return. `order_number` "": an imported one that names no order."""

    return_id: int
    order_number: str
    refund: int
    provider: str | None  # of the order's payment
    missing: tuple[int, ...]  # lines that were restocked but never moved
    wrong: tuple[str, ...]  # lines whose movement says something else, in words
    restock: OutboxState | None
    needs_restock: bool
    strange_costs: tuple[StrangeCost, ...]
    costs: LineCosts
    costs_of_lines: LineCosts


@dataclass(frozen=True)
class InvoiceSeries:
    """The numbers of a kind of document: how many there are, the lowest and highest, and the last that was given."""

    kind: str
    count: int
    lowest: int
    highest: int
    last: int


@dataclass(frozen=True)
class BookedInvoice:
    """An invoice or credit note beside what it is of; `owed` and `owed_tax` are None where that is gone."""

    invoice_id: int
    number: str
    net: int
    tax: int
    total: int
    tax_of_rates: int
    owed: int | None
    owed_tax: int | None  # of an invoice; credit notes are compared with theirs all together
    is_changed: bool  # its document has not the bytes that were kept


@dataclass(frozen=True)
class LowStock:
    """A product whose open episode and level disagree, or seem to."""

    product_id: str
    on_hand: int
    is_open: bool
    is_expected: bool  # a check waits, or the product was edited after its last movement, or it never fell


@dataclass(frozen=True)
class WaitingEffect:
    key: str
    kind: str
    is_failed: bool
    created_at: datetime
    last_error: str


class Books(Protocol):
    """Reads of the relational store."""

    def wrong_sums(self) -> Iterator[LedgerSum]: ...

    def unfinished(self) -> Collection[int]:
        """Orders neither paid nor over: whoever holds units and is not among them was just paid, or is lost."""

    def statuses(self, order_ids: Collection[int]) -> Mapping[int, OrderStatus]:
        """Of those that exist."""

    def held_and_levels(
        self, order_ids: Collection[int], product_ids: Sequence[str] | None
    ) -> tuple[Mapping[int, OrderStatus], Mapping[str, StockFlight]]:
        """Both at one instant; `product_ids` None: every product's level, without what is on its way."""

    def rollup_rows(self, most: int) -> Iterator[RollupRow]:
        """Up to `most` of each rollup; events that still wait to be folded are taken into account."""

    def orders(self, after: int, limit: int, since: datetime | None) -> tuple[BookedOrder, ...]:
        """In the order of their ids."""

    def returns(self, after: int, limit: int, since: datetime | None) -> tuple[BookedReturn, ...]: ...

    def strange_sales(self, after: int, limit: int, since: datetime | None) -> tuple[int, tuple[str, ...]]:
        """The last movement looked at, 0 when there are no more; sales that no paid order explains, in words."""

    def strange_payments(self, most: int) -> tuple[tuple[int, OrderStatus], ...]:
        """Payments of orders that are not paid: order id and its status."""

    def return_states(self, return_ids: Collection[int]) -> Mapping[int, bool]:
        """Of those that exist and were not refused: whether it is completed."""

    def low_stock(
        self, thresholds: Mapping[str, int | None], product_ids: Collection[str] | None = None
    ) -> tuple[LowStock, ...]:
        """Where level and threshold do not agree with the open episodes; no threshold, or None: not on sale.

        `product_ids`: of these only.
        """

    def invoice_series(self) -> tuple[InvoiceSeries, ...]: ...

    def invoices(self, after: int, limit: int, since: datetime | None) -> tuple[BookedInvoice, ...]:
        """In the order of their ids; `since`: issued from then on."""

    def without_invoice(self, overdue: timedelta, most: int) -> tuple[str, ...]:
        """Numbers of orders that should have one since long ago."""

    def waiting_effects(self, overdue: timedelta, most: int) -> tuple[int, tuple[WaitingEffect, ...]]:
        """How many effects wait in their time; those that failed or are overdue."""


class ReservationBook(Protocol):
    """Reservations by order. What is said of an order named by the caller is strongly consistent."""

    def states(self, order_ids: Sequence[int]) -> Mapping[int, ReservationState]:
        """Of those that exist."""

    def held(self, order_ids: Collection[int]) -> Mapping[int, tuple[Quantity, ...]]:
        """What is held for these orders now, and for any other; of others, what an index that may lag knows."""


class ProviderBook(Protocol):
    """What the payment provider says it took and gave back."""

    name: str

    def taken(self, order_ids: Sequence[int]) -> Mapping[int, Done]:
        """Of these orders, those whose money it took."""

    def refunds(self, keys: Sequence[str]) -> Mapping[str, int]: ...

    def taken_after(self, order_id: int, limit: int) -> Mapping[int, Done]:
        """The same of all orders beyond an id, ascending."""

    def refund_keys(self, after: str, limit: int) -> tuple[str, ...]:
        """Keys of all refunds, ascending."""


class BookMender(Protocol):
    """Each is safe to run twice, looks again under its locks, and writes its audit entry with the change.

    False: there was nothing (any more) to mend, and no entry was written.
    """

    def rebuild_rollups(self, audited: AuditEntry) -> bool: ...

    def count_level(self, product_id: str, audited: AuditEntry) -> bool: ...

    def book_sale(self, order_id: int, audited: AuditEntry) -> bool: ...

    def book_return(self, return_id: int, audited: AuditEntry) -> bool: ...

    def add_up_costs(self, order_id: int, audited: AuditEntry) -> bool:
        """Of an order, from its lines."""

    def cost_return(self, return_id: int, audited: AuditEntry) -> bool:
        """Give its lines the unit costs of the order lines that they name, and add them up."""

    def write_payment(self, order_id: int, provider: str, taken: Done, audited: AuditEntry) -> bool: ...

    def queue(self, effect: Effect, audited: AuditEntry) -> bool:
        """An effect that is missing, failed, or was marked done though it was not."""

    def correct_ledger(self, key: str, product_id: str, delta: int, actor: str, audited: AuditEntry) -> bool:
        """Book a correction that the catalogue does not follow."""


class ReconciliationLog(Protocol):
    def save(self, outcome: Reconciliation) -> None: ...

    def latest(self) -> Reconciliation | None: ...

    def claim(self, every: timedelta, lease: timedelta) -> bool:
        """Whether it is time for the next look, and the caller is the one process that takes it."""


@dataclass(frozen=True)
class AllBooks:
    """The books that are compared, and who may write into them."""

    sql: Books
    catalog: Catalog
    reservations: ReservationBook
    provider: ProviderBook
    mender: BookMender
    log: ReconciliationLog
