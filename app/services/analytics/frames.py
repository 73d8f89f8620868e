"""Frames of typed columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd


def typed_frame(rows: Sequence[Sequence[Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """`rows` with a value per column; `types` are NumPy's, by column. Far quicker than to convert a frame."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in types)
    return pd.DataFrame(
        {name: np.array(values, dtype=kind) for (name, kind), values in zip(types.items(), columns, strict=True)}
    )
