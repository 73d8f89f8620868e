"""Figures that look alike everywhere: data in, figure out, nothing read and nothing mutated.

Money comes in minor units and is turned into major units only for the axis; hover words are
formatted from the integers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
from dash import dcc, html

from app import numbers
from app.frames import plain
from app.money import Formats, day_patterns
from components.kit import light, theme
from components.kit.static_html import inside

HEIGHT = 300
PLOT_HEIGHT = 270  # about, in pixels; labels only need to know it roughly
LABEL_HEIGHT = 32  # two lines
FEW = 8  # points that each get a tick

_AXIS = {
    "showline": False,
    "zeroline": False,
    "ticks": "",
    "title": None,
    "fixedrange": True,
    "automargin": True,
    "tickfont": {"size": 12},
    "ticklabelstandoff": 6,
}

# How Plotly (d3) names what stands in a pattern of CLDR.
_D3 = {
    "y": "%Y", "yy": "%y", "yyyy": "%Y", "M": "%-m", "MM": "%m", "MMM": "%b", "MMMM": "%B", "LLL": "%b", "LLLL": "%B",
    "d": "%-d", "dd": "%d", "E": "%a", "EE": "%a", "EEE": "%a", "EEEE": "%A",
}  # fmt: skip

_TEMPLATE = "retail-sync"
pio.templates[_TEMPLATE] = go.layout.Template(
    layout={
        "font": {"family": theme.FONT, "size": 12},
        "paper_bgcolor": theme.CLEAR,
        "plot_bgcolor": theme.CLEAR,
        "colorway": [theme.MAIN, *theme.CATEGORICAL],
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "hovermode": "x unified",
        "hoverlabel": {"font": {"family": theme.FONT, "size": 12}, "align": "left"},
        "showlegend": False,
        "dragmode": False,
        "xaxis": {**_AXIS, "showgrid": False, "showspikes": False},
        "yaxis": {**_AXIS, "showgrid": True, "gridwidth": 1, "rangemode": "tozero", "nticks": 6},
        "bargap": 0.35,
    }
)

# assets/06-formats.js tells Plotly the names and signs of the locale "shop".
CONFIG = {"locale": "shop", "displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}


def base_figure(*traces: Any, **layout: Any) -> go.Figure:
    """A figure in the house template, with transparent ground.

    Give it everything at once: Plotly takes ten milliseconds and more to change the axes of a finished figure.
    """
    # No layout.transition, not even of 0 ms: Plotly divides by its duration and scales the axes by NaN.
    return go.Figure(list(traces), {"template": _TEMPLATE, **layout})


def d3(formats: Formats, name: str) -> str:
    """One of the locale's day patterns as Plotly takes it: "day", "day_short", "day_of_week" or "month"."""

    def translate(found: re.Match[str]) -> str:
        quoted, letters = found[1], found[2]
        return _D3[letters] if letters else quoted.replace("''", "'") or "'"

    return re.sub(r"'((?:[^']|'')*)'|(([yMLdE])\3*)", translate, day_patterns(formats.locale)[name])


def day_ticks(formats: Formats, days: Sequence[date]) -> str:
    """How the days of an axis are written: of another year than the present one with the year below, where it changes.

    The one place that decides so for charts, as `Formats.day` is for words, which always have the year.
    """
    year = formats.today().year
    return d3(formats, "day_short") + ("" if all(day.year == year for day in (*days[:1], *days[-1:])) else "\n%Y")


def time_axis(formats: Formats, days: Sequence[date], **axis: Any) -> dict[str, Any]:
    """Of these days, unless `axis` says otherwise."""
    return {
        "type": "date", "hoverformat": d3(formats, "day_of_week"), "nticks": 5, "tickangle": 0,
        "tickformat": day_ticks(formats, days), **axis,
    }  # fmt: skip


def words_axis(words: Sequence[str], most: int = 4) -> dict[str, Any]:
    """Of bars that are named by words, of which so many fit below a phone's chart."""
    shown = list(words[:: max(1, -(-len(words) // most))])
    return {"type": "category", "tickmode": "array", "tickvals": shown, "ticktext": shown, "tickangle": 0}


def _date_ticks(formats: Formats, days: Sequence[date]) -> list[dict[str, Any]]:
    return [
        {"dtickrange": [None, 80_000_000], "value": "%H:%M"},  # below about a day, in milliseconds
        {"dtickrange": [80_000_000, "M1"], "value": day_ticks(formats, days)},
        {"dtickrange": ["M1", None], "value": d3(formats, "month")},
    ]


def graph(graph_id: str | dict[str, Any], figure: go.Figure, height: int = HEIGHT, label: str = "") -> html.Div:
    """A chart of fixed height (pixels); `label` says to screen readers what it shows."""
    chart = dcc.Graph(id=graph_id, figure=figure, config=CONFIG, style={"height": f"{height}px"}, className="kit-graph")
    named = {"role": "img", "aria-label": label} if label else {}
    return html.Div(chart, className="graph-box", **named)


def sparkline(values: Sequence[int]) -> html.Div | None:
    """The course of a number without axes: two clipped boxes instead of a chart, so that it follows the theme.

    None when there is no course to show: fewer than two values, or all of them zero.
    """
    if len(values) < 2 or not any(values):
        return None
    low, high = min(0, *values), max(values)
    points = [(100 * i / (len(values) - 1), 92 - 84 * (value - low) / (high - low)) for i, value in enumerate(values)]
    upper = [f"{x:.1f}% {y:.1f}%" for x, y in points]
    lower = [f"{x:.1f}% calc({y:.1f}% + 1.5px)" for x, y in reversed(points)]
    line = f"polygon({', '.join(upper + lower)})"
    area = f"polygon({', '.join(upper)}, 100% 100%, 0% 100%)"
    return html.Div(
        className="spark",
        **{"aria-hidden": "true"},
        **inside(
            [
                light.Div(className="spark-area", style={"clipPath": area}),
                light.Div(className="spark-line", style={"clipPath": line}),
            ]
        ),
    )


def major(amounts: Sequence[int], formats: Formats) -> list[float]:
    """Axis positions of money amounts; for drawing only."""
    return [float(formats.major(int(amount))) for amount in amounts]


def gross_line(
    buckets: pd.DataFrame,
    before: pd.DataFrame | None,
    formats: Formats,
    *,
    name: str,
    before_name: str = "",
    hover_title: str = "",
    span: tuple[date, date] | None = None,
) -> go.Figure:
    """Gross sales over time with the comparison period dashed and grey behind it.

    `buckets` and `before` (same length or shorter): start (date; datetime for hours), gross (minor units),
    complete (bool); `before` also when (words: its own time). The last point of an unfinished bucket is
    hollow. `hover_title` names a bucket, in d3's date format. `span`: what the time axis covers, if not
    just the buckets.
    """
    x = buckets["start"].tolist()
    y = major(buckets["gross"].tolist(), formats)
    hover = _hover(buckets, formats)
    traces: list[go.Scatter] = []
    if before is not None and len(before):
        traces.append(
            go.Scatter(
                x=x[: len(before)],
                y=major(before["gross"].tolist(), formats),
                mode="lines",
                line={"color": theme.COMPARE, "width": 1.5, "dash": "4px,3px"},
                customdata=[
                    f"{formats.money(int(gross))} · {when}"
                    for gross, when in zip(before["gross"], before["when"], strict=True)
                ],
                hovertemplate="%{customdata}<extra></extra>",
                name=before_name,
            )
        )
    complete = plain(buckets["complete"])
    unfinished = len(complete) > 1 and not complete[-1]
    solid = len(y) - 1 if unfinished else len(y)
    begun = 1 if len(complete) > 2 and not complete[0] else 0
    if begun:  # nor a week of which only the end is in the period like a rise
        traces.append(_main_line(x[:2], y[:2], hover[:2], name, "dot", hoverinfo=["all", "skip"]))
    traces.append(_main_line(x[begun:solid], y[begun:solid], hover[begun:solid], name, "solid"))
    if unfinished:  # dotted, so that a week that has only begun does not look like a collapse
        traces.append(_main_line(x[-2:], y[-2:], hover[-2:], name, "dot", hoverinfo=["skip", "all"]))
    across: dict[str, Any] = {"type": "date", "hoverformat": hover_title or d3(formats, "day_of_week"), "tickangle": 0}
    across |= _time_ticks(x, formats)
    margin = {"l": 8, "r": 76, "t": 16, "b": 8}
    if not len(buckets):
        return base_figure(*traces, margin=margin, xaxis=across)
    traces.append(_end_point(x[-1], y[-1], complete[-1]))
    return base_figure(
        *traces,
        margin=margin,
        meta={"line": len(traces) - 2},
        annotations=_end_labels(x, y, before, formats, name, before_name),
        xaxis={**across, "range": list(span or (x[0], x[-1]))},
        yaxis=money_axis(max([0.0, *(value for trace in traces for value in trace.y)]), formats),
    )


def wall_time(steps: pd.DataFrame, zone: tzinfo) -> pd.DataFrame:
    """A step line (at: aware UTC, on_hand) by the clocks of `zone`, which Plotly takes without a zone."""
    return steps.assign(at=steps["at"].dt.tz_convert(zone).dt.tz_localize(None))


def stock_steps(
    points: pd.DataFrame, formats: Formats, *, threshold: int, name: str = "on hand", end: pd.Timestamp | None = None
) -> go.Figure:
    """Units on hand as steps, with a thin amber threshold line and its label.

    `points`: at (datetime, in the store's time zone), on_hand (int). `end` carries the last value on to now.
    """
    x = [at.isoformat() for at in points["at"]]
    y = [int(value) for value in points["on_hand"]]
    if x and end is not None:
        x.append(end.isoformat())
        y.append(y[-1])
    ends = [numbers.day(at[:10]) for at in (*x[:1], *x[-1:])]
    steps = go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": theme.MAIN, "width": 2, "shape": "hv"},
        fill="tozeroy",
        fillcolor=theme.MAIN_SOFT,
        customdata=[formats.number(value) for value in y],
        hovertemplate="<b>%{customdata}</b> " + name + "<extra></extra>",
        name=name,
    )
    level = go.Scatter(
        x=[x[-1]] if x else [],
        y=[y[-1]] if y else [],
        mode="markers+text",
        marker={"color": theme.MAIN, "size": 8},
        text=[formats.number(y[-1])] if y else [],
        textposition="middle right",
        textfont={"size": 13, "color": theme.MAIN},
        cliponaxis=False,
        hoverinfo="skip",
        name="now",
    )
    return base_figure(
        steps,
        level,
        margin={"l": 8, "r": 48, "t": 16, "b": 8},
        uirevision="stock",
        shapes=[level_line(threshold, {"color": theme.THRESHOLD, "width": 1})],
        annotations=[
            {
                "xref": "paper", "x": 0, "y": threshold, "showarrow": False,
                "text": f"threshold {formats.number(threshold)}",
                "xanchor": "left", "yanchor": "bottom", "font": {"size": 12, "color": theme.THRESHOLD},
            }
        ],
        yaxis={"range": [0, _roof([*y, threshold])], "tickformat": ",d"},
        xaxis=time_axis(
            formats, ends, hoverformat=f"{d3(formats, 'day')}, %H:%M", tickformat=None,
            tickformatstops=_date_ticks(formats, ends),
            range=[x[0], x[-1]] if x else None,
        ),
    )  # fmt: skip


def level_line(value: float, line: dict[str, Any]) -> dict[str, Any]:
    """A shape: a line across the whole chart."""
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value, "line": line}


def bars(
    labels: Sequence[str], values: Sequence[float], words: Sequence[str], *, hover: Sequence[str] | None = None
) -> go.Figure:
    """Horizontal bars, the largest on top; `words` stand at the end of each bar, so the axis is left out."""
    rows = list(range(len(labels)))
    return base_figure(
        go.Bar(
            x=list(values),
            y=rows,
            orientation="h",
            marker={"color": theme.MAIN, "cornerradius": 3},
            text=list(words),
            textposition="outside",
            cliponaxis=False,
            customdata=list(hover or words),
            hovertemplate="%{customdata}<extra></extra>",
        ),
        margin={"l": 8, "r": 48, "t": 4, "b": 4},
        hovermode="closest",
        yaxis={
            "autorange": "reversed", "showgrid": False, "tickmode": "array", "tickvals": rows,
            "ticktext": [shorten(w) for w in labels], "rangemode": "normal",
        },
        xaxis={"visible": False, "range": [0, max([*values, 1]) * 1.15]},
    )  # fmt: skip


def shorten(words: str, most: int = 30) -> str:
    """Words for an axis; Plotly reads markup there, so angle brackets and ampersands are escaped."""
    cut = words if len(words) <= most else words[: most - 1].rstrip() + "…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time_ticks(x: Sequence[date], formats: Formats) -> dict[str, Any]:
    """Clock times for hours, each day for a few days, else as Plotly likes."""
    if x and isinstance(x[0], datetime):
        below = " ".join(day_ticks(formats, x).splitlines())
        return {"tickformat": f"%H:%M\n{below}", "nticks": 7}
    if 0 < len(x) <= FEW:
        return {"tickmode": "array", "tickvals": list(x), "tickformat": day_ticks(formats, x)}
    return {"nticks": 5, "tickformatstops": _date_ticks(formats, x)}


def _main_line(x: list[Any], y: list[float], hover: list[str], name: str, dash: str, **more: Any) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": theme.MAIN, "width": 2, "dash": dash},
        fill="tozeroy",
        fillcolor=theme.MAIN_SOFT,
        customdata=hover,
        hovertemplate="<b>%{customdata}</b><extra></extra>",
        name=name,
        **more,
    )


def _hover(frame: pd.DataFrame, formats: Formats) -> list[str]:
    """Amounts in words; a bucket that is not over, or only partly in the period, says so."""
    return [
        formats.money(int(gross)) + ("" if complete else " in part")
        for gross, complete in zip(frame["gross"], frame["complete"], strict=True)
    ]


def _end_point(x: Any, y: float, complete: bool) -> go.Scatter:
    return go.Scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={
            "size": 8,
            "symbol": "circle" if complete else "circle-open",
            "color": theme.MAIN,
            "line": {"width": 2, "color": theme.MAIN},
        },
        cliponaxis=False,
        hoverinfo="skip",
    )


def _end_labels(
    x: list[Any],
    y: list[float],
    before: pd.DataFrame | None,
    formats: Formats,
    name: str,
    before_name: str,
) -> list[dict[str, Any]]:
    """Direct labels at the right end; pushed apart when the lines end close together, and off the time axis."""
    ends = [(y[-1], name, theme.MAIN)]
    if before is not None and len(before):
        ends.append((major(plain(before["gross"])[-1:], formats)[0], before_name, theme.COMPARE))
    top = max([*y, *(value for value, _, _ in ends), 1.0])
    heights = [PLOT_HEIGHT * value / top for value, _, _ in ends]
    return [
        {
            "x": x[-1], "y": value, "text": _two_lines(words), "showarrow": False, "xanchor": "left", "xshift": 10,
            "yshift": round(place - height), "align": "left", "font": {"size": 12, "color": colour},
        }
        for (value, words, colour), height, place in zip(ends, heights, _apart(heights), strict=True)
    ]  # fmt: skip


def _apart(heights: Sequence[float]) -> list[float]:
    """Where labels of points at these heights (pixels) stand without covering each other or the axis."""
    places = list(heights)
    lowest = LABEL_HEIGHT / 2
    for i in sorted(range(len(heights)), key=lambda i: heights[i]):
        places[i] = max(heights[i], lowest)
        lowest = places[i] + LABEL_HEIGHT
    return places


def _two_lines(words: str) -> str:
    """ "28 days before" is too wide for the margin of a phone's chart."""
    first, _, last = shorten(words).rpartition(" ")
    return f"{first}<br>{last}" if first else last


def money_axis(top: float, formats: Formats, bottom: float = 0.0) -> dict[str, Any]:
    """Round amounts from `bottom` to `top` (major units) in the store's locale; the highest carries the currency."""
    step = _round_step((top - bottom) / 5) if top > bottom else 1.0
    lowest = math.ceil(bottom / step)
    ticks = [step * i for i in range(lowest, max(lowest + 1, math.floor(top / step)) + 1)]
    words = [formats.number_short(value) for value in ticks]
    words[-1] = formats.money_short(int(ticks[-1] * 10**formats.digits))
    return {
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": words,
        "range": [bottom, bottom + (max(top, ticks[-1]) - bottom) * 1.06],
    }


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below `least`, and not below 1."""
    power = 10.0 ** math.floor(math.log10(max(least, 1.0)))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= max(least, 1.0))


def _roof(values: Sequence[int]) -> float:
    return max([*values, 1]) * 1.12
