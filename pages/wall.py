"""The wall: /wall, full screen, live."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, clientside_callback

from app.domain import Access
from app.page import Page
from app.services import services
from components import live, wall

page = Page("wall", path="/wall", title="Wall", access=Access.WATCH, frame="bare")


@page.layout
def layout(**_: Any) -> Any:
    built = services()
    return wall.wall(built.live.snapshot(), built.formats, built.settings.store_name, page.id)


clientside_callback(
    ClientsideFunction("wall", "draw"),
    Output(page.id("drawn"), "data"),
    Input(live.DATA, "data"),
    Input(live.STATE, "data"),
    State(page.id("config"), "data"),
)

clientside_callback(
    ClientsideFunction("wall", "fullScreen"),
    Output(page.id("full"), "aria-pressed"),
    Input(page.id("full"), "n_clicks"),
    prevent_initial_call=True,
)
