"""HTML made on the server: elements called as those of `dash.html`, which come to markup at once.

The one way in which pages make HTML themselves; `static_html` sends it. A Dash component takes six times as long to
make and to turn into markup, htpy's elements three times, and a builder such as `ui.table` can make either kind with
the same words. They take children and props as `dash.html` has them, and escape every text and value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markupsafe import Markup

_NAMES = {"className": "class", "tabIndex": "tabindex"}
_PLAIN = {"title", "scope", "role", "href", "type", "hidden", "download"}


def markup(part: Any) -> Markup:
    """Elements and texts in one piece; every text in it is escaped. Raises TypeError for other parts."""
    return Markup(_joined(part))  # noqa: S704 - as said above  # nosec B704


def _joined(part: Any) -> str:
    if part is None:
        return ""
    if isinstance(part, Markup):
        return part
    if isinstance(part, str | int | float):
        return escape(str(part))
    if isinstance(part, Sequence | Iterator):
        return "".join(map(_joined, part))
    raise TypeError(f"{type(part).__name__} cannot be sent as HTML")


def _element(tag: str) -> Callable[..., Markup]:
    def make(children: Any = None, **props: Any) -> Markup:
        # Both escape what they are given.
        return Markup(f"<{tag}{_attributes(props)}>{_joined(children)}</{tag}>")  # noqa: S704 - as said above  # nosec B704

    return make


def _attributes(props: Mapping[str, Any]) -> str:
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


A = _element("a")
Button = _element("button")
Caption = _element("caption")
Div = _element("div")
H3 = _element("h3")
I = _element("i")  # noqa: E741 - as dash.html has it
Li = _element("li")
P = _element("p")
Span = _element("span")
Strong = _element("strong")
Table = _element("table")
Tbody = _element("tbody")
Td = _element("td")
Th = _element("th")
Thead = _element("thead")
Tr = _element("tr")
Ul = _element("ul")
