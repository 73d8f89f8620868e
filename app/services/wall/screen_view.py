"""What of a snapshot goes to a screen: without names or money where its settings say so, and nothing but the wall's."""

from __future__ import annotations

from typing import Any

from app.domain import WallView

_SCALE = 1000
_KEPT = ("seq", "as_of", "day", "today", "last_week", "hours", "hours_last_week", "latest", "top", "top_units", "low",
         "low_count", "quiet_since", "quiet_days", "has_sold", "currency", "wall", "ages")  # fmt: skip

Snapshot = dict[str, Any]


def for_screen(snapshot: Snapshot, view: WallView) -> Snapshot:
    """A copy that holds no more than `view` allows; `snapshot` stays as it is."""
    shown = {name: snapshot[name] for name in _KEPT if name in snapshot}
    shown["latest"] = [_order(order, view) for order in snapshot["latest"]]
    if view.hides_names and "wall" in shown:
        shown["wall"] = _without_numbers(shown["wall"])
    return _without_money(shown) if view.hides_money else shown | {"money": True}


def _without_numbers(wall: dict[str, Any]) -> dict[str, Any]:
    """Whoever knows an order's number knows more than its town."""
    packing = wall["packing"]
    return {**wall, "packing": {**packing, "queue": [{**one, "number": ""} for one in packing["queue"]]}}


def _order(order: dict[str, Any], view: WallView) -> dict[str, Any]:
    """Known by its key alone: the number can be worked out from the order's id."""
    kept = {name: value for name, value in order.items() if name not in ("order_id", "number")}
    hidden = {"name": ""} if view.hides_names else {}
    return {**kept, **hidden, "total": None if view.hides_money else order["total"]}


def _without_money(shown: Snapshot) -> Snapshot:
    """Amounts become parts of the day's largest, so that curves keep their shape and shares of the goal stay right."""
    wall, curve = shown["wall"], shown["wall"]["curve"]
    forecast = curve["forecast"]
    largest = max(
        shown["today"]["gross"],
        *curve["before"],
        *shown["hours_last_week"],
        wall["goal"] or 0,
        *([forecast["high"]] if forecast else []),
        1,
    )

    def scaled(amount: int, of: int = largest) -> int:
        return int(amount * _SCALE / of + 0.5)

    def scaled_all(amounts: list[int]) -> list[int]:
        return [scaled(amount) for amount in amounts]

    def scaled_alone(amounts: list[int]) -> list[int]:
        """What is drawn by itself: one large day among many takes nothing of today's detail."""
        return [scaled(amount, max(*amounts, 1)) for amount in amounts]

    def only_counts(totals: dict[str, int | None]) -> dict[str, int | None]:
        return {**totals, "gross": scaled(totals["gross"] or 0), "net": 0, "aov": None, "median": None, "returns": 0}

    return shown | {
        "money": False,
        "today": only_counts(shown["today"]),
        "last_week": only_counts(shown["last_week"]),
        "hours": scaled_all(shown["hours"]),
        "hours_last_week": scaled_all(shown["hours_last_week"]),
        # Who ranks first by sales would be told by their order: what such a screen shows is ranked by units.
        "top": [],
        "top_units": [{**row, "net": None} for row in shown["top_units"]],
        "wall": wall
        | {
            "goal": None if wall["goal"] is None else scaled(wall["goal"]),
            "countries": [{**row, "gross": None} for row in wall["countries"]],
            "history": wall["history"] | {"gross": scaled_alone(wall["history"]["gross"]), "aov": []},
            "curve": curve
            | {
                "today": scaled_all(curve["today"]),
                "before": scaled_all(curve["before"]),
                "closes": scaled_alone(curve["closes"]),
                "forecast": forecast
                and forecast
                | {name: scaled(forecast[name]) for name in ("close", "low", "high")}
                | {"curve": scaled_all(forecast["curve"])},
            },
        },
    }
