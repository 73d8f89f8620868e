"""When people buy: the year, the week, the day, and which categories a season lifts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

YEAR = 365

# Diwali moves with the moon. Years that are not listed take the usual end of October.
_DIWALI = {
    2023: (11, 12),
    2024: (11, 1),
    2025: (10, 20),
    2026: (11, 8),
    2027: (10, 29),
    2028: (10, 17),
    2029: (11, 5),
    2030: (10, 26),
    2031: (11, 14),
    2032: (11, 2),
}

_MONTHS = (1.0, 1.02, 0.95, 0.93, 1.0, 0.86, 0.74, 0.92, 0.98, 1.12, 1.18, 1.2)  # monsoon dip, wedding season
_WEEK = (0.9, 0.86, 0.9, 0.97, 1.08, 1.22, 1.18)  # Monday first
_HOURS = (9, 4, 2, 1, 1, 3, 9, 18, 30, 42, 54, 62, 66, 60, 52, 50, 54, 60, 68, 80, 92, 88, 58, 27)

# Category -> lift by month, January first; what is not named sells evenly.
_LIFTS = {
    "Lighting": (1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1, 1.1, 1.8, 1.6, 1.2),
    "Candles & Fragrance": (0.9, 1, 0.9, 0.8, 0.8, 0.8, 0.9, 1.1, 1.2, 2.2, 1.9, 1.3),
    "Textiles": (1.4, 1.1, 0.9, 0.9, 1, 0.8, 0.8, 0.9, 1, 1.2, 1.4, 1.5),
    "Stationery": (1.2, 0.9, 1, 1.1, 1.1, 1.5, 1.2, 1, 0.9, 1, 1, 1.5),
    "Garden": (1.1, 1.4, 1.5, 1.1, 0.8, 1.3, 1.5, 1.3, 1.1, 0.9, 0.8, 0.8),
    "Tea & Coffee": (1.3, 1.1, 0.9, 0.7, 0.7, 0.9, 1.2, 1.2, 1, 1, 1.2, 1.4),
    "Toys & Games": (1.1, 0.8, 0.9, 1.2, 1.3, 0.9, 0.8, 0.9, 0.9, 1.1, 1.3, 1.6),
    "Kitchen": (0.9, 0.9, 1, 1, 1, 1, 1, 1, 1, 1.3, 1.4, 1),
}


@dataclass(frozen=True)
class Calendar:
    """The year of trade that ends at `now`, in the store's days."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def days(self) -> list[date]:
        return [self.today - timedelta(days=back) for back in range(YEAR - 1, -1, -1)]

    def at(self, day: date, seconds: float) -> datetime:
        """The UTC instant at which a store clock shows `seconds` since midnight."""
        whole = int(seconds)
        clock = datetime(day.year, day.month, day.day, whole // 3600, whole // 60 % 60, whole % 60, tzinfo=self.zone)
        return clock.astimezone(UTC)

    @property
    def seconds_today(self) -> int:
        local = self.now.astimezone(self.zone)
        return local.hour * 3600 + local.minute * 60 + local.second


def day_weight(day: date, start: date) -> float:
    """How busy a day is: growth over the year, month, weekday, and the weeks before Diwali."""
    growth = 0.7 + 0.6 * (day - start).days / YEAR
    return growth * _between_months(_MONTHS, day) * _WEEK[day.weekday()] * _diwali(day) * _occasion(day)


def _between_months(values: tuple[float, ...], day: date) -> float:
    """Slide from mid-month to mid-month, so that no first of the month jumps."""
    position = day.month - 1 + (day.day - 15) / 30.5
    low = int(position // 1)
    share = position - low
    return values[low % 12] * (1 - share) + values[(low + 1) % 12] * share


def _diwali(day: date) -> float:
    month, of_month = _DIWALI.get(day.year, (10, 28))
    ahead = (date(day.year, month, of_month) - day).days
    if 2 <= ahead <= 28:
        return 1 + 1.5 * (1 - (ahead - 2) / 27)
    if -1 <= ahead < 2:
        return 0.55  # families are at home
    return 1.0


def _occasion(day: date) -> float:
    if day.month == 12 and 12 <= day.day <= 22:
        return 1.3
    if (day.month, day.day) in ((1, 26), (8, 15)):
        return 1.35  # Republic Day and Independence Day sales
    if day.month == 2 and 8 <= day.day <= 13:
        return 1.15
    return 1.0


def category_lift(category: str, day: date) -> float:
    return _between_months(_LIFTS.get(category, (1.0,) * 12), day)


def counts_per_day(calendar: Calendar, orders: int, rng: random.Random) -> list[int]:
    """Spread the year's orders over its days; today gets its share of the hours that have passed."""
    days = calendar.days
    weights = [day_weight(day, days[0]) * rng.lognormvariate(0, 0.13) for day in days]
    weights[-1] *= _share_of_day(calendar.seconds_today)
    counts = [0] * YEAR
    for chosen in rng.choices(range(YEAR), cum_weights=list(accumulate(weights)), k=orders):
        counts[chosen] += 1
    # An early hour must not leave the wall empty: move a few of yesterday's to today.
    few = min(4, orders // 500, calendar.seconds_today // 600)
    moved = min(max(0, few - counts[-1]), counts[-2])
    counts[-1] += moved
    counts[-2] -= moved
    return counts


def _share_of_day(seconds: int) -> float:
    hour, rest = divmod(seconds, 3600)
    passed = sum(_HOURS[:hour]) + (_HOURS[hour] * rest / 3600 if hour < 24 else 0)
    return passed / sum(_HOURS)


_CUM_HOURS = list(accumulate(_HOURS))


def clock_times(count: int, latest: int, rng: random.Random) -> list[float]:
    """`count` ascending clock times in seconds, before `latest`."""
    times: list[float] = []
    while len(times) < count:
        hour = rng.choices(range(24), cum_weights=_CUM_HOURS)[0]
        second = hour * 3600 + rng.random() * 3600
        if second < latest:
            times.append(second)
        elif latest < 6 * 3600:
            times.append(rng.random() * latest)  # hardly any hour has passed: do not wait for a lucky draw
    return sorted(times)
