"""Invoices and credit notes: documents with numbers of their own, whose contents never change once they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.order_money import TaxRow
from app.domain.orders import Address, Order, OrderReturn
from app.domain.refunds import TaxBack
from app.domain.shop import Shop

DIGITS = 6  # of a number, at least


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


_PREFIXES = {InvoiceKind.INVOICE: "INV", InvoiceKind.CREDIT_NOTE: "CN"}


@dataclass(frozen=True)
class TaxPart:
    """What one rate comes to in a document; `base` never holds the tax."""

    name: str
    rate: Decimal
    base: int
    tax: int


@dataclass(frozen=True)
class SellerData:
    """Who sold, as the shop's settings had it when the number was given."""

    name: str
    legal_name: str = ""
    address: str = ""  # several lines
    tax_number: str = ""
    email: str = ""
    phone: str = ""

    def shown_by(self, shop: Shop) -> Shop:
        """The shop as it was then, with the look that it has now."""
        return replace(
            shop,
            name=self.name,
            legal_name=self.legal_name,
            address=self.address,
            tax_number=self.tax_number,
            email=self.email,
            phone=self.phone,
        )


def seller_of(shop: Shop) -> SellerData:
    return SellerData(shop.name, shop.legal_name, shop.address, shop.tax_number, shop.email, shop.phone)


@dataclass(frozen=True)
class Invoice:
    """An invoice, or the credit note of a refund (`return_id`). Amounts are minor units; `total` is `net` and `tax`."""

    invoice_id: int
    kind: InvoiceKind
    serial: int  # without gaps, from 1, for each kind
    order_id: int
    return_id: int | None
    issued_at: datetime
    currency: str
    net: int
    tax: int
    total: int
    taxes: tuple[TaxPart, ...]
    seller: SellerData
    email: str | None  # the buyer's
    address: Address

    @property
    def number(self) -> str:
        return f"{_PREFIXES[self.kind]}-{self.serial:0{DIGITS}d}"

    def frozen(self, order: Order) -> Order:
        """Its order as the document has it: to whom it went then, and nothing of what came back since."""
        lines = tuple(replace(line, returned=0) for line in order.lines)
        return replace(order, email=self.email, address=self.address, lines=lines, refunded=0)


@dataclass(frozen=True)
class InvoiceFile:
    """A document as it was drawn, once and for all. `sha256`: of the bytes, as it was kept beside them."""

    data: bytes
    sha256: str


@dataclass(frozen=True)
class OrderInvoices:
    """The documents of an order, the invoice first. `is_awaited`: it will get one, but has no number yet."""

    documents: tuple[Invoice, ...] = ()
    is_awaited: bool = False

    @property
    def invoice(self) -> Invoice | None:
        return next((one for one in self.documents if one.kind is InvoiceKind.INVOICE), None)

    @property
    def credit_notes(self) -> tuple[Invoice, ...]:
        return tuple(one for one in self.documents if one.kind is InvoiceKind.CREDIT_NOTE)


NO_INVOICES = OrderInvoices()


def invoiced(order: Order) -> tuple[TaxPart, ...]:
    return tuple(TaxPart(row.name, row.rate, row.base, row.tax) for row in order.tax_rows)


def credited(order: Order, refund: OrderReturn, taxes: Sequence[TaxBack]) -> tuple[TaxPart, ...]:
    """The part of each of the order's rates in a refund: `taxes`, as they were kept with it.

    Of an order with one rate that keeps none, tax is what is refunded beyond the goods.
    """
    rows = order.tax_rows
    if not taxes:
        row = rows[0]
        return (TaxPart(row.name, row.rate, refund.amount, max(0, refund.refund - refund.amount)),)
    back = {one.row_no: one for one in taxes}
    none = TaxBack(0, 0, 0)
    return tuple(
        TaxPart(row.name, row.rate, back.get(at, none).base, back.get(at, none).tax) for at, row in enumerate(rows)
    )


def tax_parts_of(rows: Sequence[Mapping[str, Any]]) -> tuple[TaxPart, ...]:
    """As they are stored."""
    return tuple(
        TaxPart(str(row["name"]), Decimal(str(row["rate"])), int(str(row["base"])), int(str(row["tax"])))
        for row in rows
    )


def stored(parts: Sequence[TaxPart]) -> list[dict[str, object]]:
    return [{"name": part.name, "rate": str(part.rate), "base": part.base, "tax": part.tax} for part in parts]


def tax_rows(parts: Sequence[TaxPart]) -> tuple[TaxRow, ...]:
    return tuple(TaxRow(part.name, part.rate, part.base, part.tax) for part in parts)
