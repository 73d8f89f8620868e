"""What a page puts into its layout to get live data; assets/60-live.js finds it and opens the stream."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

DATA = "live-data"
STATE = "live-state"


def stores(snapshot: dict[str, Any] | None = None, *, stream: str = "", build: str = "") -> html.Div:
    """`live-data` holds the newest snapshot (None until the first, unless given here), `live-state`
    {"status": "live" | "reconnecting", "since": ISO time of the last sign of life or None}.

    `stream`: where events come from, if not from where staff get them. With `build` the page loads itself anew, once,
    when the server turns out to be of another build.
    """
    return html.Div(
        [
            dcc.Store(id=DATA, data=snapshot),
            dcc.Store(id=STATE, data={"status": "live", "since": None}),
        ],
        id="live-mount",
        hidden=True,
        **{"data-stream": stream, "data-build": build},
    )
