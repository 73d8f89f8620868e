"""The elements of `dash.html` for what `static_html.static` sends, made as markup at once.

A Dash component takes some thirty times as long to make and to turn into markup; a map of the week's hours has some
four hundred. They take children and props as `dash.html` has them, and escape every text and value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from components.kit.static_html import attributes, to_html


def _element(tag: str) -> Callable[..., Markup]:
    def make(children: Any = None, **props: Any) -> Markup:
        # Both escape what they are given.
        return Markup(f"<{tag}{attributes(props)}>{to_html(children)}</{tag}>")  # noqa: S704 - as said above  # nosec B704

    return make


A = _element("a")
Caption = _element("caption")
Div = _element("div")
I = _element("i")  # noqa: E741 - as dash.html has it
Li = _element("li")
Ol = _element("ol")
Span = _element("span")
Strong = _element("strong")
Table = _element("table")
Tbody = _element("tbody")
Td = _element("td")
Th = _element("th")
Thead = _element("thead")
Tr = _element("tr")
Ul = _element("ul")
