"""The wall's lists, as HTML: latest orders, best sellers, low stock, countries, what is in carts.

A list is drawn once for all scenes, and the same for both faces of a screen unless its order differs. What shows money
carries `if-money`; units and what is left are shown where a list has room (assets/70-wall.css).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from app import numbers
from app.money import Formats
from components.kit import light
from components.wall.words import has_products, is_quiet, lasts, plural, stocked, when

Row = dict[str, Any]


def orders(snapshot: dict[str, Any], formats: Formats) -> Markup:
    day = numbers.day(snapshot["day"])
    return _listed([order(one, day, formats) for one in snapshot["latest"]], "The first order will appear here.")


def order(one: Row, day: date, formats: Formats) -> Markup:
    """One of the latest orders, as a snapshot has it, on `day`. Its key tells it from others."""
    who = one["name"] or ("" if one["place"] else "Somebody")
    # "Customer 12680", from an imported history, leaves no room for the place.
    place = "" if who[-1:].isdigit() else one["place"]
    return _row(
        ", ".join(part for part in (who, place) if part),
        before=when(numbers.moment(one["at"]), day, formats),
        count=_side(plural(one["units"], "unit", "units", formats), "of-units"),
        value=_value(_money(one["total"], formats), "if-money"),
        **{"data-key": one["key"]},
    )


def best_sellers(snapshot: dict[str, Any], formats: Formats, *, with_money: bool) -> Markup:
    """By what each earned, or where amounts are hidden by the units that were sold; and what is left of it."""
    rows = []
    for one in snapshot["top" if with_money else "top_units"]:
        sold, left = f"{formats.number(one['units'])} sold", stocked(one["left"], formats)
        beside = [sold, left] if with_money else [left]
        rows.append(
            _row(
                one["name"],
                "is-gone" if one["left"] == 0 else "",
                count=_side(", ".join(words for words in beside if words), "of-stock"),
                value=_value(formats.money_whole(one["net"]) if with_money else sold, "is-wide"),
            )
        )
    return _listed(rows, _nothing("sold", snapshot))


def low_stock(snapshot: dict[str, Any], formats: Formats) -> Markup:
    """The most urgent first: for how long each lasts, and how many are left. What is low and yet lasts is no alarm."""
    rows = [
        _row(one["name"], "is-out", value=_value(stocked(0, formats)))
        if one["available"] <= 0
        else _row(
            one["name"],
            "" if one["is_calm"] else "is-low",
            count=_side(stocked(one["available"], formats) if one["cover"] is not None else ""),
            value=_value(lasts(one["cover"], formats) or stocked(one["available"], formats)),
        )
        for one in snapshot["low"]
    ]
    return _listed(rows, "Every product is well stocked." if has_products(snapshot) else "No products yet.")


def countries(snapshot: dict[str, Any], formats: Formats) -> Markup:
    rows = [
        _row(
            one["name"],
            count=_side(_money(one["gross"], formats), "if-money"),
            value=_value(plural(one["orders"], "order", "orders", formats)),
        )
        for one in snapshot["wall"]["countries"]
    ]
    return _listed(rows, _nothing("ordered", snapshot))


def wanted(snapshot: dict[str, Any], formats: Formats) -> Markup:
    """What is in carts, against what is left."""
    rows = [
        _row(
            one["name"],
            "is-out" if one["units"] > one["available"] else "",
            count=_side(f"{formats.number(one['units'])} in carts"),
            value=_value(stocked(one["available"], formats)),
        )
        for one in snapshot["wall"]["carts"]["wanted"]
    ]
    return _listed(rows, "No cart was touched in the last half hour.")


def queue(snapshot: dict[str, Any], formats: Formats) -> Markup:
    """What waits to be packed, the longest waiting first, and since when."""
    day, waits = numbers.day(snapshot["day"]), snapshot["wall"]["packing"]
    rows = [
        _row(
            ", ".join(part for part in (f"#{one['number']}" if one["number"] else "", one["place"]) if part),
            "is-low" if place < waits["late"] else "",
            count=_side(plural(one["units"], "unit", "units", formats), "of-units"),
            value=_value(when(numbers.moment(one["since"]), day, formats)),
        )
        for place, one in enumerate(waits["queue"])
    ]
    return _listed(rows, "Everything that was paid is on its way.")


def levels(health: dict[str, int], formats: Formats) -> Markup:
    """Products by how their stock is."""
    return bars(
        [("Sold out", health["out"], "is-out"), ("Low", health["low"], "is-low"), ("Well stocked", health["well"], "")],
        formats,
    )


def bars(counts: Sequence[tuple[str, int | None, str]], formats: Formats) -> Markup:
    """(words, count, class): one below the other, as long as they compare. None: it cannot be read now."""
    longest = max(*(count or 0 for _, count, _ in counts), 1)
    rows = [
        light.Li(
            [
                light.Span(words, className="wall-side"),
                light.Span(
                    light.Span("", style={"width": f"{100 * (count or 0) / longest:.1f}%"}), className="wall-bar-track"
                ),
                light.Span("–" if count is None else formats.number(count), className="wall-value"),
            ],
            className=f"wall-bar-row {class_name}".strip(),
        )
        for words, count, class_name in counts
    ]
    return light.markup(rows)


def _nothing(done: str, snapshot: dict[str, Any]) -> str:
    return f"Nothing {done} since {snapshot['quiet_since']}." if is_quiet(snapshot) else f"Nothing {done} yet today."


def _listed(rows: Sequence[Markup], empty: str) -> Markup:
    return light.markup(rows or light.Li(empty, className="wall-empty"))


def _row(main: str, class_name: str = "", *, before: str = "", count: Any = None, value: Any, **props: Any) -> Markup:
    """Before the main words stands a time, before the value a count; both may be absent."""
    parts = [_side(before), light.Span(main, className="wall-main"), count, value]
    return light.Li(parts, className=f"wall-row {class_name}".strip(), **props)


def _side(words: str, class_name: str = "") -> Markup | None:
    return light.Span(words, className=f"wall-side {class_name}".strip()) if words else None


def _value(words: str, class_name: str = "") -> Markup | None:
    """What a list is ranked by, or is about."""
    return light.Span(words, className=f"wall-value {class_name}".strip()) if words else None


def _money(minor: int | None, formats: Formats) -> str:
    """Nothing where no amount may be known, whatever the screen shows."""
    return "" if minor is None else formats.money_whole(minor)
