"""What `make bench` makes of its turns, and how it tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.measuring import Figure, Part, Row, Step, measure

RATE = Row("some.rate", "Orders", "orders/s", floor="by hand", goal=0.5, goal_of="ratio")
COUNT = Row("some.count", "Statements", "each", goal=15, better="lower")
MACHINE = {"cores": 2, "processor": "Some CPU", "memory_gb": 4, "system": "Linux 6"}


def part(said: list[str], ours: list[float], floor: list[float]) -> Part:
    @contextmanager
    def opened(_: Path) -> Iterator[list[Step]]:
        def shop() -> dict[str, Figure]:
            said.append("ours")
            beside = {"p50_ms": 12.0, "p99_ms": 40.0, "load_cores": 0.25}
            return {"some.rate:ours": Figure(ours.pop(0), beside), "some.count:ours": Figure(16)}

        def bare() -> dict[str, Figure]:
            said.append("floor")
            return {"some.rate:floor": Figure(floor.pop(0))}

        yield [bare, shop]
        said.append("closed")

    return Part("some", "production", (RATE, COUNT), opened)


def found(rows: list[dict[str, object]]) -> dict[str, object]:
    versions = {"Python": "3.11.7", "commit": "abc1234"}
    head = {"measured_at": "2026-11-29T12:00:00+00:00", "minutes": 9.5, "rounds": 3}
    return head | {"machine": MACHINE, "versions": versions, "rows": rows}


class TestMeasuring:
    def test_floor_and_shop_take_turns_and_ratios_are_of_one_round(self, tmp_path: Path) -> None:
        said: list[str] = []
        rate, count = measure(part(said, [40.0, 10.0, 30.0], [100.0, 20.0, 100.0]), tmp_path, 3, said.append)
        turns = [word for word in said if word in ("ours", "floor", "closed")]
        assert turns == ["floor", "ours"] * 3 + ["closed"]
        assert rate["ours"]["median"] == 30
        assert (rate["ours"]["least"], rate["ours"]["most"]) == (10, 40)
        assert rate["floor"]["median"] == 100
        assert rate["ratio"]["turns"] == [0.4, 0.5, 0.3]
        assert (count["floor"], count["ratio"]) == (None, None)


class TestTables:
    def rows(self, tmp_path: Path, rate: float) -> list[dict[str, object]]:
        return measure(part([], [rate], [100.0]), tmp_path, 1, lambda _: None)

    def test_a_line_tells_before_now_floor_ratio_and_whether_the_goal_is_reached(self, tmp_path: Path) -> None:
        before, now = found(self.rows(tmp_path, 12.0)), found(self.rows(tmp_path, 55.0))
        told = report.markdown(now, before).splitlines()
        line = next(one for one in told if one.startswith("| Orders"))
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells == [
            "Orders / by hand", "orders/s", "12", "55", "12 / 40", "0.25", "100", "0.55", "0.12", "≥ 0.50", "yes"
        ]  # fmt: skip
        assert next(one for one in told if one.startswith("| Statements")).endswith("| ≤ 15 | no |")

    def test_it_says_where_and_with_what(self, tmp_path: Path) -> None:
        told = report.markdown(found(self.rows(tmp_path, 55.0)), None)
        assert "2 cores, Some CPU, 4 GB of memory" in told
        assert "Python 3.11.7, commit abc1234" in told
        assert "before:" not in told
