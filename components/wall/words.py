"""The wall's words: comparisons, times, counts. Each is written here alone; the browser places what it is sent."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from app import numbers
from app.domain import change_of, change_words, reached
from app.money import Formats

MANY_TIMES = 3.0
WEEK = 7


def plural(count: int, one: str, many: str, formats: Formats) -> str:
    return f"{formats.number(count)} {one if count == 1 else many}"


def share(part: int, goal: int, formats: Formats) -> str:
    return formats.percent(reached(part, goal, 100))


def comparison(
    now: float | None,
    before: float | None,
    formats: Formats,
    when: str = "",
    show: Callable[[Any], str] | None = None,
    things: float | None = None,
) -> tuple[str, str]:
    """(direction, words) of a number against `when`, or against what stands above it when that is empty.

    None is an average of no orders. `show` and `things` as in `change_words`.
    """
    if now is None:
        return "flat", "no orders yet"
    change = change_of(now, before, things)
    if change is None:
        return "flat", f"no sales {when}" if when else "none then"
    if change.is_none:
        return "flat", f"as much as {when}" if when else "the same"
    direction, words = "up" if change.is_rise else "down", change_words(change, formats, show)
    if change.is_of_few:
        return direction, f"{words} {when}".rstrip()
    if change.times >= MANY_TIMES:
        return "up", f"{formats.number(change.times, 1)} times {when or 'as much'}"
    return direction, f"{words} than {when}" if when else words


def when(at: datetime, today: date, formats: Formats) -> str:
    """The time alone only for today's: "14:05", "Sat 23:31", "9 Dec 2011"."""
    local = at.astimezone(formats.zone)
    days = (today - local.date()).days
    if days <= 0:
        return f"{local:%H:%M}"
    if days < WEEK:
        return f"{format_date(local.date(), 'EEE', locale=formats.locale)} {local:%H:%M}"
    return formats.day(local.date())


def last_week(snapshot: dict[str, Any]) -> str:
    """ "last Monday": the day with which the wall compares."""
    return f"last {numbers.day(snapshot['day']):%A}"


def under_sales(snapshot: dict[str, Any], formats: Formats, *, with_money: bool = True) -> tuple[str, str]:
    """(direction, words) under today's sales: a comparison, or on a day without orders when the last one was."""
    today, before, day = snapshot["today"], snapshot["last_week"], numbers.day(snapshot["day"])
    if is_quiet(snapshot):
        return "flat", f"{plural(snapshot['quiet_days'], 'day', 'days', formats)} ago"
    if not snapshot["has_sold"]:
        return "flat", "The first sale will appear here"
    if today["orders"] == 0 and snapshot["latest"]:
        last = numbers.moment(snapshot["latest"][0]["at"])
        return "flat", f"Last sale {when(last, day, formats)}"
    measure = "gross" if with_money else "orders"
    show: Callable[[Any], str] = formats.money_short if with_money else formats.number
    against = f"{last_week(snapshot)} by now"
    return comparison(today[measure], before[measure], formats, against, show, before["orders"])


def is_quiet(snapshot: dict[str, Any]) -> bool:
    """Nothing was sold for weeks: what is shown are the days up to the last sale."""
    return bool(snapshot["quiet_since"]) and not snapshot["today"]["orders"]


def none_since(snapshot: dict[str, Any]) -> tuple[str, str] | None:
    """(direction, words) under the numbers of a quiet or a new shop: no comparison says anything of it."""
    if not snapshot["has_sold"]:
        return "flat", "none yet"
    return ("flat", f"none since {snapshot['quiet_since']}") if is_quiet(snapshot) else None


def has_products(snapshot: dict[str, Any]) -> bool:
    health = snapshot["wall"]["health"]
    return any(health[level] for level in ("out", "low", "well"))


def standing(snapshot: dict[str, Any]) -> str:
    """Beside the shop's name while the numbers are fresh: that they are live, unless there is nothing to be so."""
    if is_quiet(snapshot):
        return f"Last sale {snapshot['quiet_since']}"
    return "Live" if snapshot["has_sold"] else "No sale yet"


def stocked(left: int | None, formats: Formats) -> str:
    """How much can still be sold; nothing of what is no product of the store any more."""
    if left is None:
        return ""
    return f"{formats.number(left)} left" if left else "sold out"


def lasts(days: float | None, formats: Formats) -> str:
    """Days of cover; nothing without sales."""
    if days is None:
        return ""
    return "today" if days < 1 else plural(math.floor(days), "day", "days", formats)


def goal_words(gross: int, goal: int, formats: Formats, *, with_money: bool) -> str:
    words = "Goal reached" if gross >= goal else f"{share(gross, goal, formats)} of the day's goal"
    return f"{words}: {formats.money_whole(goal)}" if with_money else words


def goal_of(gross: int, goal: int, formats: Formats, *, with_money: bool) -> str:
    """Beside the share of the goal."""
    if not with_money:
        return "of the day's goal"
    return f"of {formats.money_whole(goal)}{', reached' if gross >= goal else ''}"


def reached_words(goal: int, formats: Formats, *, with_money: bool) -> str:
    """What is celebrated."""
    words = "The day's goal is reached"
    return f"{words}: {formats.money_whole(goal)}" if with_money else words


def close_words(snapshot: dict[str, Any], formats: Formats, *, with_money: bool) -> str:
    """Under the day's expected close: between which amounts it lies, and what says so."""
    day = f"{numbers.day(snapshot['day']):%A}"
    forecast, goal = snapshot["wall"]["curve"]["forecast"], snapshot["wall"]["goal"]
    if forecast is None:
        return f"The close is forecast after three {day}s with sales"
    known_from = f"by the last {forecast['days']} {day}s"
    if with_money:
        low, high = (formats.money_compact(forecast[edge]) for edge in ("low", "high"))
        return f"{low} to {high}, {known_from}"
    return f"of the goal, {known_from}" if goal else known_from
