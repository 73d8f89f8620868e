"""What stands on charts beside their lines: noted events, and the days to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from app.domain import EventKind, Forecast, ShopEvent, StockAhead
from app.money import Formats
from components.kit import theme
from components.kit.figures import base_figure, level_line, major, money_axis, shorten, time_axis

EVENT_WORDS = {
    EventKind.PROMOTION: "Promotion",
    EventKind.OUTAGE: "Outage",
    EventKind.PRICE: "Price change",
    EventKind.OTHER: "Event",
}
MOST_MARKED = 30  # the latest; more would be a fence


def mark_events(figure: go.Figure, events: Sequence[ShopEvent], formats: Formats) -> None:
    """A thin line with a flag on the day of each; several of a day share one, whose words come up under the pointer."""
    by_day: dict[date, list[ShopEvent]] = {}
    for event in events:
        by_day.setdefault(event.day, []).append(event)
    shapes, flags = list(figure.layout.shapes), list(figure.layout.annotations)
    for day, of_day in sorted(by_day.items())[-MOST_MARKED:]:
        words = "<br>".join(f"{EVENT_WORDS[one.kind]}: {shorten(one.words, 60)}" for one in of_day)
        shapes.append(
            {
                "type": "line", "x0": day.isoformat(), "x1": day.isoformat(), "yref": "paper", "y0": 0, "y1": 1,
                "layer": "below", "line": {"color": theme.COMPARE, "width": 1, "dash": "1px,3px"},
            }
        )  # fmt: skip
        flags.append(
            {
                "x": day.isoformat(), "yref": "paper", "y": 1, "yanchor": "bottom", "text": "⚑", "showarrow": False,
                "captureevents": True, "hovertext": f"{formats.day(day)}<br>{words}",
                "font": {"size": 13, "color": theme.THRESHOLD},
            }
        )  # fmt: skip
    if by_day:
        figure.layout.shapes, figure.layout.annotations = shapes, flags


def sales_forecast(days: Sequence[date], gross: Sequence[int], made: Forecast, formats: Formats) -> go.Figure:
    """Gross sales of the last days (minor units), and what is expected of the coming ones with its interval."""
    known = major(list(gross), formats)
    past = go.Scatter(
        x=list(days), y=known, mode="lines", line={"color": theme.MAIN, "width": 2},
        customdata=[formats.money(int(value)) for value in gross],
        hovertemplate="<b>%{customdata}</b><extra></extra>", name="sales",
    )  # fmt: skip
    low, expected, high = (major([round(day[i]) for day in made.days], formats) for i in range(3))
    words = [
        f"{formats.money_short(round(middle))}, four days of five from {formats.money_short(round(least))} to "
        f"{formats.money_short(round(most))}"
        for least, middle, most in made.days
    ]
    return base_figure(
        past,
        *_forecast_lines(made.dates, low, expected, high, words),
        margin={"l": 8, "r": 12, "t": 16, "b": 8},
        xaxis=time_axis(formats, [*days, *made.dates]),
        yaxis=money_axis(max([0.0, *known, *high]), formats),
    )


def _forecast_lines(
    days: Sequence[date],
    low: Sequence[float],
    expected: Sequence[float],
    high: Sequence[float],
    words: Sequence[str],
) -> list[go.Scatter]:
    """A dotted line that fades into the band of its interval."""
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        go.Scatter(x=list(days), y=list(high), **band),
        go.Scatter(x=list(days), y=list(low), fill="tonexty", fillcolor=theme.MAIN_SOFT, **band),
        go.Scatter(
            x=list(days), y=list(expected), mode="lines", line={"color": theme.MAIN, "width": 2, "dash": "dot"},
            customdata=list(words), hovertemplate="expected <b>%{customdata}</b><extra></extra>", name="expected",
        ),
    ]  # fmt: skip


def stock_forecast(figure: go.Figure, ahead: StockAhead, reorder_point: int, formats: Formats) -> None:
    """How the level of `figures.stock_steps` goes on if nothing comes in, and the point at which to order."""
    words = [f"{formats.number(round(value))} by then" for value in ahead.left]
    figure.add_traces(_forecast_lines(ahead.days, ahead.fewest, ahead.left, ahead.most, words))
    layout, until = figure.layout, ahead.days[-1].isoformat()
    dashed = {"color": theme.COMPARE, "width": 1, "dash": "4px,3px"}
    layout.shapes = [*layout.shapes, level_line(reorder_point, dashed)]
    layout.annotations = [
        *layout.annotations,
        {
            "xref": "paper", "x": 1, "y": reorder_point, "showarrow": False,
            "text": f"reorder at {formats.number(reorder_point)}",
            "xanchor": "right", "yanchor": "bottom", "font": {"size": 12, "color": theme.COMPARE},
        },
    ]  # fmt: skip
    layout.meta = {**(layout.meta or {}), "until": until}
    layout.xaxis.range = [layout.xaxis.range[0] if layout.xaxis.range else ahead.days[0].isoformat(), until]
    layout.yaxis.range = [0, max(layout.yaxis.range[1], reorder_point * 1.12)]
