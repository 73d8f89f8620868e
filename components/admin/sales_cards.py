"""Words and tables of the charts of sales: what they say, their numbers, and what is expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

import pandas as pd
from dash import dcc, html

from app.domain import COMBINED, MEAN_28, SMOOTHED, Forecast
from app.frames import records
from app.money import Formats
from components.admin.chart_foot import chart_foot, takeaway
from components.admin.orders import amount
from components.admin.overview import Totals, behind_amounts
from components.admin.parts_of_sales import Largest, hour_words, hours_map, part_list, weekday_words
from components.admin.periods import Cut, bucket_words, days_words
from components.admin.rows_behind import Behind
from components.kit.ready import ready
from components.kit.ui import compared, ended, icon

ItemId = Callable[[str, Any], Any]


class Best(Protocol):
    @property
    def start(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def complete(self) -> bool: ...
    @property
    def gross(self) -> int: ...


class BusiestHours(Protocol):
    @property
    def by_orders(self) -> tuple[int, int]: ...
    @property
    def by_gross(self) -> tuple[int, int]: ...


Table = tuple[list[tuple[str, bool]], list[list[Any]]]


def unknown_notice(wrong: Sequence[str], shown: str = "all sales are shown") -> Any:
    """`wrong`: what an address named that there is not, such as "category"."""
    if not wrong:
        return None
    words = " and ".join(wrong)
    return html.Div(
        [icon("info-circle"), f"The {words} of the address {'was' if len(wrong) == 1 else 'were'} not found: {shown}."],
        className="notice",
        role="status",
    )


def sales_sentence(
    now: Totals,
    before: Totals | None,
    against: str,
    best: Best | None,
    cut: Cut,
    formats: Formats,
    uneven: str = "",
) -> str:
    """How much, against what, and when most. `best`: the `cut` ("week") that sold most.

    `uneven`: how the days that are compared differ.
    """
    behind = behind_amounts(before) if before is not None else 0
    words = f"Gross sales of {formats.money_short(now.gross)}"
    if before is not None and before.gross:
        words += f", {compared(now.gross, before.gross, formats, formats.money_short, behind)} {against}"
    if now.returns or (before is not None and before.returns):
        words += f"; net {formats.money_short(now.net)}"
        if before is not None and before.net > 0:
            words += f", {compared(now.net, before.net, formats, formats.money_short, behind)} then"
    if best is not None:
        words += f"; most {_when(best, cut, formats)} ({formats.money_short(best.gross)})"
    return ended(words) + (f" The days differ: {uneven}." if uneven else "")


@ready(16)
def sales_foot(
    now: Totals,
    before: Totals | None,
    against: str,
    best: Best | None,
    cut: Cut,
    rows: pd.DataFrame,
    formats: Formats,
    *,
    uneven: str,
    with_orders: bool,
    export: str,
    behind: Behind,
    things: str,
) -> html.Div:
    """What the line says, and its numbers. `things`: of which the rows behind them are, such as "days"."""
    return chart_foot(
        sales_sentence(now, before, against, best, cut, formats, uneven),
        *sales_table(rows, formats, with_orders=with_orders),
        formats,
        export,
        behind=_ways_behind(behind, things) if behind.orders else None,
    )


def _ways_behind(behind: Behind, things: str) -> html.Span:
    return html.Span(
        [
            dcc.Link([icon("receipt"), f"Orders of these {things}"], href=behind.orders, className="take"),
            dcc.Link([icon("arrow-return-left"), "Returns"], href=behind.returns, className="take"),
        ],
        className="takes",
    )


def _when(best: Best, cut: Cut, formats: Formats) -> str:
    """ "in the week of 5 Dec 2011", "in Dec 2011"; of one that is there in part, its days."""
    if cut == "hour" or cut == "day":
        return f"on {formats.day(best.start)}"
    if not best.complete:
        return f"{'on' if best.start == best.last else 'from'} {days_words(best.start, best.last, formats)}"
    words = bucket_words(best.start, best.last, cut, formats)
    return f"in the {words}" if cut == "week" else f"in {words}"


def sales_table(rows: pd.DataFrame, formats: Formats, *, with_orders: bool) -> Table:
    if "orders" not in rows:  # by hour
        head = [("Hour", False), (f"Gross sales, {formats.currency}", True)]
        return head, [[f"{r.start:%H:%M}", amount(r.gross, formats)] for r in records(rows)]
    keys = [*(["orders"] if with_orders else []), "units", "gross", "returns", "net"]
    words = {"orders": "Orders", "units": "Units"} | {
        key: f"{name}, {formats.currency}" for key, name in (("gross", "Gross"), ("returns", "Returns"), ("net", "Net"))
    }
    head = [("From", False), *((words[key], True) for key in keys)]
    shown = [
        [
            formats.day(row.start) + ("" if row.complete else " (in part)"),
            *(
                formats.number(getattr(row, key)) if key in ("orders", "units") else amount(getattr(row, key), formats)
                for key in keys
            ),
        ]
        for row in records(rows)
    ]
    return head, shown


@ready(64)
def part_body(
    kind: str,
    parts: Largest,
    name: Callable[[str], str],
    chosen: str,
    formats: Formats,
    item: ItemId,
    export: str,
    unknown: str = "",
) -> Any:
    """`unknown`: how much of the sales has no known cost, for those who may know margins."""
    body = part_list(kind, parts, name, chosen, item, formats, with_margin=bool(unknown))
    return [body, taken(export, unknown) if parts.shown else None]


@ready(16)
def hours_body(frame: pd.DataFrame, busiest: BusiestHours | None, formats: Formats, is_part: bool, export: str) -> Any:
    """`busiest`: None without sales."""
    if busiest is None:
        return hours_map(frame, formats)
    says = f"Most orders on {hour_words(*busiest.by_orders)}"
    if busiest.by_gross == busiest.by_orders:
        says += ", and the highest sales too."
    else:
        says += f"; highest sales on {hour_words(*busiest.by_gross)}."
    if is_part:
        says += " Of all sales: hours are not kept by part."
    head = [("Weekday", False), ("Hour", False), ("Orders", True), (f"Gross sales, {formats.currency}", True)]
    sold = records(frame[frame["orders"] > 0])
    rows = [
        [weekday_words(r.weekday, formats), f"{r.hour:02}:00", formats.number(r.orders), amount(r.gross, formats)]
        for r in sold
    ]
    return [hours_map(frame, formats), chart_foot(says, head, rows, formats, export)]


def taken(export: str, says: str = "") -> Any:
    if not (export or says):
        return None
    words = html.P(f"{says}.", className="chart-says") if says else None
    return html.Div([words, takeaway(export) if export else None], className="chart-foot")


# --- what is expected ----------------------------------------------------------------------------------


def forecast_title(made: Forecast, past: int, formats: Formats) -> str:
    """`past`: gross sales of as many days before, minor units."""
    words = f"{formats.money_short(made.total)} expected in 28 days"
    if past:
        words += f", {compared(made.total, past, formats)} in the last 28"
    return words


def forecast_sentence(made: Forecast, show: Callable[[float], str]) -> str:
    """How far off it was in the past four-week windows, beside both baselines. `show` words an error per day."""
    if made.model != COMBINED or not {COMBINED, MEAN_28, SMOOTHED} <= set(made.errors):
        return "Put together from six simple methods; the history is too short to say how far off they are."
    own, mean, smoothed = (made.errors[name] for name in (COMBINED, MEAN_28, SMOOTHED))
    tested = f"its four-week totals were off by {show(own)} a day over {made.tested_days} days of back-test"
    better = "better than" if own < min(mean, smoothed) else "not better than"
    return ended(
        f"Forecast put together from six simple methods: {tested}, {better} the mean of 28 days ({show(mean)}) and "
        f"smoothing ({show(smoothed)})"
    )


def forecast_table(made: Forecast, formats: Formats) -> Table:
    head = [("Day", False), *((f"{words}, {formats.currency}", True) for words in ("Low", "Expected", "High"))]
    rows = [
        [
            formats.day(date_of),
            *(formats.number(round(formats.major(round(v)))) for v in day),
        ]
        for date_of, day in zip(made.dates, made.days, strict=True)
    ]
    return head, rows
