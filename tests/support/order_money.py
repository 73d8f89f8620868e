"""Amounts of orders for tests that are about something else."""

from __future__ import annotations

from decimal import Decimal

from app.domain.order_money import MoneyLine, OrderMoney, Shipping, TaxMode, TaxRate, order_money


def flat_money(*amounts: int, rate: str = "0.05") -> OrderMoney:
    """Of lines that all bear one tax, on top of their prices."""
    return order_money([MoneyLine(amount, (TaxRate(Decimal(rate)),)) for amount in amounts], mode=TaxMode.ADDED)


def rich_money(mode: TaxMode = TaxMode.ADDED) -> OrderMoney:
    """Of two lines of 99.90 and 10.00 that bear VAT by two rates, with a discount and shipping that follows them."""
    vat, reduced = TaxRate(Decimal("0.20"), "VAT"), TaxRate(Decimal("0.05"), "VAT")
    lines = [MoneyLine(9_990, (vat,), 90), MoneyLine(1_000, (reduced,))]
    return order_money(lines, order_discount=400, shipping=Shipping(500), mode=mode)
