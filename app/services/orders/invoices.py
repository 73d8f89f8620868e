"""Invoices as files: what a receipt carries, and what its buyer downloads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from app.addresses import to
from app.domain import Attachment, Order, Principal
from app.domain.shop import Shop
from app.errors import NotFound, ShopError
from app.money import Formats
from app.services.orders.orders import OrderService
from app.words import mark, speaking

if TYPE_CHECKING:
    from app.documents.invoice import Seller

PDF = "application/pdf"


class InvoiceService:
    """`picture`: an uploaded picture as a PNG."""

    def __init__(
        self,
        orders: OrderService,
        formats: Formats,
        shop: Callable[[], Shop],
        base_url: str,
        picture: Callable[[str], bytes],
    ) -> None:
        self._orders = orders
        self._formats = formats
        self._shop = shop
        self._picture = picture
        self._base_url = base_url

    def _seller(self) -> Seller:
        from app.documents.invoice import Seller

        shop = self._shop()
        logo = b""
        with suppress(ShopError):  # an invoice goes out without its logo rather than not at all
            logo = self._picture(shop.logo) if shop.logo else b""
        return Seller(shop.name, shop.seller_lines, logo)

    def download(self, principal: Principal, order_id: int) -> Attachment:
        """The invoice of the caller's own order, or of any for an admin. Raises NotFound, also while it is not paid."""
        order = self._orders.get_for(principal, order_id)
        if order.paid_at is None:
            raise NotFound(mark("This order is not paid, so there is no invoice of it."))
        return self.of(order)

    def of(self, order: Order) -> Attachment:
        """The invoice of a paid order in its language, with what was returned of it."""
        from app.documents import file_name, invoice_pdf  # slow to load, and most processes never draw one

        returns = self._orders.returns_of(order.order_id)
        with speaking(order.language):
            url = self._base_url + to(f"/orders/{order.order_id}")
            data = invoice_pdf(order, returns, self._formats.spoken(), self._seller(), url)
        return Attachment(file_name(order), PDF, data)
