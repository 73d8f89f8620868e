"""The wall's screens: what one shows, and the code that pairs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Scene(StrEnum):
    """What fills a screen at one time, in the order in which they turn."""

    TODAY = "today"
    DAY = "day"
    ORDERS = "orders"
    PRODUCTS = "products"
    MAP = "map"
    STOCK = "stock"
    NOW = "now"
    PACKING = "packing"


SCENE_NAMES: dict[Scene, str] = {
    Scene.TODAY: "Today: sales, latest orders, best sellers, low stock",
    Scene.DAY: "The day's curve, with its close",
    Scene.ORDERS: "Latest orders",
    Scene.PRODUCTS: "Best sellers and what is left of them",
    Scene.MAP: "Orders by country",
    Scene.STOCK: "Stock health",
    Scene.NOW: "Visitors and carts now",
    Scene.PACKING: "Orders to pack, late ones, mails that failed",
}


WATCHED = timedelta(minutes=3)  # a screen is seen about once a minute


@dataclass(frozen=True)
class ScreenSettings:
    """What a wall screen shows, and when.

    `turn_seconds`: how long a scene stays, of several. `night_from`, `night_until`: "22:00" of the store's clock,
    both empty for a screen that is never dimmed."""

    name: str
    scenes: tuple[Scene, ...] = tuple(Scene)
    turn_seconds: int = 20
    hides_money: bool = False
    hides_names: bool = True
    chimes: bool = False
    night_from: str = ""
    night_until: str = ""


@dataclass(frozen=True)
class Screen:
    """A screen that was paired. `seen_at`: when it last asked for the numbers, to about a minute."""

    screen_id: int
    settings: ScreenSettings
    paired_by: str
    paired_at: datetime
    seen_at: datetime | None = None

    def is_watching(self, now: datetime) -> bool:
        return self.seen_at is not None and now - self.seen_at < WATCHED

    def is_new(self, now: datetime) -> bool:
        """Just paired: it may still be on its way to its first numbers."""
        return self.seen_at is None and now - self.paired_at < WATCHED


@dataclass(frozen=True)
class WallView:
    """What of a snapshot a wall may have. The default is what staff see."""

    hides_names: bool = False
    hides_money: bool = False


def reached(part: int, goal: int, steps: int) -> float:
    """How much of a goal `part` is, rounded down to one of `steps`: it is not said to be reached before it is."""
    return part * steps // goal / steps


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Goals:
    """Gross sales to reach on a day, minor units: by weekday from Monday (None: none), and for single days."""

    weekdays: tuple[int | None, ...] = (None,) * 7
    days: dict[str, int] = field(default_factory=dict)  # by ISO date
