"""Analytics: numbers for people, each by its one definition, read from rollups."""

from __future__ import annotations

from datetime import UTC, datetime

# Codes of an imported history that are charges, not merchandise: in sales, but in no report of products.
NON_MERCHANDISE = frozenset({"POST", "DOT", "C2", "M", "S", "B", "D", "BANK CHARGES", "AMAZONFEE", "CRUK"})


def utc_now() -> datetime:
    return datetime.now(UTC)
