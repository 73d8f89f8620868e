"""Customers by RFM segment: how many, what they are worth, and which of the good ones slip away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.services.analytics.customer_ports import CustomerSummary, SegmentSum
from app.services.analytics.rfm import Segment

SLIPPING: tuple[Segment, ...] = ("Can't lose", "At risk")  # good customers who stay away, the best first


@dataclass(frozen=True)
class SegmentShare:
    """`of_all`: all customers with an order; `monetary`: the lifetime values of the segment's, minor units."""

    segment: str
    customers: int
    monetary: int
    of_all: int

    @property
    def share(self) -> float:
        return self.customers / self.of_all


@dataclass(frozen=True)
class Slipping:
    """Good customers who stay away, and their lifetime value. `segment`: that of the best of them, `best` customers."""

    customers: int
    value: int
    segment: str
    best: int


@dataclass(frozen=True)
class Segments:
    """Customers by segment, all ten, as of `at`."""

    at: datetime
    sums: tuple[SegmentSum, ...]

    @property
    def shares(self) -> tuple[SegmentShare, ...]:
        """Of the segments that somebody is in."""
        total = sum(one.customers for one in self.sums)
        return tuple(
            SegmentShare(one.segment, one.customers, one.monetary, total) for one in self.sums if one.customers
        )

    @property
    def slipping(self) -> Slipping | None:
        """None when nobody slips away."""
        away = {one.segment: one for one in self.sums if one.segment in SLIPPING and one.customers}
        if not away:
            return None
        segment = next(name for name in SLIPPING if name in away)
        return Slipping(
            customers=sum(one.customers for one in away.values()),
            value=sum(one.monetary for one in away.values()),
            segment=segment,
            best=away[segment].customers,
        )


def segments_of(summary: CustomerSummary) -> Segments:
    return Segments(summary.at, tuple(summary.segments))
