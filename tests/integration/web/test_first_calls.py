"""A page that was just drawn calls nobody: callbacks that wait for clicks wait, and lose none."""

from __future__ import annotations

from app.web.frame_outputs import FRAME
from tests.conftest import WiredApp
from tests.support.dash_calls import callback_map


def test_no_callback_names_the_frame_as_its_output(wired_app: WiredApp) -> None:
    """Dash would run it for each input that a page draws, and a button is off while its callback runs."""
    outputs = {key: entry["output"] for key, entry in callback_map(wired_app.client()).items()}
    flat = {key: one if isinstance(one, list | tuple) else [one] for key, one in outputs.items()}
    assert len(flat) > 50
    assert [key for key, every in flat.items() if FRAME & {output.component_id_str() for output in every}] == []
