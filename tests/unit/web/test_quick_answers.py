"""What callbacks answer is what Plotly would have written; what is ready is written once, and nothing else is."""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from dash import dcc, html
from markupsafe import Markup
from plotly.io.json import to_json_plotly

from app.web import quick_answers
from components.kit.ready import ready

FIGURE = go.Figure(go.Scatter(x=[date(2026, 3, 1), date(2026, 3, 2)], y=np.array([1.5, math.nan])), {"title": "a < b"})
ANSWERS = [
    html.Div([html.Span("a", id={"type": "t", "key": 1}), None, 3, Markup("<b>")], **{"data-html": Markup("<i>")}),
    dcc.Graph(id="chart", figure=FIGURE),
    [math.nan, math.inf, 1.0, True, None, "</script>", "\u2028", "ü"],
    {"at": datetime(2026, 3, 1, 12, 30), "on": date(2026, 3, 1), 7: (1, 2)},
    {"numbers": np.arange(3), "mixed": np.array([1, None], dtype=object), "one": np.int64(4)},
    {"series": pd.Series([1, 2])},
    {"none": pd.NaT, "exact": Decimal("1.50")},
    2**70,
    "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("part", ANSWERS, ids=lambda part: type(part).__name__)
def test_it_is_what_plotly_writes(part: Any):
    response = {"multi": True, "response": {"out": {"children": part}}}
    assert json.loads(quick_answers.answer(response)) == json.loads(to_json_plotly(response, engine="json"))


def test_what_cannot_be_written_is_a_type_error_as_before():
    with pytest.raises(TypeError):
        quick_answers.answer({"out": object()})


def test_what_is_ready_is_written_once_and_answered_alike(monkeypatch: pytest.MonkeyPatch):
    made: list[int] = []

    @ready(2)
    def cards(count: int) -> list[Any]:
        made.append(count)
        return [html.Div(html.B(str(number)), id=f"card-{number}") for number in range(count)]

    plain = json.loads(to_json_plotly([html.Div(html.B("0"), id="card-0")], engine="json"))
    written: list[Any] = []
    write = quick_answers._write
    monkeypatch.setattr(quick_answers, "_write", lambda part: written.append(part) or write(part))
    for _ in range(3):
        assert json.loads(quick_answers.answer(cards(1))) == plain
    assert len(made) == len(written) == 1
    assert json.loads(to_json_plotly(cards(1), engine="json")) == plain, "whoever else writes it"
    assert len(json.loads(quick_answers.answer(cards(2)))) == 2
