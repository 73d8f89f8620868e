"""Components sent as HTML in one piece: what they come to, and that no text of theirs becomes markup."""

from __future__ import annotations

from typing import Any

import pytest
from dash import dcc, html

from components.kit import light
from components.kit.static_html import static, to_html
from components.kit.ui import badge, table

EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='x", "a & b", "</td><b>"]


def test_is_the_markup_of_its_components() -> None:
    part = html.Div(
        [html.Span("Mug", className="name", title="A mug"), 3, None, [html.Br(), "x"]],
        style={"--depth": "40%", "clipPath": "none"},
        hidden=True,
        tabIndex="0",
        **{"aria-label": "It"},
    )
    shown = to_html(part)
    assert shown.startswith("<div ")
    assert shown.endswith('<span class="name" title="A mug">Mug</span>3<br>x</div>')
    for attribute in ('style="--depth:40%;clip-path:none"', " hidden", 'tabindex="0"', 'aria-label="It"'):
        assert attribute in shown


def test_a_link_stays_one() -> None:
    assert 'href="/admin/customers/7"' in to_html(dcc.Link("Asha", href="/admin/customers/7", className="name"))


@pytest.mark.parametrize("text", EVIL)
def test_no_text_becomes_markup(text: str) -> None:
    shown = to_html(table([(text, False), (text, True)], [[html.Span(text, title=text), badge(text)]], caption=text))
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
        to_html(html.A("x", href=href))


@pytest.mark.parametrize("part", [dcc.Store(id="x"), html.Div(id="x"), html.Div(contentEditable=True), object()])
def test_what_needs_dash_is_refused(part: object) -> None:
    with pytest.raises(TypeError):
        static(part)


def test_light_elements_are_the_markup_of_those_of_dash() -> None:
    def built(of: Any) -> Any:
        name = of.Span(['"Mug" & <b>', 3, None], className="name", title="A 'mug' <b>", hidden=False)
        return of.Table(of.Tbody(of.Tr([of.Th("Name", scope="row"), of.Td(name, style={"--depth": "4%"})])))

    assert to_html(built(light)) == to_html(built(html))


@pytest.mark.parametrize("props", [{"id": "x"}, {"onclick": "x"}, {"data-X": "x"}])
def test_light_elements_refuse_what_static_ones_do(props: dict[str, str]) -> None:
    with pytest.raises(TypeError):
        light.Span("x", **props)
