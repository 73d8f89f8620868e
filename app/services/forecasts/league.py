"""How good the forecasts were: what was shown once its days had passed, and the back-test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.forecast_scores import MEAN, OURS, PRODUCT, SES, SHOWN, TESTED, Score, added
from app.services.forecasts.league_ports import LeagueStore, Miss, ScoredDay

LISTED = 20


@dataclass(frozen=True)
class Table:
    """Of one source: scores by level and method, by month of products, and the worst products of the latest day.

    `days` that were scored, from `first` to `last`.
    """

    source: str
    days: int
    first: date | None
    last: date | None
    levels: Mapping[str, Mapping[str, Score]]
    months: Mapping[date, Mapping[str, Score]]
    worst: Sequence[Miss]

    def better_by(self, baseline: str, level: str = PRODUCT) -> float | None:
        """By which part of the baseline's WAPE the forecast's is lower; below 0 it is higher."""
        scores = self.levels.get(level, {})
        own, base = scores.get(OURS, Score()).wape, scores.get(baseline, Score()).wape
        return None if own is None or not base else 1 - own / base

    @property
    def is_better(self) -> bool:
        """Than both baselines."""
        found = [self.better_by(name) for name in (MEAN, SES)]
        return all(one is not None and one > 0 for one in found)


class League:
    def __init__(self, store: LeagueStore) -> None:
        self._store = store

    def tables(self) -> tuple[Table, Table]:
        """What was shown, and the back-test."""
        return _table(SHOWN, self._store.scores(SHOWN)), _table(TESTED, self._store.scores(TESTED))


def _table(source: str, days: Sequence[ScoredDay]) -> Table:
    months: defaultdict[date, list[ScoredDay]] = defaultdict(list)
    for one in days:
        months[one.day.replace(day=1)].append(one)
    by_month = {month: _summed(some).get(PRODUCT, {}) for month, some in sorted(months.items())}
    worst = days[-1].worst[:LISTED] if days else ()
    first, last = (days[0].day, days[-1].day) if days else (None, None)
    return Table(source, len(days), first, last, _summed(days), by_month, worst)


def _summed(days: Iterable[ScoredDay]) -> dict[str, dict[str, Score]]:
    found: defaultdict[str, defaultdict[str, list[Score]]] = defaultdict(lambda: defaultdict(list))
    for one in days:
        for (level, method), score in one.scores.items():
            found[level][method].append(score)
    return {level: {method: added(scores) for method, scores in methods.items()} for level, methods in found.items()}
