"""Parts that nothing changes, sent as HTML in one piece.

Dash keeps every component in a store and asks each of them after every change: a few tables of some hundred cells
took a page seconds of the browser's time. What has no ids and no callbacks of its own needs none of that; here it
becomes one component, whose HTML assets/22-static.js puts in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import Markup

_NAMES = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex", "colSpan": "colspan", "rowSpan": "rowspan"}
_PLAIN = {"title", "scope", "role", "href", "type", "open", "hidden", "disabled", "download"}
_VOID = {"br", "hr", "img", "input"}


def static(part: Any, **props: Any) -> html.Div:
    """`part` without ids, callbacks or components of other libraries than html and dcc.Link.

    Where there are hundreds of elements they are better of components/kit/light.py.
    """
    return html.Div(className="static", **inside(part), **props)


def inside(part: Any) -> dict[str, str]:
    """The props by which an element of `dash.html` without children gets `part`, as `static` takes it, inside it."""
    return {"data-html": to_html(part)}


def to_html(part: Any) -> str:
    """Markup of a tree of components; every text and every value in it is escaped. Raises TypeError for other parts."""
    if part is None:
        return ""
    if isinstance(part, Component):
        return _element(part)
    if isinstance(part, Markup):  # of components/kit/light.py
        return part
    if isinstance(part, str | int | float):
        return escape(str(part))
    if isinstance(part, Iterable):
        return "".join(map(to_html, part))
    raise TypeError(f"{type(part).__name__} cannot be sent as HTML")


def _element(part: Component) -> str:
    props = dict(part.to_plotly_json()["props"])
    children = props.pop("children", None)
    if "data-html" in props:  # of `inside`
        children = Markup(props.pop("data-html"))  # noqa: S704 - made by to_html  # nosec B704
    if isinstance(part, dcc.Link):
        tag = "a"
    elif type(part).__module__.startswith("dash.html"):
        tag = type(part).__name__.lower()
    else:
        raise TypeError(f"{type(part).__name__} cannot be sent as HTML")
    props.pop("n_clicks", None)
    start = f"<{tag}{attributes(props)}>"
    return start if tag in _VOID else f"{start}{to_html(children)}</{tag}>"


def attributes(props: Mapping[str, Any]) -> str:
    """Props as React names them, as HTML has them; TypeError for those that nothing here needs."""
    return "".join([_attribute(name, value) for name, value in props.items()])


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if name == "style":
        return f' style="{escape(_style(value))}"'
    known = _known(name)
    if known == "href" and not re.match(r"/(?![/\\])|[#?]|https?://|mailto:", str(value)):
        raise ValueError("a link may not begin like this")
    return f" {known}" if value is True else f' {known}="{escape(str(value))}"'


@lru_cache
def _known(name: str) -> str:
    known = _NAMES.get(name) or (name if name in _PLAIN or re.fullmatch(r"(data|aria)-[a-z-]+", name) else None)
    if known is None:
        raise TypeError(f"{name} cannot be sent as HTML")
    return known


def _style(values: Mapping[str, Any]) -> str:
    """Names as React has them, as CSS has them."""
    return ";".join([f"{_css(name)}:{value}" for name, value in values.items()])


@lru_cache
def _css(name: str) -> str:
    return re.sub("[A-Z]", lambda capital: f"-{capital[0].lower()}", name)
