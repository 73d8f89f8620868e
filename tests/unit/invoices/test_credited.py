"""A refund's part of each tax rate, as its credit note has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from app.domain import Address, Order, OrderLine, OrderReturn, OrderStatus, ReturnLine
from app.domain.invoices import TaxPart, credited
from app.domain.order_money import TaxRow
from app.domain.refunds import TaxBack

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
FULL, LOW = Decimal("0.19"), Decimal("0.07")
ORDER = Order(
    order_id=1, owner="guest#a", status=OrderStatus.PAID, email=None, address=Address("A", "B", "C", "1", "DE"),
    lines=(OrderLine(1, "p", "P", 10_000, 1),), currency="EUR", subtotal=10_000, tax=1_900, total=11_900,
    tax_rate="0.19", created_at=AT, taxes=(TaxRow("VAT", FULL, 5_000, 950), TaxRow("VAT", LOW, 5_000, 350)),
)  # fmt: skip
BACK = OrderReturn(1, 1, AT, "Ravi", "broken", (ReturnLine(1, "p", "P", 1, 10_000, True),), 11_900)


def test_it_has_the_taxes_that_were_kept_with_the_refund_and_nothing_of_other_rates():
    assert credited(ORDER, BACK, [TaxBack(1, 400, 28)]) == (TaxPart("VAT", FULL, 0, 0), TaxPart("VAT", LOW, 400, 28))


def test_of_an_order_with_one_rate_tax_is_what_is_refunded_beyond_the_goods():
    assert credited(replace(ORDER, taxes=()), BACK, ()) == (TaxPart("", FULL, 10_000, 1_900),)
