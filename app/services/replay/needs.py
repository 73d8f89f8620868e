"""What was expected of many products, in a tenth of the memory that their objects take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from app.domain import Expected
from app.domain.forecast import LEVELS
from app.services.forecasts.engine.history import Floats
from app.services.forecasts.plans import Need


class Needs(Sequence[Need]):
    """Of each product, in their order; the objects are made as they are asked for."""

    def __init__(self, needs: Sequence[Need]) -> None:
        rows = [(one.over.mean, one.after, *(one.over.quantiles[level] for level in LEVELS)) for one in needs]
        self._rows: Floats = np.array(rows, dtype=np.float64).reshape(len(rows), 2 + len(LEVELS))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Need]:
        return map(_need, self._rows.tolist())

    @overload
    def __getitem__(self, place: int) -> Need: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Need]: ...
    def __getitem__(self, place: int | slice) -> Need | Sequence[Need]:
        if isinstance(place, slice):
            return [_need(row) for row in self._rows[place].tolist()]
        return _need(self._rows[place].tolist())


def _need(row: Sequence[float]) -> Need:
    mean, after, *quantiles = row
    return Need(Expected(mean, dict(zip(LEVELS, quantiles, strict=True))), after)
