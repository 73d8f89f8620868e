"""How amounts in minor units are rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: Decimal) -> int:
    """Round to an integer, halves away from zero (docs/metrics.md: half up)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def rounded_value(minor: int) -> int:
    """An order's value to three significant digits, half up: so that equal ones can be counted, however many."""
    step: int = 10 ** max(0, len(str(minor)) - 3)
    return (minor + step // 2) // step * step


def tax_on(net: int, rate: Decimal) -> int:
    """Tax on the net amount of one order, rounded half up once per order."""
    return half_up(Decimal(net) * rate)
