"""The shop as a server runs it, with bodies given up after a second, so that a test need not wait for ten."""

from __future__ import annotations

import flask

from app import server
from app.web.guards import slow_bodies


def create_app() -> flask.Flask:
    slow_bodies.PIECE_SECONDS = 1.0
    return server.create_app()
