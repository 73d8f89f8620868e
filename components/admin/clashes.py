"""What two people changed at once: for each field their value and one's own, to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

THEIRS, MINE = "theirs", "mine"


@dataclass(frozen=True)
class ShownClash:
    """A field that two people changed. `theirs` and `mine` are words, or a picture."""

    field: str
    label: str
    theirs: Any
    mine: Any


def clash_list(item: Callable[[str, Any], dict[str, Any]], clashes: Sequence[ShownClash]) -> html.Div:
    """Nothing is chosen at first. The choice for a field is `item("choice", <field>)`: THEIRS or MINE."""
    return html.Div([_clash(item, clash) for clash in clashes], className="clashes", role="alert")


def _clash(item: Callable[[str, Any], dict[str, Any]], clash: ShownClash) -> html.Fieldset:
    options = [
        {"value": THEIRS, "label": _option("Theirs", clash.theirs)},
        {"value": MINE, "label": _option("Yours", clash.mine)},
    ]
    return html.Fieldset(
        [
            html.Legend(clash.label, className="field-label"),
            dbc.RadioItems(id=item("choice", clash.field), options=options),
        ],
        className="clash",
    )


def _option(whose: str, value: Any) -> html.Span:
    return html.Span([html.Span(f"{whose}: ", className="muted"), value])
