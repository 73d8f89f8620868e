"""The one way into frames and out of them again.

In, every column has the type that was declared for it, also without a row. Out, what is missing is None, however
pandas writes it (NaN, NaT, NA, or a division by 0): these are not None, and fail only where they are used.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd


def typed_frame(rows: Sequence[Sequence[Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """`rows` with a value per column; `types` by column. Far quicker than to convert a frame.

    Of type "object" values stay what they are: pandas does not guess times or texts, which would turn None into NaT.
    """
    columns = zip(*rows, strict=True) if rows else ([] for _ in types)
    return pd.DataFrame(
        {
            name: pd.Series(list(values) if "," in kind else np.array(values, dtype=kind), dtype=kind)
            for (name, kind), values in zip(types.items(), columns, strict=True)
        }
    )


def records(frame: pd.DataFrame) -> list[Any]:
    """The rows, as named tuples of Python's own values; what is missing is None."""
    row = _row(tuple(frame.columns))
    columns = [plain(frame[name]) for name in frame.columns]
    return [row(*values) for values in zip(*columns, strict=True)]


@cache
def _row(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)


def plain(column: pd.Series[Any]) -> list[Any]:
    """The values of one column, as `records` has them."""
    values, missing = column.tolist(), ~np.isfinite(column) if column.dtype.kind == "f" else column.isna()
    if not missing.any():
        return values
    return [None if is_missing else value for value, is_missing in zip(values, missing, strict=True)]
