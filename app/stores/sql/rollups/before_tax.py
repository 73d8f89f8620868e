"""What orders and their lines count as in sales: before tax, also where prices hold it.

Of rows in Python, and of columns in SQL: so folded totals, totals made anew and those of a part of a day agree.
"""

from __future__ import annotations

from typing import Any


def gross_of(order: Any) -> Any:
    """An order at list price. `order`: a row of `orders`, or its columns."""
    return order.subtotal - order.list_tax


def tax_of(order: Any) -> Any:
    """On top of its prices or in them, shipping's too."""
    return order.tax + order.tax_included


def gross_of_line(line: Any, quantity: Any = None) -> Any:
    """A line at list price. `line`: a row of `order_lines`, or its columns; `quantity` for one of another type."""
    return (line.quantity if quantity is None else quantity) * line.unit_price - line.list_tax


def charged_of_line(line: Any, quantity: Any = None) -> Any:
    """What it was charged: less its discounts."""
    return (line.quantity if quantity is None else quantity) * line.unit_price - line.discount - line.tax_included
