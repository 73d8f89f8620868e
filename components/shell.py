"""The store's frame: header, footer, skip link."""

from __future__ import annotations

from typing import Any

from dash import html

from components.frame import Frame


def store_frame(frame: Frame, content: Any) -> html.Div:
    return html.Div([html.Header(frame.store_name), html.Main(content, id="main")])
