"""Traces by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT says where to send them; else nothing here is loaded.

A trace names routes, statements without their values, and operations of AWS. What people typed and who they are
stays out: of everything that the instrumentation collects, only the attributes named here leave the process.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from app import __version__
from app.domain import OutboxEntry
from app.errors import StartupError
from app.ops import logs, request_id

if TYPE_CHECKING:
    import flask
    from sqlalchemy import Engine

VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"

_NEEDED = (
    "opentelemetry.sdk",
    "opentelemetry.exporter.otlp.proto.http",
    "opentelemetry.instrumentation.flask",
    "opentelemetry.instrumentation.sqlalchemy",
    "opentelemetry.instrumentation.botocore",
)
_PROBES = "healthz,readyz,metrics"

_provider: Any = None  # of this process, once it has started


def is_wanted() -> bool:
    return bool(os.environ.get(VARIABLE))


def require() -> None:
    """Raises StartupError when traces are wanted and cannot be made."""
    if is_wanted() and not all(map(_is_there, _NEEDED)):
        raise StartupError(
            f"{VARIABLE}: traces need packages that are not installed. "
            "Run: pip install -r requirements-otel.txt, or unset it."
        )


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def start(service: Literal["web", "worker"], *, trusts_callers: bool = False, exporter: Any = None) -> None:
    """Begin to send traces, once per process and after the fork: what sends them is a thread.

    `trusts_callers`: whether a request's own trace goes on here. `exporter`: instead of the one of the environment.
    """
    global _provider
    if _provider is not None or not (is_wanted() or exporter):
        return
    require()
    from app.ops import tracing_spans

    _provider = tracing_spans.provider(service, __version__, exporter)
    tracing_spans.follow_aws(_provider)
    if not trusts_callers:  # a stranger chooses neither our traces' ids nor whether they are kept
        tracing_spans.begin_anew()
    logs.trace_id = tracing_spans.trace_id


def is_on() -> bool:
    """Whether this process sends traces."""
    return _provider is not None


def follow_requests(server: flask.Flask) -> None:
    if _provider is not None:
        from opentelemetry.instrumentation.flask import FlaskInstrumentor

        instrumentor: Any = FlaskInstrumentor  # it lacks some types
        instrumentor().instrument_app(server, tracer_provider=_provider, excluded_urls=_PROBES, enable_commenter=False)


def follow_statements(engine: Engine) -> None:
    if _provider is not None:
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

        # It says that it goes up to SQLAlchemy 2.0, and only listens to events that 2.1 has as well.
        SQLAlchemyInstrumentor().instrument(engine=engine, tracer_provider=_provider, skip_dep_check=True)


@contextmanager
def effect(entry: OutboxEntry) -> Iterator[None]:
    """For as long as the worker tries an effect: under the id of the request that caused it, and in a trace."""
    with request_id.under(entry.request_id):
        if _provider is None:
            yield
            return
        with _provider.get_tracer(__name__).start_as_current_span(f"effect {entry.kind}"):
            yield
