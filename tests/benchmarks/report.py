"""What was measured as JSON, and the tables of it in Markdown, which say nothing else: in docs, under benchmarks.

`latest.json` is the last full run; `baseline.json` an earlier one in the same form, to compare with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "docs/benchmarks"
LATEST, BASELINE, TABLES = FOLDER / "latest.json", FOLDER / "baseline.json", FOLDER / "README.md"
PERFORMANCE = FOLDER.parent / "performance.md"
# Of each second of a processor that is kept at 55 %, as deploy/service.yaml keeps the tasks of the web.
TASK_MS = 550
DERIVED: dict[str, Callable[[Mapping[str, float]], float]] = {
    "task.orders": lambda figures: TASK_MS / figures["checkout.web_cpu"],
    "task.screens": lambda figures: 2_000 * TASK_MS / 1000 / figures["screens.web_cpu"],
    "database.orders": lambda figures: TASK_MS / figures["checkout.mariadb_cpu"],
}
_FIGURE = re.compile(r"^\| `([a-z_]+(?:\.[a-z_0-9]+)+)` \|[^|\n]*\|", re.MULTILINE)
HEADS = {
    "production": "As in production: MariaDB, DynamoDB, two web processes",
    "embedded": "The embedded default: SQLite, two web processes, the worker in one of them",
    "growth": "As the shop grows: the larger one against the smaller",
}
_WORDS_OF_SYSTEM = {"cores": "{} cores", "processor": "{}", "memory_gb": "{} GB of memory", "system": "{}"}

Found = Mapping[str, Any]


def latest() -> Found:
    return dict(json.loads(LATEST.read_text()))


def baseline() -> Found | None:
    return dict(json.loads(BASELINE.read_text())) if BASELINE.exists() else None


def write(found: Found) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    LATEST.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    TABLES.write_text(markdown(found, baseline()))
    PERFORMANCE.write_text(with_figures(PERFORMANCE.read_text(), found))


def with_figures(text: str, found: Found) -> str:
    """The page with the figures of this run: lines that begin with the key of a row, then its figure.

    Raises KeyError for a key that no row has.
    """
    figures = {row["key"]: float(row["ours"]["median"]) for row in found["rows"]}
    units = {row["key"]: row["unit"] for row in found["rows"]}

    def filled(line: re.Match[str]) -> str:
        key = line[1]
        if key in DERIVED:
            return f"| `{key}` | about {_rounded(DERIVED[key](figures)):,} |"
        return f"| `{key}` | {_number(figures[key])} {units[key]} |"

    return _FIGURE.sub(filled, text)


def markdown(found: Found, before: Found | None) -> str:
    """The whole page: a table per `table` of the rows."""
    known = {row["key"]: row for row in before["rows"]} if before else {}
    lines = ["# Benchmarks", "", *_preface(found, before)]
    for table, head in HEADS.items():
        rows = [row for row in found["rows"] if row["table"] == table]
        if rows:
            lines += ["", f"## {head}", "", *_table(rows, known)]
    return "\n".join(lines) + "\n"


def _preface(found: Found, before: Found | None) -> list[str]:
    system = ", ".join(words.format(found["machine"][name]) for name, words in _WORDS_OF_SYSTEM.items())
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    compared = f"; before: the same measure at commit {before['versions']['commit']}" if before else ""
    return [
        "Written by `make bench`: change nothing here by hand.",
        "",
        f"- Measured {found['measured_at'][:10]} on {system}.",
        f"- {versions}{compared}.",
        f"- {found['rounds']} rounds in {found['minutes']} minutes, in which floor and shop take turns. A figure is",
        "  the median of its rounds, with the least and the most; a ratio the median of the rounds' ratios.",
        "- Shop, databases and load share the cores; `load` is how many cores the load itself took.",
        "- The shop that this one was modelled on is not measured here: it is not part of this repository.",
        *(f"- {note}" for note in found.get("notes", ())),
    ]


def _table(rows: list[Any], before: Mapping[str, Any]) -> list[str]:
    heads = [
        "work",
        "unit",
        "before",
        "now",
        "p50 / p99 ms",
        "load",
        "floor",
        "of the floor",
        "before",
        "goal",
        "reached",
    ]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for row in rows:
        old = before.get(row["key"])
        cells = [
            f"{row['title']}{' / ' + row['floor_is'] if row['floor_is'] else ''}",
            row["unit"],
            _spread(old["ours"]) if old else "",
            _spread(row["ours"]),
            _latency(row["ours"]["beside"]),
            _number(row["ours"]["beside"].get("load_cores")),
            _spread(row["floor"]),
            _number(row["ratio"] and row["ratio"]["median"]),
            _number(old["ratio"] and old["ratio"]["median"]) if old else "",
            _goal(row),
            _reached(row),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def judged(row: Mapping[str, Any]) -> float:
    """What the goal is of: the ratio where there is one below which a goal makes sense, else the figure."""
    return float((row["ratio"] if row["goal_of"] == "ratio" else row["ours"])["median"])


def _goal(row: Mapping[str, Any]) -> str:
    if row["goal"] is None:
        return ""
    return f"{'≥' if row['better'] == 'higher' else '≤'} {_number(row['goal'])}"


def _reached(row: Mapping[str, Any]) -> str:
    if row["goal"] is None:
        return ""
    value = judged(row)
    return "yes" if (value >= row["goal"] if row["better"] == "higher" else value <= row["goal"]) else "no"


def _spread(figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return ""
    middle, least, most = (_number(figures[name]) for name in ("median", "least", "most"))
    return middle if least == most else f"{middle} ({least} to {most})"


def _latency(beside: Mapping[str, float]) -> str:
    if "p99_ms" not in beside:
        return ""
    return (
        f"{_number(beside['p50_ms'])} / {_number(beside['p99_ms'])}"
        if "p50_ms" in beside
        else _number(beside["p99_ms"])
    )


def _number(value: float | None) -> str:
    """With three digits that say something."""
    if value is None:
        return ""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _rounded(value: float) -> int:
    """To two digits: more would claim what nobody measured."""
    return int(float(f"{value:.2g}"))
