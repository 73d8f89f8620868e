"""Whether a server answers all the time, whatever else is done to it."""

from __future__ import annotations

import threading
import time

import requests


class HealthWatch:
    """Asks for /healthz all the time and keeps the longest time that an answer took."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.longest = 0.0
        self.answers = 0

    def __enter__(self) -> HealthWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            began = time.monotonic()
            answer = requests.get(f"{self._url}/healthz", timeout=60)
            assert answer.status_code == 200
            self.longest = max(self.longest, time.monotonic() - began)
            self.answers += 1
