"""Analytics: numbers for people, each by its one definition, read from rollups."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
