"""Components as the HTML that a browser would make of them."""

from __future__ import annotations

from html.parser import HTMLParser

import dash_bootstrap_components as dbc
import pytest
from dash import dcc, html

from app.web.finished import markup as finished_markup
from app.web.finished.markup import markup
from components.kit.ready import ready
from components.kit.stepper import step_id
from components.kit.ui import icon


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def parts(written):
    """Tags with their attributes, in whatever order these stand, and texts between them."""
    found = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attrs: found.append((tag, sorted(attrs, key=str)))
    reader.handle_endtag = lambda tag: found.append((tag, None))
    reader.handle_data = lambda text: found.append((text, None))
    reader.feed(written)
    reader.close()
    return found


HOSTILE = '</title><script>alert(\'x\')</script>" onload="x" & <img src=x>'


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        (html.Div(["a", None, 5, html.Br()], className="x y"), '<div class="x y">a5<br></div>'),
        (html.Label("Name", htmlFor="n", tabIndex="-1"), '<label for="n" tabindex="-1">Name</label>'),
        (html.Button("Go", disabled=True, n_clicks=0), "<button disabled>Go</button>"),
        (html.Div(hidden=False, **{"aria-hidden": True}), '<div aria-hidden="true"></div>'),
        (html.P("x", style={"maxWidth": "2px", "color": "red"}), '<p style="max-width:2px;color:red">x</p>'),
        (dcc.Link("Cart", href="/cart?a=1&b=2"), '<a href="/cart?a=1&amp;b=2">Cart</a>'),
        (dbc.Input(id="q", type="search"), '<input step="any" id="q" type="search" class="form-control">'),
        (html.Div([dcc.Store(id="s", data=1), dbc.Offcanvas("x", id="o", is_open=False)]), "<div></div>"),
        (icon("bag"), '<i class="bi bi-bag" aria-hidden="true"></i>'),
    ],
)
def test_a_component_is_written_as_it_is_drawn(component, expected):
    assert parts(markup(component)) == parts(expected)


@pytest.mark.parametrize(
    "component",
    [
        html.P(HOSTILE),
        html.Img(alt=HOSTILE, src="/x"),
        dcc.Link(HOSTILE, href="/", title=HOSTILE),
        html.Div(id={"type": "x", "key": HOSTILE}),
        html.Button(id=step_id("cart", "add", "card", HOSTILE), type="button"),
        dbc.Input(value=HOSTILE, placeholder=HOSTILE),
        dbc.Select(options=[{"value": HOSTILE, "label": HOSTILE}], value=HOSTILE, className=HOSTILE),
        dbc.DropdownMenu(dbc.DropdownMenuItem(HOSTILE, href="/"), label=HOSTILE, className=HOSTILE),
        html.P("x", style={"color": HOSTILE}),
    ],
)
def test_no_text_becomes_markup(component):
    reader = Reader()
    reader.feed(markup(component))
    assert {"script"} & reader.tags == set()
    assert {"onload", "x"} & reader.attributes == set()


@pytest.mark.parametrize("address", ["javascript:x", "JAVASCRIPT:x", " javascript:x", "//evil.example", "data:x"])
def test_a_link_leads_to_no_script_and_no_other_site(address):
    assert markup(html.A("x", href=address)) == '<a href="about:blank">x</a>'


@pytest.mark.parametrize("component", [dcc.Graph(id="g"), dbc.Modal("x"), html.Div(object()), dcc.Markdown("x")])
def test_a_component_that_is_not_known_is_an_error(component):
    with pytest.raises(TypeError, match="cannot be sent as HTML"):
        markup(component)


def test_a_control_of_the_cart_is_a_part_of_its_form():
    written = markup(html.Button("Add", id=step_id("cart", "add", "card", "A & B"), type="button"))
    ((_, attributes), *_rest) = parts(written)
    sent = {"type": "submit", "form": "cart-form", "name": "add", "value": "A & B"}
    assert sent.items() <= dict(attributes).items()


def test_what_is_ready_is_written_once_and_what_stands_beside_it_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    @ready(2)
    def card(name: str) -> html.Article:
        return html.Article(html.B(name), id=name)

    drawn: list[str] = []
    element = finished_markup._element
    monkeypatch.setattr(
        finished_markup, "_element", lambda tag, props, write: (drawn.append(tag), element(tag, props, write))[1]
    )
    pages = [markup(html.Main([card("<Lamp>"), html.I(str(number))])) for number in range(2)]
    written = '<article id="&lt;Lamp&gt;"><b>&lt;Lamp&gt;</b></article>'
    assert pages == [f"<main>{written}<i>{number}</i></main>" for number in range(2)]
    assert drawn == ["main", "article", "b", "i", "main", "i"]
