"""Money made: what sales brought beyond what the units cost, over the lines whose cost is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Costed(Protocol):
    """Sums of some sales in minor units before tax. Of what has a known cost: `cost` of units sold less that of units
    put back, `costed` gross sales, `costed_returns`."""

    @property
    def gross(self) -> int: ...
    @property
    def cost(self) -> int: ...
    @property
    def costed(self) -> int: ...
    @property
    def costed_returns(self) -> int: ...


@dataclass(frozen=True)
class Margin:
    """Of some sales, in minor units. `net`: their net sales with a known cost, `cost` of these. `unknown`: the share of
    `gross` without a known cost, 0 to 1; None without sales."""

    net: int
    cost: int
    gross: int
    unknown: float | None
    is_known: bool

    @property
    def amount(self) -> int | None:
        """Gross margin: net sales less the cost of goods; None where no cost is known."""
        return self.net - self.cost if self.is_known else None

    @property
    def rate(self) -> float | None:
        """Gross margin of net sales; None where these are nothing."""
        return (self.net - self.cost) / self.net if self.is_known and self.net > 0 else None


def margin_of(sums: Costed) -> Margin:
    gross = sums.gross
    return Margin(
        net=sums.costed - sums.costed_returns,
        cost=sums.cost,
        gross=gross,
        unknown=(gross - sums.costed) / gross if gross > 0 else None,
        is_known=bool(sums.costed or sums.costed_returns or sums.cost),
    )
