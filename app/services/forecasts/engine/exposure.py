"""How much of a usual day each day is: weekdays, closed days, known days and the season.

A weekday on which the shop never traded is 0, also to come. A run of days without a sale tells nothing of demand, so
it is left out of it; the same days of the year are closed again where the run was as short as a holiday.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol

import numpy as np

from app.services.forecasts.engine.history import Floats, History, Known, summed

PROFILE_DAYS = 84
LEAST_WEEKS = 2
LIKE_THE_SHOP = 300.0  # lines as which the shop's weekdays count in those of a category
CLOSED_RUN = 4  # days without a sale, weekdays that never trade included, that are no chance
LONGEST_HOLIDAY = 21
YEAR = 364  # the same weekday
SMOOTH = 29
SEASON_PRIOR, SEASON_WEIGHT = 0.4, 1.0
MOST_SEASON = 2.0
ASKED_AT_ONCE = 700  # days of the calendar


class KnownDay(Protocol):
    """A day that is not like others, by the calendar."""

    def factor_of(self, category: str) -> float:
        """Its sales over those of a usual day of the same weekday."""


KnownDays = Callable[[date, date, date | None], Mapping[date, KnownDay]]


def no_known_days(_start: date, _end: date, _as_of: date | None) -> Mapping[date, KnownDay]:
    return {}


def exposures(history: History, known: Known, horizon: int, known_days: KnownDays = no_known_days) -> Floats:
    """(categories, known.day + horizon): what each day is worth, 1.0 on average of usual weeks."""
    today, lines = known.day, np.bincount(known.on, minlength=known.day).astype(float)
    profiles, closed = weekday_profiles(history, known, lines), closed_runs(lines)
    weekday = (history.first_day.weekday() + np.arange(today + horizon)) % 7
    found = profiles[:, weekday]
    found[:, :today][:, closed] = 0.0
    ahead = seasons(history, known, horizon)
    found[:, today:] *= ahead
    for day in range(today, today + horizon):
        if _was_closed(history.date_of(day), history, closed):
            found[:, day] = 0.0
    for start in range(0, today + horizon, ASKED_AT_ONCE):
        end = min(start + ASKED_AT_ONCE, today + horizon)
        known_of = known_days(history.date_of(start), history.date_of(end), history.date_of(today))
        for day_of, one in known_of.items():
            found[:, history.number_of(day_of)] *= [max(0.0, one.factor_of(name)) for name in history.categories]
    return found


def weekday_profiles(history: History, known: Known, lines: Floats) -> Floats:
    """(categories, 7) from Monday: lines by weekday of the last twelve weeks, a category's drawn to the shop's."""
    start, count = max(0, known.day - PROFILE_DAYS), len(history.categories)
    if known.day - start < 7 * LEAST_WEEKS:
        return np.ones((count, 7))
    which = known.on >= start
    weekday = (history.first_day.weekday() + known.on[which]) % 7
    key = history.category[known.product[which]] * 7 + weekday
    own = np.bincount(key, minlength=7 * count).reshape(count, 7).astype(float)
    shop = _by_weekday(lines[start:], (history.first_day.weekday() + start) % 7)
    if not shop.sum():
        return np.ones((count, 7))
    shop = shop / shop.sum()
    drawn = own + LIKE_THE_SHOP * shop
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True) * 7)


def _by_weekday(lines: Floats, first_weekday: int) -> Floats:
    """The mean of each weekday; of one that mostly trades over the days on which it did."""
    weekday = (first_weekday + np.arange(len(lines))) % 7
    found = np.zeros(7)
    for number in range(7):
        days = lines[weekday == number]
        traded = days[days > 0]
        found[number] = (traded if 2 * len(traded) > len(days) else days).mean() if len(days) else 0.0
    return found


def closed_runs(lines: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which days belong to a run without a sale, between two days with some, that is too long to be chance."""
    closed = np.zeros(len(lines), dtype=bool)
    (sold,) = np.nonzero(lines)
    if len(sold) < 28:  # a shop with a sale now and then is not closed between them
        return closed
    usual = max(CLOSED_RUN, 3 * int(np.quantile(np.diff(sold), 0.9)))
    ends = [*pairwise(sold), (sold[-1], len(lines))]
    for one, other in ends:
        if other - one - 1 >= usual:
            closed[one + 1 : other] = True
    return closed


def _was_closed(day: date, history: History, closed: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    """A year before the day, in a run as short as a holiday."""
    try:
        then = history.number_of(day.replace(year=day.year - 1))
    except ValueError:  # 29 February
        then = history.number_of(day - timedelta(days=366))
    if not 0 <= then < len(closed) or not closed[then]:
        return False
    first = last = then
    while first > 0 and closed[first - 1]:
        first -= 1
    while last + 1 < len(closed) and closed[last + 1]:
        last += 1
    return last - first < LONGEST_HOLIDAY


def seasons(history: History, known: Known, horizon: int) -> Floats:
    """How sales went on from here a year ago, drawn to 1 as far as weeks did not follow the year before them."""
    gross = _gross(history, known)
    now, usual = len(gross), np.ones(horizon)
    if now < YEAR + 2 * SMOOTH:
        return usual
    level = _smooth(gross)
    log = np.log(np.maximum(level, level.mean() * 0.05 + 1e-9))
    then = np.arange(YEAR + SMOOTH, now - SMOOTH)
    grew, grew_then = log[then + 28] - log[then], log[then + 28 - YEAR] - log[then - YEAR]
    follows = (float(grew @ grew_then) + SEASON_WEIGHT * SEASON_PRIOR) / (float(grew_then @ grew_then) + SEASON_WEIGHT)
    ahead = np.minimum(now - YEAR + np.arange(horizon), now - SMOOTH // 2 - 1)
    change = log[ahead] - log[now - YEAR - SMOOTH // 2]
    most = float(np.log(MOST_SEASON))
    return np.asarray(np.exp(np.clip(change * min(1.0, max(0.0, follows)), -most, most)))


def _gross(history: History, known: Known) -> Floats:
    """Of the shop, per day from the earliest known one; bounded lines at today's knowledge."""
    price = prices(history, known)
    inside = summed(known.on, known.capped * price[known.product], known.day)
    return np.concatenate((history.before, inside))


def _smooth(values: Floats) -> Floats:
    """Centred means of four weeks and a day."""
    around = np.ones(SMOOTH)
    return np.asarray(np.convolve(values, around, "same") / np.convolve(np.ones(len(values)), around, "same"))


def prices(history: History, known: Known, days: int = PROFILE_DAYS) -> Floats:
    """What a unit of each product brought lately, or ever; minor units, 0 where it never sold."""
    lines = history.known(known.day)
    lately = lines & (history.day >= known.day - days)
    found = np.zeros((2, history.count))
    for row, which in enumerate((lately, lines)):
        product, units = history.product[which], history.units[which]
        gross = np.bincount(product, units * history.price[which], history.count)
        sold = np.bincount(product, units, history.count)
        found[row] = np.divide(gross, sold, out=np.zeros(history.count), where=sold > 0)
    return np.asarray(np.where(found[0] > 0, found[0], found[1]))
