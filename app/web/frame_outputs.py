"""What a page's callbacks tell the frame around every page: go there, show a toast, the cart changed.

Dash runs a callback once for every input that it draws, even one that only waits for clicks, as long as one of its
outputs was there before. A page would so begin with a call per button, and a button that is off while its callback runs
would lose clicks of that moment. The frame is always there before. So its parts are no outputs to Dash: they are set
beside the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import Output
from dash.exceptions import PreventUpdate

FRAME = frozenset({"redirect", "redirect-full", "toast-request", "cart-changed"})


def split(args: Sequence[Any]) -> tuple[list[Any], dict[int, Output]]:
    """A callback's arguments without its outputs to the frame, and these by their place among all its outputs."""
    outputs = [arg for arg in args if isinstance(arg, Output)]
    aside = {at: one for at, one in enumerate(outputs) if one.component_id_str() in FRAME}
    taken = {id(one) for one in aside.values()}  # to Dash an input equals an output of the same property
    return [arg for arg in args if id(arg) not in taken], aside


def send(result: Any, aside: dict[int, Output]) -> Any:
    """What of a callback's `result` is left for Dash; what the frame gets is set. `aside`: see `split`.

    Raises PreventUpdate where nothing is to be updated.
    """
    if not aside:
        return result
    if result is dash.no_update:
        raise PreventUpdate
    values = list(result) if isinstance(result, tuple | list) else [result]
    for at, output in aside.items():
        if values[at] is not dash.no_update:
            dash.set_props(output.component_id, {output.component_property: values[at]})
    left = [value for at, value in enumerate(values) if at not in aside]
    return left[0] if len(left) == 1 else (left or None)
