"""What a replay found: numbers of each product and of all, of the policy and of what really happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.services.replay.policy import ReplayRequest


@dataclass(frozen=True)
class Figures:
    """Of one product, or of many added up. Units; money is minor units.

    `out` of `days` (product-days): nothing was on hand at the end of them. `lost_value`: what lost units would have
    brought. `value`: the mean over the days of what lay there at their end, at the cost of each day. `orders`: product
    orders placed, of the real days deliveries received.
    """

    days: int
    out: int
    sold: int
    lost: int
    lost_value: int
    value: int
    orders: int
    ordered: int
    arrived: int
    start: int
    end: int

    @property
    def service(self) -> float | None:
        """The share of product-days without a stock-out."""
        return 1 - self.out / self.days if self.days else None

    @property
    def fill_rate(self) -> float | None:
        """The share of the units asked for that were sold."""
        asked = self.sold + self.lost
        return self.sold / asked if asked else None


def added(figures: Iterable[Figures]) -> Figures:
    rows = [tuple(vars(one).values()) for one in figures]
    return Figures(*(sum(column) for column in zip(*rows, strict=True))) if rows else Figures(*(0,) * 11)


@dataclass(frozen=True)
class ProductReplay:
    """`real` None: what lay there was inferred by an import, so nobody knows when it was out of stock."""

    product_id: str
    played: Figures
    real: Figures | None

    @property
    def difference(self) -> int:
        """The money by which lost sales and stock differ; with nothing to compare, what would have been lost."""
        if self.real is None:
            return self.played.lost_value
        return abs(self.played.lost_value - self.real.lost_value) + abs(self.played.value - self.real.value)


@dataclass(frozen=True)
class Compared:
    """The policy beside what really happened, of the products whose real stock is known."""

    played: Figures
    real: Figures

    @property
    def fewer_out(self) -> int:
        """Product-days out of stock that the policy would have spared; below 0: added."""
        return self.real.out - self.played.out

    @property
    def more_stock(self) -> float | None:
        """How much more money would have been in stock, as a share of what really was."""
        return self.played.value / self.real.value - 1 if self.real.value else None


@dataclass(frozen=True)
class CurvePoint:
    """All products under one service level, everything else as chosen. `service` per cent; `value` minor units."""

    service: int
    reached: float
    value: int
    lost_value: int


@dataclass(frozen=True)
class Replay:
    """`curve` by service level. `reviews`: days on which was ordered. `most_tied_up`: the most that stock and orders
    under way cost together at the end of a day, minor units. `later`: products that came only after the first day, and
    so were left out.
    """

    request: ReplayRequest
    products: Sequence[ProductReplay]
    curve: Sequence[CurvePoint]
    most_tied_up: int
    reviews: int
    later: int

    @property
    def played(self) -> Figures:
        """Of all products."""
        return added(one.played for one in self.products)

    @property
    def known(self) -> int:
        """Of how many products the real stock is known."""
        return sum(one.real is not None for one in self.products)

    @property
    def compared(self) -> Compared | None:
        """None where the real stock of none is known."""
        both = [(one.played, one.real) for one in self.products if one.real is not None]
        return Compared(added(played for played, _ in both), added(real for _, real in both)) if both else None

    @property
    def by_difference(self) -> list[ProductReplay]:
        """The products, those of which it matters most first."""
        return sorted(self.products, key=lambda one: (-one.difference, one.product_id))

    def as_dict(self) -> dict[str, Any]:
        return {
            "request": self.request.as_dict(),
            "products": [
                [one.product_id, list(vars(one.played).values()), one.real and list(vars(one.real).values())]
                for one in self.products
            ],
            "curve": [asdict(one) for one in self.curve],
            "most_tied_up": self.most_tied_up,
            "reviews": self.reviews,
            "later": self.later,
        }

    @classmethod
    def of_dict(cls, kept: Mapping[str, Any]) -> Replay:
        return cls(
            ReplayRequest.of_dict(kept["request"]),
            tuple(
                ProductReplay(product_id, Figures(*played), Figures(*real) if real else None)
                for product_id, played, real in kept["products"]
            ),
            tuple(CurvePoint(**point) for point in kept["curve"]),
            kept["most_tied_up"],
            kept["reviews"],
            kept["later"],
        )
