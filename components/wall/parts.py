"""What each part of the wall shows of a snapshot: the page is painted with it first and kept up to date with it.

A part's content is a text, or a dict that assets/75-wall-parts.js places: `text`; `fits`, texts from long to short, of
which the first that fits is shown; `rows`, the HTML of a list; `share`, of a bar's length, None without a bar; `label`,
what a screen reader says of a chart; `is`, a state for the class; `hidden`.
"""

from __future__ import annotations

from typing import Any

from app.domain import reached
from app.money import Formats
from components.wall import rows
from components.wall.words import (
    close_words,
    comparison,
    goal_words,
    last_week,
    plural,
    reached_words,
    share,
    under_sales,
)

Snapshot = dict[str, Any]
Content = str | dict[str, Any]
Parts = dict[str, Content]


def shown(snapshot: Snapshot, formats: Formats) -> tuple[Parts, Parts]:
    """All parts by name, and what stands instead in some while a screen's amounts are hidden by hand.

    `snapshot` is the hub's as the screen may see it: without `money` no part shows any.
    """
    shows_money = snapshot.get("money", True)
    parts = _with_or_without_money(snapshot, formats, with_money=shows_money) | _alike(snapshot, formats)
    plain = _with_or_without_money(snapshot, formats, with_money=False) if shows_money else {}
    return parts, {name: content for name, content in plain.items() if content != parts[name]}


def _with_or_without_money(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    return {
        **_sales(snapshot, formats, with_money=with_money),
        **_goal(snapshot, formats, with_money=with_money),
        **_close(snapshot, formats, with_money=with_money),
        **_averages(snapshot, formats, with_money=with_money),
    }


def _alike(snapshot: Snapshot, formats: Formats) -> Parts:
    return {
        **_counts(snapshot, formats),
        **_lists(snapshot, formats),
        **_stock(snapshot, formats),
        **_now(snapshot, formats),
    }


def _sales(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    today = snapshot["today"]
    return {
        "gross-label": "Sales today" if with_money else "Orders today",
        "gross": _amount(today["gross"], formats) if with_money else formats.number(today["orders"]),
        "gross-change": _change(under_sales(snapshot, formats, with_money=with_money)),
    }


def _goal(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    gross, goal = snapshot["today"]["gross"], snapshot["wall"]["goal"]
    return {
        "goal": _bar(gross, goal),
        "goal-box": {"hidden": not goal},
        "goal-words": goal_words(gross, goal, formats, with_money=with_money) if goal else "",
        "goal-share": share(gross, goal, formats) if goal else "None is set",
        "goal-reached": reached_words(goal, formats, with_money=with_money) if goal and gross >= goal else "",
    }


def _close(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    goal, forecast = snapshot["wall"]["goal"], snapshot["wall"]["curve"]["forecast"]
    if forecast and with_money:
        close = _amount(forecast["close"], formats)
    else:
        close = share(forecast["close"], goal, formats) if forecast and goal else "–"
    return {"close": close, "close-words": close_words(snapshot, formats, with_money=with_money)}


def _averages(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    """The average order: its amount, or its units where amounts are hidden."""
    today, before = snapshot["today"], snapshot["last_week"]
    measure = "aov" if with_money else "units_an_order"
    now, then = today[measure], before[measure]

    def before_words(value: Any) -> str:
        return formats.money_short(value) if with_money else formats.number(value, 1)

    def changed(when: str = "") -> Content:
        return _change(comparison(now, then, formats, when, before_words, before["orders"]))

    return {
        "aov-label": "Average order" if with_money else "Units an order",
        "aov": _average(now, formats, with_money=with_money),
        "aov-change": changed(),
        "all-aov-change": changed(f"{last_week(snapshot)} by now"),
    }


def _average(value: float | None, formats: Formats, *, with_money: bool) -> Content:
    if value is None:
        return "–"
    return _amount(int(value), formats) if with_money else formats.number(value, 1)


def _counts(snapshot: Snapshot, formats: Formats) -> Parts:
    today, before, against = snapshot["today"], snapshot["last_week"], f"{last_week(snapshot)} by now"
    by_country = [
        f"{one['name']} {plural(one['orders'], 'order', 'orders', formats)}" for one in snapshot["wall"]["countries"]
    ]
    return {
        "last-week": last_week(snapshot),
        "orders": formats.number(today["orders"]),
        "orders-change": _change(comparison(today["orders"], before["orders"], formats)),
        "all-orders-change": _change(comparison(today["orders"], before["orders"], formats, against)),
        "units": formats.number(today["units"]),
        "units-change": _change(comparison(today["units"], before["units"], formats)),
        "all-units-change": _change(comparison(today["units"], before["units"], formats, against)),
        "map": {"label": ", ".join(by_country) or "No orders yet"},
    }


def _lists(snapshot: Snapshot, formats: Formats) -> Parts:
    lists = {
        "latest": rows.orders,
        "top": rows.best_sellers,
        "low": rows.low_stock,
        "countries": rows.countries,
        "wanted": rows.wanted,
    }
    return {name: {"rows": draw(snapshot, formats)} for name, draw in lists.items()}


def _stock(snapshot: Snapshot, formats: Formats) -> Parts:
    health, low_count, quiet_since = snapshot["wall"]["health"], snapshot["low_count"], snapshot["quiet_since"]
    out = formats.number(health["out"])
    low = plural(health["low"], "product runs", "products run", formats)
    return {
        "outs": {"text": f"{out} sold out", "hidden": not health["out"]},
        "out": {"text": out, "is": "bad" if health["out"] else ""},
        "low-words": f"and {low} low" if health["low"] else "and none runs low",
        "low-count": plural(low_count, "product", "products", formats) if low_count else "",
        "urgent-note": f"Days by the sales up to the last one, on {quiet_since}" if quiet_since else "",
        "well": formats.number(health["well"]),
        "on-hand": f"{plural(health['units'], 'unit', 'units', formats)} to sell",
    }


def _now(snapshot: Snapshot, formats: Formats) -> Parts:
    visitors, carts = snapshot["wall"]["visitors"], snapshot["wall"]["carts"]
    return {
        "visitors": "–" if visitors is None else formats.number(visitors),
        "carts": "–" if carts["count"] is None else formats.number(carts["count"]),
        "carts-words": "cannot be read now"
        if carts["units"] is None
        else f"{plural(carts['units'], 'unit', 'units', formats)} in them",
    }


def _amount(minor: int, formats: Formats) -> Content:
    """As large as it fits: whole, else in short."""
    return {"fits": [formats.money_whole(minor), *(formats.money_compact(minor, digits) for digits in (2, 1, 0))]}


def _change(said: tuple[str, str]) -> Content:
    direction, words = said
    return {"text": words, "is": direction}


def _bar(gross: int, goal: int | None) -> Content:
    return {"share": reached(gross, goal, 1000) if goal else None}
