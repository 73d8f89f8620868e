"""Components sent as HTML in one piece: what they come to, and that no text of theirs becomes markup."""

from __future__ import annotations

import pytest
from dash import dcc, html

from components.kit import light
from components.kit.static_html import static
from components.kit.ui import badge, table

EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='x", "a & b", "</td><b>"]


def test_is_the_markup_of_its_elements() -> None:
    part = light.Div(
        [light.Span("Mug", className="name", title="A mug"), 3, None, [light.Strong(), "x"]],
        style={"--depth": "40%", "clipPath": "none"},
        hidden=True,
        tabIndex="0",
        **{"aria-label": "It"},
    )
    shown = light.markup(part)
    assert shown.startswith("<div ")
    assert shown.endswith('<span class="name" title="A mug">Mug</span>3<strong></strong>x</div>')
    for attribute in ('style="--depth:40%;clip-path:none"', " hidden", 'tabindex="0"', 'aria-label="It"'):
        assert attribute in shown


def test_it_is_sent_as_the_property_of_one_component() -> None:
    sent = static([light.Span("a & b"), "<c>"]).to_plotly_json()["props"]
    assert sent["data-html"] == "<span>a &amp; b</span>&lt;c&gt;"


@pytest.mark.parametrize("text", EVIL)
def test_no_text_becomes_markup(text: str) -> None:
    cells = [[light.Span(text, title=text), badge(text, of=light)]]
    shown = light.markup(table([(text, False), (text, True)], cells, caption=text, of=light))
    assert "<script" not in shown
    assert "<img" not in shown
    assert "onmouseover='" not in shown
    assert "<b>" not in shown
    assert shown.count("<td") == 2


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", " javascript:x", "//host.example/", "/\\host.example"]
)
def test_a_link_leads_nowhere_else(href: str) -> None:
    with pytest.raises(ValueError, match="may not begin"):
        light.A("x", href=href)


@pytest.mark.parametrize("part", [dcc.Store(id="x"), html.Div("x"), dcc.Link("x", href="/"), object()])
def test_what_needs_dash_is_refused(part: object) -> None:
    with pytest.raises(TypeError):
        static(part)
    with pytest.raises(TypeError):
        light.Div(part)


@pytest.mark.parametrize("props", [{"id": "x"}, {"onclick": "x"}, {"data-X": "x"}, {"contentEditable": True}])
def test_elements_refuse_props_that_would_need_it(props: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        light.Span("x", **props)
