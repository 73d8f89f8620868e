"""How long each callback of the admin pages takes the server, asked by a real browser."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Request, sync_playwright

from app.config import Settings
from tests.e2e.conftest import ADMIN, CHROMIUM_FLAGS
from tests.integration.server import RunningServer

OPENINGS = 21
SETTLED_MS = 1500
_Times = dict[str, list[float]]


def callback_times(settings: Settings, pages: dict[str, str]) -> tuple[_Times, _Times]:
    """Milliseconds of each callback, by page and by output, after one opening that warms the server up.

    `pages` has an address per name. The second result is of whole pages: until the last callback was answered.
    """
    callbacks: _Times = defaultdict(list)
    whole: _Times = defaultdict(list)
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(
            Path(folder),
            DATABASE_URL=str(settings.database_url),
            SECRET_KEY=settings.secret_key,
            ALLOW_DEMO_PAYMENTS="true",
        ) as server,
        sync_playwright() as playwright,
    ):
        server.command("create-admin", "--email", ADMIN[0], "--name", "Asha Menon", "--password-stdin", text=ADMIN[1])
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        context = browser.new_context(base_url=server.url)
        answer = context.request.post(
            "/api/login", data={"email": ADMIN[0], "password": ADMIN[1]}, headers={"Origin": server.url}
        )
        assert answer.ok, answer.text()
        for name, address in pages.items():
            for opening in range(OPENINGS):
                asked = _open(context, address)
                if opening and asked:
                    for output, milliseconds in asked:
                        callbacks[f"{name}: {output}"].append(milliseconds)
                    whole[name].append(sum(milliseconds for _, milliseconds in asked))
        browser.close()
    return callbacks, whole


def _open(context: BrowserContext, address: str) -> list[tuple[str, float]]:
    """(output, milliseconds until the server's answer began) of each callback of one opening."""
    asked: list[Request] = []
    page: Page = context.new_page()
    page.on("requestfinished", lambda request: asked.append(request) if "_dash-update" in request.url else None)
    page.goto(address)
    page.wait_for_timeout(SETTLED_MS)
    found = [(_output(r), r.timing["responseStart"] - r.timing["requestStart"]) for r in asked]
    page.close()
    return found


def _output(request: Request) -> str:
    return str((request.post_data_json or {}).get("output", "?")).strip(".")[:60]


def slowest(times: _Times) -> list[tuple[str, float, float]]:
    """(name, median, 95th percentile), the slowest first."""
    found = [
        (name, statistics.median(taken), sorted(taken)[int(len(taken) * 0.95)]) for name, taken in times.items()
    ]
    return sorted(found, key=lambda row: -row[2])
