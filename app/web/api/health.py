"""Whether the process lives, and whether what it depends on can be reached."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress

import flask

from app.domain import Access
from app.errors import NotFound, ShopError, StoreUnavailable
from app.services import services
from app.web.api.answers import Alive, Ready
from app.web.api.routing import Doc, Tokens, route

log = logging.getLogger(__name__)


@route("/healthz", Access.PUBLIC, scope=Tokens.ANY, doc=Doc("Whether the process lives", "service", answers=Alive))
def healthz() -> flask.Response:
    return _uncached(flask.jsonify({"status": "ok"}))


@route(
    "/readyz",
    Access.PUBLIC,
    scope=Tokens.ANY,
    doc=Doc(
        "Whether it can serve: what it depends on answers, migrations are done, and it is not being stopped",
        "service",
        answers=Ready,
        description="503 with the same body when not.",
        unavailable=Ready,
    ),
)
def readyz() -> flask.Response:
    """503 with the names of what is not ready: stores that do not answer, missing migrations, a process that stops."""
    probes: dict[str, Callable[[], None]] = {"database": _read_people, "catalogue": _read_catalog}
    states = {name: _state(name, probe) for name, probe in probes.items()}
    if states["database"] == "ok" and _state("schema", _look_at_schema) != "ok":
        states["schema"] = "unavailable"
    if services().live.is_closed:
        states["process"] = "unavailable"
    ready = set(states.values()) == {"ok"}
    response = flask.jsonify({"status": "ok" if ready else "unavailable", "dependencies": states})
    response.status_code = 200 if ready else 503
    return _uncached(response)


def _state(name: str, probe: Callable[[], None]) -> str:
    try:
        probe()
    except ShopError as error:
        log.warning("readiness: %s is not ready: %s", name, error.message)
        return "unavailable"
    except Exception:  # whatever is wrong with it, the dependency is not ready
        log.warning("readiness: %s is not ready", name, exc_info=True)
        return "unavailable"
    return "ok"


def _read_people() -> None:
    services().accounts.get(0)


def _look_at_schema() -> None:
    if services().vitals.schema_is_behind():
        raise StoreUnavailable("The database waits for this version's migrations. Run: python -m app migrate")


def _read_catalog() -> None:
    with suppress(NotFound):
        services().catalog.get("-")


def _uncached(response: flask.Response) -> flask.Response:
    response.headers["Cache-Control"] = "no-store"
    return response
