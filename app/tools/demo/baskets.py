"""What goes into a basket: bestsellers, newcomers, fading products, and things that go together."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from app.tools.demo.catalog import DemoProduct
from app.tools.demo.seasons import category_lift

_ZIPF, _ZIPF_SHIFT = 0.85, 2.5  # popularity = (rank + shift) ** -zipf
_LINES = ((1, 40), (2, 27), (3, 17), (4, 9), (5, 4), (6, 2), (8, 1))
_UNITS = ((1, 70), (2, 20), (3, 5), (4, 4), (6, 1))
UNITS_PER_ORDER = 3.3  # roughly what the two above come to
_COMPANION_CHANCE = 0.3

_LINE_COUNTS, _LINE_WEIGHTS = [n for n, _ in _LINES], list(accumulate(w for _, w in _LINES))
_UNIT_COUNTS, _UNIT_WEIGHTS = [n for n, _ in _UNITS], list(accumulate(w for _, w in _UNITS))


@dataclass(frozen=True)
class Career:
    """How one product's popularity runs: from its launch day, with a slope over the year, to a fade."""

    popularity: float
    launched: date
    slope: float  # factor gained (or lost) over a year
    fades: date | None
    companions: tuple[int, ...]


def plan_careers(products: Sequence[DemoProduct], days: Sequence[date], rng: random.Random) -> list[Career]:
    """Ranks are drawn, cheaper products tend to the front, and most of the range is there from the start."""
    order = sorted(range(len(products)), key=lambda i: rng.random() * (0.5 + min(products[i].rupees, 4000) / 2600))
    rank = {index: place for place, index in enumerate(order, 1)}
    by_category: dict[str, list[int]] = {}
    for index, item in enumerate(products):
        by_category.setdefault(item.category, []).append(index)
    careers = []
    for index, item in enumerate(products):
        chance = rng.random()
        late = index >= 10 and chance < 0.16
        fading = not late and index >= 10 and chance > 0.92
        careers.append(
            Career(
                popularity=(rank[index] + _ZIPF_SHIFT) ** -_ZIPF,
                launched=days[rng.randint(30, len(days) - 12)] if late else days[0],
                slope=min(2.2, max(0.45, rng.lognormvariate(0, 0.4))),
                fades=days[rng.randint(90, len(days) - 60)] if fading else None,
                companions=tuple(rng.choices(by_category[item.category], k=2) + rng.choices(range(len(products)), k=1)),
            )
        )
    return careers


def popularity_on(
    day: date, products: Sequence[DemoProduct], careers: Sequence[Career], first_day: date
) -> list[float]:
    """Relative chance of each product to be picked on `day`."""
    year = (day - first_day).days / 365
    lifts = {category: category_lift(category, day) for category in {item.category for item in products}}
    return [_chance(career, day, year) * lifts[item.category] for item, career in zip(products, careers, strict=True)]


def _chance(career: Career, day: date, year: float) -> float:
    if day < career.launched:
        return 0.0
    chance: float = career.popularity * career.slope ** (year - 0.5)
    if career.fades and day > career.fades:
        chance *= 0.5 ** ((day - career.fades).days / 12)
        if (day - career.fades).days > 60:
            return 0.0
    return chance


class Picker:
    """Fills baskets on one day."""

    def __init__(self, chances: Sequence[float], careers: Sequence[Career], rng: random.Random) -> None:
        self._cumulated = list(accumulate(chances))
        self._chances = chances
        self._careers = careers
        self._rng = rng

    def basket(self, on_hand: Callable[[int], int]) -> dict[int, int]:
        """Units by product index, none above what is on hand; empty only when every try was sold out."""
        rng = self._rng
        lines = rng.choices(_LINE_COUNTS, cum_weights=_LINE_WEIGHTS)[0]
        basket: dict[int, int] = {}
        last: int | None = None
        for _ in range(lines + 6):
            index = self._pick(last)
            units = min(rng.choices(_UNIT_COUNTS, cum_weights=_UNIT_WEIGHTS)[0], on_hand(index) - basket.get(index, 0))
            if units <= 0:
                continue
            basket[index] = basket.get(index, 0) + units
            last = index
            if len(basket) >= lines:
                break
        return basket

    def _pick(self, last: int | None) -> int:
        rng = self._rng
        if last is not None and rng.random() < _COMPANION_CHANCE:
            companion = rng.choice(self._careers[last].companions)
            if self._chances[companion] > 0:
                return companion
        return bisect_right(self._cumulated, rng.random() * self._cumulated[-1], hi=len(self._cumulated) - 1)
