"""The staff frame: left rail, on a phone a bottom bar."""

from __future__ import annotations

from typing import Any

from dash import html

from components.frame import Frame


def admin_frame(frame: Frame, content: Any) -> html.Div:
    return html.Div([html.Nav(frame.store_name), html.Main(content, id="main")])
