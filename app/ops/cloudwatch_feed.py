"""The feed for CloudWatch: lines of log in its embedded metric format, of which CloudWatch Logs makes metrics."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.domain import Vitals
from app.ops.logs import FEED

log = logging.getLogger(FEED)

EVERY_SECONDS = 60.0
MOST_VALUES = 100  # of one metric in one line, as the format allows

# A checkout that ends so failed on the shop's side; any other refusal has its reason on the shopper's.
_FAILURES = frozenset({"busy", "store_unavailable", "checkout_paused", "payment_unclear", "internal_error"})

Value = int | float | Sequence[float]


@dataclass
class Done:
    """What a web process did since its last line. `sample`: milliseconds of requests, evenly chosen."""

    requests: int = 0
    server_errors: int = 0
    paid: int = 0
    refused: int = 0
    failed: int = 0
    sample: list[float] = field(default_factory=list)

    def request(self, status: int, milliseconds: float) -> None:
        self.requests += 1
        self.server_errors += status >= 500
        if len(self.sample) < MOST_VALUES:
            self.sample.append(milliseconds)
        elif (place := random.randrange(self.requests)) < MOST_VALUES:
            self.sample[place] = milliseconds

    def checkout(self, outcome: str) -> None:
        self.paid += outcome == "paid"
        self.failed += outcome in _FAILURES
        self.refused += outcome != "paid" and outcome not in _FAILURES


class Tally:
    """Counts a web process's requests, anew after each line."""

    def __init__(self) -> None:
        self.now = Done()

    def take(self) -> Done:
        taken, self.now = self.now, Done()
        return taken


TALLY = Tally()  # of this process


def line(namespace: str, service: str, values: Mapping[str, tuple[str, Value]]) -> dict[str, Any]:
    """One line in the embedded metric format; `values` are (unit, value) by the metric's name."""
    metrics = [{"Name": name, "Unit": unit} for name, (unit, _) in values.items()]
    directive = {"Namespace": namespace, "Dimensions": [["Service"]], "Metrics": metrics}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return {"_aws": about, "Service": service, **{name: value for name, (_, value) in values.items()}}


def tell_of_web(namespace: str, viewers: int) -> None:
    done = TALLY.take()
    values: dict[str, tuple[str, Value]] = {
        "Requests": ("Count", done.requests),
        "ServerErrors": ("Count", done.server_errors),
        "CheckoutsPaid": ("Count", done.paid),
        "CheckoutsRefused": ("Count", done.refused),
        "CheckoutsFailed": ("Count", done.failed),
        "Viewers": ("Count", viewers),
    }
    if done.sample:
        values["RequestMilliseconds"] = ("Milliseconds", [round(value, 1) for value in done.sample])
    log.info(line(namespace, "web", values))


def tell_of_worker(namespace: str, now: Vitals) -> None:
    values: dict[str, tuple[str, Value]] = {
        "OutboxDepth": ("Count", now.outbox_waiting),
        "OutboxFailed": ("Count", now.outbox_failed),
        "OutboxOldestSeconds": ("Seconds", round(now.outbox_oldest_seconds, 1)),
        "RollupLagSeconds": ("Seconds", round(now.rollup_lag_seconds, 1)),
        "LowStockProducts": ("Count", now.low_stock_products),
    }
    if now.reconcile_differences is not None and now.reconcile_age_seconds is not None:
        values["ReconcileDifferences"] = ("Count", now.reconcile_differences)
        values["ReconcileAgeSeconds"] = ("Seconds", round(now.reconcile_age_seconds))
    log.info(line(namespace, "worker", values))


class Stop(Protocol):
    def wait(self, timeout: float) -> bool: ...


def run(tell: Callable[[], None], stop: Stop) -> None:
    """`tell` once a minute until `stop`, and once more then: what was done since the last line is not lost."""
    while not stop.wait(EVERY_SECONDS):
        tell()
    tell()
