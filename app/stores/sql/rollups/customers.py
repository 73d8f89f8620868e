"""What a batch of orders and returns changes about customers: their totals and number, cohorts and buying periods.

An order may be folded before an earlier one, which then moves its customer to an earlier cohort and makes orders of
theirs a returning customer's. So a customer's cells are worked out anew from all their days, and the counts change by
the difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from app.domain import GRAINS, first_day_of
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.rollups.deltas import CustomerDelta, month_of
from app.stores.sql.tables import (
    rollup_buyers,
    rollup_cohorts,
    rollup_customer_days,
    rollup_customer_periods,
    rollup_customers,
)

_SUMMED = ("orders", "units", "gross", "returns", "cost", "costed", "costed_returns")


@dataclass(frozen=True)
class Buying:
    """When a customer bought: the time of the latest order of each store day with one, and of the first ever."""

    first_at: datetime | None = None
    last_by_day: Mapping[date, datetime] = field(default_factory=dict)

    def with_more(self, delta: CustomerDelta) -> Buying:
        latest = dict(self.last_by_day)
        for day, at in delta.last_by_day.items():
            latest[day] = max(at, latest.get(day, at))
        firsts = [at for at in (self.first_at, delta.first_order_at) if at is not None]
        return Buying(min(firsts, default=None), latest)

    def cohort_cells(self) -> set[tuple[str, str]]:
        """(cohort, month) for each store month with an order."""
        months = {month_of(day) for day in self.last_by_day}
        return {(min(months), month) for month in months}

    def period_cells(self) -> dict[tuple[str, date], bool]:
        """(grain, first day) of each period with an order, and whether one of these came after the first ever."""
        latest: dict[tuple[str, date], datetime] = {}
        for day, at in self.last_by_day.items():
            for grain in GRAINS:
                cell = (grain, first_day_of(day, grain))
                latest[cell] = max(at, latest.get(cell, at))
        return {cell: self.first_at is not None and at > self.first_at for cell, at in latest.items()}


def bought_before(connection: Connection, user_ids: Iterable[int]) -> dict[int, Buying]:
    """What is folded of each of these so far. To be read before the batch is added to the days."""
    days, totals = rollup_customer_days.c, rollup_customers.c
    latest: dict[int, dict[date, datetime]] = defaultdict(dict)
    firsts: dict[int, datetime] = {}
    for ids in chunks(sorted(user_ids)):
        query = select(days.user_id, days.day, days.last_order_at).where(days.user_id.in_(ids), days.orders > 0)
        for user_id, day, at in connection.execute(query):
            latest[user_id][day] = at
        query = select(totals.user_id, totals.first_order_at).where(totals.user_id.in_(ids))
        firsts |= {row.user_id: row.first_order_at for row in connection.execute(query)}
    return {user_id: Buying(firsts.get(user_id), latest[user_id]) for user_id in user_ids}


def fold_people(connection: Connection, deltas: Mapping[int, CustomerDelta], before: Mapping[int, Buying]) -> None:
    """Write the totals of each, and the counts of cohorts and periods that they change."""
    known: dict[int, Row[Any]] = {}
    for ids in chunks(sorted(deltas)):
        rows = connection.execute(select(rollup_customers).where(rollup_customers.c.user_id.in_(ids)))
        known.update({row.user_id: row for row in rows})
    totals, buyers, cohorts, periods = [], _Counts(), _Counts(), _Counts()
    for user_id in sorted(deltas):
        was, delta = before[user_id], deltas[user_id]
        now = was.with_more(delta)
        total = _total(user_id, known.get(user_id), delta, now)
        totals.append(total)
        if user_id in known:
            _count_buyer(buyers, -1, known[user_id]._asdict())
        _count_buyer(buyers, 1, total)
        for sign, buying in ((-1, was), (1, now)):
            for cell in buying.cohort_cells():
                cohorts.add(cell, customers=sign)
            for place, returning in buying.period_cells().items():
                periods.add(place, customers=sign, returning_customers=sign * returning)
    upsert(connection, rollup_customers, totals, ["user_id"])
    buyers.write(connection, rollup_buyers)
    cohorts.write(connection, rollup_cohorts)
    periods.write(connection, rollup_customer_periods)


def _count_buyer(buyers: _Counts, sign: int, total: Mapping[str, Any]) -> None:
    """Add a customer's row of rollup_customers, or take it off again; one who only gave back has no cohort."""
    if total["cohort"] is not None:
        returning = total["last_order_at"] > total["first_order_at"]
        amounts = {"customers": 1, "returning_customers": int(returning), "lifetime": total["lifetime"]}
        buyers.add((total["cohort"],), **{name: sign * amount for name, amount in amounts.items()})


class _Counts:
    """Differences of counts, by key."""

    def __init__(self) -> None:
        self._cells: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, key: tuple[Any, ...], **amounts: int) -> None:
        for name, amount in amounts.items():
            self._cells[key][name] += amount

    def write(self, connection: Connection, table: Any) -> None:
        """Add them to the table's rows; a row without customers any more goes."""
        keys = [column.name for column in table.primary_key.columns]
        changed = [
            dict(zip(keys, key, strict=True)) | amounts
            for key, amounts in sorted(self._cells.items())
            if any(amounts.values())
        ]
        measures = [column.name for column in table.columns if column.name not in keys]
        upsert(connection, table, changed, keys, {name: _plus(table, name) for name in measures})
        if any(row["customers"] < 0 for row in changed):
            connection.execute(delete(table).where(table.c.customers == 0))


def _plus(table: Any, name: str) -> Any:
    return lambda new: table.c[name] + new[name]


def _total(user_id: int, before: Row[Any] | None, delta: CustomerDelta, buying: Buying) -> dict[str, Any]:
    sums = {name: getattr(delta, name) + (getattr(before, name) if before else 0) for name in _SUMMED}
    return {
        "user_id": user_id,
        **sums,
        "lifetime": sums["gross"] - sums["returns"],
        "first_order_at": buying.first_at,
        "last_order_at": max(buying.last_by_day.values(), default=None),
        "cohort": min((month_of(day) for day in buying.last_by_day), default=None),
    }
