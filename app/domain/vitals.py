"""How the shop is, the same for all its processes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Vitals:
    """Ages in seconds. Of the latest look at the books: its verdict, None before the first; differences and age are
    those of the latest that could compare."""

    outbox_waiting: int
    outbox_failed: int
    outbox_oldest_seconds: float  # of what is due
    rollup_lag_seconds: float
    low_stock_products: int
    reconcile_verdict: str | None = None
    reconcile_differences: int | None = None
    reconcile_age_seconds: float | None = None
