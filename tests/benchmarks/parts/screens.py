"""2,000 screens of the wall while orders are placed: how old an event is when a screen has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.measuring import Figure, Part, Row, Step
from tests.benchmarks.wall import ORDERS_A_SECOND, VIEWERS, Shop, paired_cookies, running_shop, with_viewers

SECONDS = 20

AGE = Row(
    "screens.age",
    f"99th percentile of an event's age at {VIEWERS:,} screens, while orders are placed",
    "s",
    "one screen",
    goal=1,
    better="lower",
)
WEB = Row(
    "screens.web_cpu",
    f"Processor time of the web processes with {VIEWERS:,} screens",
    "cores",
    "one screen",
    better="lower",
)
PLACED = Row("screens.placed", "Orders that were really placed meanwhile", "orders/s", goal=ORDERS_A_SECOND - 0.5)


@contextmanager
def opened(_: Path) -> Iterator[list[Step]]:
    with running_shop() as shop:
        cookies = paired_cookies(shop)
        yield [
            lambda: _watched(shop, cookies, 1, "floor"),
            lambda: _watched(shop, cookies, VIEWERS, "ours"),
        ]


def _watched(shop: Shop, cookies: dict[str, str], viewers: int, side: str) -> Mapping[str, Figure]:
    found = with_viewers(shop, cookies, viewers, ORDERS_A_SECOND, SECONDS)
    ages = sorted(found.ages)
    beside = {"p50_ms": ages[len(ages) // 2] * 1000, "p99_ms": ages[int(len(ages) * 0.99)] * 1000}
    figures = {
        AGE.key: Figure(beside["p99_ms"] / 1000, beside | {"load_cores": found.reader_cores}),
        WEB.key: Figure(found.cores),
        PLACED.key: Figure(found.placed),
    }
    return {f"{key}:{side}": figure for key, figure in figures.items()}


PART = Part("screens", "production", (AGE, PLACED, WEB), opened)
