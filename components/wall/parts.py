"""What each part of the wall shows of a snapshot: the page is painted with it first and kept up to date with it.

A part's content is a text, or a dict that assets/75-wall-parts.js places: `text`; `fits`, texts from long to short, of
which the first that fits is shown, in smaller type where that is enough; `rows`, the HTML of a list; `share`, of a
bar's length, None without a bar; `label`, what a screen reader says of a chart; `is`, a state for the class; `hidden`.
"""

from __future__ import annotations

from typing import Any

from app import numbers
from app.domain import reached
from app.money import Formats
from components.wall import rows
from components.wall.words import (
    close_words,
    comparison,
    goal_of,
    goal_words,
    has_products,
    is_quiet,
    last_week,
    none_since,
    plural,
    reached_words,
    share,
    standing,
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
        **_best_sellers(snapshot, formats, with_money=with_money),
    }


def _alike(snapshot: Snapshot, formats: Formats) -> Parts:
    return {
        **_standing(snapshot),
        **_counts(snapshot, formats),
        **_lists(snapshot, formats),
        **_stock(snapshot, formats),
        **_now(snapshot, formats),
        **_packing(snapshot, formats),
        "odd": {"text": snapshot["wall"]["odd"], "hidden": not snapshot["wall"]["odd"]},
    }


def _sales(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    today = snapshot["today"]
    gross = _amount(today["gross"], formats) if with_money else _count(today["orders"], formats)
    label, measure = ("Sales today", "Sales") if with_money else ("Orders today", "Orders")
    net = f"{formats.money_whole(today['net'])} after returns" if with_money and today["returns"] else ""
    if is_quiet(snapshot):
        label, gross = "No sale since", {"fits": [snapshot["quiet_since"]]}
    return {
        "gross-label": label,
        "gross": gross,
        "gross-change": _change(under_sales(snapshot, formats, with_money=with_money)),
        "gross-net": {"text": net, "hidden": not net},
        "days-title": f"{measure}, {_history_words(snapshot)}",
    }


def _history_words(snapshot: Snapshot) -> str:
    quiet = snapshot["quiet_since"]
    return f"14 days up to {quiet}" if quiet else "last 14 days"


def _standing(snapshot: Snapshot) -> Parts:
    """What stands while the shop sells, and what instead while it is quiet."""
    quiet = is_quiet(snapshot)
    return {
        "live": standing(snapshot),
        "stats": {"hidden": quiet},
        "live-box": {"hidden": quiet},
        "quiet-box": {"hidden": not quiet},
    }


def _goal(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    gross, goal = snapshot["today"]["gross"], snapshot["wall"]["goal"]
    return {
        "goal": _bar(gross, goal),
        "goal-box": {"hidden": not goal},
        "goal-words": goal_words(gross, goal, formats, with_money=with_money) if goal else "",
        "goal-tile": {"hidden": not goal},
        "goal-share": share(gross, goal, formats) if goal else "",
        "goal-of": goal_of(gross, goal, formats, with_money=with_money) if goal else "",
        "goal-reached": reached_words(goal, formats, with_money=with_money) if goal and gross >= goal else "",
    }


def _close(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    """What the day is expected to close with; before that can be said, and while amounts are hidden and there is no
    goal to set it against, what it has so far.
    """
    goal, forecast, today = snapshot["wall"]["goal"], snapshot["wall"]["curve"]["forecast"], snapshot["today"]
    label: str = "Expected at the close"
    if forecast and with_money:
        close = _amount(forecast["close"], formats)
    elif forecast and goal:
        close = share(forecast["close"], goal, formats)
    else:
        label = "Sales today" if with_money else "Orders today"
        close = _amount(today["gross"], formats) if with_money else _count(today["orders"], formats)
    weekday, has_closes = f"{numbers.day(snapshot['day']):%A}", any(snapshot["wall"]["curve"]["closes"])
    return {
        "close-label": label,
        "close": close,
        "closes-box": {"hidden": not has_closes},
        "no-closes-box": {"hidden": has_closes},
        "orders-title": f"Orders, {_history_words(snapshot)}",
        "close-words": close_words(snapshot, formats, with_money=with_money),
        "closes-title": f"This {weekday} and the last eight" if forecast else f"The last eight {weekday}s",
    }


def _averages(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    """The average order: its amount, or its units where amounts are hidden."""
    today, before = snapshot["today"], snapshot["last_week"]
    measure = "aov" if with_money else "units_an_order"
    now, then = today[measure], before[measure]

    def before_words(value: Any) -> str:
        return formats.money_short(value) if with_money else formats.number(value, 1)

    def changed(when: str = "") -> Content:
        said = none_since(snapshot) or comparison(now, then, formats, when, before_words, before["orders"])
        return _change(said)

    return {
        "aov-label": "Average order" if with_money else "Units an order",
        "aov": _average(now, formats, with_money=with_money),
        "aov-change": changed(),
        "all-aov-change": changed(f"{last_week(snapshot)} by now"),
    }


def _average(value: Any, formats: Formats, *, with_money: bool) -> Content:
    """With its digits: "2K" would hide what an average is looked at for."""
    if value is None:
        return "–"
    if not with_money:
        return formats.number(value, 1)
    return {"fits": [formats.money_whole(value), formats.money_compact(value, 2)]}


def _best_sellers(snapshot: Snapshot, formats: Formats, *, with_money: bool) -> Parts:
    """Ranked by what is shown of them."""
    return {
        "top": {"rows": rows.best_sellers(snapshot, formats, with_money=with_money)},
        "top-by": "by net sales" if with_money else "by units",
    }


def _counts(snapshot: Snapshot, formats: Formats) -> Parts:
    today, before, against = snapshot["today"], snapshot["last_week"], f"{last_week(snapshot)} by now"

    def compared(measure: str, when: str = "") -> Content:
        return _change(none_since(snapshot) or comparison(today[measure], before[measure], formats, when))

    by_country = [
        f"{one['name']} {plural(one['orders'], 'order', 'orders', formats)}" for one in snapshot["wall"]["countries"]
    ]
    return {
        "last-week": last_week(snapshot),
        "orders": _count(today["orders"], formats),
        "orders-change": compared("orders"),
        "all-orders-change": compared("orders", against),
        "units": _count(today["units"], formats),
        "units-change": compared("units"),
        "all-units-change": compared("units", against),
        "map": {"label": ", ".join(by_country) or "No orders yet"},
    }


def _lists(snapshot: Snapshot, formats: Formats) -> Parts:
    lists = {
        "latest": rows.orders,
        "low": rows.low_stock,
        "countries": rows.countries,
        "wanted": rows.wanted,
        "queue": rows.queue,
    }
    return {name: {"rows": draw(snapshot, formats)} for name, draw in lists.items()}


def _stock(snapshot: Snapshot, formats: Formats) -> Parts:
    health, low_count, quiet_since = snapshot["wall"]["health"], snapshot["low_count"], snapshot["quiet_since"]
    out = formats.number(health["out"])
    return {
        "outs": {"text": f"{out} sold out", "hidden": not health["out"]},
        "out": {"text": out, "is": "bad" if health["out"] else ""},
        "low-words": _low_words(snapshot, formats),
        "low-count": plural(low_count, "product", "products", formats) if low_count else "",
        "urgent-note": {
            "text": f"Days of cover at the pace of sales up to {quiet_since}",
            "hidden": not quiet_since,
        },
        "levels": {"rows": rows.levels(health, formats)},
        "on-hand": f"{plural(health['units'], 'unit', 'units', formats)} to sell",
    }


def _low_words(snapshot: Snapshot, formats: Formats) -> str:
    """Beside the number of products that are sold out."""
    low = snapshot["wall"]["health"]["low"]
    if not has_products(snapshot):
        return "No products yet"
    return f"and {plural(low, 'product runs', 'products run', formats)} low" if low else "and none runs low"


def _now(snapshot: Snapshot, formats: Formats) -> Parts:
    visitors, carts = snapshot["wall"]["visitors"], snapshot["wall"]["carts"]
    bars = [("Carts", carts["count"]), ("Orders", snapshot["wall"]["orders_lately"])]
    return {
        "lately": {"rows": rows.bars([(words, count, "") for words, count in bars], formats)},
        "visitors": "–" if visitors is None else formats.number(visitors),
        "carts": "–" if carts["count"] is None else formats.number(carts["count"]),
        "carts-words": "cannot be read now"
        if carts["units"] is None
        else f"{plural(carts['units'], 'unit', 'units', formats)} in them"
        if carts["units"]
        else "",
    }


def _packing(snapshot: Snapshot, formats: Formats) -> Parts:
    waits = snapshot["wall"]["packing"]
    late = plural(waits["late"], "is late", "are late", formats)
    waiting = plural(waits["mails_waiting"], "waits to be sent", "wait to be sent", formats)
    orders = [("To pack", waits["to_pack"], ""), ("Late", waits["late"], "is-low"), ("On hold", waits["held"], "")]
    mails = [("Failed", waits["mails_failed"], "is-out"), ("Waiting", waits["mails_waiting"], "")]
    return {
        "to-pack": {"text": formats.number(waits["to_pack"]), "is": "bad" if waits["late"] else ""},
        "oldest": late if waits["late"] else "none is late",
        "to-pack-bars": {"rows": rows.bars(orders, formats)},
        "mails-failed": {"text": formats.number(waits["mails_failed"]), "is": "bad" if waits["mails_failed"] else ""},
        "mails-words": waiting if waits["mails_waiting"] else "none waits",
        "mails-bars": {"rows": rows.bars(mails, formats)},
    }


def _amount(minor: int, formats: Formats) -> Content:
    """As large as it fits: whole, else in short."""
    return {"fits": [formats.money_whole(minor), *(formats.money_compact(minor, digits) for digits in (2, 1, 0))]}


def _count(value: int, formats: Formats) -> Content:
    """As large as it fits, where it is so large that there is something shorter."""
    whole, short = formats.number(value), formats.number_short(value)
    return whole if short == whole else {"fits": [whole, short]}


def _change(said: tuple[str, str]) -> Content:
    direction, words = said
    return {"text": words, "is": direction}


def _bar(gross: int, goal: int | None) -> Content:
    return {"share": reached(gross, goal, 1000) if goal else None}
