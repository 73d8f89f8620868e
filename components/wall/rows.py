"""The wall's lists, as HTML: latest orders, best sellers, low stock, countries, what is in carts.

A list is drawn once for all scenes and for both faces of a screen. What shows money carries `if-money`, what stands
there while amounts are hidden `if-plain`; units and days are shown where a list has room (assets/70-wall.css).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from app import numbers
from app.money import Formats
from components.kit import light
from components.wall.words import lasts, plural, stocked, when

Row = dict[str, Any]


def orders(snapshot: dict[str, Any], formats: Formats) -> Markup:
    day = numbers.day(snapshot["day"])
    return _listed([order(one, day, formats) for one in snapshot["latest"]], "The first order will appear here.")


def order(one: Row, day: date, formats: Formats) -> Markup:
    """One of the latest orders, as a snapshot has it, on `day`. Its key is the order's id."""
    who = one["name"] or ("" if one["place"] else "Somebody")
    # "Customer 12680", from an imported history, leaves no room for the place.
    place = "" if who[-1:].isdigit() else one["place"]
    return _row(
        ", ".join(part for part in (who, place) if part),
        before=when(numbers.moment(one["at"]), day, formats),
        count=_side(plural(one["units"], "unit", "units", formats), "of-units"),
        value=_value(_money(one["total"], formats), ""),
        **{"data-key": one["order_id"]},
    )


def best_sellers(snapshot: dict[str, Any], formats: Formats) -> Markup:
    """What each earned, or what is left of it where amounts are hidden or the list is one of stock."""
    rows = [
        _row(
            one["name"],
            "is-gone" if one["left"] == 0 else "",
            count=_side(f"{formats.number(one['units'])} sold"),
            value=_value(_money(one["net"], formats), stocked(one["left"], formats)),
        )
        for one in snapshot["top"]
    ]
    return _listed(rows, "Nothing sold yet today.")


def low_stock(snapshot: dict[str, Any], formats: Formats) -> Markup:
    """The most urgent first, and for how long each lasts."""
    rows = [
        _row(one["name"], "is-out", value=_value(None, stocked(0, formats)))
        if one["available"] <= 0
        else _row(
            one["name"],
            "is-low",
            count=_side(lasts(one["cover"], formats), "of-days"),
            value=_value(None, f"only {stocked(one['available'], formats)}"),
        )
        for one in snapshot["low"]
    ]
    return _listed(rows, "Every product is well stocked.")


def countries(snapshot: dict[str, Any], formats: Formats) -> Markup:
    rows = [
        _row(
            one["name"],
            count=_side(plural(one["orders"], "order", "orders", formats)),
            value=_value(_money(one["gross"], formats), ""),
        )
        for one in snapshot["wall"]["countries"]
    ]
    return _listed(rows, "No orders yet today.")


def wanted(snapshot: dict[str, Any], formats: Formats) -> Markup:
    """What is in carts, against what is left."""
    rows = [
        _row(
            one["name"],
            "is-out" if one["units"] > one["available"] else "",
            count=_side(f"{formats.number(one['units'])} in carts"),
            value=_value(None, stocked(one["available"], formats)),
        )
        for one in snapshot["wall"]["carts"]["wanted"]
    ]
    return _listed(rows, "No cart was touched in the last half hour.")


def _listed(rows: Sequence[Markup], empty: str) -> Markup:
    return light.markup(rows or light.Li(empty, className="wall-empty"))


def _row(main: str, class_name: str = "", *, before: str = "", count: Any = None, value: Any, **props: Any) -> Markup:
    """Before the main words stands a time, before the value a count; both may be absent."""
    parts = [_side(before), light.Span(main, className="wall-main"), count, value]
    return light.Li(parts, className=f"wall-row {class_name}".strip(), **props)


def _side(words: str, class_name: str = "") -> Markup | None:
    return light.Span(words, className=f"wall-side {class_name}".strip()) if words else None


def _value(money: str | None, plain: str) -> list[Markup]:
    """`money` None: no amount is known here, whatever the screen shows."""
    if money is None:
        return [light.Span(plain, className="wall-value")]
    return [light.Span(money, className="wall-value if-money"), light.Span(plain, className="wall-value if-plain")]


def _money(minor: int | None, formats: Formats) -> str | None:
    return None if minor is None else formats.money_whole(minor)
