"""How a number compares with an earlier one."""

from __future__ import annotations

from dataclasses import dataclass

SAME_WITHIN = 0.005  # less than half a per cent is as much as before


@dataclass(frozen=True)
class Change:
    """From `before`, which is not 0, to `now`."""

    now: float
    before: float

    @property
    def ratio(self) -> float:
        """By how much of `before` it rose; below 0 where it fell."""
        return (self.now - self.before) / self.before

    @property
    def times(self) -> float:
        return self.now / self.before

    @property
    def is_none(self) -> bool:
        """Too little to speak of."""
        return abs(self.ratio) < SAME_WITHIN

    @property
    def is_rise(self) -> bool:
        return self.ratio > 0


def change_of(now: float, before: float) -> Change | None:
    """None where there was nothing before: no per cent says how much more something is than that."""
    return Change(now, before) if before else None
