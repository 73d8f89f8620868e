"""What /metrics tells Prometheus. Labels are names and outcomes of our own only: no ids of anybody, nothing personal.

Under gunicorn every worker keeps its numbers in a file of the folder that PROMETHEUS_MULTIPROC_DIR names, and
whichever worker is asked adds all of them up; see `app.gunicorn_config`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Summary,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from app import __version__
from app.domain import Vitals
from app.ops import store_calls
from app.ops.cloudwatch_feed import TALLY

__all__ = [
    "CONTENT_TYPE_LATEST",
    "LIVE_VIEWERS",
    "checkout_answered",
    "exposition",
    "observe_stores",
    "request_answered",
]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_OWN = CollectorRegistry()
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STORE_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 4.0)

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
CALLBACKS = Summary(
    "retail_callback_seconds",
    "Seconds until the answer to a Dash callback began, by the callback's output.",
    ["callback", "status"],
    registry=_OWN,
)
CHECKOUTS = Counter("retail_checkouts", "Answers to checkouts: paid, or why not.", ["outcome"], registry=_OWN)
LIVE_VIEWERS = Gauge("retail_live_viewers", "Open streams of live numbers.", registry=_OWN, multiprocess_mode="livesum")
STORES = Histogram(
    "retail_store_seconds",
    "Seconds that single calls to a store took.",
    ["store", "operation"],
    buckets=_STORE_BUCKETS,
    registry=_OWN,
)
AWAY = Gauge(
    "retail_store_away",
    "1 while a process that answers could not reach the store when it last tried.",
    ["store"],
    registry=_OWN,
    multiprocess_mode="livemax",
)

WEBHOOKS = Counter(
    "retail_webhook_tries",
    "Tries to deliver an event to an endpoint, by whether it was taken.",
    ["outcome"],
    registry=_OWN,
)


def request_answered(endpoint: str, status: int, seconds: float, callback: str | None = None) -> None:
    """`callback`: the output of the Dash callback that answered; only of one that is registered."""
    REQUESTS.labels(endpoint, str(status)).inc()
    SECONDS.labels(endpoint, str(status)).observe(seconds)
    if callback is not None:
        CALLBACKS.labels(callback, str(status)).observe(seconds)


def checkout_answered(outcome: str) -> None:
    CHECKOUTS.labels(outcome).inc()
    TALLY.now.checkout(outcome)


def webhook_tried(is_taken: bool) -> None:
    WEBHOOKS.labels("taken" if is_taken else "failed").inc()


class _Stores:
    def store_took(self, store: store_calls.Store, operation: str, seconds: float) -> None:
        STORES.labels(store, operation).observe(seconds)

    def store_away(self, store: store_calls.Store, is_away: bool) -> None:
        AWAY.labels(store).set(float(is_away))


def observe_stores(*stores: store_calls.Store) -> None:
    """Count what stores tell of themselves; `stores` are those in use, which are taken to be there."""
    for store in stores:
        AWAY.labels(store).set(0.0)
    store_calls.observe(_Stores())


def exposition(now: Vitals) -> bytes:
    """All metrics as Prometheus text, with the shop as it is now."""
    registry = _OWN
    if FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    shared = CollectorRegistry()
    shared.register(_Shared(now))
    return generate_latest(registry) + generate_latest(shared)


class _Shared:
    """The metrics of the whole shop. What is the same for all processes is read when asked for, and kept by none."""

    def __init__(self, now: Vitals) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily("retail_build_info", "The version that runs.", labels=["version"])
        build.add_metric([__version__], 1.0)
        yield build
        yield from _gauges(self._now)


def _gauges(now: Vitals) -> Iterator[Metric]:
    depth = GaugeMetricFamily("retail_outbox_depth", "Effects not done yet, or given up.", labels=["state"])
    depth.add_metric(["pending"], now.outbox_waiting)
    depth.add_metric(["failed"], now.outbox_failed)
    yield depth
    yield _gauge("outbox_oldest_seconds", "Age of the oldest effect that is due.", now.outbox_oldest_seconds)
    yield _gauge("rollup_lag_seconds", "Age of the oldest event that is in no total yet.", now.rollup_lag_seconds)
    yield _gauge("low_stock_products", "Products whose low-stock episode is open.", now.low_stock_products)
    if now.reconcile_verdict is not None:
        verdict = GaugeMetricFamily("retail_reconcile", "What the latest look at the books found.", labels=["verdict"])
        verdict.add_metric([now.reconcile_verdict], 1.0)
        yield verdict
    if now.reconcile_differences is not None and now.reconcile_age_seconds is not None:
        words = "Differences that the latest look that could compare found."
        yield _gauge("reconcile_differences", words, now.reconcile_differences)
        yield _gauge(
            "reconcile_age_seconds", "Seconds since the latest look that could compare.", now.reconcile_age_seconds
        )


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"retail_{name}", words, value)
