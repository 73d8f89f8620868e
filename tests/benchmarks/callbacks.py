"""How long each callback of the admin pages takes the server: recorded from a real browser, and asked again without it.

A browser that draws a page needs both cores of a small machine for itself, and the server would wait for it.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import httpx
from playwright.sync_api import BrowserContext, Page, Request, sync_playwright

from app.settings.environment import Settings
from tests.e2e.conftest import ADMIN
from tests.support.chromium import launch_chromium
from tests.support.server import RunningServer

TIMES = 60
SETTLED_MS = 2500
_UNSENT = {"host", "content-length", "connection", "accept-encoding"}  # the client's own


class Visit(NamedTuple):
    """An address, and what is done there one after the other, by what it is called."""

    address: str
    steps: Mapping[str, Callable[[Page], object]] = {}


class Taken(NamedTuple):
    name: str  # of the page and the output
    median: float  # milliseconds until the answer is complete
    late: float  # of the 95th percentile


def callback_times(settings: Settings, pages: Mapping[str, Visit]) -> list[Taken]:
    """Of each callback that one of `pages` asks when it is opened and at each of its steps, the slowest first."""
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(
            Path(folder),
            DATABASE_URL=str(settings.database_url),
            SECRET_KEY=settings.secret_key,
            ALLOW_DEMO_PAYMENTS="true",
        ) as server,
    ):
        server.command("create-admin", "--email", ADMIN[0], "--name", "Asha Menon", "--password-stdin", text=ADMIN[1])
        asked = _recorded(server.url, pages)
        taken: dict[str, list[float]] = {name: [] for name in asked}
        with httpx.Client(timeout=30) as client:
            for _ in range(TIMES + 2):  # the first ones warm the two processes up
                for name, request in asked.items():
                    started = time.perf_counter()
                    client.send(request).raise_for_status()
                    taken[name].append((time.perf_counter() - started) * 1000)
    found = [Taken(name, statistics.median(t[2:]), sorted(t[2:])[int(TIMES * 0.95)]) for name, t in taken.items()]
    return sorted(found, key=lambda one: -one.late)


def _recorded(url: str, pages: Mapping[str, Visit]) -> dict[str, httpx.Request]:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        context = browser.new_context(base_url=url)
        answer = context.request.post(
            "/api/login", data={"email": ADMIN[0], "password": ADMIN[1]}, headers={"Origin": url}
        )
        assert answer.ok, answer.text()
        asked = {
            f"{name}{step}: {output}": request
            for name, visit in pages.items()
            for step, output, request in _visited(context, visit)
        }
        browser.close()
    return asked


def _visited(context: BrowserContext, visit: Visit) -> list[tuple[str, str, httpx.Request]]:
    """What was asked: at which step, for which output, how."""
    asked: list[Request] = []
    found: list[tuple[str, str, httpx.Request]] = []
    page = context.new_page()
    page.on("requestfinished", lambda request: asked.append(request) if "_dash-update" in request.url else None)
    page.goto(visit.address)
    for step, take in {"": None, **visit.steps}.items():
        if take is not None:
            take(page)
        page.wait_for_timeout(SETTLED_MS)
        words = f", {step}" if step else ""
        # Their headers go with the page.
        found += [(words, _output(request), _copied(request)) for request in asked]
        asked.clear()
    page.close()
    return found


def _copied(request: Request) -> httpx.Request:
    headers = {k: v for k, v in request.all_headers().items() if k.lower() not in _UNSENT and not k.startswith(":")}
    return httpx.Request(request.method, request.url, headers=headers, content=request.post_data_buffer or b"")


def _output(request: Request) -> str:
    return str((request.post_data_json or {}).get("output", "?")).strip(".")[:60]
