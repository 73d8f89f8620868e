"""How amounts in minor units are rounded."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def half_up(value: Decimal) -> int:
    """Round to an integer, halves away from zero (docs/metrics.md: half up)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def rounded_value(minor: int) -> int:
    """An order's value to three significant digits, half up: so that equal ones can be counted, however many."""
    step: int = 10 ** max(0, len(str(minor)) - 3)
    return (minor + step // 2) // step * step


def nearest(value: Fraction) -> int:
    """The same of a fraction that is not below zero."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def split(amount: int, weights: Sequence[int | Fraction]) -> list[int]:
    """`amount` in shares by `weights`, by largest remainder: they add up to it, and the first of equals gets more.

    Raises ValueError for an amount that no weight can take, and for one below zero.
    """
    whole = sum(weights)
    if amount < 0 or any(weight < 0 for weight in weights) or (amount and not whole):
        raise ValueError(f"{amount} cannot be split by {list(weights)}")
    if not amount:
        return [0] * len(weights)
    exact = [Fraction(weight) * amount / Fraction(whole) for weight in weights]
    shares = [value.numerator // value.denominator for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: shares[at] - exact[at])
    for at in by_remainder[: amount - sum(shares)]:
        shares[at] += 1
    return shares


def tax_on(net: int, rate: Decimal) -> int:
    """Tax on the net amount of one order, rounded half up once per order."""
    return half_up(Decimal(net) * rate)
