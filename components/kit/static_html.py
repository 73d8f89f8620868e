"""Parts that nothing changes, sent as HTML in one piece.

Dash keeps every component in a store and asks each of them after every change: a few tables of some hundred cells
took a page seconds of the browser's time. What has no ids and no callbacks of its own needs none of that; here it
becomes one component, whose HTML assets/22-static.js puts in its place.
"""

from __future__ import annotations

from typing import Any

from dash import html

from components.kit import light


def static(part: Any, **props: Any) -> html.Div:
    """`part` of elements of `components.kit.light`."""
    return html.Div(className="static", **inside(part), **props)


def inside(part: Any) -> dict[str, str]:
    """The props by which an element of `dash.html` without children gets `part`, as `static` takes it, inside it."""
    return {"data-html": light.markup(part)}
