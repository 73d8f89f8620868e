"""What the services need of the store of invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from app.domain.invoices import Invoice, InvoiceFile, OrderInvoices, SellerData


class Invoices(Protocol):
    """Invoices and credit notes: written once, with the next number of their kind, and never changed."""

    def number_orders(self, seller: SellerData, limit: int, back: timedelta) -> int:
        """Give the next paid orders without an invoice their numbers, in the order of payment; how many.

        One transaction: of many who do it at once one goes on, and what dies half-way has used no number.
        `back`: how long before the latest that has one orders are looked for, as one paid earlier may be seen later.
        """

    def number_refunds(self, seller: SellerData, limit: int, back: timedelta) -> int:
        """The same of refunds of orders with an invoice, which get a credit note."""

    def of_order(self, order_id: int) -> OrderInvoices: ...

    def get(self, invoice_id: int) -> Invoice | None: ...

    def file(self, invoice_id: int) -> InvoiceFile | None:
        """None while it was not drawn."""

    def keep(self, invoice_id: int, data: bytes) -> InvoiceFile:
        """Keep a document for good; the one that is there, if somebody else was first."""

    def latest(self) -> int:
        """The highest id of a document, 0 without any."""

    def undrawn(self, after: int, until: int) -> Sequence[int]:
        """Ids beyond `after`, up to and with `until`, of what has no document, oldest first."""
