"""The wall: /wall, full screen, live. A screen that nobody signed in on shows a code with which it is paired."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, clientside_callback

from app.domain import Access, Scene, Screen, WallView
from app.errors import SessionUnchecked
from app.services import services
from app.web.build_id import BUILD
from app.web.identity.principal import current_principal
from app.web.page import Page
from app.web.streams.wall_routes import current_screen, entry_url, view_of
from components.kit import live
from components.wall import today
from components.wall.pairing import pairing

# Public, for the code alone: its numbers are for paired screens and for who may watch.
page = Page("wall", path="/wall", title="Wall", access=Access.PUBLIC, frame="bare")


@page.layout
def layout(**_: Any) -> Any:
    built, screen = services(), current_screen()
    if screen is not None:
        return today.wall(built.live.event(view_of(screen)), built.settings.store_name, page.id, _options(screen))
    principal = current_principal()
    if principal.is_unchecked:
        raise SessionUnchecked()
    if principal.may(Access.WATCH):
        options = {"scenes": [scene.value for scene in Scene], "build": BUILD, "stream": "/live/stream?of=wall"}
        return today.wall(built.live.event(WallView()), built.settings.store_name, page.id, options)
    return pairing(built.settings.store_name, entry_url(), "/login?next=/wall")


def _options(screen: Screen) -> dict[str, Any]:
    settings = screen.settings
    return {
        "scenes": [scene.value for scene in settings.scenes],
        "turn": settings.turn_seconds,
        "hidesMoney": settings.hides_money,
        "chimes": settings.chimes,
        "night": (settings.night_from, settings.night_until),
        "stream": "/wall/stream",
        "build": BUILD,
        "isScreen": True,
    }


clientside_callback(
    ClientsideFunction("wall", "draw"),
    Output(page.id("drawn"), "data"),
    Input(live.DATA, "data"),
    Input(live.STATE, "data"),
    State(page.id("config"), "data"),
)
