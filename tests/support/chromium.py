"""The browser of the tests: the shell without windows where there is one, as it opens a page in a third of the time."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, Playwright

from tests.support.missing_part import missing_part

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def launch_chromium(playwright: Playwright) -> Browser:
    """The calling test is skipped where there is none, and fails in CI."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None:
        missing_part("Chromium", FileNotFoundError("apt-get install chromium-headless-shell"))
    return playwright.chromium.launch(executable_path=path, args=FLAGS)
