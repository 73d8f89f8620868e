"""What of a snapshot goes to a viewer's browser: what each part is to show, ready, and the numbers that charts draw.

The same functions paint a page first (components/wall, components/admin), so what it shows is written once.
"""

from __future__ import annotations

from typing import Any

from app.domain import WallView
from app.money import Formats
from app.services.wall.screen_view import Snapshot, for_screen
from components.admin import live_parts
from components.wall import parts

_FOR_ALL = ("seq", "as_of", "day", "today")
_FOR_STAFF = (*_FOR_ALL, "quiet_since")
_FOR_WALL = (*_FOR_ALL, "money", "hours", "hours_last_week", "ages")


def live_event(snapshot: Snapshot, view: WallView | None, formats: Formats) -> dict[str, Any]:
    """JSON-ready. `view`: what a wall may have; None is what staff pages show, for whoever of them looks."""
    event = _of_staff(snapshot, formats) if view is None else _of_wall(for_screen(snapshot, view), formats)
    return event | {"currency": {"digits": formats.digits}}


def _of_staff(snapshot: Snapshot, formats: Formats) -> dict[str, Any]:
    shown = live_parts.parts(snapshot, formats)
    kept = {name: snapshot[name] for name in _FOR_STAFF}
    return kept | {"parts": shown, "stock": snapshot["stock"]}


def _of_wall(snapshot: Snapshot, formats: Formats) -> dict[str, Any]:
    shown, plain = parts.shown(snapshot, formats)
    kept = {name: snapshot[name] for name in _FOR_WALL if name in snapshot}
    return kept | {"wall": _wall(snapshot), "parts": shown, "plain": plain}


def _wall(snapshot: Snapshot) -> dict[str, Any]:
    """What charts draw, and what is marked once it happens: `orders` that came, products that are `gone`."""
    wall = snapshot["wall"]
    gone = {one["product_id"]: f"Sold out: {one['name']}" for one in snapshot["low"] if one["available"] <= 0}
    return {
        "goal": wall["goal"],
        "curve": wall["curve"],
        "history": wall["history"],
        "visitors_by_minute": wall["visitors_by_minute"],
        "countries": [{"code": one["code"], "orders": one["orders"]} for one in wall["countries"]],
        "orders": [order["key"] for order in snapshot["latest"]],
        "gone": gone,
        "outs": wall["health"]["out"],
    }
