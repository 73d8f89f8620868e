"""What /metrics tells Prometheus. Labels are endpoints, statuses and outcomes only: no ids, nothing personal.

Under gunicorn every worker keeps its numbers in a file of the folder that PROMETHEUS_MULTIPROC_DIR names, and
whichever worker is asked adds all of them up; see `app.gunicorn_config`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import flask
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

__all__ = ["CONTENT_TYPE_LATEST", "LIVE_VIEWERS", "checkout_answered", "exposition", "init_metrics"]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_OWN = CollectorRegistry()
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter(
    "retail_http_requests", "Requests answered, by what answered them.", ["endpoint", "status"], registry=_OWN
)
SECONDS = Histogram(
    "retail_http_request_seconds",
    "Seconds until the answer began.",
    ["endpoint", "status"],
    buckets=_BUCKETS,
    registry=_OWN,
)
CHECKOUTS = Counter("retail_checkouts", "Answers to checkouts: paid, or why not.", ["outcome"], registry=_OWN)
LIVE_VIEWERS = Gauge("retail_live_viewers", "Open streams of live numbers.", registry=_OWN, multiprocess_mode="livesum")


def init_metrics(server: flask.Flask) -> None:
    """Count every request of `server`. Call it before anything else asks to see requests."""
    server.before_request(_note_start)
    server.after_request(_count)


def checkout_answered(outcome: str) -> None:
    CHECKOUTS.labels(outcome).inc()


def exposition(waiting: int, failed: int, oldest_seconds: float) -> bytes:
    """All metrics as Prometheus text, with the outbox as it is now."""
    registry = _OWN
    if FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    backlog = CollectorRegistry()
    backlog.register(_Backlog(waiting, failed, oldest_seconds))
    return generate_latest(registry) + generate_latest(backlog)


class _Backlog:
    """The outbox is the same for all processes, so it is read when asked for, and kept by none."""

    def __init__(self, waiting: int, failed: int, oldest_seconds: float) -> None:
        self._waiting, self._failed, self._oldest_seconds = waiting, failed, oldest_seconds

    def collect(self) -> Iterator[Metric]:
        depth = GaugeMetricFamily("retail_outbox_depth", "Effects not done yet, or given up.", labels=["state"])
        depth.add_metric(["pending"], self._waiting)
        depth.add_metric(["failed"], self._failed)
        yield depth
        yield GaugeMetricFamily(
            "retail_outbox_oldest_seconds", "Age of the oldest effect that is due.", self._oldest_seconds
        )


def _note_start() -> None:
    flask.g.started_at = time.perf_counter()


def _count(response: flask.Response) -> flask.Response:
    # An endpoint is one of our own names; a path could be anything.
    labels = (flask.request.endpoint or "none", str(response.status_code))
    REQUESTS.labels(*labels).inc()
    started_at = flask.g.get("started_at")
    if started_at is not None:
        SECONDS.labels(*labels).observe(time.perf_counter() - started_at)
    return response
