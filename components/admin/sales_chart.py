"""The overview's line of sales over time, with what it is compared with and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from app.domain import Period, ShopEvent
from app.money import Formats
from components.admin.periods import Cut, hover_title, then_words
from components.kit.chart_marks import mark_events
from components.kit.figures import gross_line
from components.kit.ready import ready


@dataclass(frozen=True)
class Today:
    """Which day the browser keeps up with, and what the last point holds beside its sales (minor units)."""

    day: date
    base: int


@ready(16)
def sales_chart(
    rows: pd.DataFrame,
    before: pd.DataFrame | None,
    period: Period,
    cut: Cut,
    events: Sequence[ShopEvent],
    formats: Formats,
    *,
    before_name: str = "",
    until: str = "",
    today: Today | None = None,
) -> go.Figure:
    """`rows` and `before` as `SalesOverTime.of` and `before` have them; the latter until a clock time."""
    figure = gross_line(
        rows,
        None if before is None else before.assign(when=_when(before, cut, until, formats)),
        formats,
        name="this period",
        before_name=before_name,
        hover_title=hover_title(cut, formats),
        span=(period.start, period.end) if cut == "hour" else None,
    )
    if today is not None:
        figure.layout.meta = {**figure.layout.meta, "base": today.base, "day": today.day.isoformat()}
    mark_events(figure, events, formats)
    return figure


def _when(before: pd.DataFrame, cut: Cut, until: str, formats: Formats) -> list[str]:
    """The comparison's own dates; the last one says up to when it counts."""
    own = zip(before["then"].tolist(), before["then_last"].tolist(), strict=True)
    words = [then_words(then, last, cut, formats) for then, last in own]
    if until and words:
        words[-1] += f", up to {until}"
    return words
