"""Invoices and credit notes: their numbers, given by the worker, and their documents, drawn once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from app.addresses import to
from app.domain import Attachment, Order, Principal
from app.domain.invoices import Invoice, InvoiceFile, InvoiceKind, OrderInvoices, seller_of
from app.domain.shop import Shop
from app.errors import Conflict, NotFound, ShopError
from app.money import Formats
from app.services.invoices.ports import Invoices
from app.services.orders.orders import OrderService
from app.words import mark, speaking

if TYPE_CHECKING:
    from app.documents.invoice import Seller

log = logging.getLogger(__name__)

PDF = "application/pdf"
AT_ONCE = 200  # numbers given in one transaction
MOST_DRAWN = 20
LOOKED_AT = 500  # documents in a round: the latest, and as many of those before them
AGAIN_AFTER = 600.0  # seconds until a document that could not be drawn is tried again
MOST_SECONDS = 0.5  # of drawing in a round: totals and mails wait for it
MOST_BYTES = 2_000_000  # of one document; 99 lines and a logo stay far below
SOON, LATE = timedelta(minutes=1), timedelta(days=2)
_NO_DOCUMENT = mark("There is no such document.")


class InvoiceService:
    """`picture`: an uploaded picture as a PNG."""

    def __init__(
        self,
        orders: OrderService,
        store: Invoices,
        formats: Formats,
        shop: Callable[[], Shop],
        base_url: str,
        picture: Callable[[str], bytes],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._orders = orders
        self._store = store
        self._formats = formats
        self._shop = shop
        self._picture = picture
        self._base_url = base_url
        self._clock = clock
        self._walked = 0  # up to which document this process has seen that all were drawn
        self._failed: dict[int, float] = {}  # documents that could not be drawn, and until when they are left alone

    # --- what the worker does ---------------------------------------------------------------------

    def give_numbers(self, back: timedelta = SOON) -> int:
        """Give what was paid and refunded since its numbers; how many were given. Safe to run twice, and at once."""
        seller = seller_of(self._shop())
        given = self._store.number_orders(seller, AT_ONCE, back)
        return given + self._store.number_refunds(seller, AT_ONCE, back)

    def give_late_numbers(self) -> int:
        """The same for what was not seen in its time, as when a clock was set back."""
        return self.give_numbers(LATE)

    def draw(self) -> int:
        """Draw documents that were not drawn yet, for half a second; how many were."""
        now = self._clock()
        until, drawn = now + MOST_SECONDS, 0
        self._failed = {key: end for key, end in self._failed.items() if end > now}
        for invoice_id in self._undrawn():
            if self._clock() >= until:
                break
            invoice = self._store.get(invoice_id)
            try:
                assert invoice is not None
                self._file(invoice)
                drawn += 1
            except Exception:  # one that cannot be drawn must not hold up the others
                self._failed[invoice_id] = now + AGAIN_AFTER
                log.warning("invoice %s cannot be drawn yet", invoice_id, exc_info=True)
        return drawn

    def _undrawn(self) -> list[int]:
        """Some of the latest, and of older ones that a rush or an outage left behind, some more in each round."""
        recent = max(self._store.latest() - LOOKED_AT, 0)
        older: list[int] = []
        if self._walked < recent:
            end = min(self._walked + LOOKED_AT, recent)
            older = list(self._store.undrawn(self._walked, end))
            if not set(older) - self._failed.keys():
                self._walked = end
        found = [*older, *self._store.undrawn(recent, recent + 2 * LOOKED_AT)]
        return [invoice_id for invoice_id in found if invoice_id not in self._failed][:MOST_DRAWN]

    # --- what people see --------------------------------------------------------------------------

    def of_order(self, order: Order) -> OrderInvoices:
        return self._store.of_order(order.order_id)

    def number_of(self, order: Order) -> str:
        """The number of its invoice, given now if it waits for one; "" for an order without. For the worker."""
        known = self.of_order(order)
        if known.is_awaited:
            self.give_numbers()
            known = self.of_order(order)
        return known.invoice.number if known.invoice else ""

    def download(self, principal: Principal, order_id: int) -> Attachment:
        """The invoice of the caller's own order, or of any for an admin.

        Raises NotFound, also while it is not paid, Conflict while it has no number yet.
        """
        order = self._orders.get_for(principal, order_id)
        if order.paid_at is None:
            raise NotFound(mark("This order is not paid, so there is no invoice of it."))
        found = self.attached(order)
        if found is None:
            raise Conflict(mark("The invoice is being made. Try again in a minute."))
        return found

    def credit_note(self, principal: Principal, order_id: int, number: str) -> Attachment:
        """A credit note of such an order by its number. Raises NotFound."""
        order = self._orders.get_for(principal, order_id)
        for note in self.of_order(order).credit_notes:
            if note.number == number:
                return _attachment(note, self._file(note))
        raise NotFound(_NO_DOCUMENT)

    def attached(self, order: Order) -> Attachment | None:
        """The invoice of a paid order, None while it waits for its number.

        Orders from before there were numbers have a document under the order's own, drawn as often as it is asked for.
        """
        known = self.of_order(order)
        if known.is_awaited:
            return None
        return _attachment(known.invoice, self._file(known.invoice)) if known.invoice else self._unnumbered(order)

    def _unnumbered(self, order: Order) -> Attachment:
        from app.documents import file_name, invoice_pdf  # slow to load, and most processes never draw one

        returns = self._orders.returns_of(order.order_id)
        with speaking(order.language):
            data = invoice_pdf(order, returns, self._formats.spoken(), self._seller(self._shop()), self._url(order))
        return Attachment(file_name(order), PDF, data)

    def _file(self, invoice: Invoice) -> InvoiceFile:
        kept = self._store.file(invoice.invoice_id)
        if kept is not None:
            return kept
        data = self._drawn(invoice)
        if len(data) > MOST_BYTES:
            raise ValueError(f"the document of {invoice.number} has {len(data)} bytes")
        return self._store.keep(invoice.invoice_id, data)

    def _drawn(self, invoice: Invoice) -> bytes:
        from app.documents import credit_note_pdf, invoice_pdf

        now = self._orders.get(invoice.order_id)
        order, seller = invoice.frozen(now), self._seller(invoice.seller.shown_by(self._shop()))
        with speaking(order.language):
            formats, url = self._formats.spoken(), self._url(order)
            if invoice.kind is InvoiceKind.INVOICE:
                return invoice_pdf(order, (), formats, seller, url, invoice)
            about = next(one for one in self._orders.returns_of(order.order_id) if one.return_id == invoice.return_id)
            corrected = self.of_order(order).invoice
            assert corrected is not None
            return credit_note_pdf(order, about, formats, seller, url, invoice, corrected.number)

    def _url(self, order: Order) -> str:
        return self._base_url + to(f"/orders/{order.order_id}")

    def _seller(self, shop: Shop) -> Seller:
        from app.documents.invoice import Seller

        logo = b""
        with suppress(ShopError):  # an invoice goes out without its logo rather than not at all
            logo = self._picture(shop.logo) if shop.logo else b""
        return Seller(shop.name, shop.seller_lines, logo)


def _attachment(invoice: Invoice, file: InvoiceFile) -> Attachment:
    kind = "invoice" if invoice.kind is InvoiceKind.INVOICE else "credit-note"
    return Attachment(f"{kind}-{invoice.number}.pdf", PDF, file.data)
