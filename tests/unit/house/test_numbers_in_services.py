"""Numbers are worked out in services: what draws them divides only lengths, and adds up nothing.

A ratio, a sum or a span of days in `components/` or `pages/` is mostly a number of the shop that somebody will want in
a file, a call or an e-mail too. What is about drawing alone stands below, by function, with its reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
STATISTICS = {
    "Counter", "accumulate", "cumsum", "fsum", "groupby", "mean", "median", "quantile", "sum", "timedelta",
}  # fmt: skip

# Of the kit what draws charts may do as it likes: an axis is arithmetic.
DRAWING_FILES = {"components/kit/figures.py"}
DRAWING = {
    "components/admin/cohorts.py _cell": "how dark a cell is",
    "components/admin/customer_cards.py new_returning_card": "where labels stand, and room beside the bars",
    "components/admin/customer_cards.py values_card": "which ticks of an axis have words",
    "components/admin/parts_of_sales.py _hour": "how dark a cell is",
    "components/admin/lost_sales.py _hours": "hours said as days",
    "components/admin/replay.py _values_axis": "how far an axis goes beyond its points",
    "components/kit/ui.py meter": "how long a bar is",
    "components/shop/price_filter.py _slider": "where the handles of a slider stand",
    "components/shop/price_filter.py _scale": "steps of a slider",
    "components/wall/rows.py bars": "how long a bar is",
    "pages/admin/_common.py day_start": "the last day that a field names is included",
    "pages/admin/time_machine.py _slider": "steps of a slider",
    "pages/shop/_cart_changes.py cart_state": "a stamp in microseconds",
}


def reckonings(path: Path) -> Iterator[str]:
    """Each function of a file that divides, adds up or counts days, once per place."""
    name = path.relative_to(ROOT).as_posix()
    yield from _within(ast.parse(path.read_text()), name, "")


def _within(node: ast.AST, name: str, function: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef) and not function else function
        if _reckons(child):
            yield f"{name} {inside}"
        yield from _within(child, name, inside)


def _reckons(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div | ast.FloorDiv)
    if isinstance(node, ast.Call):
        called = node.func
        return getattr(called, "id", getattr(called, "attr", "")) in STATISTICS
    return False


def found() -> set[str]:
    return {
        place
        for top in ("components", "pages")
        for path in (ROOT / top).rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in DRAWING_FILES
        for place in reckonings(path)
    }


def test_what_is_shown_was_worked_out_in_services():
    assert found() - set(DRAWING) == set(), "work it out in app/services, or say above why it is drawing"


def test_reasons_are_given_only_for_what_there_is():
    assert set(DRAWING) <= found()


def test_a_ratio_a_sum_and_days_are_seen():
    source = "def share(a, b):\n    return a / b\ndef total(frame):\n    return frame['gross'].sum()\n"
    source += "def last(day):\n    return day - timedelta(days=1)\ndef shown(a):\n    return a * 2\n"
    seen = {place.split(" ")[1] for place in _within(ast.parse(source), "x", "")}
    assert seen == {"share", "total", "last"}
