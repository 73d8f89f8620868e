"""How the choice of a period, of what it is compared with and of its parts is worded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from app.domain import Grain, is_whole
from app.money import Formats
from components.kit.figures import d3

Cut = Literal["hour", "day", "week", "month"]

CHOICES = (
    ("7d", "7 days"),
    ("28d", "28 days"),
    ("90d", "90 days"),
    ("12m", "12 months"),
    ("all", "All"),
    ("custom", "Custom"),
)
COMPARISONS = (
    ("previous", "Period before"),
    ("year", "Year before"),
    ("feast", "Same feast, year before"),
    ("none", "Nothing"),
)
CUTS = (("auto", "Auto"), ("day", "Day"), ("week", "Week"), ("month", "Month"))


def comparisons(feast: str, chosen: object) -> list[tuple[str, str]]:
    """Those that there are: by a feast only where one falls, and by its name."""
    words = {"feast": f"{feast}, year before" if feast else "Same feast: none here"}
    return [(key, words.get(key, name)) for key, name in COMPARISONS if key != "feast" or feast or chosen == "feast"]


def hover_title(cut: Cut, formats: Formats) -> str:
    """What names a bucket under the pointer, in Plotly's date format."""
    if cut == "month":
        return d3(formats, "month")
    if cut == "week":
        return f"week of {d3(formats, 'day')}"
    return d3(formats, "day_of_week") + (", %H:%M" if cut == "hour" else "")


def then_words(then: date, last: date, cut: Cut, formats: Formats) -> str:
    """When that was which a bucket is compared with."""
    if isinstance(then, datetime):
        return f"{formats.day(then.date())}, {then:%H:%M}"
    return bucket_words(then, last, "day" if cut == "hour" else cut, formats)


def bucket_words(first: date, last: date, cut: Grain, formats: Formats, *, complete: bool = True) -> str:
    """A day, week or month: "week of 5 Dec 2011", "Dec 2011"; by its days where it is none, or only in part."""
    if cut == "day":
        return formats.day(first)
    if complete and is_whole(first, last, cut):
        return f"week of {formats.day(first)}" if cut == "week" else formats.month(first)
    return f"{days_words(first, last, formats)} (in part)"


def days_words(first: date, last: date, formats: Formats) -> str:
    return formats.day(first) if first == last else f"{formats.day(first)} to {formats.day(last)}"
