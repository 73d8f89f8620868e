"""How many false alarms a year the search for anomalies gives, and what it finds.

    python -m tests.benchmarks.anomalies

Reads the shop that the environment names (DATA_DIR or DATABASE_URL, STORE_COUNTRY, STORE_TIMEZONE), over its last
year, each day as it was known before it. In a year as it was every alarm counts as false. Then a part of each day's
orders is taken out in turn, the other days staying as they were: exactly so much, and each order by the toss of a
coin.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

from app.domain import Anomaly
from app.services.anomalies.anomalies import BEFORE, YEAR, Known, in_a_row, judged
from app.services.anomalies.detecting import verdict
from app.services.anomalies.expecting import LEAST_VALUE, score
from app.services.anomalies.ports import DayValue
from app.services.anomalies.sold import sold_of
from app.settings.environment import Settings
from app.stores.sql.anomalies.day_values import SqlDayValues
from app.wiring.parts import Parts
from app.wiring.stores import open_database

DROPS = (0.25, 0.5, 0.75, 1.0)
SEED = 20


def main() -> None:
    settings = Settings()
    database = open_database(settings)
    parts = Parts(settings, database, writes_to_reserved=False)
    bounds = parts.analytics.day_bounds()
    if bounds is None:
        print("This shop has no sales.")
        return
    end = bounds[1]  # the last day may not be over
    first = max(bounds[0], end - timedelta(days=YEAR + BEFORE))
    values = SqlDayValues(database).values_by_day(first, end)
    started = perf_counter()
    known = judged(sold_of(values, first, end), parts.known_days.known_days(first, end))
    seconds = perf_counter() - started
    looked, alarms = looked_at(known)
    rows = in_a_row(alarms)
    print(f"{len(looked)} days judged in {seconds:.2f} s: {len(alarms)} days, {len(rows)} alerts")
    for one in alarms:
        scores = ", ".join(f"{part:.1f}" for part in known.scores(known.number(one.day)))
        print(f"  {one.day:%a %d %b %Y}: {one.orders} orders, {one.expected_orders} expected; scores {scores}")
    print("missing | found, exactly so much | found, by the toss of a coin")
    for part in DROPS:
        print(f"{part:.0%} | {found(known, values, exact(part), looked):.0%} | "
              f"{found(known, values, by_chance(part), looked):.0%}")  # fmt: skip


def looked_at(known: Known) -> tuple[list[int], list[Anomaly]]:
    """The numbers of the days of the last year that can be judged, and those that are told."""
    last = known.number(known.end)
    looked = [number for number in range(max(0, last - YEAR), last) if not math.isnan(known.scores(number)[0])]
    told = [
        Anomaly(
            known.days.day(number), judged.is_drop, True, judged.watched, int(known.days.orders.values[number]),
            round(float(known.apart[0].expected[number])), 0, 0,
        )
        for number in looked
        if (judged := verdict(known.scores(number))).is_drop is not None
    ]  # fmt: skip
    return looked, told


Thinned = Callable[[int], float]


def exact(part: float) -> Thinned:
    return lambda orders: orders * (1 - part)


def by_chance(part: float) -> Thinned:
    chance = random.Random(SEED)
    return lambda orders: sum(chance.random() >= part for _ in range(orders))


def found(known: Known, values: list[DayValue], left: Thinned, looked: list[int]) -> float:
    """The share of days on which the drop is told."""
    by_day = defaultdict(list)
    for one in values:
        by_day[one.day].append(one)
    hits = 0
    for number in looked:
        kept = [(min(v.value, known.days.caps[number]), left(v.orders)) for v in by_day[known.days.day(number)]]
        sold = (sum(n for _, n in kept), sum(v * n for v, n in kept))
        scores = [
            score(one.measure, one.weekdays, number, math.log(max(part, LEAST_VALUE) / one.expected[number]))
            for one, part in zip(known.apart, sold, strict=True)
        ]
        hits += verdict((scores[0], scores[1])).is_drop is True
    return hits / len(looked) if looked else 0.0


if __name__ == "__main__":
    main()
