"""Drives an HTTP server from processes of its own, so that what the load costs is bounded and known.

A `Client` makes its calls one after the other on one kept-alive connection, each with the headers of whoever makes it.
`run` spreads the clients over processes, lets all begin at once, and waits for the last. As a program it is one of
these processes.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.benchmarks import together
from tests.benchmarks.measuring import Figure

PROCESSES = 2
MOST_SECONDS = 15.0  # of one turn: on a slow machine less is done, and is told as a rate all the same
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Call:
    """`name`: what its latencies are kept under. `body`: JSON, "" without one."""

    name: str
    method: str
    path: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Client:
    """Makes `calls`, `times` over, unless the turn is over before."""

    calls: Sequence[Call]
    times: int = 1


@dataclass(frozen=True)
class Loaded:
    """`seconds`: from the first call to the last answer. `latencies`: milliseconds by name of call, ascending."""

    seconds: float
    latencies: Mapping[str, Sequence[float]]
    cores: float  # that the load itself used

    def figure(self, name: str) -> Figure:
        """Good answers a second, and what belongs to them."""
        found = self.latencies[name]
        beside = {"p50_ms": self.at(name, 0.5), "p99_ms": self.at(name, 0.99), "load_cores": self.cores}
        return Figure(len(found) / self.seconds, beside)

    def at(self, name: str, part: float) -> float:
        """The latency below which that part of the answers came, in milliseconds."""
        found = self.latencies[name]
        return found[min(len(found) - 1, int(len(found) * part))]


class LoadFailed(Exception):
    """Says which answers were not what the measure is about."""


def run(port: int, clients: Sequence[Client]) -> Loaded:
    """Raises LoadFailed when any answer was an error: a server that refuses is not fast."""
    shares = [share for share in (clients[n::PROCESSES] for n in range(PROCESSES)) if share]
    plans = [{"port": port, "clients": [asdict(client) for client in share]} for share in shares]
    done = together.run("tests.benchmarks.load", plans)
    failures: Counter[str] = Counter()
    latencies: dict[str, list[float]] = {}
    for one in done.found:
        failures.update(one["failures"])
        for name, values in one["latencies"].items():
            latencies.setdefault(name, []).extend(values)
    if failures:
        raise LoadFailed(str(dict(failures.most_common(3))))
    return Loaded(done.seconds, {name: sorted(values) for name, values in latencies.items()}, done.cores)


class _Runner:
    """One client's connection and what it saw."""

    def __init__(self, port: int, calls: Sequence[dict[str, Any]], times: int) -> None:
        self._origin = f"http://127.0.0.1:{port}"
        self._calls = calls
        self._times = times
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        self._line.connect()
        self.latencies: list[tuple[str, float]] = []
        self.failures: list[str] = []

    def run(self) -> None:
        until = time.perf_counter() + MOST_SECONDS
        for _ in range(self._times):
            for call in self._calls:
                if time.perf_counter() > until:
                    return
                self._make(call)

    def _make(self, call: dict[str, Any]) -> None:
        began = time.perf_counter()
        try:
            status, text = self._ask(call)
        except ConnectionError:  # kept alive, and closed by the server while it was idle
            self._line.close()
            status, text = self._ask(call)
        if 200 <= status < 300:
            self.latencies.append((call["name"], (time.perf_counter() - began) * 1000))
        else:
            self.failures.append(f"{call['name']} {status} {text[:120].decode(errors='replace')}")

    def _ask(self, call: dict[str, Any]) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "Origin": self._origin} | call["headers"]
        self._line.request(call["method"], call["path"], call["body"] or None, headers)
        answer = self._line.getresponse()
        return answer.status, answer.read()


def prepare(plan: together.Found) -> Callable[[], together.Found]:
    runners = [_Runner(plan["port"], client["calls"], client["times"]) for client in plan["clients"]]

    def work() -> together.Found:
        threads = [threading.Thread(target=runner.run) for runner in runners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        latencies: dict[str, list[float]] = {}
        for name, taken in (one for runner in runners for one in runner.latencies):
            latencies.setdefault(name, []).append(taken)
        return {"latencies": latencies, "failures": [one for runner in runners for one in runner.failures]}

    return work


if __name__ == "__main__":
    together.serve(prepare)
