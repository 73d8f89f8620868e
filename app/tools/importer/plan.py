"""What follows from all invoices in time order: customers, opening stock, and what is left on the shelves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain import NON_MERCHANDISE
from app.tools.importer.rules import Kind
from app.tools.importer.staging import Invoice

OPENING_LEAD = timedelta(minutes=1)


@dataclass
class Customer:
    user_id: int
    external_id: str
    first_seen: datetime
    country: str = ""
    bought: bool = False


@dataclass
class Shelf:
    """One product's units: `opening` is the smallest that keeps on hand from falling below zero."""

    balance: int = 0
    lowest: int = 0
    first_up: datetime | None = None
    last_sold: datetime | None = None

    @property
    def opening(self) -> int:
        return -self.lowest

    @property
    def final(self) -> int:
        return self.opening + self.balance


@dataclass
class Plan:
    """What an import will write. `opened_at` is just before the first event; None for a file without any."""

    customers: dict[str, Customer] = field(default_factory=dict)
    shelves: dict[str, Shelf] = field(default_factory=dict)
    opened_at: datetime | None = None
    closed_at: datetime | None = None


def plan(invoices: Iterable[Invoice], first_user_id: int) -> Plan:
    result = Plan()
    for invoice in invoices:
        result.opened_at = result.opened_at or invoice.at - OPENING_LEAD
        result.closed_at = invoice.at
        if invoice.customer:
            _see_customer(result, invoice, first_user_id)
        for line in invoice.lines:
            if line.code not in NON_MERCHANDISE:
                _move(result.shelves.setdefault(line.code, Shelf()), invoice, line.units)
    return result


def _see_customer(result: Plan, invoice: Invoice, first_user_id: int) -> None:
    known = result.customers.get(invoice.customer)
    if known is None:
        known = Customer(first_user_id + len(result.customers), invoice.customer, invoice.at)
        result.customers[invoice.customer] = known
    sale = invoice.kind is Kind.SALE
    # The country of the latest sales invoice; of a customer who only ever returned, of the latest return.
    if sale or not known.bought:
        known.country = invoice.country
        known.bought = known.bought or sale


def _move(shelf: Shelf, invoice: Invoice, units: int) -> None:
    if invoice.kind is Kind.SALE:
        shelf.balance -= units
        shelf.lowest = min(shelf.lowest, shelf.balance)
        shelf.last_sold = invoice.at
    else:
        shelf.balance += units
        shelf.first_up = shelf.first_up or invoice.at
