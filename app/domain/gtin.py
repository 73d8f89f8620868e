"""Barcodes of trade: Global Trade Item Numbers (GTIN-8, UPC-A, EAN-13, GTIN-14)."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"[0-9]{8}|[0-9]{12,14}")


def is_gtin(code: str) -> bool:
    """Whether it has the digits of one and its last digit is right (GS1 General Specifications, 7.9)."""
    return _DIGITS.fullmatch(code) is not None and check_digit(code[:-1]) == code[-1]


def check_digit(digits: str) -> str:
    """The digit that belongs behind these: from the right they count three times and once, in turn."""
    total = sum(int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)
