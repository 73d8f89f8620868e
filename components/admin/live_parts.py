"""What the staff pages keep live: today's tiles, low stock, latest orders, as HTML by part.

Pages are painted with it first, the live stream brings it from then on (assets/51-admin.js places it). One event is for
all of staff: it has every link, and the page keeps those that its reader may follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote

from dash import html
from markupsafe import Markup

from app import numbers
from app.domain import change_of, change_words
from app.kept import kept
from app.money import Formats
from components.kit import light
from components.kit.static_html import inside
from components.kit.ui import badge, change, empty_state, link_button

LAST_WEEK = "last week"
NONE = "–"
Row = Mapping[str, Any]

# Whether it is money, and which way is welcome.
NUMBERS: dict[str, tuple[bool, Literal["up", "down"]]] = {
    "gross": (True, "up"),
    "orders": (False, "up"),
    "aov": (True, "up"),
    "units": (False, "up"),
    "returns": (True, "down"),
}


def parts(snapshot: Mapping[str, Any], formats: Formats) -> dict[str, str]:
    """Every part by name, of the hub's snapshot."""
    day = numbers.day(snapshot["day"])
    then = last_week_words(numbers.moment(snapshot["as_of"]), formats)
    return {
        **today(snapshot["today"], snapshot["last_week"], then, formats),
        "latest": latest_orders(snapshot["latest"], day, formats),
        "low": low_stock(snapshot["low"], formats),
        "low-count": low_count(snapshot, formats),
    }


def live(
    part: str, content: Any, of: Callable[..., Any] = html.Div, *, may_follow: bool = False, most: int = 0, **props: Any
) -> Any:
    """An element that holds a part, and is kept up to date. `may_follow`: its reader may follow its links.

    `most`: how many rows of a list it shows at most.
    """
    asked = {"data-live": part} | ({"data-follow": "1"} if may_follow else {}) | ({"data-most": most} if most else {})
    return of(**asked, **inside(content), **props)


def today(
    now: Mapping[str, int | None], last_week: Mapping[str, int | None], then: str, formats: Formats
) -> dict[str, str]:
    """Today's numbers and how they changed; `then`: up to when last week's count."""
    values = {f"tile-{key}": in_full(now[key], is_money, formats) for key, (is_money, _) in NUMBERS.items()}
    changes = {f"change-{key}": _since_last_week(key, now, last_week, then, formats) for key in NUMBERS}
    net = net_words(now["net"] or 0, last_week["net"] or 0, formats, last_week["orders"] or 0)
    return values | changes | {"beside-gross": net, "beside-aov": median_words(now.get("median"), formats)}


def median_words(median: int | None, formats: Formats) -> str:
    """Half of the orders are worth no more; nothing without orders. Large ones move the mean, and not this."""
    return "" if median is None else f"Median {formats.money_short(median)}"


def net_words(net: int, before: int, formats: Formats, orders: int) -> str:
    """What gross sales come to once returns are off, and how that changed: "Net £1,204, 3% more".

    `orders`: how many there were before.
    """

    def shown(value: int) -> str:
        return in_full(value, True, formats)

    change = change_of(net, before, orders) if before > 0 else None
    if change is None:
        return f"Net {shown(net)}"
    return f"Net {shown(net)}, {'as much' if change.is_none else change_words(change, formats, shown)}"


def last_week_words(now: datetime, formats: Formats) -> str:
    """Up to when the same weekday last week counts: "by 05:47 last Monday"."""
    return f"by {formats.clock(now)} last {formats.today(now):%A}"


def things(key: str, orders: int) -> int | None:
    """Of how many orders one of `NUMBERS` is, where it is no count itself (see `change_words`)."""
    return orders if key in ("gross", "aov") else None


def _since_last_week(
    key: str, now: Mapping[str, int | None], last_week: Mapping[str, int | None], then: str, formats: Formats
) -> Markup:
    before, (is_money, good) = last_week[key], NUMBERS[key]
    value = now[key]
    if value is None:
        return light.Span("no orders yet", className="delta delta-flat")
    if before:
        return light.markup(
            change(
                value, before, LAST_WEEK, formats, good=good, of=light, things=things(key, last_week["orders"] or 0),
                show=lambda value: in_full(value, is_money, formats),
            )
        )  # fmt: skip
    return light.Span("no orders then" if key == "aov" else f"none {then}", className="delta delta-flat")


def in_full(value: int | None, is_money: bool, formats: Formats) -> str:
    """All digits, but no minor units from 1,000 on; a dash for a ratio of nothing."""
    if value is None:
        return NONE
    if not is_money:
        return formats.number(value)
    return formats.money(value) if 0 < abs(formats.major(value)) < 1000 else formats.money_whole(value)


@kept(16)
def low_stock(rows: Sequence[Row], formats: Formats, *, may_receive: bool = True) -> Markup:
    """The most urgent first, each ending in "Receive" for those who may. Rows as a snapshot's `low` has them."""
    if not rows:
        words = "Products that fall below their threshold will be listed here."
        return light.markup(empty_state("Nothing is low", words, icon_name="check2-circle", of=light))
    return light.Ul([_low_row(row, formats, may_receive=may_receive) for row in rows], className="kit-list")


def _low_row(row: Row, formats: Formats, *, may_receive: bool) -> Markup:
    words = low_words(row["available"], row["threshold"], row["cover"], formats, is_calm=row["is_calm"])
    left = (
        badge("Sold out", "bad", "x-circle", light)
        if row["available"] <= 0
        else badge(f"{formats.number(row['available'])} left", "neutral", None, light)
        if row["is_calm"]
        else badge(f"{formats.number(row['available'])} left", "warn", "arrow-down", light)
    )
    return light.Li(
        [
            light.Div(
                [light.Span(row["name"], className="name", title=row["name"]), light.Span(words, className="sub")],
                className="grow",
            ),
            left,
            light.A("Receive", href=receive_href(row["product_id"]), className="btn btn-quiet btn-sm")
            if may_receive
            else None,
        ]
    )


def low_count(snapshot: Mapping[str, Any], formats: Formats) -> str:
    return formats.number(snapshot["low_count"]) if snapshot["low_count"] else ""


def low_words(available: int, threshold: int, cover: float | None, formats: Formats, *, is_calm: bool = False) -> str:
    """How long it lasts, `cover` in days, None for what does not sell; and its threshold.

    `is_calm`: low, and yet nothing to order.
    """
    rest = f"threshold {formats.number(threshold)}"
    if cover is None:
        return f"no sales lately · {rest}"
    if available <= 0:
        return f"still wanted · {rest}"
    if is_calm:
        return f"lasts {days_words(cover, formats)} · nothing to order"
    return f"{days_words(cover, formats)} left · {rest}"


def days_words(cover: float, formats: Formats) -> str:
    return f"{formats.number(cover, 1 if cover < 10 else 0)} days"


def calm_words(cover: float | None, formats: Formats) -> str:
    """Why nothing is to do about a product that is low."""
    lasts = "nothing of it is expected to sell" if cover is None else f"it lasts {days_words(cover, formats)}"
    return f"Below its threshold, but {lasts}: nothing to order yet."


def receive_href(product_id: str) -> str:
    """Where stock of a product is received."""
    return f"/admin/inventory?product={quote(product_id, safe='')}&do=stock"


@kept(16)
def latest_orders(rows: Sequence[Row], day: date, formats: Formats, *, may_open: bool = True) -> Markup:
    """Rows as a snapshot's `latest` has them, on `day`."""
    if not rows:
        store = link_button("Open the store", "/", of=light.A)
        words = "Orders appear here a second after they are paid."
        return light.markup(empty_state("No orders yet", words, icon_name="receipt", action=store, of=light))
    return light.Ul([_order_row(row, day, formats, may_open=may_open) for row in rows], className="kit-list")


def _order_row(row: Row, day: date, formats: Formats, *, may_open: bool) -> Markup:
    at = numbers.moment(row["at"])
    when = formats.clock(at) if formats.store_day(at) == day else formats.day(formats.store_day(at))
    href = f"/admin/orders/{row['order_id']}" if may_open else None
    who = " · ".join(part for part in (row["name"], row["place"]) if part)
    return light.Li(
        [
            light.Div(
                [light.A(f"#{row['number']}", href=href, className="name"), light.Span(who, className="sub")],
                className="grow",
            ),
            light.Div(
                [
                    formats.money(row["total"]),
                    light.Span(f"{units_words(row['units'], formats)} · {when}", className="sub"),
                ],
                className="num",
            ),
        ],
        **{"data-key": row["order_id"]},
    )


def units_words(units: int, formats: Formats) -> str:
    return formats.counted(units, "unit")
