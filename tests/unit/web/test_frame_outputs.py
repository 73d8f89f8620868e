"""What a callback tells the frame is taken from among its outputs, and nothing else is."""

from __future__ import annotations

from dash import Input, Output, State

from app.web.frame_outputs import split


def test_only_outputs_are_taken_and_known_by_their_place() -> None:
    """Dash calls an input equal to an output of the same property."""
    kept = [Output("grid", "data"), Input("cart-changed", "data"), State("toast-request", "data")]
    left, aside = split([Output("toast-request", "data"), kept[0], Output("cart-changed", "data"), *kept[1:]])
    assert [(type(one), one.component_id) for one in left] == [(type(one), one.component_id) for one in kept]
    assert {at: one.component_id for at, one in aside.items()} == {0: "toast-request", 2: "cart-changed"}
