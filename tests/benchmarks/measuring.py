"""What is measured, and how: every row stands beside its floor, and their turns alternate, so that a slow minute of the
machine meets both.

A part opens what it needs and gives its steps. A step runs one turn and says a figure per side:
`{"checkout.journey:ours": Figure(31.0)}`. The runner goes through all steps of a part, round after round.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

OURS, FLOOR = "ours", "floor"


@dataclass(frozen=True)
class Figure:
    """One turn's figure; `beside` is what belongs to it, such as a 99th percentile or the load generator's share."""

    value: float
    beside: Mapping[str, float] = field(default_factory=dict)


Step = Callable[[], Mapping[str, Figure]]


@dataclass(frozen=True)
class Row:
    """A line of the table. `floor` says what stands on the other side, "" where the figure stands alone.

    `goal` is of the ratio of ours to the floor or of our figure alone, as `goal_of` says; `better` says on which side
    of it is good.
    """

    key: str
    title: str
    unit: str
    floor: str = ""
    goal: float | None = None
    better: Literal["higher", "lower"] = "higher"
    goal_of: Literal["ratio", "figure"] = "figure"


@dataclass(frozen=True)
class Part:
    """Rows that are measured together. `open` gives the steps, and closes what they need when it is left.

    `on_disk`: what it measures waits for a disk, so that its folder must be on one.
    """

    name: str
    table: str
    rows: Sequence[Row]
    open: Callable[[Path], AbstractContextManager[Sequence[Step]]]
    on_disk: bool = False


def summary(figures: Sequence[Figure]) -> dict[str, object]:
    """Median, least, most and every turn; of what is beside them the medians."""
    values = [figure.value for figure in figures]
    names = sorted({name for figure in figures for name in figure.beside})
    return {
        "median": round(statistics.median(values), 4),
        "least": round(min(values), 4),
        "most": round(max(values), 4),
        "turns": [round(value, 4) for value in values],
        "beside": {
            name: round(statistics.median(f.beside[name] for f in figures if name in f.beside), 4) for name in names
        },
    }


def measure(part: Part, folder: Path, rounds: int, say: Callable[[str], None]) -> list[dict[str, object]]:
    """The part's rows as the report keeps them."""
    figures: dict[str, list[Figure]] = {}
    started = time.monotonic()
    with part.open(folder) as steps:
        say(f"{part.name}: ready after {time.monotonic() - started:.0f} s")
        for number in range(1, rounds + 1):
            for step in steps:
                for side, figure in step().items():
                    figures.setdefault(side, []).append(figure)
            say(f"{part.name}: round {number} of {rounds}, {time.monotonic() - started:.0f} s")
    return [_measured(part, row, figures) for row in part.rows]


def median_ms(work: Callable[[], object], times: int = 25) -> float:
    """Of work that needs no load: in this process, once before it counts."""
    work()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def _measured(part: Part, row: Row, figures: Mapping[str, Sequence[Figure]]) -> dict[str, object]:
    ours, floor = figures[f"{row.key}:{OURS}"], figures.get(f"{row.key}:{FLOOR}", ())
    ratios = [a.value / b.value for a, b in zip(ours, floor, strict=False)]
    return {
        "key": row.key,
        "table": part.table,
        "title": row.title,
        "unit": row.unit,
        "ours": summary(ours),
        "floor_is": row.floor,
        "floor": summary(floor) if floor else None,
        "ratio": summary([Figure(ratio) for ratio in ratios]) if ratios else None,
        "goal": row.goal,
        "goal_of": row.goal_of,
        "better": row.better,
    }
