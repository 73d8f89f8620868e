"""Frames hold their declared types, and what is missing leaves them as None; nobody takes rows out another way."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path

from app.frames import plain, records, typed_frame

ROOT = Path(__file__).parents[3]
AT = datetime(2026, 11, 25, 6, tzinfo=UTC)
TYPES = {"name": "object", "at": "object", "day": "object", "units": "int64", "speed": "float64"}
OTHER_WAYS = {"itertuples", "iterrows", "to_dict", "to_records", "iloc", "loc", "iat", "at_time", "isna", "isnull"}


def test_what_is_missing_is_none_whatever_its_type() -> None:
    frame = typed_frame([("mug", AT, AT.date(), 3, 1.5), (None, None, None, 0, float("nan"))], TYPES)
    assert [tuple(row) for row in records(frame)] == [("mug", AT, AT.date(), 3, 1.5), (None, None, None, 0, None)]


def test_what_pandas_made_missing_is_none_too() -> None:
    frame = typed_frame([("mug", AT)], {"name": "object", "at": "datetime64[us, UTC]"}).reindex([0, 1])
    assert tuple(records(frame)[1]) == (None, None)
    assert plain(frame["at"]) == [AT, None]


def test_rows_hold_pythons_own_numbers() -> None:
    (row,) = records(typed_frame([("mug", AT, date(2026, 1, 1), 3, 1.5)], TYPES))
    assert [type(value) for value in row] == [str, datetime, date, int, float]


def test_a_frame_without_rows_has_its_types() -> None:
    empty = typed_frame([], {**TYPES, "when": "datetime64[us, UTC]"})
    assert [str(kind) for kind in empty.dtypes] == [*TYPES.values(), "datetime64[us, UTC]"]
    assert records(empty) == []


def sources() -> list[Path]:
    return [path for top in ("app", "components", "pages") for path in sorted((ROOT / top).rglob("*.py"))]


def test_rows_leave_frames_in_one_place() -> None:
    """Forecasts cut series of days, of which none is missing, and hand on what their models make of them."""
    allowed = {ROOT / "app" / "frames.py", ROOT / "app/services/forecasts/models.py"}
    used = [
        f"{path.relative_to(ROOT)}: {node.attr}"
        for path in sources()
        if path not in allowed and "pandas" in (source := path.read_text())
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in OTHER_WAYS
    ]
    assert used == [], "take rows out by app.frames.records, a column by plain: NaT is not None"
