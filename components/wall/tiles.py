"""What the wall's scenes are built of: tiles, and elements that hold what a part shows (components/wall/parts.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.kit.static_html import inside
from components.wall.parts import Content, Parts

Ids = Callable[[str], str]


class Filled:
    """A maker of elements that hold what their parts show now; by `data-part` the script keeps them up to date.

    `ids` scopes element ids. A part that `parts` lacks is left for the script to fill.
    """

    def __init__(self, ids: Ids, parts: Parts) -> None:
        self.ids = ids
        self._parts = parts

    def __call__(
        self,
        name: str,
        class_name: str = "",
        *,
        part: str = "",
        of: Callable[..., Component] = html.Div,
        children: Any = None,
        **props: Any,
    ) -> Component:
        """`name` of the element, and of its part unless `part` says which other one it shows too."""
        part = part or name
        held = _props(self._parts.get(part, ""), class_name, children)
        return of(id=self.ids(name), **{"data-part": part}, **held, **props)

    def number(self, name: str, *, part: str = "", least: float | None = None) -> Component:
        """`least`: of its full size, before a shorter text stands in its place."""
        sized: dict[str, Any] = {} if least is None else {"data-least": str(least)}
        return self(name, "wall-number", part=part, **sized)

    def change(self, name: str) -> Component:
        return self(name, "wall-change")

    def plain(self, name: str, *, part: str = "") -> Component:
        """Words under a number, without the mark of a change."""
        return self(name, "wall-change is-plain", part=part)

    def rows(self, name: str, class_name: str = "", *, part: str = "") -> Component:
        return self(name, f"wall-rows {class_name}".strip(), part=part, of=html.Ol)

    def chart(self, name: str, script: str = "", *, part: str = "", graph: Any = None) -> Component:
        """Drawn for the size that it has by the script of this name, or of the one given."""
        drawn: dict[str, Any] = {"data-chart": script or name, "role": "img", "aria-label": "Not drawn yet"}
        if not part:
            return html.Div(id=self.ids(name), className="wall-chart", **drawn)
        return self(name, "wall-chart", part=part, children=graph, **drawn)

    def days(self, name: str, of: str) -> Component:
        """A measure of the last two weeks, by day: "gross", "orders", "units" or "aov"."""
        return html.Div(id=self.ids(name), className="wall-chart", role="img", **{"data-chart": "days", "data-of": of})


def _props(content: Content, class_name: str, children: Any) -> dict[str, Any]:
    """A content as an element holds it before any script ran. How long a bar is, the script says."""
    if isinstance(content, str):
        content = {"text": content}
    state = content.get("is")
    props: dict[str, Any] = {"className": f"{class_name} is-{state}" if state else class_name}
    if "rows" in content:
        return props | inside(content["rows"])
    text = content["fits"][0] if "fits" in content else content.get("text")
    return props | {"children": text if children is None else children, "hidden": content.get("hidden", False)}


def tile(title: Any, body: Any, class_name: str = "", age: str = "") -> html.Section:
    """`age`: which of the snapshot's facts it shows ("sums", "carts", "visitors"), if not the orders themselves."""
    return html.Section(
        [html.H2(title), *(body if isinstance(body, list) else [body])],
        className=f"wall-tile {class_name}".strip(),
        **{"data-age": age},
    )


def stat(title: Any, name: str, filled: Filled, *, part: str, change: str, of: str) -> html.Section:
    """A number that never stands alone: how it compares, and its last two weeks. `of` as in `Filled.days`."""
    return tile(
        title,
        [
            filled.number(name, part=part, least=AVERAGE_LEAST if of == "aov" else None),
            filled(change, "wall-change", part=CHANGES.get(change, change)),
            filled.days(f"{name}-days", of),
        ],
        "wall-stat-tile",
    )


AVERAGE_LEAST = 0.5  # an average is looked at for its digits
# Elements that show the same change on other scenes.
CHANGES = {"map-change": "all-orders-change", "stock-units-change": "all-units-change"}


def column(*tiles: Component) -> html.Div:
    """The wide one beside the numbers; on a screen that stands upright it comes after them."""
    return html.Div(list(tiles), className="wall-column")


def side(*tiles: Component) -> html.Div:
    return html.Div(list(tiles), className="wall-column wall-aside")


def legend(swatch: str, words: Any) -> html.Span:
    return html.Span([html.I(className=swatch), words], className="wall-legend")
