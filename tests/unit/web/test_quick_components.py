"""Components that are made and written quickly are those that Dash makes and writes."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from typing import Any

import dash_ag_grid
import dash_bootstrap_components as dbc
import pytest
from dash import dcc, html
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder

from app.web import quick_components
from app.web.quick_components import quicken

LIBRARIES = (html, dcc, dbc, dash_ag_grid)
KINDS = sorted(
    {kind for library in LIBRARIES for _, kind in inspect.getmembers(library, inspect.isclass)
     if issubclass(kind, Component) and kind is not Component},
    key=lambda kind: (kind.__module__, kind.__name__),
)  # fmt: skip


@pytest.fixture(params=["dash", "quick"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(Component, "__init__", quick_components._dash_init)
    monkeypatch.setattr(Component, "to_plotly_json", quick_components._dash_json)
    if request.param == "quick":
        quicken()
    return str(request.param)


def written(part: Any) -> Any:
    return json.loads(json.dumps(part, cls=PlotlyJSONEncoder))


def both(monkeypatch: pytest.MonkeyPatch, make: Any) -> tuple[Any, Any]:
    with monkeypatch.context() as patch:
        patch.setattr(Component, "__init__", quick_components._dash_init)
        patch.setattr(Component, "to_plotly_json", quick_components._dash_json)
        slow = written(make())
        quicken()
        return slow, written(make())


def test_every_kind_of_every_library_is_written_alike(monkeypatch: pytest.MonkeyPatch):
    assert len(KINDS) > 200
    for kind in KINDS:
        names = [
            name
            for name, parameter in inspect.signature(kind).parameters.items()
            if parameter.kind is not parameter.VAR_KEYWORD and name not in ("id", "children", "self")
        ]
        props = {name: [f"of {name}"] for name in names} | {"id": "it"}
        slow, quick = both(monkeypatch, lambda kind=kind, props=props: kind(**props))
        assert quick == slow, kind
        assert quick["props"].keys() >= props.keys()


def test_children_patterns_wildcards_and_later_changes_are_written_alike(monkeypatch: pytest.MonkeyPatch):
    def make() -> Any:
        link = dcc.Link([html.Span("a", **{"aria-hidden": "true", "data-n": 3}), None, "b"], href="/x", id={"t": 1})
        link.title = "later"
        link.unknown = "not written"
        return html.Div([link, dbc.Button(html.I(className="bi"), disabled=None)], style={"a": 1})

    slow, quick = both(monkeypatch, make)
    assert quick == slow
    assert "unknown" not in json.dumps(quick)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: html.Div(colour="red"), "unexpected keyword argument: `colour`"),
        (lambda: html.Div("a", className=html.I()), "a Component for a prop other than `children`"),
        (lambda: html.Div(id=3), "`id` prop must be a string or dict"),
        (lambda: html.Div(id={"a": None}), "dict id values"),
    ],
)
def test_what_is_wrong_is_said_by_dash(way: str, make: Any, words: str):
    with pytest.raises(TypeError, match=words):
        make()


def test_properties_are_written_in_one_order_in_every_process():
    """So that a page's bytes, and what its ETag says of them, are the same whichever process answers."""
    script = (
        "from dash import html; from app.web.quick_components import quicken\n"
        "from app.web.finished.markup import markup\n"
        "quicken(); print(markup(html.A('a', href='/', rel='b', className='c', id='d', title='e', **{'data-f': 1})))"
    )
    pages = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert len(pages) == 1, pages
