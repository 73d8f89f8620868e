"""What of a snapshot goes to a viewer's browser: what each part is to show, ready, and the numbers that charts draw.

The same functions paint a page first (components/wall, components/admin), so what it shows is written once.
"""

from __future__ import annotations

from typing import Any

from app.domain import WallView
from app.money import Formats
from app.services.wall.screen_view import Snapshot, for_screen
from components.wall import parts

_FOR_ALL = ("seq", "as_of", "day", "today", "hours", "hours_last_week", "ages", "money")
_FOR_STAFF = ("last_week", "latest", "low", "low_count", "stock")


def live_event(snapshot: Snapshot, view: WallView | None, formats: Formats) -> dict[str, Any]:
    """JSON-ready. `view`: what a screen may have; None is everything, for staff, whoever of them it is."""
    if view is not None:
        return _event(for_screen(snapshot, view), formats)
    return _event(snapshot, formats) | {name: snapshot[name] for name in _FOR_STAFF}


def _event(snapshot: Snapshot, formats: Formats) -> dict[str, Any]:
    shown, plain = parts.shown(snapshot, formats)
    return {name: snapshot[name] for name in _FOR_ALL if name in snapshot} | {
        "currency": {"digits": formats.digits},
        "wall": _wall(snapshot),
        "parts": shown,
        "plain": plain,
    }


def _wall(snapshot: Snapshot) -> dict[str, Any]:
    """What charts draw, and what is marked once it happens: `orders` that came, products that are `gone`."""
    wall = snapshot["wall"]
    gone = {one["product_id"]: f"Sold out: {one['name']}" for one in snapshot["low"] if one["available"] <= 0}
    return {
        "goal": wall["goal"],
        "curve": wall["curve"],
        "countries": [{"code": one["code"], "orders": one["orders"]} for one in wall["countries"]],
        "orders": [order["order_id"] for order in snapshot["latest"]],
        "gone": gone,
        "outs": wall["health"]["out"],
    }
