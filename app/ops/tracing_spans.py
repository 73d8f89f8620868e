"""What a span may carry, which spans are kept, and where they go. Loaded only where traces are wanted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import SpanKind, Status

from app.ops import request_id

# Of the old and the new names of OpenTelemetry's conventions. No address, query, host, header or user agent.
_KEPT = frozenset(
    {
        "http.method", "http.request.method", "http.route", "http.status_code", "http.response.status_code",
        "db.system", "db.system.name", "db.statement", "db.query.text", "db.operation", "db.operation.name",
        "rpc.system", "rpc.service", "rpc.method", "aws.region", "aws.request_id", "retry_attempts",
        "error.type", "retail.request_id",
    }
)  # fmt: skip


def provider(service: str, version: str, exporter: SpanExporter | None) -> TracerProvider:
    """`exporter`: None for the one that the environment names, which gets spans in batches."""
    name = os.environ.get("OTEL_SERVICE_NAME") or f"retail-sync-{service}"
    made = TracerProvider(resource=Resource.create({"service.name": name, "service.version": version}))
    made.sampler = _NoLoneCalls(made.sampler)
    made.add_span_processor(_Naming())
    if exporter is None:
        made.add_span_processor(BatchSpanProcessor(_Careful(OTLPSpanExporter())))
    else:
        made.add_span_processor(SimpleSpanProcessor(_Careful(exporter)))
    return made


def follow_aws(made: TracerProvider) -> None:
    instrumentor: Any = BotocoreInstrumentor  # it lacks some types
    instrumentor().instrument(tracer_provider=made)


def begin_anew() -> None:
    """Neither take up a caller's trace nor hand ours on."""
    propagate.set_global_textmap(CompositePropagator([]))


def trace_id() -> str:
    """Of the trace in hand, "" outside of one."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


class _Naming(SpanProcessor):
    def on_start(self, span: Any, parent_context: Any = None) -> None:
        found = request_id.current()
        if found:
            span.set_attribute("retail.request_id", found)


class _NoLoneCalls(Sampler):
    """A sampler: as `inner` says, but a call to a store in no trace is none, as the worker looks for work all day."""

    def __init__(self, inner: Sampler) -> None:
        self._inner = inner

    def should_sample(
        self, parent_context: Any, trace_id: int, name: str, kind: SpanKind | None = None, *args: Any, **named: Any
    ) -> SamplingResult:
        is_lone = not trace.get_current_span(parent_context).get_span_context().is_valid
        if kind is SpanKind.CLIENT and is_lone:
            return SamplingResult(Decision.DROP)
        return self._inner.should_sample(parent_context, trace_id, name, kind, *args, **named)

    def get_description(self) -> str:
        return f"NoLoneCalls({self._inner.get_description()})"


class _Careful(SpanExporter):
    """An exporter that sends spans without what may be of a person: other attributes, the words of errors."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._inner.export([_careful(span) for span in spans])

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


def _careful(span: ReadableSpan) -> ReadableSpan:
    attributes = {name: value for name, value in (span.attributes or {}).items() if name in _KEPT}
    return ReadableSpan(
        name=_name(span, attributes),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        events=[_failure(event) for event in span.events if event.name == "exception"],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _name(span: ReadableSpan, attributes: dict[str, Any]) -> str:
    """A request that no route answers is named by its path, which may be anything."""
    if span.kind is SpanKind.SERVER and "http.route" not in attributes:
        return "no route"
    return span.name


def _failure(event: Event) -> Event:
    kind = (event.attributes or {}).get("exception.type", "")
    return Event("exception", {"exception.type": kind}, event.timestamp)
